"""What came of it, over time: figures for each day, and the nights and sessions that were run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import msgspec

from core.clock import stamp
from core.database.connection import Connections
from core.database.jobs import COLUMNS, Job, Jobs, State, as_job
from core.database.labels import people, standing
from core.database.turns import thumb_of
from core.records import Feedback, SessionOutcome

KINDS = ("night", "session", "training", "rollback")
_feedback = msgspec.json.Decoder(Feedback).decode


class DayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything is counted on the day of the answer, as it stands now: what was taken back is not there."""

    day: date
    answers: int = 0
    """That somebody asked for."""
    up: int = 0
    down: int = 0
    corrected: int = 0
    accepted: int = 0
    rejected: int = 0
    """A corrected answer is among them."""
    escalated: int = 0
    """Handed to the teacher, whether it answered or not."""
    cost_usd: float = 0.0
    """Of answers, and of the sessions that ended on that day."""
    benchmark_score: float | None = None
    """In [0, 1], after the last session of that day that measured it."""


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One night, session, training run or rollback."""

    job_id: str
    kind: str
    state: State
    at: str
    """When it began; when it was asked for, while it waits."""
    finished_at: str | None = None
    reason: str | None = None
    """Why it was skipped or failed."""
    outcome: SessionOutcome | None = None
    """None while it has none, and where its evidence is of another shape."""
    rollback: State | None = None
    """How the job `rollback-<job_id>` stands that undoes it; None when nobody asked for one."""


class History:
    """Reads only."""

    def __init__(self, connections: Connections, jobs: Jobs, *, simulated: bool) -> None:
        self._connections = connections
        self._jobs = jobs
        self._speakers = people(simulated=simulated)

    def days(self, since: date, until: date, *, tz: tzinfo | None = None) -> list[DayFigures]:
        """One for each day of `since` … `until`, both included, empty ones too. tz: None is this machine's zone."""
        days = [since + timedelta(n) for n in range((until - since).days + 1)]
        if not days:
            return []
        edges = [_midnight(day, tz) for day in (*days, until + timedelta(1))]
        sessions = self._measured(edges[0], edges[-1])
        return [
            self._day(day, start, end, [(o, w) for o, w in sessions if start <= w < end])
            for day, start, end in zip(days, edges, edges[1:], strict=False)
        ]

    def first_day(self, *, tz: tzinfo | None = None) -> date | None:
        """Of the oldest answer that somebody asked for, or the oldest session; None when there is neither."""
        kinds = ",".join("?" * len(KINDS))
        oldest = self._connections.value(
            "SELECT min(at) FROM (SELECT (SELECT created_at FROM traces WHERE origin NOT IN ('benchmark', 'replay')"
            " AND origin <> 'import' ORDER BY created_at, row LIMIT 1) AS at"
            f" UNION ALL SELECT min(created_at) FROM jobs WHERE kind IN ({kinds}))",
            KINDS,
        )
        return None if oldest is None else datetime.fromisoformat(oldest).astimezone(tz).date()

    def sessions(self, limit: int = 100) -> list[SessionRow]:
        """Newest first."""
        kinds = ",".join("?" * len(KINDS))
        rows = self._connections.rows(
            f"SELECT {COLUMNS}, (SELECT r.state FROM jobs AS r WHERE r.job_id = 'rollback-' || jobs.job_id) FROM jobs"
            f" WHERE kind IN ({kinds}) ORDER BY created_at DESC, job_id DESC LIMIT ?",
            (*KINDS, limit),
        )
        return [_session(as_job(row[:-1]), row[-1]) for row in rows]

    def _day(self, day: date, start: str, end: str, sessions: list[tuple[SessionOutcome, str]]) -> DayFigures:
        scores = [s for outcome, _ in sessions if (s := _score(outcome)) is not None]
        return DayFigures(
            day=day,
            **self._answers(start, end, sum(outcome.cost_usd for outcome, _ in sessions)),
            **self._thumbs(start, end),
            benchmark_score=scores[-1] if scores else None,
        )

    def _answers(self, start: str, end: str, spent: float) -> dict[str, Any]:
        row = self._connections.row(
            "SELECT count(*), total(t.record ->> '$.cost_usd'),"
            " count(t.record -> '$.escalation.outcome'),"
            " count(l.verdict = 'accepted' OR NULL), count(l.verdict = 'rejected' OR NULL), count(l.correction)"
            " FROM traces AS t LEFT JOIN labels AS l ON l.trace_id = t.trace_id"
            " WHERE t.origin NOT IN ('benchmark', 'replay') AND t.origin <> 'import'"
            " AND t.created_at >= ? AND t.created_at < ?",
            (start, end),
        )
        assert row is not None
        answers, cost, escalated, accepted, rejected, corrected = row
        return {
            "answers": answers,
            "cost_usd": cost + spent,
            "escalated": escalated,
            "accepted": accepted,
            "rejected": rejected,
            "corrected": corrected,
        }

    def _thumbs(self, start: str, end: str) -> dict[str, int]:
        said: dict[str, list[Feedback]] = {}
        for trace_id, record in self._connections.rows(
            "SELECT f.trace_id, f.record FROM traces AS t JOIN feedback AS f ON f.trace_id = t.trace_id"
            " WHERE t.origin NOT IN ('benchmark', 'replay') AND t.origin <> 'import'"
            " AND t.created_at >= ? AND t.created_at < ? ORDER BY f.row",
            (start, end),
        ):
            said.setdefault(trace_id, []).append(_feedback(record))
        thumbs = [thumb_of(standing(statements, self._speakers).value) for statements in said.values()]
        return {"up": thumbs.count(True), "down": thumbs.count(False)}

    def _measured(self, start: str, end: str) -> list[tuple[SessionOutcome, str]]:
        """Outcomes with when they came, oldest first."""
        kinds = ",".join("?" * len(KINDS))
        rows = self._connections.rows(
            f"SELECT {COLUMNS} FROM jobs WHERE kind IN ({kinds}) AND state = 'done'"
            " AND finished_at >= ? AND finished_at < ? ORDER BY finished_at, job_id",
            (*KINDS, start, end),
        )
        return list(_outcomes(map(as_job, rows)))


def outcome_of(job: Job) -> SessionOutcome | None:
    """What a finished job says came of it; None where it says nothing of the kind."""
    if job.state != "done" or job.evidence is None:
        return None
    try:
        return msgspec.convert(job.evidence, SessionOutcome)
    except msgspec.ValidationError:
        return None


def _outcomes(jobs: Iterable[Job]) -> Iterator[tuple[SessionOutcome, str]]:
    for job in jobs:
        if (outcome := outcome_of(job)) is not None and job.finished_at is not None:
            yield outcome, job.finished_at


def _score(outcome: SessionOutcome) -> float | None:
    return outcome.score_after if outcome.score_after is not None else outcome.score_before


def _session(job: Job, rollback: State | None) -> SessionRow:
    return SessionRow(
        job_id=job.id,
        kind=job.kind,
        state=job.state,
        at=job.started_at or job.created_at,
        finished_at=job.finished_at,
        reason=job.reason,
        outcome=outcome_of(job),
        rollback=rollback,
    )


def _midnight(day: date, tz: tzinfo | None) -> str:
    """When the day begins there, in UTC; a naive one is this machine's."""
    start = datetime.combine(day, time(), tzinfo=tz)
    return stamp(start if tz is not None else start.astimezone(UTC))
