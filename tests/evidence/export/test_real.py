"""The exporters behind the real stages: traces and what was said of them, collected, scored, screened, exported."""

from __future__ import annotations

import pytest

from core.database import Database
from core.evidence import collect, score, screen
from core.evidence.export import making, preference
from core.evidence.stage import StageResult, Work
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.export.making import HELD_BACK, SEALED, TRAIN, dataset, ids, quarantined
from tests.evidence.making import a_mixed_lot, add, feedback, files, work


def run(given: Work) -> dict[str, StageResult]:
    for stage in (collect, score, screen):
        result = stage.run(given)
        assert result.passed, result
    results: dict[str, StageResult] = {str(one): it for one, it in making.export(given, ("rag", "sft", "kto")).items()}
    results["preference"] = preference.run(given)
    assert all(one.passed for one in results.values()), results
    return results


@pytest.fixture
def told(database: Database) -> Database:
    c = TRAIN
    add(
        database,
        1,
        "What is the tide table for Hook Bay?",
        "High water is at six, low water at noon.",
        thumb=True,
        conversation_id=c[1],
    )
    add(database, 2, "How do I tie a bowline?", "With a hammer and three nails.", thumb=False, conversation_id=c[2])
    add(
        database,
        3,
        "How do I splice a rope?",
        "Glue both ends together.",
        correction="Unlay the strands and tuck each under its neighbour.",
        conversation_id=c[3],
    )
    add(
        database,
        4,
        "Name a lighthouse of the north coast.",
        "Some lighthouse or other.",
        score=0.5,
        conversation_id=c[4],
    )
    add(database, 5, "Which flag means I am on fire?", "Flag J, blue and white.", conversation_id=c[5])
    add(
        database,
        6,
        "Who keeps the harbour log?",
        "Write to harbour.master@example.org for it.",
        thumb=True,
        conversation_id=c[6],
    )
    add(database, 7, "What is a fathom in feet?", "A fathom is six feet.", thumb=True, conversation_id=SEALED)
    add(
        database,
        8,
        "What does the barometer foretell?",
        "A falling glass brings wind.",
        thumb=True,
        conversation_id=HELD_BACK[0],
    )
    add(database, 9, "Where is the anchor kept?", "In the locker at the bow.", thumb=True, origin="benchmark")
    return database  # fmt: skip


def test_from_thumbs_to_datasets(home: Home, told: Database) -> None:
    run(work(home, told))
    assert ids(home, "sft") == ["t1", "t3/correction", "t8"]
    assert ids(home, "rag") == ["t1", "t3/correction", "t4", "t8"]
    assert {one["id"]: one["label"] for one in dataset(home, "kto")} == {
        "t1": True, "t2": False, "t3": False, "t3/correction": True, "t8": True,
    }  # fmt: skip
    assert [(one["chosen_run_id"], one["rejected_run_id"]) for one in dataset(home, "preference")] == [
        ("t3/correction", "t3")
    ]
    assert (home.datasets / "sft/validation").is_dir()
    refused = quarantined(home, "sft")
    assert refused == {
        "t2": "unsafe_sft_category", "t3": "unsafe_sft_category", "t4": "category_disallowed",
        "t5": "unsafe_sft_category", "t6": "secret_found", "t7": "benchmark_leak",
    }  # fmt: skip


def test_a_mind_that_changes(home: Home, told: Database) -> None:
    run(work(home, told))
    told.feedback.add(feedback(700, "t1", False))
    run(work(home, told))
    assert "t1" not in {*ids(home, "sft"), *ids(home, "rag")}
    told.feedback.add(feedback(701, "t1", True))
    run(work(home, told))
    assert "t1" in ids(home, "sft")


def test_two_homes_say_the_same(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    a_mixed_lot(database)
    first = run(work(home, database))
    there, other = elsewhere("there")
    a_mixed_lot(other)
    second = run(work(there, other))
    assert files(there.datasets, there.quarantine) == files(home.datasets, home.quarantine)
    assert second == first
