"""Every process follows what changed by one cursor, in commit order, without gaps."""

from __future__ import annotations

import pytest

from core.database import Change, Database
from core.paths import Home
from tests.database.making import signals, thumb, trace


def test_another_process_can_follow_from_its_cursor(home: Home, database: Database) -> None:
    with Database.open(home) as follower:
        assert follower.last_change() == 0
        database.traces.add(trace("a"))
        database.feedback.add(thumb("f", "a", True))
        database.signals.add(signals("a", lint_errors=0))
        database.traces.update_metadata("a", {})
        assert follower.changes_since(0) == [
            Change(seq=1, kind="trace", trace_id="a"),
            Change(seq=2, kind="feedback", trace_id="a", row=1, subject="f"),
            Change(seq=3, kind="signals", trace_id="a", row=1),
            Change(seq=4, kind="metadata", trace_id="a"),
        ]
        assert [c.seq for c in follower.changes_since(1, limit=2)] == [2, 3]
        assert follower.changes_since(follower.last_change()) == []


def test_what_was_taken_back_was_never_announced(database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction():
        database.traces.add(trace("a"))
        raise RuntimeError("changed my mind")
    assert database.changes_since(0) == []
    database.traces.add(trace("b"))
    assert [c.seq for c in database.changes_since(0)] == [1]


def test_a_savepoint_inside_a_transaction_can_fail_alone(database: Database) -> None:
    with database.transaction():
        database.traces.add(trace("a"))
        with pytest.raises(RuntimeError), database.transaction():
            database.traces.add(trace("b"))
            raise RuntimeError
        database.traces.add(trace("c"))
    assert [t.id for t in database.traces.list()] == ["c", "a"]
