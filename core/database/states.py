"""Finished traces as they stand now, each with all that was said of it: what evidence is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from core.database.connection import Connections, Row
from core.database.imports import TraceSource
from core.database.labelling import IMPORT_REVIEW
from core.database.traces import FINISHED, SELECT, as_json
from core.records import Feedback, Signals, Trace

THESE = "IN (SELECT value FROM json_each(?1))"
_trace = msgspec.json.Decoder(Trace).decode
_feedback = msgspec.json.Decoder(Feedback).decode
_signals = msgspec.json.Decoder(Signals).decode
_metadata = msgspec.json.Decoder(dict[str, str]).decode


class TraceState(NamedTuple):
    """One trace at one moment."""

    row: int
    trace: Trace
    feedback: list[Feedback]
    """In the order in which it arrived; likewise `signals`."""
    signals: list[Signals]
    approved: bool
    """A person approved its import."""
    source: TraceSource | None
    """Where an imported one came from."""
    text: dict[str, Any]
    """The same as it is stored: `{"trace", "feedback", "signals"}`."""


class TraceStates:
    """Reads only; a batch is read at one moment."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def last_row(self) -> int:
        """0 where no trace ever was."""
        return int(self._connections.value("SELECT max(row) FROM traces") or 0)

    def between(self, after: int, until: int) -> list[TraceState]:
        """Finished ones with `after` < row <= `until`, in order of row."""
        return self._states("t.row > ?1 AND t.row <= ?2", (after, until))

    def of(self, trace_ids: Sequence[str]) -> list[TraceState]:
        """Those of these that are there and finished, in order of row."""
        return self._states(f"t.trace_id {THESE}", (as_json(list(trace_ids)),))

    def at(self, row: int) -> TraceState | None:
        return next(iter(self.between(row - 1, row)), None)

    def _states(self, which: str, bindings: Row) -> list[TraceState]:
        with self._connections.get():  # a savepoint: what is read belongs to one moment, and no writer waits for it
            rows = self._connections.rows(
                f"{SELECT.replace('t.record', 't.row, t.record', 1)} WHERE {which} AND {FINISHED} ORDER BY t.row",
                bindings,
            )
            traces = [(row, _trace(record), record, newer) for row, record, newer in rows]
            ids = as_json([trace.id for _, trace, _, _ in traces])
            said, measured = self._records("feedback", ids), self._records("trace_signals", ids)
            approved, sources = self._approved(ids), self._sources(ids)
        return [
            _state(row, trace, record, newer, said[trace.id], measured[trace.id], approved, sources)
            for row, trace, record, newer in traces
        ]

    def _records(self, table: str, ids: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for trace_id, record in self._connections.rows(
            f"SELECT trace_id, record FROM {table} WHERE trace_id {THESE} ORDER BY row", (ids,)
        ):
            found[trace_id].append(record)
        return found

    def _approved(self, ids: str) -> set[str]:
        rows = self._connections.rows(
            f"SELECT trace_id FROM reviews WHERE kind = 'import' AND state = 'approved' AND trace_id {THESE}"
            " UNION SELECT s.trace_id FROM trace_sources AS s JOIN reviews AS r"
            f" ON r.review_id = '{IMPORT_REVIEW}' || s.import_id AND r.kind = 'import' AND r.state = 'approved'"
            f" WHERE s.trace_id {THESE}",
            (ids,),
        )
        return {trace_id for (trace_id,) in rows}

    def _sources(self, ids: str) -> dict[str, TraceSource]:
        names = TraceSource.__struct_fields__
        rows = self._connections.rows(f"SELECT {', '.join(names)} FROM trace_sources WHERE trace_id {THESE}", (ids,))
        return {row[0]: TraceSource(**dict(zip(names, row, strict=True))) for row in rows}


def _state(
    row: int,
    trace: Trace,
    record: str,
    newer: str | None,
    said: list[str],
    measured: list[str],
    approved: set[str],
    sources: dict[str, TraceSource],
) -> TraceState:
    text = msgspec.json.decode(record)
    if newer is not None:
        trace = msgspec.structs.replace(trace, metadata=_metadata(newer))
        text["metadata"] = trace.metadata
    return TraceState(
        row=row,
        trace=trace,
        feedback=[_feedback(one) for one in said],
        signals=[_signals(one) for one in measured],
        approved=trace.id in approved,
        source=sources.get(trace.id),
        text={
            "trace": text,
            "feedback": [msgspec.json.decode(one) for one in said],
            "signals": [msgspec.json.decode(one) for one in measured],
        },
    )
