"""Pairs: what went out stands here once, and leaves with its trace."""

from __future__ import annotations

from typing import Any

import apsw
import pytest

from core.database import Database, Pair
from tests.database.making import trace


def pair(run_id: str, **more: Any) -> Pair:
    defaults: dict[str, Any] = {
        "task_slug": "task",
        "role": "coder",
        "prompt_json": "[]",
        "output_json": '"x"',
        "label": 0.9,
        "exported_at": "2026-11-21T00:00:00.000000Z",
    }
    return Pair(run_id=run_id, **{**defaults, **more})


def test_no_run_is_counted_twice_for_a_role(database: Database) -> None:
    assert database.pairs.add([pair("r1"), pair("r1"), pair("r2")]) == 2
    assert database.pairs.add([pair("r1", label=0.1), pair("r1", role="judge")]) == 1
    assert database.pairs.exported("coder", ["r1", "r2", "r3"]) == {"r1", "r2"}
    assert database.pairs.exported("judge", ["r1", "r2"]) == {"r1"}
    assert database.pairs.count() == 3 and database.pairs.count("coder") == 2
    (first, one), (second, two) = database.pairs.page("coder")
    assert [(one.run_id, one.label), (two.run_id, two.label)] == [("r1", 0.9), ("r2", 0.9)]
    assert [number for number, _ in database.pairs.page(after_id=first, limit=1)] == [second]


def test_a_pair_leaves_with_its_trace_and_does_not_come_back(database: Database) -> None:
    database.traces.add(trace("a"))
    assert database.pairs.add([pair("a", trace_id="a"), pair("stream-1")]) == 2
    assert database.traces.delete("a").rows["pairs"] == 1
    assert database.pairs.add([pair("a", trace_id="a")]) == 0, "its trace is gone"
    assert [one.run_id for _, one in database.pairs.page()] == ["stream-1"]
    assert database.pairs.forget(["stream-1", "x"]) == 1
    assert database.pairs.count() == 0
    assert database.integrity_check() == []


@pytest.mark.parametrize(
    "wrong", [{"role": "boss"}, {"label": 1.5}, {"label": -0.1}, {"prompt_json": "{"}, {"output_json": ""}]
)
def test_the_table_refuses_what_is_no_pair(database: Database, wrong: dict[str, Any]) -> None:
    with pytest.raises(apsw.ConstraintError):
        database.pairs.add([pair("good"), pair("bad", **wrong)])
    assert database.pairs.count() == 0, "all or nothing"
