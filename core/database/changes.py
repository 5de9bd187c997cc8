"""The cursor over what changed: every process follows it, there is no other bus."""

from __future__ import annotations

from typing import Literal

from core.database.connection import Connections
from core.records import Record

Kind = Literal["trace", "feedback", "signals", "metadata", "delete", "review", "job"]


class Change(Record, frozen=True):
    """One thing that happened, in commit order."""

    seq: int
    kind: Kind
    trace_id: str | None = None
    row: int | None = None
    """The exemplar that this touched: read it again; when it is not there, it is gone for good."""
    subject: str | None = None
    """The feedback, review or job that this is about."""


class ChangeLog:
    """Append-only; `note` runs inside the transaction of what it notes."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def note(
        self, kind: Kind, trace_id: str | None = None, *, row: int | None = None, subject: str | None = None
    ) -> None:
        self._connections.rows(
            "INSERT INTO changes (kind, trace_id, row, subject) VALUES (?, ?, ?, ?)", (kind, trace_id, row, subject)
        )

    def since(self, cursor: int, limit: int = 1000) -> list[Change]:
        """What came after `cursor`, oldest first. Writers take turns, so no earlier number appears later."""
        rows = self._connections.rows(
            "SELECT seq, kind, trace_id, row, subject FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", (cursor, limit)
        )
        return [Change(seq=s, kind=k, trace_id=t, row=r, subject=about) for s, k, t, r, about in rows]

    def last(self) -> int:
        return int(self._connections.value("SELECT max(seq) FROM changes") or 0)
