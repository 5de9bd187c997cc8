"""What a person said after the evidence was collected: an export alone must not keep what they refuse by now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.database import Database
from core.evidence import collect, score, screen
from core.evidence.export import making, preference
from core.evidence.records import Dataset
from core.evidence.stage import StageResult, Work
from core.paths import Home
from tests.evidence.export.making import TRAIN, dataset, ids, quarantined
from tests.evidence.making import add, feedback, files, work

SINGLES: tuple[Dataset, ...] = ("rag", "sft", "kto")


def exported(given: Work) -> list[StageResult]:
    """`evidence export`, without the stages before it."""
    results = [*making.export(given, SINGLES).values(), preference.run(given)]
    assert all(one.passed for one in results), results
    return results


def run(given: Work) -> None:
    for stage in (collect, score, screen):
        assert stage.run(given).passed
    exported(given)


def targets(home: Home) -> set[str]:
    liked = {one["id"] for one in dataset(home, "kto") if one["label"]}
    chosen = {one["chosen_run_id"] for one in dataset(home, "preference")}
    return {*ids(home, "rag"), *ids(home, "sft"), *liked, *chosen}


@pytest.fixture
def told(home: Home, database: Database) -> Database:
    asked = "How do I splice a rope?"
    add(database, 1, asked, "Unlay the strands and tuck each one in.", thumb=True, conversation_id=TRAIN[1])
    add(database, 2, asked, "Glue both of the ends together.", thumb=False, conversation_id=TRAIN[2])
    add(
        database, 3, "What is a fathom?", "Some old measure.",
        correction="A fathom is six feet of water.", conversation_id=TRAIN[3],
    )  # fmt: skip
    add(database, 4, "Where is the anchor kept?", "In the locker at the bow.", thumb=True, conversation_id=TRAIN[4])
    run(work(home, database))
    assert targets(home) == {"t1", "t3/correction", "t4"}
    return database


def a_no(database: Database) -> None:
    database.feedback.add(feedback(700, "t1", False))


def a_correction(database: Database) -> None:
    database.feedback.add(feedback(701, "t1", "Tuck every strand in three times.", metric="demonstration"))


def a_better_correction(database: Database) -> None:
    database.feedback.add(feedback(702, "t3", "It is six feet, or two yards.", metric="demonstration"))


@pytest.mark.parametrize(
    ("said", "run_id"), [(a_no, "t1"), (a_correction, "t1"), (a_better_correction, "t3/correction")]
)
@pytest.mark.parametrize("noted", [True, False])
def test_what_was_said_since_takes_a_target_out(
    home: Home, told: Database, said: Callable[[Database], None], run_id: str, noted: bool
) -> None:
    said(told)
    if not noted:  # where nobody knows how far was collected
        (home.evidence_state / "collect.json").unlink()
    exported(work(home, told))
    assert targets(home) == {"t1", "t3/correction", "t4"} - {run_id}
    assert quarantined(home, "sft")[run_id] == quarantined(home, "rag")[run_id] == "schema_violation"
    run(work(home, told))
    assert run_id == "t3/correction" or run_id not in targets(home)


def test_a_yes_since_waits_for_the_next_run(home: Home, told: Database) -> None:
    told.feedback.add(feedback(700, "t2", True))
    exported(work(home, told))
    assert [one["id"] for one in dataset(home, "kto") if not one["label"]] == ["t3"]
    assert dataset(home, "preference") and "t2" not in str(dataset(home, "preference"))
    run(work(home, told))
    assert "t2" in targets(home)


@pytest.mark.parametrize("noted", [True, False])
def test_nothing_else_moves_a_byte(home: Home, told: Database, noted: bool) -> None:
    before = files(home.datasets, home.quarantine)
    first = exported(work(home, told, full=True))
    told.feedback.add(feedback(700, "t4", True))  # the same again
    add(told, 9, "Is there more?", "There is.", thumb=True, conversation_id=TRAIN[9])  # not collected yet
    if not noted:
        (home.evidence_state / "collect.json").unlink()
    again = exported(work(home, told))
    assert files(home.datasets, home.quarantine) == before
    assert [one.content_hash for one in again] == [one.content_hash for one in first]


def test_taken_back_it_is_as_it_was(home: Home, told: Database) -> None:
    before = files(home.datasets, home.quarantine)
    a_no(told)
    exported(work(home, told))
    assert files(home.datasets, home.quarantine) != before
    told.feedback.add(feedback(701, "t1", True))
    exported(work(home, told))
    assert files(home.datasets, home.quarantine) == before
