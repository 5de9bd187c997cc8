"""Runs: the seeds' view of traces, and the way in for a run that was made elsewhere."""

from __future__ import annotations

import math
from typing import Annotated

from msgspec import Meta

from core.database.connection import Connections, Row
from core.database.feedback import FeedbackLog, SignalLog
from core.database.labels import Label
from core.database.traces import Traces
from core.errors import BadRequest, NotFound
from core.records import Feedback, Message, Record, Role, Signals, Trace, Unit, Usage

COLUMNS = "id, ts, task_slug, model_name, prompt_id, reward, cost_tokens, duration_ms"
Count = Annotated[int, Meta(ge=0)]


class RunReport(Record, frozen=True):
    """A run made elsewhere, as its maker reports it (seeds 002 and 004, `recordRun`)."""

    task_slug: str
    model_name: str
    prompt_id: str = "default"
    role: Role = "coder"
    prompt: str = ""
    output: str = ""
    conversation_id: str | None = None
    compile_pass: bool | None = None
    tests_passed: Count | None = None
    tests_total: Count | None = None
    lint_errors: Count | None = None
    type_errors: Count | None = None
    schema_errors: Count | None = None
    boundary_errors: Count | None = None
    coverage_pct: Annotated[float, Meta(ge=0, le=100)] | None = None
    human_accept: bool | None = None
    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    cost_usd: Annotated[float, Meta(ge=0)] = 0.0
    duration_ms: Annotated[float, Meta(ge=0)] | None = None
    reward: Unit | None = None
    """What the maker worked out itself: stands only where nothing else is known of the run."""
    error: str | None = None


class Run(Record, frozen=True):
    """One row of the view `runs`, with the seeds' columns."""

    id: int
    ts: str
    task_slug: str
    model_name: str
    prompt_id: str
    reward: Unit | None
    cost_tokens: int
    duration_ms: int | None


class Runs:
    """Every finished trace is a run."""

    def __init__(self, connections: Connections, traces: Traces, feedback: FeedbackLog, signals: SignalLog) -> None:
        self._connections = connections
        self._traces = traces
        self._feedback = feedback
        self._signals = signals

    def record(self, report: RunReport, *, trace_id: str, created_at: str, client: str = "import") -> Label:
        """One transaction: a trace of origin `import`, its signals, its feedback. Raises BadRequest.

        It may be learned from only once a review of kind `import` was approved.
        """
        _refuse_infinite(report)
        with self._connections.transaction():
            self._traces.add(_as_trace(report, trace_id, created_at, client))
            measured = {name: getattr(report, name) for name in _MEASURED}
            if any(value is not None for value in measured.values()):
                self._signals.add(Signals(trace_id=trace_id, created_at=created_at, **measured))
            for feedback in _as_feedback(report, trace_id, created_at):
                self._feedback.add(feedback)
            return self._feedback.label(trace_id)

    def get(self, trace_id: str) -> Run:
        """The run that this trace is. Raises NotFound, also while the trace is open."""
        row = self._connections.row(
            f"SELECT {COLUMNS} FROM runs WHERE id = (SELECT row FROM traces WHERE trace_id = ?)", (trace_id,)
        )
        if row is None:
            raise NotFound(f"There is no run {trace_id}.")
        return _run(row)

    def all(self, *, limit: int = 100, before_id: int | None = None) -> list[Run]:
        """Newest first."""
        rows = self._connections.rows(
            f"SELECT {COLUMNS} FROM runs WHERE (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2", (before_id, limit)
        )
        return [_run(row) for row in rows]


_MEASURED = tuple(name for name in Signals.__struct_fields__ if name not in ("trace_id", "created_at"))


def _as_trace(report: RunReport, trace_id: str, created_at: str, client: str) -> Trace:
    return Trace(
        id=trace_id,
        created_at=created_at,
        client=client,
        conversation_id=report.conversation_id,
        role=report.role,
        agent="import",
        messages=[Message(role="user", content=report.prompt)] if report.prompt else [],
        response=report.output,
        finish_reason="error" if report.error else "stop",
        error=report.error,
        model=report.model_name,
        prompt_id=report.prompt_id,
        usage=Usage(prompt_tokens=report.prompt_tokens, completion_tokens=report.completion_tokens),
        cost_usd=report.cost_usd,
        duration_ms=report.duration_ms,
        origin="import",
        metadata={"task_slug": report.task_slug},
    )


def _as_feedback(report: RunReport, trace_id: str, created_at: str) -> list[Feedback]:
    """The ids follow from the trace's, so that the same report makes the same rows."""
    said = []
    if report.human_accept is not None:
        said.append(
            Feedback(id=f"{trace_id}-human", trace_id=trace_id, created_at=created_at, value=report.human_accept)
        )
    if report.reward is not None:
        said.append(
            Feedback(
                id=f"{trace_id}-reward",
                trace_id=trace_id,
                created_at=created_at,
                source="test",
                metric="reward",
                value=report.reward,
            )
        )
    return said


def _refuse_infinite(report: RunReport) -> None:
    for name in ("cost_usd", "duration_ms", "coverage_pct", "reward"):
        value = getattr(report, name)
        if value is not None and not math.isfinite(value):
            raise BadRequest(f"{name} must be a number.", param=name)


def _run(row: Row) -> Run:
    return Run(**dict(zip(Run.__struct_fields__, row, strict=True)))
