"""A file lock that one process of a home holds at a time, and that dies with its holder."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import DatabaseError


class HomeLock:
    """An exclusive lock on a file; the operating system lets go of it when the process ends, however it ends.

    The file is never removed: another process may have it open, and would then hold a lock on nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    def acquire(self, *, timeout_s: float = 0.0) -> bool:
        """True when held. Waits up to `timeout_s` seconds. Not re-entrant: a second object is refused."""
        if self._fd is not None:
            return True
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise DatabaseError(
                f"The lock {self.path} cannot be made: {error.strerror}.",
                hint="Check that you may write to this folder, or set NIGHTSCHOOL_HOME to one that you can write to.",
            ) from error
        deadline = time.monotonic() + timeout_s
        while not _try_lock(fd):
            if time.monotonic() >= deadline:
                os.close(fd)
                return False
            time.sleep(0.02)
        with suppress(OSError):  # the pid is only told to people; on a full disk the lock holds without it
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
            os.write(fd, str(os.getpid()).encode())
        self._fd = fd
        return True

    def holder(self) -> int | None:
        """The pid that last took the lock: to be shown to a person, not to be trusted."""
        try:
            return int(self.path.read_text() or "0") or None
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        if self._fd is not None:
            _unlock(self._fd)
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        if not self.acquire(timeout_s=30):
            raise DatabaseError(
                f"Another program holds {self.path.name} (process {self.holder() or 'unknown'}).",
                hint="Wait for it to finish, or end it.",
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    # Far beyond the pid that is written at the start: Windows locks are mandatory for readers too.
    _LOCK_AT = 1 << 20

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, _LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
