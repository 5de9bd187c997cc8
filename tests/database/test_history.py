"""Figures of each day, in the days of the person's zone, and the list of nights and sessions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.clock import stamp
from core.database import Database, DayFigures
from core.records import Escalation, Feedback
from tests.database.making import correction, thumb, trace

DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TEACHER = Escalation(provider="anthropic", model="teacher", outcome="answered")


def at(database: Database, trace_id: str, moment: datetime, **more: Any) -> None:
    database.traces.add(trace(trace_id, created_at=stamp(moment), **more))


def ended(
    database: Database,
    job_id: str,
    *,
    kind: str = "session",
    when: datetime = NOON,
    evidence: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    database.jobs.insert(job_id, kind, {}, now=when - timedelta(hours=2))
    claimed = database.jobs.claim("w", now=when - timedelta(hours=1), lease_s=9e6, kinds=[kind])
    assert claimed is not None and claimed.id == job_id
    database.jobs.finish(job_id, "w", "done" if evidence else "skipped", now=when, evidence=evidence, reason=reason)


def one(database: Database, day: date = DAY, tz: Any = UTC) -> DayFigures:
    (figures,) = database.history.days(day, day, tz=tz)
    return figures


def test_every_day_is_there_also_an_empty_one(database: Database) -> None:
    assert database.history.days(DAY, DAY + timedelta(2), tz=UTC) == [
        DayFigures(day=DAY + timedelta(n)) for n in range(3)
    ]
    assert database.history.days(DAY, DAY - timedelta(1), tz=UTC) == []
    assert len(database.history.days(DAY, DAY)) == 1, "in this machine's own zone"


def test_what_is_counted(database: Database) -> None:
    for number in range(7):
        at(database, f"t{number}", NOON, cost_usd=0.25, escalation=TEACHER if number < 2 else None)
    for origin in ("benchmark", "replay", "import"):
        at(database, origin, NOON, cost_usd=100.0, origin=origin, escalation=TEACHER)
        database.feedback.add(thumb(f"f-{origin}", origin, True))
    database.feedback.add(thumb("f0", "t0", True))
    database.feedback.add(thumb("f1", "t1", False))
    database.feedback.add(thumb("f2", "t2", False))
    database.feedback.add(correction("f3", "t3", "Better."))
    database.feedback.add(thumb("f4", "t4", 1.0, metric="score", source="test"))  # accepted, but nobody's thumb
    assert one(database) == DayFigures(
        day=DAY, answers=7, up=1, down=2, corrected=1, accepted=2, rejected=3, escalated=2, cost_usd=1.75
    )


def test_what_was_taken_back_or_turned_counts_as_it_stands(database: Database) -> None:
    at(database, "back", NOON)
    at(database, "turned", NOON)
    for number, (trace_id, value) in enumerate([("back", True), ("back", None), ("turned", True), ("turned", False)]):
        database.feedback.add(thumb(f"f{number}", trace_id, value))
    figures = one(database)
    assert (figures.up, figures.down, figures.accepted, figures.rejected) == (0, 1, 0, 1)


def test_it_counts_on_the_day_of_the_answer_whenever_it_was_rated(database: Database) -> None:
    at(database, "t", NOON)
    later = stamp(NOON + timedelta(days=3))
    database.feedback.add(Feedback(id="f", trace_id="t", created_at=later, value=True))
    assert [figures.up for figures in database.history.days(DAY, DAY + timedelta(3), tz=UTC)] == [1, 0, 0, 0]


def test_days_begin_at_midnight_of_the_zone_also_when_the_clocks_change(database: Database) -> None:
    """On 25 October 2026 the day has 25 hours in Berlin: from 22:00 UTC the day before, to 23:00 UTC."""
    day = date(2026, 10, 25)
    moments = ["2026-10-24T21:59:59.999999", "2026-10-24T22:00:00", "2026-10-25T22:59:59.999999", "2026-10-25T23:00:00"]
    for number, moment in enumerate(moments):
        at(database, f"t{number}", datetime.fromisoformat(moment).replace(tzinfo=UTC))
    found = database.history.days(day - timedelta(1), day + timedelta(1), tz=BERLIN)
    assert [figures.answers for figures in found] == [1, 2, 1]
    assert one(database, day, UTC).answers == 2
    assert database.history.first_day(tz=BERLIN) == date(2026, 10, 24)


def test_scores_and_costs_of_the_sessions_that_ended_that_day(database: Database) -> None:
    at(database, "t", NOON, cost_usd=0.5)
    ended(database, "early", when=NOON, evidence={"outcome": "kept", "score_before": 0.5, "score_after": 0.7})
    later = NOON + timedelta(hours=1)
    ended(
        database, "late", when=later, kind="night", evidence={"outcome": "refused", "score_before": 0.6, "cost_usd": 2}
    )
    ended(database, "other", when=later, evidence={"rows": 3})
    ended(database, "unmeasured", when=later + timedelta(hours=1), evidence={"outcome": "nothing to do"})
    ended(database, "skipped", when=later, reason="on battery")
    ended(database, "collect", kind="collect", when=later, evidence={"outcome": "x", "score_after": 0.1, "cost_usd": 9})
    ended(database, "tomorrow", when=NOON + timedelta(days=1), evidence={"outcome": "kept", "score_after": 0.9})
    today, tomorrow = database.history.days(DAY, DAY + timedelta(1), tz=UTC)
    assert (today.benchmark_score, today.cost_usd) == (0.6, 2.5)
    assert (tomorrow.benchmark_score, tomorrow.cost_usd) == (0.9, 0.0)


def test_sessions_newest_first_with_what_came_of_them(database: Database) -> None:
    outcome = {"outcome": "Two edits kept.", "changes": ["agents/coder.toml"], "checkpoint": "abc", "cost_usd": 0.1}
    ended(database, "s1", when=NOON, evidence=outcome)
    ended(database, "n2", kind="night", when=NOON + timedelta(days=1), reason="No power.")
    ended(database, "odd", kind="training", when=NOON + timedelta(days=2), evidence={"steps": 7})
    database.jobs.insert("apply-r", "apply_edit", {}, now=NOON + timedelta(days=9))
    database.jobs.insert("rollback-s1", "rollback", {"session": "s1"}, now=NOON + timedelta(days=3))
    rollback, odd, night, session = database.history.sessions()
    assert (rollback.job_id, rollback.state, rollback.finished_at, rollback.outcome) == (
        "rollback-s1",
        "queued",
        None,
        None,
    )
    assert rollback.at == stamp(NOON + timedelta(days=3))
    assert (odd.kind, odd.state, odd.outcome) == ("training", "done", None)
    assert (night.state, night.reason, night.outcome) == ("skipped", "No power.", None)
    assert session.at == stamp(NOON - timedelta(hours=1)) and session.finished_at == stamp(NOON)
    assert session.outcome is not None and session.outcome.changes == ("agents/coder.toml",)
    assert (session.outcome.checkpoint, session.rollback, night.rollback) == ("abc", "queued", None)
    assert [row.job_id for row in database.history.sessions(limit=2)] == ["rollback-s1", "odd"]


@pytest.mark.parametrize(
    "more", [{"score_after": 1.5}, {"cost_usd": -1}, {"checkpoint": ""}, {"x": 1}, {"outcome": ""}]
)
def test_an_outcome_out_of_bounds_is_none(database: Database, more: dict[str, Any]) -> None:
    ended(database, "s", evidence={"outcome": "kept", **more})
    assert database.history.sessions()[0].outcome is None
    assert one(database) == DayFigures(day=DAY)


def test_the_first_day(database: Database) -> None:
    assert database.history.first_day(tz=UTC) is None
    at(database, "exam", NOON - timedelta(days=30), origin="benchmark")
    at(database, "import", NOON - timedelta(days=30), origin="import")
    assert database.history.first_day(tz=UTC) is None
    at(database, "t", NOON)
    assert database.history.first_day(tz=UTC) == DAY
    ended(database, "s", when=NOON - timedelta(days=2), evidence={"outcome": "kept"})
    assert database.history.first_day(tz=UTC) == DAY - timedelta(2)
