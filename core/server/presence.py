"""One server a home: a lock that dies with its holder, and server.json, which says who listens where.

The lock decides (the kernel drops it when the process ends, however it ends); server.json only informs, and names
its process by pid and start time, so that a stale one, or a pid that was given to somebody else, is seen as such.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import psutil

from core.config import write_atomic
from core.errors import ConfigError
from core.lock import HomeLock
from core.paths import Home

ALREADY = "A server is already running for this home"
"""What a second server says; its parent knows by this that there is one to use."""
START_TOLERANCE_S = 1.5
LOCK_WAIT_S = 0.3
"""A command that looks whether a server is starting holds the lock for a moment."""


class Presence(msgspec.Struct, frozen=True):
    """Contents of server.json. `started`: the process's start time in seconds since the epoch."""

    url: str
    pid: int
    started: float
    token_file: str


def take_lock(home: Home) -> HomeLock:
    """The lock of the one server, held until released. Raises ConfigError when another holds it."""
    lock = HomeLock(home.lock("server"))
    if not lock.acquire(timeout_s=LOCK_WAIT_S):
        other = find(home)
        raise ConfigError(
            f"{ALREADY}{f' at {other.url}' if other else ''}.",
            hint="Use it, or stop it first; NIGHTSCHOOL_HOME chooses another home.",
            title="A server is already running",
        )
    return lock


def find(home: Home) -> Presence | None:
    """The running server of a home, or None when there is none or what server.json names is gone."""
    try:
        presence = msgspec.json.decode(home.server_file.read_bytes(), type=Presence)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return presence if is_alive(presence.pid, presence.started) else None


def is_alive(pid: int, started: float) -> bool:
    """Whether that very process still runs: a pid alone may have been given to another."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - started) < START_TOLERANCE_S
    except psutil.Error:
        return False


def announce(home: Home, url: str, token_file: Path) -> Presence:
    """Write server.json for this process."""
    presence = Presence(url, own_pid(), psutil.Process().create_time(), str(token_file))
    write_atomic(home.server_file, msgspec.json.encode(presence).decode())
    return presence


def withdraw(home: Home) -> None:
    """Remove server.json if it is ours."""
    presence = find(home)
    if presence is not None and presence.pid == own_pid():
        home.server_file.unlink(missing_ok=True)


def own_pid() -> int:
    return os.getpid()
