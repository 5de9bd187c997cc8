"""Keeps labels, exemplars and their full text in step with what was said, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from core.database.connection import Connections
from core.database.labels import Label, Standing, correction_text, merged, people, reward, standing, verdict
from core.records import Feedback, Signals, Trace

IMPORT_REVIEW = "import:"
"""A review of kind `import` with this and an import's id decides for all its traces."""
KINDS = {"accepted": "accepted", "partially_accepted": "partial"}
_trace = msgspec.json.Decoder(Trace).decode
_feedback = msgspec.json.Decoder(Feedback).decode
_signals = msgspec.json.Decoder(Signals).decode


class Judged(NamedTuple):
    label: Label
    correction: int | None
    """Row in `feedback` of the correction that stands."""
    kind: str | None
    """What kind of exemplar this trace is now, None when it is none."""


class Relabelled(NamedTuple):
    label: Label
    exemplar: int | None
    """The exemplar row that this trace has now, or had before; None when it never was one."""


class Labelling:
    """`simulated`: the home was created as simulated, so that simulated speakers and traces count in it."""

    def __init__(self, connections: Connections, *, simulated: bool) -> None:
        self._connections = connections
        self._simulated = simulated

    def judge(self, trace_id: str) -> Judged:
        """Worked out afresh from what was said; reads only. The trace must exist."""
        trace: Trace = _trace(self._connections.value("SELECT record FROM traces WHERE trace_id = ?", (trace_id,)))
        rows = self._connections.rows("SELECT row, record FROM feedback WHERE trace_id = ? ORDER BY row", (trace_id,))
        said: list[Feedback] = [_feedback(record) for _, record in rows]
        measured = self._connections.rows(
            "SELECT record FROM trace_signals WHERE trace_id = ? ORDER BY row", (trace_id,)
        )
        person, tests = standing(said, people(simulated=self._simulated)), standing(said, {"test"})
        # A test run has a score, never a correction: the better answer is a person's to give.
        heard = person if not person.silent else Standing(tests.value)
        ruling = verdict(heard)
        worth = reward(
            merged([_signals(record) for (record,) in measured]),
            human=0.0 if person.correction is not None else person.value,
            tests=tests.value,
            reported=_reported(said),
        )
        corrected = person.correction
        answer = _good_answer(trace, ruling, corrected)
        row = next((row for row, one in zip((r for r, _ in rows), said, strict=True) if one is corrected), None)
        kind = "accepted" if corrected is not None else KINDS.get(ruling)
        eligible = bool(answer and answer.strip()) and self._may_learn(trace)
        return Judged(Label(verdict=ruling, reward=worth, answer=answer), row, kind if eligible else None)

    def relabel(self, trace_id: str) -> Relabelled:
        """Writes what `judge` finds."""
        judged = self.judge(trace_id)
        label = judged.label
        known = label != Label()
        if known or self._connections.row("SELECT 1 FROM labels WHERE trace_id = ?", (trace_id,)):
            self._connections.rows(
                "INSERT INTO labels (trace_id, verdict, reward, correction) VALUES (?1, ?2, ?3, ?4)"
                " ON CONFLICT (trace_id) DO UPDATE SET verdict = ?2, reward = ?3, correction = ?4",
                (trace_id, label.verdict, label.reward, judged.correction),
            )
        return Relabelled(label, self._keep_exemplar(trace_id, judged.kind))

    def relabel_import(self, import_id: str) -> dict[str, int | None]:
        """All its traces, in order of id: trace id → the exemplar row that it has, or had."""
        rows = self._connections.rows(
            "SELECT trace_id, EXISTS (SELECT 1 FROM labels AS l WHERE l.trace_id = s.trace_id)"
            " FROM trace_sources AS s WHERE import_id = ? ORDER BY trace_id",
            (import_id,),
        )
        return {trace_id: self.relabel(trace_id).exemplar if said else None for trace_id, said in rows}

    def label(self, trace_id: str) -> Label:
        return self.judge(trace_id).label

    def forget_exemplars(self, trace_ids: Sequence[str]) -> dict[str, int]:
        """Takes exemplars and their full text away; a row number is never used again. trace id → row, where one was."""
        these = (msgspec.json.encode(trace_ids).decode(),)
        found: dict[str, int] = dict(
            self._connections.rows(
                "SELECT trace_id, row FROM exemplars WHERE trace_id IN (SELECT value FROM json_each(?))", these
            )
        )
        rows = (msgspec.json.encode(list(found.values())).decode(),)
        if found:
            self._connections.rows(
                "INSERT INTO exemplar_fts (exemplar_fts, rowid, task)"
                " SELECT 'delete', row, task FROM exemplar_text WHERE row IN (SELECT value FROM json_each(?))",
                rows,
            )
            self._connections.rows("DELETE FROM exemplars WHERE row IN (SELECT value FROM json_each(?))", rows)
        return found

    def _keep_exemplar(self, trace_id: str, kind: str | None) -> int | None:
        """The task of a row never changes, only its kind and answer: the vector of a row stays right."""
        if kind is None:
            return self.forget_exemplars([trace_id]).get(trace_id)
        known: int | None = self._connections.value("SELECT row FROM exemplars WHERE trace_id = ?", (trace_id,))
        if known is not None:
            self._connections.rows("UPDATE exemplars SET kind = ? WHERE row = ?", (kind, known))
            return known
        self._connections.rows("INSERT INTO exemplars (trace_id, kind) VALUES (?, ?)", (trace_id, kind))
        row: int = self._connections.value("SELECT row FROM exemplars WHERE trace_id = ?", (trace_id,))
        self._connections.rows(
            "INSERT INTO exemplar_fts (rowid, task) SELECT row, task FROM exemplar_text WHERE row = ?", (row,)
        )
        return row

    def _may_learn(self, trace: Trace) -> bool:
        """DESIGN §5: only what a person asked, or what was imported and reviewed; simulated only in such a home."""
        asked = next((m.content for m in reversed(trace.messages) if m.role == "user"), None)
        if trace.finish_reason is None or not (asked and asked.strip()):
            return False
        if trace.origin == "import":
            return self._reviewed(trace.id)
        return trace.origin == "user" or (trace.origin == "simulated" and self._simulated)

    def _reviewed(self, trace_id: str) -> bool:
        return (
            self._connections.row(
                "SELECT 1 FROM reviews WHERE kind = 'import' AND state = 'approved' AND (trace_id = ?1"
                f" OR review_id = (SELECT '{IMPORT_REVIEW}' || import_id FROM trace_sources WHERE trace_id = ?1))",
                (trace_id,),
            )
            is not None
        )


def _good_answer(trace: Trace, ruling: str, correction: Feedback | None) -> str | None:
    if correction is not None:
        return correction_text(correction)
    return trace.response if ruling in KINDS else None


def _reported(said: list[Feedback]) -> float | None:
    """The reward that another system worked out for a run that it made (`runs record`)."""
    values = [one.value for one in said if one.metric == "reward" and one.source == "test"]
    return float(values[-1]) if values and values[-1] is not None else None
