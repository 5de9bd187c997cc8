"""The person's word on a review: one job for an approved edit, none for anything else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.database import Database, Review
from core.database.approval import approve, proposal_of, reject
from core.errors import BadRequest, NotFound
from core.records import EditProposal, EvidenceNote, GateFigures
from tests.database.making import thumb, tick, trace

NOW = datetime(2026, 11, 21, 7, tzinfo=UTC)
BODY: dict[str, Any] = {"op": "patch_system_prompt", "target": "agents/coder.toml", "summary": "Say less."}
GATE = {"before": 0.5, "after": 0.6, "tasks": 50, "wins": 12, "losses": 5, "ties": 33, "verdict": "keep"}


def put(database: Database, review_id: str = "r", kind: str = "edit", body: dict[str, Any] | None = None) -> None:
    database.reviews.add(
        Review(id=review_id, kind=kind, title="t", body=BODY if body is None else body, created_at=tick())
    )


def jobs(database: Database) -> list[tuple[str, str, str, dict[str, Any]]]:
    return [(job.id, job.kind, job.state, job.payload) for job in database.jobs.all()]


def test_an_approved_edit_queues_one_job(database: Database) -> None:
    put(database)
    review = approve(database, "r", now=NOW)
    assert (review.state, review.decided_at) == ("approved", "2026-11-21T07:00:00.000000Z")
    assert jobs(database) == [("apply-r", "apply_edit", "queued", {"review_id": "r"})]
    assert approve(database, "r", now=NOW) == review
    assert len(jobs(database)) == 1
    assert [c.kind for c in database.changes_since(0)] == ["review", "review", "job"]


def test_an_approval_without_its_job_gets_it_when_repeated(database: Database) -> None:
    put(database)
    database.reviews.decide("r", "approved", decided_at=tick())
    approve(database, "r", now=NOW)
    assert len(jobs(database)) == 1


def test_both_or_neither(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(database)
    database._connections.rows("CREATE TRIGGER full BEFORE INSERT ON jobs BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with pytest.raises(Exception, match="no room"):
        approve(database, "r", now=NOW)
    assert database.reviews.get("r").state == "pending"
    assert jobs(database) == []


def test_a_rejected_edit_never_gets_a_job(database: Database) -> None:
    put(database)
    review = reject(database, "r", "  It would say too little. ", now=NOW)
    assert (review.state, review.reason) == ("rejected", "It would say too little.")
    with pytest.raises(BadRequest) as caught:
        approve(database, "r", now=NOW)
    assert caught.value.code == "already_decided"
    assert jobs(database) == []


def test_an_approved_one_cannot_be_rejected_any_more(database: Database) -> None:
    put(database)
    approve(database, "r", now=NOW)
    with pytest.raises(BadRequest):
        reject(database, "r", "Changed my mind", now=NOW)
    assert database.reviews.get("r").state == "approved"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_rejecting_an_edit_needs_a_reason(database: Database, reason: str) -> None:
    put(database)
    with pytest.raises(BadRequest) as caught:
        reject(database, "r", reason, now=NOW)
    assert caught.value.param == "reason"
    assert database.reviews.get("r").state == "pending"


def test_an_import_is_only_decided(database: Database) -> None:
    for trace_id in ("in", "out"):
        database.traces.add(trace(trace_id, origin="import"))
        database.feedback.add(thumb(trace_id, trace_id, True))
        database.reviews.add(
            Review(id=trace_id, kind="import", title="t", body={}, created_at=tick(), trace_id=trace_id)
        )
    assert approve(database, "in", now=NOW).state == "approved"
    assert reject(database, "out", "", now=NOW).reason is None
    assert [one.trace_id for one in database.exemplars.all()] == ["in"]
    assert jobs(database) == []


def test_an_unknown_review(database: Database) -> None:
    for call in (lambda: approve(database, "no", now=NOW), lambda: reject(database, "no", "why", now=NOW)):
        with pytest.raises(NotFound):
            call()


def test_a_proposal_is_read_whole(database: Database) -> None:
    body = {
        **BODY,
        "tier": "review",
        "diff": "--- a\n+++ b\n",
        "evidence": [{"text": "It rambled.", "trace_id": "t1"}, {"text": "Twice."}],
        "gate": {**GATE, "e_value": 31.5, "worst_cluster": "math", "worst_fall": 0.02},
        "session_id": "s",
        "cost_usd": 0.12,
    }
    put(database, body=body)
    assert proposal_of(database.reviews.get("r")) == EditProposal(
        op="patch_system_prompt",
        target="agents/coder.toml",
        summary="Say less.",
        tier="review",
        diff="--- a\n+++ b\n",
        evidence=(EvidenceNote(text="It rambled.", trace_id="t1"), EvidenceNote(text="Twice.")),
        gate=GateFigures(
            before=0.5,
            after=0.6,
            tasks=50,
            wins=12,
            losses=5,
            ties=33,
            verdict="keep",
            e_value=31.5,
            worst_cluster="math",
            worst_fall=0.02,
        ),
        session_id="s",
        cost_usd=0.12,
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**BODY, "op": "format_disk"},
        {**BODY, "target": ""},
        {**BODY, "summary": "x" * 501},
        {**BODY, "tier": "at once"},
        {**BODY, "more": 1},
        {**BODY, "cost_usd": -1},
        {**BODY, "diff": "x" * 200_001},
        {**BODY, "evidence": [{"text": ""}]},
        {**BODY, "evidence": [{"text": "x"}] * 101},
        {**BODY, "gate": {**GATE, "after": 1.1}},
        {**BODY, "gate": {**GATE, "wins": -1}},
        {**BODY, "gate": {**GATE, "verdict": "surely"}},
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_can_be_rejected(database: Database, body: dict[str, Any]) -> None:
    put(database, body=body)
    with pytest.raises(BadRequest):
        proposal_of(database.reviews.get("r"))
    with pytest.raises(BadRequest):
        approve(database, "r", now=NOW)
    assert (database.reviews.get("r").state, jobs(database)) == ("pending", [])
    assert reject(database, "r", "Cannot be read", now=NOW).state == "rejected"


def test_another_kind_proposes_no_edit(database: Database) -> None:
    put(database, kind="import")
    with pytest.raises(BadRequest):
        proposal_of(database.reviews.get("r"))
