"""Feedback and signals: append-only statements about a trace, each with the label that follows from it."""

from __future__ import annotations

import math

import msgspec

from core.database.changes import ChangeLog
from core.database.connection import Connections
from core.database.labelling import Labelling
from core.database.labels import Label
from core.database.traces import as_json
from core.errors import BadRequest, NotFound
from core.records import Feedback, Signals

_feedback = msgspec.json.Decoder(Feedback).decode
_signals = msgspec.json.Decoder(Signals).decode


class FeedbackLog:
    """What people and test runs said."""

    def __init__(self, connections: Connections, changes: ChangeLog, labelling: Labelling) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling

    def add(self, feedback: Feedback) -> Label:
        """One transaction: statement, label, exemplar, full text, change. The same id again changes nothing.

        Raises NotFound for an unknown trace, BadRequest for a value that its metric cannot have.
        """
        refuse_nonsense(feedback)
        with self._connections.transaction():
            _require_trace(self._connections, feedback.trace_id)
            known = self._connections.value("SELECT record FROM feedback WHERE feedback_id = ?", (feedback.id,))
            record = as_json(feedback)
            if known is not None:
                if known != record:
                    raise BadRequest(f"Feedback {feedback.id} was given already, and says something else.", param="id")
                return self._labelling.label(feedback.trace_id)
            self._connections.rows(
                "INSERT INTO feedback (feedback_id, trace_id, record) VALUES (?, ?, ?)",
                (feedback.id, feedback.trace_id, record),
            )
            done = self._labelling.relabel(feedback.trace_id)
            self._changes.note("feedback", feedback.trace_id, row=done.exemplar, subject=feedback.id)
        return done.label

    def for_trace(self, trace_id: str) -> list[Feedback]:
        """Everything said of it, in the order in which it arrived. Raises NotFound."""
        _require_trace(self._connections, trace_id)
        rows = self._connections.rows("SELECT record FROM feedback WHERE trace_id = ? ORDER BY row", (trace_id,))
        return [_feedback(record) for (record,) in rows]

    def label(self, trace_id: str) -> Label:
        """What is held of the trace now; `needs_human_review` where nobody said anything. Raises NotFound."""
        _require_trace(self._connections, trace_id)
        return self._labelling.label(trace_id)


class SignalLog:
    """What tools measured."""

    def __init__(self, connections: Connections, changes: ChangeLog, labelling: Labelling) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling

    def add(self, signals: Signals) -> Label:
        """Raises NotFound for an unknown trace, BadRequest for more tests passed than there are."""
        if (signals.tests_passed or 0) > (signals.tests_total if signals.tests_total is not None else math.inf):
            raise BadRequest("tests_passed is larger than tests_total.", param="tests_passed")
        with self._connections.transaction():
            _require_trace(self._connections, signals.trace_id)
            self._connections.rows(
                "INSERT INTO trace_signals (trace_id, record) VALUES (?, ?)", (signals.trace_id, as_json(signals))
            )
            done = self._labelling.relabel(signals.trace_id)
            self._changes.note("signals", signals.trace_id, row=done.exemplar)
        return done.label

    def for_trace(self, trace_id: str) -> list[Signals]:
        """In the order in which they arrived. Raises NotFound."""
        _require_trace(self._connections, trace_id)
        rows = self._connections.rows("SELECT record FROM trace_signals WHERE trace_id = ? ORDER BY row", (trace_id,))
        return [_signals(record) for (record,) in rows]


def refuse_nonsense(feedback: Feedback) -> None:
    """The last door before the log: a value that cannot be read as what its metric means."""
    value = feedback.value
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRequest("The value must be a number.", param="value")
    if feedback.correction is not None and not feedback.correction.strip():
        raise BadRequest("A correction cannot be empty.", param="correction")
    if value is None:
        return
    if feedback.metric == "thumb" and not isinstance(value, bool):
        raise BadRequest("A thumb is true (up) or false (down).", param="value")
    if feedback.metric == "score" and (isinstance(value, str) or not 0 <= value <= 1):
        raise BadRequest("A score lies between 0 and 1.", param="value")
    if feedback.metric == "demonstration" and (not isinstance(value, str) or not value.strip()):
        raise BadRequest("A demonstration is the better answer, as text.", param="value")


def _require_trace(connections: Connections, trace_id: str) -> None:
    if connections.row("SELECT 1 FROM traces WHERE trace_id = ?", (trace_id,)) is None:
        raise NotFound(f"There is no trace {trace_id}.", hint="`nightschool traces list` shows those there are.")
