"""The person's word on a review: approving an edit queues the job that tries it, in the same transaction.

Approving is "try it": the job still stands before the gate. A review of kind `import` is only decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.clock import stamp
from core.database.reviews import Review
from core.errors import BadRequest
from core.records import EditProposal

if TYPE_CHECKING:
    from core.database.database import Database

EDIT = "edit"
IMPORT = "import"
"""Keeping an imported trace out needs no reason: nothing is proposed anew because of it."""
APPLY_JOB = "apply_edit"


def approve(database: Database, review_id: str, *, now: datetime) -> Review:
    """Again changes nothing. Raises NotFound, and BadRequest for one that was rejected or cannot be read."""
    with database.transaction():
        review = database.reviews.get(review_id)
        if review.kind == EDIT:
            proposal_of(review)
        review = database.reviews.decide(review_id, "approved", decided_at=stamp(now))
        if review.kind == EDIT:
            database.jobs.insert(job_of(review_id), APPLY_JOB, {"review_id": review_id}, now=now)
        return review


def reject(database: Database, review_id: str, reason: str, *, now: datetime) -> Review:
    """Raises NotFound, and BadRequest for one that was approved, and for an edit without a reason."""
    with database.transaction():
        if not reason.strip() and database.reviews.get(review_id).kind != IMPORT:
            raise BadRequest("Say in a few words why not: what is proposed next depends on it.", param="reason")
        return database.reviews.decide(review_id, "rejected", decided_at=stamp(now), reason=reason.strip() or None)


def job_of(review_id: str) -> str:
    """The id of the job that applies this edit; there is one at most."""
    return f"apply-{review_id}"


def proposal_of(review: Review) -> EditProposal:
    """What a review of kind `edit` asks about. Raises BadRequest when its body is not that."""
    if review.kind != EDIT:
        raise BadRequest(f"Review {review.id} is of kind {review.kind}; it proposes no edit.", param="kind")
    try:
        return msgspec.convert(review.body, EditProposal)
    except msgspec.ValidationError as error:
        raise BadRequest(f"What review {review.id} proposes cannot be read: {error}.", param="body") from error
