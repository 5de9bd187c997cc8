"""The review queue: what waits for a person's word before it takes effect."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from core.database.changes import ChangeLog
from core.database.connection import Connections, Row
from core.database.labelling import IMPORT_REVIEW, Labelling
from core.database.traces import as_json
from core.errors import BadRequest, NotFound
from core.records import Record

State = Literal["pending", "approved", "rejected"]
Decision = Literal["approved", "rejected"]
COLUMNS = "review_id, kind, title, body, created_at, trace_id, state, reason, decided_at"


class Review(Record, frozen=True):
    """One question to the person. `kind` `import` decides whether something may be learned from: its trace, or all of
    the import `import:<import id>`, or all of the stream `source:<name>` that it has its id from."""

    id: str
    kind: str
    title: str
    body: dict[str, Any]
    created_at: str
    trace_id: str | None = None
    """The trace that this is about; deleting the trace deletes the review."""
    state: State = "pending"
    reason: str | None = None
    decided_at: str | None = None


class Reviews:
    """Added pending, decided once."""

    def __init__(self, connections: Connections, changes: ChangeLog, labelling: Labelling) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling

    def add(self, review: Review) -> None:
        """The same id again changes nothing. Raises NotFound for an unknown trace."""
        if review.state != "pending":
            raise ValueError("a review is added pending")
        with self._connections.transaction():
            if review.trace_id is not None and not self._connections.row(
                "SELECT 1 FROM traces WHERE trace_id = ?", (review.trace_id,)
            ):
                raise NotFound(f"There is no trace {review.trace_id}.")
            added = self._connections.rows(
                "INSERT INTO reviews (review_id, kind, title, body, created_at, trace_id) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (review_id) DO NOTHING RETURNING 1",
                (review.id, review.kind, review.title, as_json(review.body), review.created_at, review.trace_id),
            )
            if added:
                self._changes.note("review", review.trace_id, subject=review.id)

    def decide(self, review_id: str, state: Decision, *, decided_at: str, reason: str | None = None) -> Review:
        """Raises NotFound, and BadRequest when it was decided the other way before; the same again is no error."""
        with self._connections.transaction():
            review = self.get(review_id)
            if review.state == state:
                return review
            if review.state != "pending":
                raise BadRequest(f"Review {review_id} was {review.state} already.", code="already_decided")
            self._connections.rows(
                "UPDATE reviews SET state = ?, reason = ?, decided_at = ? WHERE review_id = ?",
                (state, reason, decided_at, review_id),
            )
            self._take_effect(review)
            return self.get(review_id)

    def _take_effect(self, review: Review) -> None:
        """On the label of its trace, or of all traces of its import."""
        if review.kind == "import" and review.trace_id is None and review.id.startswith(IMPORT_REVIEW):
            relabelled = self._labelling.relabel_import(review.id.removeprefix(IMPORT_REVIEW))
            for trace_id, row in relabelled.items():
                self._changes.note("review", trace_id, row=row, subject=review.id)
            if relabelled:
                return
        row = None if review.trace_id is None else self._labelling.relabel(review.trace_id).exemplar
        self._changes.note("review", review.trace_id, row=row, subject=review.id)

    def get(self, review_id: str) -> Review:
        row = self._connections.row(f"SELECT {COLUMNS} FROM reviews WHERE review_id = ?", (review_id,))
        if row is None:
            raise NotFound(f"There is no review {review_id}.")
        return _review(row)

    def count(self, state: State) -> int:
        return int(self._connections.value("SELECT count(*) FROM reviews WHERE state = ?", (state,)))

    def all(self, *, state: State | None = None, kind: str | None = None, limit: int = 100) -> list[Review]:
        """Oldest first: what waits longest stands on top."""
        rows = self._connections.rows(
            f"SELECT {COLUMNS} FROM reviews WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR kind = ?2)"
            " ORDER BY created_at, review_id LIMIT ?3",
            (state, kind, limit),
        )
        return [_review(row) for row in rows]


def _review(row: Row) -> Review:
    values = dict(zip(Review.__struct_fields__, row, strict=True))
    return Review(**{**values, "body": msgspec.json.decode(values["body"])})
