"""Jobs: one worker at a time, a lost lease is lost, no ending without its evidence or reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.database import Database, LeaseLost
from core.errors import NotFound

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_job_is_claimed_once_and_ends_with_its_evidence(database: Database) -> None:
    queued = database.jobs.insert("j", "collect", {"since": 3}, now=NOW)
    assert (queued.state, queued.payload) == ("queued", {"since": 3})
    claimed = database.jobs.claim("w1", now=NOW, lease_s=60)
    assert claimed is not None and (claimed.state, claimed.owner, claimed.attempts) == ("running", "w1", 1)
    assert database.jobs.claim("w2", now=later(1), lease_s=60) is None
    done = database.jobs.finish("j", "w1", "done", now=later(2), evidence={"rows": 4})
    assert (done.state, done.evidence, done.owner, done.finished_at) == (
        "done",
        {"rows": 4},
        None,
        "2026-11-21T03:00:02.000000Z",
    )
    assert [c.subject for c in database.changes_since(0)] == ["j", "j", "j"]


def test_the_same_trigger_twice_makes_one_job(database: Database) -> None:
    database.jobs.insert("nightly-2026-11-21", "night", {"n": 1}, now=NOW)
    assert database.jobs.insert("nightly-2026-11-21", "night", {"n": 2}, now=NOW).payload == {"n": 1}
    assert len(database.jobs.all()) == 1


def test_a_dead_workers_job_goes_to_another_and_the_dead_cannot_finish_it(database: Database) -> None:
    database.jobs.insert("j", "train", {}, now=NOW)
    database.jobs.claim("w1", now=NOW, lease_s=10)
    database.jobs.renew("j", "w1", now=later(9), lease_s=10)
    assert database.jobs.claim("w2", now=later(15), lease_s=10) is None
    again = database.jobs.claim("w2", now=later(20), lease_s=10)
    assert again is not None and (again.owner, again.attempts) == ("w2", 2)
    for write in (
        lambda: database.jobs.finish("j", "w1", "done", now=later(21), evidence={"x": 1}),
        lambda: database.jobs.renew("j", "w1", now=later(21), lease_s=10),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert database.jobs.get("j").owner == "w2"
    database.jobs.finish("j", "w2", "failed", now=later(22), reason="out of memory")
    with pytest.raises(LeaseLost):
        database.jobs.finish("j", "w2", "done", now=later(23), evidence={"x": 1})


@pytest.mark.parametrize(
    ("state", "evidence", "reason"),
    [("done", None, "x"), ("done", {}, None), ("skipped", {"x": 1}, None), ("failed", None, "")],
)
def test_there_is_no_third_way(
    database: Database, state: str, evidence: dict[str, int] | None, reason: str | None
) -> None:
    database.jobs.insert("j", "k", {}, now=NOW)
    database.jobs.claim("w", now=NOW, lease_s=10)
    with pytest.raises(ValueError, match="evidence"):
        database.jobs.finish("j", "w", state, now=NOW, evidence=evidence, reason=reason)  # type: ignore[arg-type]
    assert database.jobs.get("j").state == "running"


def test_order_kinds_and_times_are_respected(database: Database) -> None:
    database.jobs.insert("late", "a", {}, now=NOW, not_before=later(100))
    database.jobs.insert("second", "b", {}, now=later(1))
    database.jobs.insert("first", "a", {}, now=NOW)
    first = database.jobs.claim("w", now=later(2), lease_s=1000, kinds=["a"])
    assert first is not None and first.id == "first"
    assert database.jobs.claim("w", now=later(2), lease_s=1000, kinds=["a"]) is None
    assert database.jobs.claim("w", now=later(2), lease_s=1000, kinds=[]) is None
    second = database.jobs.claim("w", now=later(2), lease_s=1000)
    assert second is not None and second.id == "second"
    assert [j.id for j in database.jobs.all(state="queued")] == ["late"]
    assert [j.id for j in database.jobs.all(kind="a")] == ["late", "first"]
    with pytest.raises(NotFound):
        database.jobs.get("nothing")
