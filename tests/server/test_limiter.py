"""Token buckets."""

from __future__ import annotations

import pytest

from core.server.errors import TooFast
from core.server.limiter import MOST_KEYS, Limiter


def test_a_burst_is_cut_and_time_gives_back() -> None:
    now = 0.0
    limiter = Limiter(per_minute=60, burst=3, clock=lambda: now)
    for _ in range(3):
        limiter.take("a", "too fast")
    with pytest.raises(TooFast) as refusal:
        limiter.take("a", "too fast")
    assert refusal.value.retry_after == pytest.approx(1.0)
    limiter.take("b", "another key has its own")
    now = 1.0
    limiter.take("a", "one more after a second")
    with pytest.raises(TooFast):
        limiter.take("a", "too fast")


def test_many_keys_do_not_fill_memory_nor_free_a_busy_one() -> None:
    limiter = Limiter(per_minute=1, burst=1, clock=lambda: 0.0)
    limiter.take("busy", "")
    for number in range(MOST_KEYS - 1):
        limiter.take(str(number), "")
        if number % 1000 == 0:
            with pytest.raises(TooFast):
                limiter.take("busy", "")
    with pytest.raises(TooFast):
        limiter.take("busy", "")
