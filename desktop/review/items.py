"""What the review window reads and decides, as plain functions that run in a thread; no Qt here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from core.database import Database, Job, Review
from core.database.approval import EDIT, IMPORT, approve, job_of, proposal_of, reject
from core.database.labelling import IMPORT_REVIEW
from core.database.sources import REVIEW as STREAM
from core.errors import BadRequest, NotFound
from core.records import EditProposal, Record, Trace

Shown = Literal["pending", "decided", "all"]
MOST = 5000
"""Items read for one list."""
SAMPLES = 3
"""Answers of an import that are shown."""


class Imported(Record, frozen=True):
    """What a review of an import asks about: a file of chats that was read in, or a log that is read where it is."""

    format: str
    source_file: str
    counts: dict[str, int]
    """As they were told when it was imported."""
    in_place: bool = False
    left: int = 0
    """How many of its answers are still there."""
    samples: tuple[Trace, ...] = ()


class Item(Record, frozen=True):
    """One item with what is needed to decide it, and what became of it."""

    review: Review
    proposal: EditProposal | None = None
    """The body of a kind `edit`; None for other kinds, and where this version cannot read it."""
    trace: Trace | None = None
    imported: Imported | None = None
    """Of a kind `import` that is about more than one trace; None where it was deleted."""
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
        imported=imported(database, review) if review.kind == IMPORT and review.trace_id is None else None,
        job=found(database.jobs.get, job_of(review_id)) if review.state == "approved" else None,
    )


def imported(database: Database, review: Review) -> Imported | None:
    """What was imported, with a few of its answers. None when it is no longer there, or not to be understood."""
    if review.id.startswith(STREAM):
        stream = found(database.sources.get, review.id.removeprefix(STREAM))
        if stream is None:
            return None
        told = review.body.get("counts", {}).items()
        counts = {name: count for name, count in told if isinstance(count, int)}
        return Imported(format="jsonl", source_file=stream.path, counts=counts, in_place=True)
    one = found(database.imports.get, review.id.removeprefix(IMPORT_REVIEW))
    if one is None:
        return None
    ids = database.imports.trace_ids(one.import_id)
    shown = [ids[len(ids) * part // SAMPLES] for part in range(min(SAMPLES, len(ids)))]
    samples = [trace for trace in (found(database.traces.get, key) for key in shown) if trace is not None]
    return Imported(
        format=one.format, source_file=one.source_file, counts=one.counts, left=len(ids), samples=tuple(samples)
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
