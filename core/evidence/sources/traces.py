"""The home's own traces: one record for each finished trace, and one more for the correction that a person gave.

The first reading goes by rows, later ones by what changed since; a trace that is given again replaces what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from core.database import Database
from core.database.labels import Standing, correction_text, merged, people, standing
from core.database.states import TraceState
from core.evidence.canonical import canonical, sig_hash
from core.evidence.records import CORRECTION, TRACES, EvidenceRecord, Measured, Provenance, Scalar, Skip, SourceClass
from core.evidence.sources import Gone, Item, Plan
from core.evidence.stage import FileRef
from core.records import Feedback, Record, Trace
from core.replay.claims import claims
from core.replay.task import task_hash

NAME = TRACES
VERSION = "1"
SOURCE_FILE = "nightschool.db"
BATCH = 500
CHANGES = 2_000
SPEAK = frozenset({"thumb", "score", "demonstration", "reward"})
"""Metrics that verdict and reward follow from."""


class _Cursor(Record, frozen=True):
    seq: int
    """The last change that was read."""
    version: str = VERSION


class RowsPiece(msgspec.Struct, frozen=True):
    """The traces of a range of rows."""

    database: Database
    recorded_at: str
    after: int
    until: int

    def read(self, note: Callable[[str], None]) -> Iterator[Item]:
        for state in self.database.states.between(self.after, self.until):
            yield from records(state, simulated=self.database.simulated, recorded_at=self.recorded_at)


class ChangesPiece(msgspec.Struct, frozen=True):
    """The traces that a stretch of changes touched, but for those that another stretch did already."""

    database: Database
    recorded_at: str
    after: int
    until: int
    seen: set[str]

    def read(self, note: Callable[[str], None]) -> Iterator[Item]:
        changes = self.database.changes_since(self.after, self.until - self.after)
        touched = dict.fromkeys(one.trace_id for one in changes if one.trace_id is not None and one.seq <= self.until)
        for trace_id in self.seen:
            touched.pop(trace_id, None)
        self.seen.update(touched)
        for ids in batched(list(touched), BATCH):
            states = self.database.states.of(ids)
            there = {state.trace.id for state in states}
            yield from (Gone(trace_id) for trace_id in ids if trace_id not in there)
            for state in states:
                yield from records(state, simulated=self.database.simulated, recorded_at=self.recorded_at)


class TracesSource:
    """Finished traces of a person or an import; simulated ones in a simulated home; benchmark and replay never."""

    name = NAME
    replaces = True
    fingerprint = VERSION

    def __init__(self, database: Database, recorded_at: str) -> None:
        self._database = database
        self._recorded_at = recorded_at

    def plan(self, cursor: str, *, full: bool) -> Plan:
        known = _understood(cursor)
        if full or known is None or known.seq > self._database.last_change():
            return self._all()
        last, seen = self._database.last_change(), set[str]()
        pieces = [
            ChangesPiece(self._database, self._recorded_at, after, min(after + CHANGES, last), seen)
            for after in range(known.seq, last, CHANGES)
        ]
        return Plan(pieces=pieces, count=len(pieces), here=True, until=_text(_Cursor(seq=last)))

    def _all(self) -> Plan:
        until = _text(_Cursor(seq=self._database.last_change()))  # before the rows: what comes meanwhile is read again
        starts = range(0, self._database.states.last_row(), BATCH)
        pieces = (RowsPiece(self._database, self._recorded_at, after, after + BATCH) for after in starts)
        return Plan(pieces=list(pieces), count=len(starts), here=True, anew=True, drop=True, until=until)

    def settle(self, cursor: str, plan: Plan, notes: Sequence[str]) -> str:
        return plan.until

    def inputs(self, cursor: str) -> Sequence[FileRef]:
        return ()


def records(state: TraceState, *, simulated: bool, recorded_at: str) -> Iterator[EvidenceRecord | Skip]:
    """The record of a trace, and that of its correction; none where it may never be learned from."""
    trace = state.trace
    if trace.origin not in ("user", "import") and not (trace.origin == "simulated" and simulated):
        return
    person = standing(state.feedback, people(simulated=simulated))
    record = _record(state, person, simulated=simulated, recorded_at=recorded_at)
    yield checked(record)
    if person.correction is not None:
        yield checked(_corrected(record, person.correction))


def checked(record: EvidenceRecord) -> EvidenceRecord | Skip:
    """The schema's gate. The detail names the field, never what stands in it."""
    try:
        return msgspec.convert(msgspec.to_builtins(record), EvidenceRecord)
    except msgspec.ValidationError as error:
        where = str(error).rpartition(" - at ")[2].strip("`") if " - at " in str(error) else ""
        no_time = where.endswith(".timestamp")
    return Skip(
        source=NAME,
        source_file=record.provenance.source_file or SOURCE_FILE,
        line_offset=record.provenance.line_offset,
        reason="no_timestamp" if no_time else "wrong_type",
        detail=where,
    )


def _record(state: TraceState, person: Standing, *, simulated: bool, recorded_at: str) -> EvidenceRecord:
    trace, said = state.trace, state.feedback
    heard = [one for one in said if one.source in {*people(simulated=simulated), "test"} and _counts(one)]
    return EvidenceRecord(
        run_id=trace.id,
        task_id=task_of(trace),
        timestamp=trace.created_at,
        source=NAME,
        source_class=_class(state, person),
        rule="person",
        provenance=provenance(state, recorded_at),
        model_role=trace.role,
        model=trace.model,
        origin=trace.origin,
        reviewed=trace.origin != "import" or state.approved,
        conversation_id=trace.conversation_id,
        query_class=trace.query_class,
        complexity=trace.complexity,
        agentic=_agentic(trace),
        messages=trace.messages,
        response=trace.response,
        human=0.0 if person.correction is not None else person.value,
        tests=standing(said, {"test"}).value,
        reported=_reported(said),
        feedback=tuple(one.id for one in heard),
        measured=_measured(state),
        success=trace.finish_reason in ("stop", "tool_calls") and trace.error is None,
        errors=int(trace.error is not None),
        retries=trace.retries,
        duration_ms=trace.duration_ms,
        markers=_markers(trace),
        missing_files=missing_files(trace),
    )


def _corrected(record: EvidenceRecord, correction: Feedback) -> EvidenceRecord:
    """The better answer is the person's own: nothing that was measured of the first one holds for it."""
    return msgspec.structs.replace(
        record,
        run_id=record.run_id + CORRECTION,
        response=correction_text(correction),
        model="",
        agentic=False,
        human=1.0,
        tests=None,
        reported=None,
        feedback=(correction.id,),
        measured=None,
        success=True,
        errors=0,
        retries=0,
        duration_ms=None,
        markers={"correction": True},
        missing_files=(),
    )


def provenance(state: TraceState, recorded_at: str) -> Provenance:
    """Of an imported trace the row that it was made from, else its own."""
    source = state.source
    return Provenance(
        source_file=SOURCE_FILE if source is None else source.source_file,
        line_offset=state.row if source is None else source.line_offset,
        sig_hash=sig_hash(state.text) if source is None else source.sig_hash,
        recorded_at=recorded_at,
    )


def task_of(trace: Trace) -> str:
    """The same for the same words: those of the whole dialogue up to the question, as "go on" alone says nothing."""
    if slug := trace.metadata.get("task_slug", "").strip():
        return slug[:500]
    last = max((place for place, one in enumerate(trace.messages) if one.role == "user" and one.content), default=-1)
    said = [(one.role, one.content or "") for one in trace.messages[: last + 1] if one.role in ("user", "assistant")]
    if not said:
        return trace.task_hash or trace.id
    return task_hash(said[0][1]) if len(said) == 1 else task_hash(canonical(said).decode())


def missing_files(trace: Trace) -> tuple[str, ...]:
    """Paths that the answer names and that stand neither in the question nor in what was found for it."""
    named = trace.validation.ungrounded if trace.validation is not None else ()
    return tuple(text for text in named if any(one.kind == "path" and one.text == text for one in claims(text)))


def _class(state: TraceState, person: Standing) -> SourceClass:
    if not person.silent or any(one.source == "test" and _counts(one) for one in state.feedback):
        return "verdict"
    return "telemetry" if state.signals or state.trace.validation is not None else "extraction"


def _agentic(trace: Trace) -> bool:
    """Made with tools, in steps."""
    return bool(trace.tool_calls) or any(m.role == "tool" or m.tool_calls for m in trace.messages)


def _counts(statement: Feedback) -> bool:
    return statement.metric in SPEAK or statement.correction is not None


def _reported(said: Sequence[Feedback]) -> float | None:
    """The reward that another system worked out for a run that it made."""
    values = [one.value for one in said if one.metric == "reward" and one.source == "test"]
    return float(values[-1]) if values and values[-1] is not None else None


def _measured(state: TraceState) -> Measured | None:
    together = merged(state.signals)
    if together is None:
        return None
    return Measured(**{name: getattr(together, name) for name in Measured.__struct_fields__})


def _markers(trace: Trace) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {"finish_reason": trace.finish_reason, "agent": trace.agent}
    if trace.validation is not None and trace.validation.status != "not_checked":
        found |= {"validation": trace.validation.status, "grounded": trace.validation.grounded}
    if trace.escalation is not None:
        found["escalated"] = trace.escalation.outcome
    return found


def seq_of(cursor: str) -> int | None:
    """The last change that was read; None where nothing is known of that."""
    known = _understood(cursor)
    return None if known is None else known.seq


def _understood(cursor: str) -> _Cursor | None:
    try:
        known = msgspec.json.decode(cursor, type=_Cursor)
    except msgspec.MsgspecError:
        return None
    return known if known.version == VERSION else None


def _text(cursor: _Cursor) -> str:
    return msgspec.json.encode(cursor).decode()


def batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
