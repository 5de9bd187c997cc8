"""Examples to imitate: who is taken, who is turned away and why, and on which side of the split."""

from __future__ import annotations

import pytest

from core.database import Database
from core.evidence.export import sft
from core.paths import Home
from core.records import Message
from tests.evidence.export.making import HELD_BACK, TRAIN, dataset, ids, put, quarantined, row
from tests.evidence.making import work


def test_an_accepted_answer_becomes_an_example(home: Home, database: Database) -> None:
    put(home, [row(1)])
    result = sft.run(work(home, database))
    assert (result.status, result.errors, result.totals["rows"]) == ("done", (), 1)
    (example,) = dataset(home, "sft")
    assert example["id"] == "t1" and example["quality_score"] == "accepted"
    assert example["prompt"] == [{"role": "user", "content": "How far is island 1 from the coast?"}]
    assert example["completion"] == [{"role": "assistant", "content": "Island 1 lies 1 miles from the coast."}]
    assert example["lineage"]["feedback"] == ["f1"]


def test_an_earlier_answer_is_asked_with_and_never_learned(home: Home, database: Database) -> None:
    """Whoever refused it, and wherever: what is learned is the answer of the record and nothing before it."""
    turns = [
        Message(role="user", content="How deep?"),
        Message(role="assistant", content="Nine metres."),
        Message(role="user", content="Are you sure?"),
    ]
    put(home, [row(1, human=0.0, messages=turns[:1], response="Nine metres."), row(2, messages=turns)])
    assert sft.run(work(home, database)).errors == ()
    (example,) = dataset(home, "sft")
    assert [one["content"] for one in example["prompt"]] == ["How deep?", "Nine metres.", "Are you sure?"]
    assert example["completion"] == [{"role": "assistant", "content": "Island 2 lies 2 miles from the coast."}]


def test_what_nobody_accepted_stays_out(home: Home, database: Database) -> None:
    put(home, [row(1), row(2, human=0.0), row(3, human=None), row(4, human=0.5)])
    result = sft.run(work(home, database))
    assert ids(home, "sft") == ["t1"]
    assert quarantined(home, "sft") == {
        "t2": "unsafe_sft_category", "t3": "unsafe_sft_category", "t4": "category_disallowed",
    }  # fmt: skip
    assert result.totals["reason:unsafe_sft_category"] == 2


def test_partly_accepted_work_only_where_it_is_asked_for(home: Home, database: Database) -> None:
    put(home, [row(1), row(2, human=0.5), row(3, human=0.0)])
    sft.run(work(home, database, include_partial=True))
    assert ids(home, "sft") == ["t1", "t2"]
    sft.run(work(home, database))
    assert ids(home, "sft") == ["t1"]


@pytest.mark.parametrize(
    ("fields", "score", "reason"),
    [
        ({"success": False}, {}, "not_successful"),
        ({"errors": 1}, {}, "errors_or_retries"),
        ({"retries": 2}, {}, "errors_or_retries"),
        ({"agentic": True, "duration_ms": 9_999.0}, {}, "too_fast"),
        ({"agentic": True, "duration_ms": 600_001.0}, {}, "too_slow"),
        ({}, {"reward": 0.74, "quality": 3.96}, "quality_too_low"),
        ({}, {"reward": 0.69, "quality": None}, "reward_too_low"),
    ],
)
def test_what_falls_through_the_filter_is_counted_not_quarantined(
    home: Home, database: Database, fields: dict[str, object], score: dict[str, object], reason: str
) -> None:
    put(home, [row(1, "accepted", score=score, **fields), row(2)])
    result = sft.run(work(home, database))
    assert ids(home, "sft") == ["t2"]
    assert quarantined(home, "sft") == {}
    assert result.report == {"taken": 1, "split:train": 1, f"turned_away:{reason}": 1}


def test_a_chat_may_take_a_second_and_a_minimum_can_be_chosen(home: Home, database: Database) -> None:
    put(home, [row(1, duration_ms=900.0), row(2, "accepted", score={"reward": 0.8, "quality": 4.2})])
    sft.run(work(home, database))
    assert ids(home, "sft") == ["t1", "t2"]
    sft.run(work(home, database, min_reward=0.9))
    assert ids(home, "sft") == ["t1"]


def test_a_conversation_is_on_one_side_of_the_split(home: Home, database: Database) -> None:
    put(home, [row(n, conversation_id=HELD_BACK[0]) for n in (1, 2)] + [row(3, conversation_id=TRAIN[0])])
    sft.run(work(home, database))
    folder = home.datasets / "sft"
    assert len((folder / "validation" / "2026-04-27-traces.jsonl").read_bytes().splitlines()) == 2
    assert len((folder / "train" / "2026-04-27-traces.jsonl").read_bytes().splitlines()) == 1
