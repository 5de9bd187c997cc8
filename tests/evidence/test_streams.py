"""The seed's streams from their files to verdicts: registered, approved, collected where they lie, and scored."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.database import Database
from core.database.approval import approve
from core.evidence import collect, score
from core.evidence.importers.registering import Registration, register
from core.evidence.records import ScoredRun
from core.evidence.sources.mapping import shipped
from core.paths import Home
from tests.evidence.making import RECORDED, read_evidence, work
from tests.evidence.test_mapped import EXPECTED, FIXTURES
from tests.evidence.test_score import scores

FOLLOWED = {
    "distilled_facts": ["accepted", "partially_accepted"],
    "distilled_procedures": ["accepted"],
    "config_hints": ["needs_human_review"],
    "observer_escalations": ["partially_accepted"],
    "audit_facts": ["partially_accepted"],
}
"""What carries no verdict, after it found its parents in the other streams."""


def stream(database: Database, name: str, *, approved: bool = True, path: Path | None = None) -> None:
    place = path or FIXTURES / f"{name}.jsonl"
    brought = register(
        database,
        Registration(
            name=name, path=place, source_file=str(place), mapping=shipped()[name].read_text(), recorded_at=RECORDED
        ),
    )
    if approved:
        assert brought.review_id is not None
        approve(database, brought.review_id, now=datetime(2026, 5, 1, tzinfo=UTC))


def held(home: Home) -> dict[str, list[ScoredRun]]:
    """By stream, in order of their rows."""
    found: dict[str, list[ScoredRun]] = {}
    known = scores(home)
    for record in sorted(read_evidence(home), key=lambda one: (one.source, one.provenance.line_offset, one.run_id)):
        found.setdefault(record.source, []).append(known[record.run_id])
    return found


def test_the_streams_of_the_seed_land_in_its_verdicts(home: Home, database: Database) -> None:
    for name in EXPECTED:
        stream(database, name)
    collected = collect.run(work(home, database))
    result = score.run(work(home, database))
    assert collected.totals["skip:outcomes:no_timestamp"] == 1
    expected = {name: [word for word in words if word != "no_timestamp"] for name, words in EXPECTED.items()}
    assert {name: [one.category for one in of_it] for name, of_it in held(home).items()} == {**expected, **FOLLOWED}
    assert result.passed and result.totals["rows"] == collected.totals["rows"]
    counted = Counter(one.category for of_it in held(home).values() for one in of_it)
    assert {f"category:{name}": count for name, count in counted.items()}.items() <= result.totals.items()


def test_the_ledger_of_models_comes_from_the_rows_of_model_trust(home: Home, database: Database) -> None:
    stream(database, "model_trust")
    collect.run(work(home, database))
    score.run(work(home, database))
    lines = (home.scored / "model_trust.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line) for line in lines] == [
        {"model": "gpt-oss:120b", "accepted": 1, "partially_accepted": 1, "rejected": 1, "needs_human_review": 0,
         "trust": 0.5},
        {"model": "kimi-k2:1t", "accepted": 1, "partially_accepted": 0, "rejected": 0, "needs_human_review": 0,
         "trust": 1.0},
    ]  # fmt: skip


def test_nothing_of_a_stream_counts_before_it_was_approved(home: Home, database: Database) -> None:
    stream(database, "scrum_reviews", approved=False)
    stream(database, "distilled_facts")
    collect.run(work(home, database))
    score.run(work(home, database))
    assert {one.category for of_it in held(home).values() for one in of_it} == {"needs_human_review"}
    approve(database, "source:scrum_reviews", now=datetime(2026, 5, 2, tzinfo=UTC))
    collect.run(work(home, database))
    score.run(work(home, database))
    assert [one.category for one in held(home)["distilled_facts"]] == FOLLOWED["distilled_facts"]


def test_a_dispute_is_a_pair_of_one_task(home: Home, database: Database) -> None:
    stream(database, "audit_discrepancies")
    collect.run(work(home, database))
    score.run(work(home, database))
    records = {record.run_id: record for record in read_evidence(home)}
    sides = {one.category: records[one.run_id] for one in held(home)["audit_discrepancies"] if one.task_id == "F-7"}
    assert sides["accepted"].response == "No: the class is never made."
    assert sides["rejected"].response == "Yes, in main.rs."
    assert sides["accepted"].messages == sides["rejected"].messages


def test_lines_that_are_added_later_are_scored_and_followed(home: Home, database: Database, tmp_path: Path) -> None:
    reviews, facts = tmp_path / "reviews.jsonl", FIXTURES / "distilled_facts.jsonl"
    first, second, *_ = (FIXTURES / "scrum_reviews.jsonl").read_bytes().splitlines(keepends=True)
    reviews.write_bytes(first)
    stream(database, "scrum_reviews", path=reviews)
    stream(database, "distilled_facts", path=facts)
    collect.run(work(home, database))
    score.run(work(home, database))
    assert [one.category for one in held(home)["distilled_facts"]] == ["accepted", "needs_human_review"]
    reviews.write_bytes(first + second)
    collect.run(work(home, database))
    score.run(work(home, database))
    assert [one.category for one in held(home)["distilled_facts"]] == ["accepted", "partially_accepted"]
