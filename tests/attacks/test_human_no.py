"""Human "no" is never outscored: over the full grid of signals, of traces and of streams of every class."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import msgspec
import pytest

from core.database import Database, RegisteredSource, Review
from core.database.approval import approve
from core.evidence.canonical import sig_hash
from core.evidence.records import CORRECTION
from core.evidence.run import run
from core.paths import Home
from tests.attacks.lots import exported
from tests.evidence import making
from tests.evidence.export.making import TRAIN

HUMAN = (None, True, False, 0.0, 0.3, 0.5, 1.0)
TESTS = (None, 0.0, 1.0)
COMPILES = (None, True, False)
ERRORS = (None, 0, 9)
REPORTED = (None, 0.0, 1.0)
CLASSES = {"verdict": "observer", "telemetry": "events", "extraction": "extraction"}


def is_no(human: bool | float | None) -> bool:
    return human is not None and float(human) <= 0.3


def words(number: int) -> str:
    """Of texts that nobody takes for nearly the same."""
    digest = sig_hash({"words": number})
    return " ".join(digest[at : at + 4] for at in range(0, 64, 4))


def traces_of_the_grid(database: Database) -> tuple[set[str], set[str]]:
    """Ids of those that a person refused or corrected, and of those that a person likes; every combination once."""
    refused, liked = set(), set()
    grid = product(HUMAN, TESTS, COMPILES, ERRORS, (None, "It is quite another way."))
    for number, (human, tests, compiles, errors, correction) in enumerate(grid, start=1):
        measured = {"compile_pass": compiles, "lint_errors": errors}
        trace_id = making.add(
            database, number, f"What of {words(number)}?", f"This: {words(-number)}",
            thumb=human if isinstance(human, bool) else None,
            score=None if isinstance(human, bool) else human,
            correction=correction and f"{correction} {words(10_000 + number)}",
            tests=tests, measured={name: value for name, value in measured.items() if value is not None} or None,
            conversation_id=TRAIN[number % len(TRAIN)], day=number % 3,
        )  # fmt: skip
        if is_no(human) or correction:
            refused.add(trace_id)
        elif human in (True, 1.0):
            liked.add(trace_id)
    return refused, liked


MAPPING = """
class = "{kind}"
rule = "{rule}"
[[record]]
timestamp = "at"
run_id = "id"
task_id = "task"
conversation_id = "conversation"
prompt = "asked"
response = "response"
human = "human"
tests = "tests"
reported = "reported"
[record.measured]
compile_pass = "compiles"
lint_errors = "errors"
[record.markers]
observer_verdict = "verdict"
all_events_ok = "fine"
"""


def stream_of_the_grid(database: Database, folder: Path, kind: str) -> tuple[set[str], set[str]]:
    """The same for rows of another tool, which says that all of them are good."""
    name, refused, liked, lines = f"{kind}_rows", set(), set(), []
    grid = product(HUMAN, TESTS, COMPILES, ERRORS, REPORTED)
    start = 20_000 + 10_000 * list(CLASSES).index(kind)
    for number, (human, tests, compiles, errors, reported) in enumerate(grid, start=start):
        lines.append({
            "id": str(number), "task": f"{kind} {number // 4}", "conversation": TRAIN[number // 4 % len(TRAIN)],
            "at": making.moment(number % 600, day=number % 3), "asked": f"What of {words(number // 4)}?",
            "response": f"This: {words(-number)}", "human": human, "tests": tests, "reported": reported,
            "compiles": compiles, "errors": errors, "verdict": "accept", "fine": True,
        })  # fmt: skip
        (refused if is_no(human) else liked if human in (True, 1.0) else set()).add(f"{name}:{number}")
    path = folder / f"{name}.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    mapping = MAPPING.format(kind=kind, rule=CLASSES[kind])
    source = RegisteredSource(name=name, path=str(path), mapping=mapping, added_at=making.RECORDED)
    database.sources.add(source)
    review = Review(id=source.review_id, kind="import", title=name, body={"source": name}, created_at=making.RECORDED)
    database.reviews.add(review)
    approve(database, source.review_id, now=making.FIRST)
    return refused, liked


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as database:
        yield database


@pytest.mark.slow
@pytest.mark.parametrize("source", ["traces", *CLASSES])
def test_whatever_else_is_said_a_persons_no_stands(source: str, home: Home, database: Database, tmp_path: Path) -> None:
    refused, liked = (
        traces_of_the_grid(database) if source == "traces" else stream_of_the_grid(database, tmp_path, source)
    )
    done = run(making.work(home, database, include_partial=True, include_review=True, min_reward=0.0))
    assert done.status == "done", done.reason
    targets = {dataset: {run_id for name, run_id, target in exported(home.root) if target and name == dataset}
               for dataset in ("rag", "sft", "preference", "kto")}  # fmt: skip
    assert {dataset: sorted(ids & refused) for dataset, ids in targets.items()} == {name: [] for name in targets}
    assert targets["sft"] & liked and targets["rag"] & liked, "where nothing is exported nothing is shown"
    if source == "traces":
        assert any(one.endswith(CORRECTION) for one in targets["sft"])
    assert len(refused) > 100 and len(liked) > 50
