"""What the review window reads and decides, as plain functions that run in a thread; no Qt here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from core.database import Database, Job, Review
from core.database.approval import EDIT, approve, job_of, proposal_of, reject
from core.errors import BadRequest, NotFound
from core.records import EditProposal, Record, Trace

Shown = Literal["pending", "decided", "all"]
MOST = 5000
"""Items read for one list."""


class Item(Record, frozen=True):
    """One item with what is needed to decide it, and what became of it."""

    review: Review
    proposal: EditProposal | None = None
    """The body of a kind `edit`; None for other kinds, and where this version cannot read it."""
    trace: Trace | None = None
    job: Job | None = None
    """The one that tries an approved change."""


def listed(database: Database, shown: Shown) -> list[Review]:
    """What waits, the oldest first; then what was decided, the latest decision first."""
    pending = database.reviews.all(state="pending", limit=MOST) if shown != "decided" else []
    if shown == "pending":
        return pending
    decided = [*database.reviews.all(state="approved", limit=MOST), *database.reviews.all(state="rejected", limit=MOST)]
    return [*pending, *sorted(decided, key=lambda review: review.decided_at or "", reverse=True)]


def look(database: Database, review_id: str) -> Item:
    """Raises NotFound."""
    review = database.reviews.get(review_id)
    return Item(
        review=review,
        proposal=proposal(review) if review.kind == EDIT else None,
        trace=None if review.trace_id is None else found(database.traces.get, review.trace_id),
        job=found(database.jobs.get, job_of(review_id)) if review.state == "approved" else None,
    )


def decide(database: Database, review_id: str, *, approved: bool, reason: str, now: datetime) -> Review:
    """Raises BadRequest where it was decided the other way, NotFound where it is gone."""
    if approved:
        return approve(database, review_id, now=now)
    return reject(database, review_id, reason, now=now)


def proposal(review: Review) -> EditProposal | None:
    """None for the body of a newer teacher that this version does not know: it is shown as it is."""
    try:
        return proposal_of(review)
    except BadRequest:
        return None


def found(get: Any, key: str) -> Any:
    try:
        return get(key)
    except NotFound:
        return None
