"""Which home this start is for, and that no other desktop has it; or why it cannot be had, which may be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ConfigError, NightschoolError
from core.paths import Home, home

if TYPE_CHECKING:
    from core.lock import HomeLock


class Claim:
    """`take` can be tried again. Without a `problem` the home is there, and ours until `release`."""

    def __init__(self) -> None:
        self.home: Home | None = None
        self.problem: NightschoolError | None = None
        self.holder: int | None = None
        """The process that may have it, where `is_elsewhere`."""
        self.is_elsewhere = False
        """Another desktop has this home."""
        self._lock: HomeLock | None = None

    def take(self) -> None:
        """Finds the home and takes its lock, which the system drops with this process, however it ends."""
        from core.lock import HomeLock

        if self._lock is not None:
            return
        self.problem, self.is_elsewhere = None, False
        try:
            self.home = home()
            lock = HomeLock(self.home.lock("desktop"))
            if lock.acquire():
                self._lock = lock
            else:
                self.is_elsewhere, self.holder = True, lock.holder()
                self.problem = ConfigError(
                    f"Nightschool runs already for this home (process {self.holder or 'unknown'}).",
                    hint="Use its window, or end it first.",
                )
        except NightschoolError as error:
            self.problem = error

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
