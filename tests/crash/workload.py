"""A random day of writing, and the ledger of what was acknowledged, to be held against what is found later."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import msgspec

from core.database import Database
from core.records import Feedback, Message, Trace

Report = Callable[[dict[str, Any]], None]
WORDS = ("zorbia", "quuxia", "tower", "harbour", "colour", "leads", "where", "how", "tall", "north", "ticket", "88")


class Workload:
    """`report` hears of each intent (`doing`) and of each acknowledgement (`done`), the moment the call returned."""

    def __init__(self, database: Database, seed: int, prefix: str, report: Report) -> None:
        self._database = database
        self._random = random.Random(seed)
        self._prefix = prefix
        self._report = report
        self._made = 0
        self._finished: list[str] = []

    def step(self) -> None:
        kind = self._random.choices(["answer", "add", "feedback", "delete", "leave"], [5, 3, 8, 1, 1])[0]
        if kind in ("answer", "leave"):
            self._answer(leave=kind == "leave")
        elif kind == "add" or not self._finished:
            trace = self._trace(self._text(30))
            self._do("finish", trace.id, lambda: self._database.traces.add(trace), record=_plain(trace))
            self._finished.append(trace.id)
        elif kind == "feedback":
            self._feedback()
        else:
            gone = self._finished.pop(self._random.randrange(len(self._finished)))
            self._do("delete", gone, lambda: self._database.traces.delete(gone))

    def _answer(self, *, leave: bool) -> None:
        trace = self._trace("")
        opened = msgspec.structs.replace(trace, finish_reason=None)
        self._do("begin", trace.id, lambda: self._database.traces.begin(opened))
        said = ""
        for _ in range(self._random.randrange(4)):
            piece = self._text(6) + " "
            self._do("append", trace.id, lambda piece=piece: self._database.traces.append(trace.id, piece), text=piece)
            said += piece
        if leave:
            return
        final = msgspec.structs.replace(trace, response=said or "nothing")
        self._do("finish", trace.id, lambda: self._database.traces.finish(final), record=_plain(final))
        self._finished.append(trace.id)

    def _feedback(self) -> None:
        trace_id = self._random.choice(self._finished[-20:])
        self._made += 1
        metric, value = self._random.choice(
            [
                *[("thumb", True), ("thumb", True), ("thumb", False), ("thumb", None)],
                *[("score", 0.5), ("score", 0.9), ("demonstration", self._text(5)), ("demonstration", None)],
            ]
        )
        said = Feedback(
            id=f"{self._prefix}f{self._made}", trace_id=trace_id, created_at=self._time(), metric=metric, value=value
        )
        self._do("feedback", trace_id, lambda: self._database.feedback.add(said), record=_plain(said))

    def _do(self, op: str, trace_id: str, call: Callable[[], object], **more: Any) -> None:
        note = {"op": op, "trace_id": trace_id, **more}
        self._report({"phase": "doing", **note})
        call()
        self._report({"phase": "done", **note})

    def _trace(self, response: str) -> Trace:
        self._made += 1
        return Trace(
            id=f"{self._prefix}t{self._made}",
            created_at=self._time(),
            messages=[Message(role="user", content=self._text(8) + "?")],
            response=response,
            finish_reason="stop",
        )

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(WORDS, k=words)) + f" {self._random.randrange(10**6)}"

    def _time(self) -> str:
        return f"2026-11-21T00:00:00.{self._made:06d}Z"


def _plain(record: msgspec.Struct) -> Any:
    return json.loads(msgspec.json.encode(record))


class Ledger:
    """What was acknowledged, and what was on its way when the end came (either way is right for that)."""

    def __init__(self) -> None:
        self.finished: dict[str, Trace] = {}
        self.begun: dict[str, str] = {}
        self.feedback: list[Feedback] = []
        self.deleted: set[str] = set()
        self.doing: dict[str, dict[str, Any]] = {}
        self.acknowledged = 0

    def hear(self, note: dict[str, Any]) -> None:
        """One report. Of each writer (the first letter of its ids) at most one call is on its way."""
        writer = note["trace_id"][0]
        if note["phase"] == "doing":
            self.doing[writer] = note
            return
        self.doing.pop(writer, None)
        self.acknowledged += 1
        trace_id = note["trace_id"]
        if note["op"] == "begin":
            self.begun[trace_id] = ""
        elif note["op"] == "append":
            self.begun[trace_id] += note["text"]
        elif note["op"] == "finish":
            self.finished[trace_id] = msgspec.convert(note["record"], Trace)
            self.begun.pop(trace_id, None)
        elif note["op"] == "feedback":
            self.feedback.append(msgspec.convert(note["record"], Feedback))
        else:
            self.deleted.add(trace_id)

    def copy(self) -> Ledger:
        other = Ledger()
        other.finished, other.begun = dict(self.finished), dict(self.begun)
        other.feedback, other.deleted = list(self.feedback), set(self.deleted)
        other.doing, other.acknowledged = dict(self.doing), self.acknowledged
        return other

    def hold_against(self, database: Database) -> None:
        """Fails when anything acknowledged is missing or changed, or anything deleted is back."""
        assert database.integrity_check() == []
        on_its_way = {note["trace_id"] for note in self.doing.values()}
        maybe_gone = self.deleted | {note["trace_id"] for note in self.doing.values() if note["op"] == "delete"}
        found = {trace.id: trace for trace in database.traces.list(limit=10**6, include_open=True)}
        assert not self.deleted & set(found), "a deleted trace came back"
        for trace_id, trace in self.finished.items():
            if trace_id not in maybe_gone:
                assert found.get(trace_id) == trace, f"{trace_id} was acknowledged"
        for statement in self.feedback:
            if statement.trace_id not in maybe_gone:
                assert statement in database.feedback.for_trace(statement.trace_id), f"{statement.id} was acknowledged"
        assert set(found) <= set(self.finished) | set(self.begun) | on_its_way, "something that nobody wrote"
        changes = database.changes_since(0, 10**6)
        assert [change.seq for change in changes] == list(range(1, len(changes) + 1))

    def hold_recovered(self, database: Database) -> None:
        """After recovery: what an unfinished answer had said, and was acknowledged, is there to the letter."""
        for trace_id, said in self.begun.items():
            trace = database.traces.get(trace_id)
            if trace.finish_reason == "interrupted":
                assert trace.response.startswith(said), f"words of {trace_id} are lost"
            else:
                assert self.doing[trace_id[0]]["op"] == "finish", f"{trace_id} was never finished"
        assert database.integrity_check() == []
