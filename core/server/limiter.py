"""Token buckets: how much may be said a minute, so that a burst cannot teach the student."""

from __future__ import annotations

from collections.abc import Callable

from core.server.errors import TooFast

MOST_KEYS = 10_000


class Limiter:
    """`per_minute` on average and at most `burst` at once, for each key. clock: seconds, monotonic."""

    def __init__(self, per_minute: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def set_rate(self, per_minute: float) -> None:
        """A new rate, which is also the new burst."""
        self._rate, self._burst = per_minute / 60, per_minute

    def take(self, key: str, message: str) -> None:
        """Spend one. Raises TooFast with the seconds until there is one again."""
        now = self._clock()
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > MOST_KEYS:
            self._levels.pop(next(iter(self._levels)))
        if not allowed:
            raise TooFast(message, retry_after=(1 - level) / self._rate)
