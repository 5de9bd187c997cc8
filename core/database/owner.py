"""Which process holds an open trace: its pid together with its start time, since pids are used again."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

# psutil is imported where it is asked: a process that only looks, such as the desktop, starts sooner without it.

# create_time() is worked out from the boot time, which moves a little when the clock is set.
SAME_START_S = 2.0


class Owner(msgspec.Struct, frozen=True):
    """`started`: seconds since the epoch, as psutil gives it."""

    pid: int
    started: float


OwnerIsDead = Callable[[Owner], bool]
WhoOwns = Callable[[], Owner]


def this_process() -> Owner:
    import psutil

    pid = os.getpid()
    return Owner(pid, psutil.Process(pid).create_time())


def is_dead(owner: Owner) -> bool:
    """True when no living process is that one. A zombie is dead: it will write nothing more."""
    import psutil

    try:
        process = psutil.Process(owner.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(process.create_time() - owner.started) > SAME_START_S
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
