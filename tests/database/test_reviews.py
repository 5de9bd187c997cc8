"""The review queue: asked once, decided once; an approved import becomes past work."""

from __future__ import annotations

import pytest

from core.database import Database, Review
from core.errors import BadRequest, NotFound
from tests.database.making import thumb, tick, trace


def item(review_id: str, **more: object) -> Review:
    values: dict[str, object] = {"kind": "edit", "title": "Try this?", "body": {"op": "x"}, "created_at": tick()}
    return Review(id=review_id, **{**values, **more})  # type: ignore[arg-type]


def test_pending_until_decided_once(database: Database) -> None:
    database.reviews.add(item("r1"))
    database.reviews.add(item("r2", kind="finetune"))
    database.reviews.add(item("r1", title="another title under the same id"))
    assert [r.id for r in database.reviews.all(state="pending")] == ["r1", "r2"]
    decided = database.reviews.decide("r1", "rejected", decided_at="2026", reason="not now")
    assert (decided.title, decided.body, decided.state, decided.reason) == (
        "Try this?",
        {"op": "x"},
        "rejected",
        "not now",
    )
    assert database.reviews.decide("r1", "rejected", decided_at="2027") == decided
    with pytest.raises(BadRequest, match="already"):
        database.reviews.decide("r1", "approved", decided_at="2027")
    with pytest.raises(NotFound):
        database.reviews.decide("nothing", "approved", decided_at="2027")
    assert [r.id for r in database.reviews.all(state="pending")] == ["r2"]
    assert [r.id for r in database.reviews.all(kind="finetune")] == ["r2"]
    assert [c.subject for c in database.changes_since(0)] == ["r1", "r2", "r1"]


def test_an_import_is_learned_from_only_once_approved(database: Database) -> None:
    for trace_id, decision in (("good", "approved"), ("bad", "rejected")):
        database.traces.add(trace(trace_id, origin="import"))
        database.feedback.add(thumb(f"f-{trace_id}", trace_id, True))
        database.reviews.add(item(f"r-{trace_id}", kind="import", trace_id=trace_id))
        assert database.exemplars.count() == 0
        database.reviews.decide(f"r-{trace_id}", decision, decided_at="2026")  # type: ignore[arg-type]
        database.traces.delete(trace_id) if decision == "rejected" else None
        if decision == "approved":
            (exemplar,) = database.exemplars.all()
            assert database.changes_since(0)[-1].row == exemplar.row
            database.feedback.add(thumb("f-no", trace_id, False))
            assert database.exemplars.count() == 0, "the person's no stands above the review"
    assert database.integrity_check() == []


def test_a_review_of_an_unknown_trace_is_refused(database: Database) -> None:
    with pytest.raises(NotFound):
        database.reviews.add(item("r", trace_id="nothing"))
