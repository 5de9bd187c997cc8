"""Kills everything that a desk started once its owner is gone, however the owner went.

    python watchdog.py MARK      (stdin: a pipe that the owner holds; its end is the sign)

What belongs to a desk carries its mark in the environment; daemons that forked twice, or were started by the bus,
inherited it. Only such processes are ever signalled.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

VARIABLE = "NIGHTSCHOOL_TEST_DESK"
GRACE_S = 1.0


def marked(mark: str) -> list[int]:
    """The pids of this desk's living processes, this one excepted."""
    wanted = f"{VARIABLE}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def sweep(mark: str) -> None:
    """SIGTERM, then SIGKILL to those that stay; again for what they started meanwhile."""
    deadline = time.monotonic() + GRACE_S
    number = signal.SIGTERM
    while pids := marked(mark):
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        time.sleep(0.02)
        if time.monotonic() > deadline:
            number = signal.SIGKILL


if __name__ == "__main__":
    for unheeded in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(unheeded, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(sys.argv[1])
