"""What the plots show, worked out of the days' figures: plain data and arithmetic, no Qt and no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from core.database import Database, DayFigures
from core.records import Record

Name = Literal["benchmark", "acceptance", "thumbs", "escalation", "cost"]
Unit = Literal["share", "count", "dollars"]
NAMES: tuple[Name, ...] = ("benchmark", "acceptance", "thumbs", "escalation", "cost")
EARLIEST = date(2026, 1, 1)
"""Nothing was recorded by Nightschool before."""


class Line(Record, frozen=True):
    """One curve: days in order, with a value each; a day without one is left out."""

    name: Literal["only", "up", "down"]
    points: tuple[tuple[date, float], ...]


class Figure(Record, frozen=True):
    """One plot. `share` values are in [0, 1]."""

    name: Name
    unit: Unit
    lines: tuple[Line, ...]

    @property
    def days(self) -> list[date]:
        return sorted({day for line in self.lines for day, _ in line.points})


def days_of(database: Database, span: int | None, today: date) -> list[DayFigures]:
    """The last `span` days with today, or all since the first that was recorded (None). Blocks: run it in a thread."""
    first = (database.history.first_day() or today) if span is None else today - timedelta(days=span - 1)
    return database.history.days(max(first, EARLIEST), today)


def figures(days: Sequence[DayFigures]) -> dict[Name, Figure]:
    """A rate has no point on a day that gives no rate: nothing is drawn where nothing is known."""
    asked = [day for day in days if day.answers]
    return {
        "benchmark": one("benchmark", "share", days, lambda day: day.benchmark_score),
        "acceptance": one("acceptance", "share", days, lambda day: share(day.accepted, day.accepted + day.rejected)),
        "thumbs": Figure(name="thumbs", unit="count", lines=thumbs(asked)),
        "escalation": one("escalation", "share", days, lambda day: share(day.escalated, day.answers)),
        "cost": one("cost", "dollars", days, lambda day: day.cost_usd if day.answers or day.cost_usd else None),
    }


def one(name: Name, unit: Unit, days: Sequence[DayFigures], value: Callable[[DayFigures], float | None]) -> Figure:
    points = tuple((day.day, found) for day in days if (found := value(day)) is not None)
    return Figure(name=name, unit=unit, lines=(Line(name="only", points=points),) if points else ())


def thumbs(asked: Sequence[DayFigures]) -> tuple[Line, ...]:
    if not any(day.up or day.down for day in asked):
        return ()
    return (
        Line(name="up", points=tuple((day.day, float(day.up)) for day in asked)),
        Line(name="down", points=tuple((day.day, float(day.down)) for day in asked)),
    )


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
