"""The next night, in local time, over the days when the clocks change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core import config
from core.config import next_night

DISTILLATION = ("learning", "distillation")


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(cron: str, **more: object) -> config.Config:
    triggers = {"scheduled_cron": cron, **more}
    return config.parse({"learning": {"distillation": {"triggers": triggers}}}, "a test")


def told(cron: str, now: str) -> str:
    found = next_night(at(cron), datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found is not None and found.tzinfo is not None
    return found.isoformat()


@pytest.mark.usefixtures("berlin")
def test_it_is_read_on_the_wall_clock() -> None:
    assert told("0 3 * * *", "2026-11-21T12:00") == "2026-11-22T03:00:00+01:00"
    assert told("0 3 * * *", "2026-07-01T00:59") == "2026-07-01T03:00:00+02:00"
    assert told("0 3 * * *", "2026-07-01T01:00") == "2026-07-02T03:00:00+02:00", "never now, always after"
    assert told("0 4 * * MON", "2026-11-21T12:00") == "2026-11-23T04:00:00+01:00"


@pytest.mark.usefixtures("berlin")
def test_the_clocks_change() -> None:
    assert told("30 2 * * *", "2026-03-28T20:00") == "2026-03-29T03:30:00+02:00", "02:30 is skipped that night"
    assert told("30 2 * * *", "2026-10-24T20:00") == "2026-10-25T02:30:00+02:00", "the first of two"
    assert told("30 2 * * *", "2026-10-25T00:45") == "2026-10-26T02:30:00+01:00", "not the same night again"
    assert told("30 2 * * *", "2026-10-25T01:10") == "2026-10-26T02:30:00+01:00", "in the second of the two hours"


def test_none_where_none_is_wanted() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert next_night(at("0 3 * * *", scheduled_enabled=False), now) is None
    assert next_night(config.parse({"learning": {"distillation": {"enabled": False}}}, "a test"), now) is None
    assert next_night(config.Config(), now) is not None
