"""Pairs: who is paired with whom, how many a task, and what makes no pair."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from core.database import Database
from core.evidence.export import preference
from core.evidence.export.groups import PAIRED, REFUSED
from core.evidence.export.pairing import MAX_PAIRS_PER_TASK, Answer, pairs_of
from core.paths import Home
from tests.evidence.export.making import HELD_BACK, TRAIN, asked, dataset, put, quarantined, row
from tests.evidence.making import add, moment, work

SAME = asked("How far is the island?")


def pairs(home: Home) -> list[tuple[str, str]]:
    return sorted((one["chosen_run_id"], one["rejected_run_id"]) for one in dataset(home, "preference"))


def test_better_and_worse_answers_to_one_task_are_a_pair(home: Home, database: Database) -> None:
    put(home, [row(1, **SAME), row(2, human=0.0, day=1, **SAME), row(3), row(4, human=0.0)])
    result = preference.run(work(home, database))
    assert (result.status, result.errors) == ("done", ())
    assert pairs(home) == [("t1", "t2")]
    (pair,) = dataset(home, "preference")
    assert pair["chosen"][0]["content"] == "Island 1 lies 1 miles from the coast."
    assert pair["rejected"][0]["content"] == "Island 2 lies 2 miles from the coast."
    assert pair["prompt"][0]["content"] == "How far is the island?"
    assert [one["run_id"] for one in pair["lineage"]] == ["t1", "t2"]
    assert [path.name for path in (home.datasets / "preference").rglob("*.jsonl")] == ["2026-04-27-traces.jsonl"]
    assert quarantined(home, "preference") == {}


def test_rejected_counterparts_come_before_partly_accepted_ones(home: Home, database: Database) -> None:
    worse = [row(n, human=0.5, **SAME) for n in range(2, 6)] + [row(n, human=0.0, **SAME) for n in range(6, 9)]
    put(home, [row(1, **SAME), *worse])
    result = preference.run(work(home, database))
    assert [other for _, other in pairs(home)] == ["t2", "t3", "t6", "t7", "t8"]
    assert result.totals["category:rejected"] == 3


def test_a_correction_is_paired_with_what_it_corrects(home: Home, database: Database) -> None:
    original, correction = row(1, human=0.0, **SAME), row(2, run_id="t1/correction", conversation_id=TRAIN[1], **SAME)
    worse = [row(n, human=0.0, **SAME) for n in range(3, 12)]
    better = [row(n, score={"reward": 1.0}, **SAME) for n in range(12, 16)]
    put(home, [original, correction, *worse, *better])
    preference.run(work(home, database))
    assert ("t1/correction", "t1") in pairs(home)
    assert len(pairs(home)) == MAX_PAIRS_PER_TASK


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"messages": asked("How far?")["messages"], "task_id": SAME["task_id"]}, "invalid_preference_pairing"),
        ({**SAME, "conversation_id": HELD_BACK[0]}, "invalid_preference_pairing"),
        ({**SAME, "response": "Island 1 lies 1 miles from the coast."}, "self_pairing"),
    ],
)
def test_what_makes_no_pair(home: Home, database: Database, fields: dict[str, Any], reason: str) -> None:
    put(home, [row(1, **SAME), row(2, human=0.0, **fields)])
    result = preference.run(work(home, database))
    assert result.passed
    assert pairs(home) == []
    assert quarantined(home, "preference") == {"t1": reason, "t2": reason}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"human": None}, "category_disallowed"),
        ({"human": 0.0, "reviewed": False}, "category_disallowed"),
        ({"human": 0.0, "screened": {"leak_of": "t9"}}, "benchmark_leak"),
        ({"human": 0.0, "missing_files": ("a.py",)}, "hallucinated_file_path"),
        ({"human": 0.0, "response": ""}, "empty_content"),
        ({"category": "accepted", "human": 0.2}, "category_disallowed"),
    ],
)
def test_the_firewall_stands_before_pairs_too(
    home: Home, database: Database, fields: dict[str, Any], reason: str
) -> None:
    put(home, [row(1, **SAME), row(2, human=0.0, **SAME), row(3, **SAME, **fields)])
    preference.run(work(home, database))
    assert pairs(home) == [("t1", "t2")]
    assert quarantined(home, "preference") == {"t3": reason}


def test_nobody_is_left_alone_by_a_forgotten_one(home: Home, database: Database) -> None:
    add(database, 2, thumb=False)
    put(home, [row(1, **SAME), row(2, human=0.0, **SAME)])
    preference.run(work(home, database))
    assert pairs(home) == [("t1", "t2")]
    database.traces.delete("t2")
    preference.run(work(home, database))
    assert pairs(home) == []
    assert quarantined(home, "preference") == {"t1": "invalid_preference_pairing", "t2": "forgotten"}


def test_a_new_answer_changes_only_its_task(home: Home, database: Database) -> None:
    first = [row(1, **SAME), row(2, human=0.0, **SAME)]
    second = [row(n, timestamp=moment(n, day=1), **asked("Another?")) for n in (3,)]
    put(home, [*first, *second, row(4, human=0.0, timestamp=moment(4, day=1), **asked("Another?"))])
    preference.run(work(home, database))
    put(home, [*second, row(4, human=0.0, timestamp=moment(4, day=1), **asked("Another?")),
               row(5, human=0.0, timestamp=moment(5, day=1), **asked("Another?"))])  # fmt: skip
    result = preference.run(work(home, database))
    assert pairs(home) == [("t1", "t2"), ("t3", "t4"), ("t3", "t5")]
    assert result.delta == {"written": 2, "unchanged": 1, "removed": 0}


def answer(number: int, category: str, **more: Any) -> Answer:
    fields = {"place": number, "run_id": f"t{number}", "timestamp": moment(number), "category": category}
    fields |= {"reward": 1.0 if category == "accepted" else 0.0, "prompt": b"p", "text": b"%d" % number}
    return Answer(**{**fields, "split": "train", **more})


def test_the_choice_does_not_depend_on_the_order_of_the_answers() -> None:
    rng = random.Random(4)
    answers = [answer(n, "accepted", prompt=b"%d" % (n % 3)) for n in range(20)]
    answers += [
        answer(n, rng.choice(["rejected", "partially_accepted"]), prompt=b"%d" % (n % 3)) for n in range(20, 60)
    ]
    expected = pairs_of(answers)
    named = {(answers[one].run_id, answers[other].run_id) for one, other in expected.pairs}
    assert len(named) == MAX_PAIRS_PER_TASK
    for _ in range(20):
        rng.shuffle(answers)
        again = pairs_of([one._replace(place=place) for place, one in enumerate(answers)])
        assert {(answers[one].run_id, answers[other].run_id) for one, other in again.pairs} == named


def test_pairs_that_say_the_same_are_one() -> None:
    """A small model gives the same answer again and again, and is corrected in the same words."""
    answers = [answer(n, "accepted", text=b"better", run_id=f"t{n + 3}/correction") for n in range(3)]
    answers += [answer(n, "rejected", text=b"worse") for n in range(3, 6)]
    answers.append(answer(6, "accepted", text=b"otherwise", reward=0.8))
    found = pairs_of(answers)
    assert found.pairs == ((0, 3), (6, 3)) and not found.failures and found.beyond == 4


def test_thousands_of_tries_at_one_task_are_soon_paired() -> None:
    answers = [answer(n, "accepted" if n % 2 else "rejected") for n in range(10_000)]
    found = pairs_of(answers)
    assert (len(found.pairs), found.failures, found.beyond) == (MAX_PAIRS_PER_TASK, {}, 10_000 - 5)


def test_a_damaged_memory_of_pairs_brings_nobody_in(home: Home, database: Database) -> None:
    put(home, [row(1, **SAME), row(2, human=0.0, **SAME), row(3, "accepted", human=0.0, **SAME)])
    preference.run(work(home, database))
    path = home.evidence_state / "export-preference-tasks.npy"
    outcomes = np.load(path)
    refused = outcomes[outcomes["kind"] == REFUSED]["one"][0]
    outcomes["one"][outcomes["kind"] == PAIRED] = refused
    np.save(path, outcomes)
    result = preference.run(work(home, database))
    assert result.status == "failed"
    assert pairs(home) == []
    assert preference.run(work(home, database)).passed
    assert pairs(home) == [("t1", "t2")]
