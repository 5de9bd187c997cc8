"""The exporters as stages: the same bytes however one gets there, nothing written twice, nothing let through unseen."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.database import Database
from core.evidence.export import firewall, making, preference, spool
from core.evidence.partitions import Partition, Tree
from core.evidence.records import Dataset
from core.evidence.stage import Cancelled, StageResult
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.export.making import (
    HELD_BACK,
    SEALED,
    TRAIN,
    Lines,
    asked,
    dataset,
    ids,
    put,
    quarantined,
    row,
    screen,
)
from tests.evidence.making import RECORDED, add, files, moment, work

THREE: tuple[Dataset, ...] = ("rag", "sft", "kto")


def lot(days: int = 4, seed: int = 1) -> list[Lines]:
    """Rows of all kinds, tasks with several answers, two sources, and ids that come twice."""
    rng = random.Random(seed)
    rows = []
    for number in range(days * 12):
        day = number % days
        fields: dict[str, Any] = {
            "human": rng.choice([1.0, 1.0, 0.5, 0.0, None]),
            "timestamp": moment(number, day=day),
            "source": rng.choice(["traces", "audits"]),
            "conversation_id": rng.choice([*TRAIN[:30], *HELD_BACK[:8], SEALED]),
            **asked(f"Question {rng.randrange(days * 4)}?"),
        }
        if rng.random() < 0.1:
            fields["run_id"] = f"t{rng.randrange(days * 12)}"
        if rng.random() < 0.1:
            fields["screened"] = rng.choice([{"leak_of": "t1"}, {"duplicate_of": "t2"}])
        rows.append(row(number, **fields))
    return rows


def everything(home: Home, database: Database, **options: Any) -> dict[str, StageResult]:
    given = work(home, database, **options)
    results: dict[str, StageResult] = {str(name): one for name, one in making.export(given, THREE).items()}
    return {**results, "preference": preference.run(given)}


def gold(home: Home) -> dict[str, bytes]:
    return files(home.datasets, home.quarantine)


def test_the_same_bytes_by_any_way(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    """Day after day, all at once, by two processes, with the state lost: one result."""
    rows = lot()
    for day in sorted({one.record.timestamp[:10] for one in rows}):
        put(home, [one for one in rows if one.record.timestamp[:10] <= day])
        everything(home, database)
    expected = gold(home)
    assert len(expected) > 20
    at_once, other = elsewhere("at-once")
    put(at_once, rows)
    results = everything(at_once, other, full=True)
    assert gold(at_once) == expected
    shutil.rmtree(at_once.evidence_state / "export-index")
    for path in at_once.evidence_state.glob("export-*"):
        path.unlink()
    again = everything(at_once, other)
    assert gold(at_once) == expected
    assert [one.content_hash for one in again.values()] == [one.content_hash for one in results.values()]


def test_the_order_in_which_rows_are_put_does_not_matter(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    rows = lot()
    put(home, rows)
    first = everything(home, database)
    there, other = elsewhere("there")
    put(there, reversed(rows))
    second = everything(there, other, recorded_at="2026-06-01T00:00:00Z")
    assert gold(there) == gold(home)
    assert second == first


@pytest.mark.slow
def test_two_processes_make_the_same(
    home: Home, database: Database, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.evidence.export.corpus.ALONE_BYTES", 0)
    put(home, lot())
    first = everything(home, database)
    there, other = elsewhere("there")
    put(there, lot())
    assert everything(there, other, workers=2) == first
    assert gold(there) == gold(home)


def written_at(home: Home) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in home.root.rglob("*") if "nightschool.db" not in path.name}


def test_a_second_run_writes_nothing(home: Home, database: Database) -> None:
    put(home, lot())
    first = everything(home, database)
    before = written_at(home)
    second = everything(home, database)
    assert written_at(home) == before
    for name, result in second.items():
        assert result.delta == {"written": 0, "unchanged": result.totals["rows"], "removed": 0}
        assert result.outputs == first[name].outputs


def test_only_what_changed_is_written(home: Home, database: Database) -> None:
    rows = lot()
    put(home, rows)
    everything(home, database)
    before = written_at(home)
    late = row(999, timestamp=moment(0, day=9))
    put(home, [late])
    everything(home, database)
    changed = {path for path, when in written_at(home).items() if before.get(path) != when and path.endswith(".jsonl")}
    assert {Path(path).name for path in changed if "datasets" in path} == {"2026-05-06-traces.jsonl"}


def test_when_it_was_collected_is_outside_of_what_it_says(home: Home, database: Database) -> None:
    put(home, [row(1)])
    first = everything(home, database)
    before = {path: when for path, when in written_at(home).items() if "datasets" in path}
    later = msgspec.structs.replace(row(1).record.provenance, recorded_at="2026-07-01T00:00:00Z")
    put(home, [row(1, provenance=later)])
    second = everything(home, database)
    assert {path: when for path, when in written_at(home).items() if "datasets" in path} == before
    assert [one.input_hash for one in second.values()] == [one.input_hash for one in first.values()]
    assert RECORDED.encode() not in b"".join(gold(home).values())


def test_a_flag_of_one_dataset_leaves_the_others_alone(home: Home, database: Database) -> None:
    put(home, lot())
    everything(home, database)
    partial = making.export(work(home, database, include_partial=True), THREE)
    assert (partial["rag"].delta["written"], partial["kto"].delta["written"]) == (0, 0)
    assert partial["sft"].totals["category:partially_accepted"] > 0


def test_what_waits_for_a_review_is_found_only_where_it_is_asked_for(home: Home, database: Database) -> None:
    rows = [row(1, human=None), row(2, human=None, reviewed=False), row(3, human=0.0)]
    put(home, rows, include_review=True)
    result = making.export(work(home, database, include_review=True), THREE)["rag"]
    assert ids(home, "rag") == ["t1", "t2"]
    assert result.totals["category:needs_human_review"] == 2
    assert quarantined(home, "sft") == {f"t{n}": "unsafe_sft_category" for n in (1, 2, 3)}
    making.export(work(home, database), THREE)
    assert ids(home, "rag") == []


def test_a_dry_run_says_the_same_and_writes_nothing(home: Home, database: Database) -> None:
    put(home, lot())
    before = written_at(home)
    dry = everything(home, database, dry_run=True)
    assert written_at(home) == before
    real = everything(home, database)
    assert {name: one.totals for name, one in dry.items()} == {name: one.totals for name, one in real.items()}
    before = written_at(home)
    put(home, [row(500, timestamp=moment(0, day=9))])
    assert everything(home, database, dry_run=True)["rag"].delta["written"] == 1
    assert {path: when for path, when in written_at(home).items() if path in before and "datasets" in path} == {
        path: when for path, when in before.items() if "datasets" in path
    }


def test_what_was_not_screened_is_not_exported_and_does_not_stay(home: Home, database: Database) -> None:
    put(home, [row(1), row(2, timestamp=moment(2, day=1))])
    everything(home, database)
    assert ids(home, "sft") == ["t1", "t2"]
    Tree(home.scored).write(Partition("2026-04-28", "traces"), [row(2, "partially_accepted").scored])
    for name, result in everything(home, database).items():
        assert (result.status, "2026/04/28/traces.jsonl" in result.reason) == ("failed", True), name
        assert "t2" not in ids(home, name)
    assert ids(home, "sft") == ["t1"]
    (home.screened / "2026/04/27/traces.jsonl").unlink()
    assert everything(home, database)["sft"].status == "failed"
    assert gold(home) == {}


def test_a_screen_by_other_rules_is_none(home: Home, database: Database) -> None:
    put(home, [row(1)])
    path = home.screened / "2026/04/27/traces.jsonl"
    header = msgspec.json.decode(path.read_bytes())
    path.write_bytes(msgspec.json.encode({**header, "policy": "lenient"}) + b"\n")
    assert everything(home, database)["sft"].status == "failed"
    path.write_bytes(b"no header\n")
    assert everything(home, database)["rag"].status == "failed"
    assert gold(home) == {}


def test_one_who_also_screened_what_waits_screened_closely_enough(home: Home, database: Database) -> None:
    put(home, [row(1)], include_review=True)
    assert everything(home, database)["sft"].status == "done"
    put(home, [row(1)])
    assert everything(home, database, include_review=True)["rag"].status == "failed"


def test_nothing_new_before_all_were_compared_with_each_other(home: Home, database: Database) -> None:
    """Each partition is screened, but the screen was killed before it looked for leaks between them."""
    add(database, 1, thumb=True)
    put(home, [row(1), row(2)])
    everything(home, database)
    late = row(3, timestamp=moment(3, day=1))
    partition = Partition("2026-04-28", "traces")
    Tree(home.evidence).write(partition, [late.evidence])
    Tree(home.scored).write(partition, [late.scored])
    screen(home, partition)
    results = everything(home, database)
    assert {one.status for one in results.values()} == {"failed"}
    assert ids(home, "sft") == ["t1", "t2"]
    database.traces.delete("t1")
    everything(home, database)
    assert ids(home, "sft") == ids(home, "rag") == []
    put(home, [late])
    assert everything(home, database)["sft"].status == "done"
    assert ids(home, "sft") == ["t2", "t3"]


def test_a_partition_that_is_gone_takes_its_files_along(home: Home, database: Database) -> None:
    put(home, lot())
    everything(home, database)
    for tree in (home.evidence, home.scored, home.screened):
        shutil.rmtree(tree / "2026")
    put(home, [row(1)])
    everything(home, database)
    assert ids(home, "rag") == ids(home, "sft") == ["t1"]
    assert {Path(name).name for name in gold(home)} == {"2026-04-27-traces.jsonl", "README.md"}


def test_what_somebody_did_to_a_file_is_undone(home: Home, database: Database) -> None:
    put(home, lot())
    everything(home, database)
    expected = gold(home)
    one, two, *_ = sorted((home.datasets / "rag").glob("*.jsonl"))
    one.write_bytes(b"{}\n")
    two.unlink()
    (home.datasets / "sft" / "train" / "2020-01-01-strange.jsonl").write_bytes(b"{}\n")
    (home.datasets / "sft" / "train" / ".half.jsonl.part").write_bytes(b"{")
    again = everything(home, database)
    assert gold(home) == expected
    assert again["rag"].delta["written"] == sum(
        expected[str(name.relative_to(home.root))].count(b"\n") for name in (one, two)
    )
    assert again["sft"].delta["removed"] == 1 and again["kto"].delta["written"] == 0


def test_stopped_half_way_it_is_finished_the_next_time(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    rows = lot()
    there, other = elsewhere("there")
    put(there, rows)
    everything(there, other)
    put(home, rows)
    for looks in range(0, 40, 3):
        left = iter(range(looks))
        given = msgspec.structs.replace(work(home, database), cancelled=lambda left=left: next(left, None) is None)
        try:
            making.export(given, THREE)
            preference.run(given)
        except Cancelled:
            continue
    everything(home, database)
    assert gold(home) == gold(there)


@pytest.mark.parametrize("name", [guard.name for guard in firewall.GUARDS])
def test_no_guard_holds_law_2_alone(name: str, home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One guard taken away: what it kept out is kept out by another one, by the types, or by the proof, loudly.

    But for what the scorer calls accepted though nobody reviewed it: there the scorer was the other layer.
    """
    add(database, 7, thumb=True)
    bad = [
        row(2, human=0.0), row(3, "accepted", human=0.1), row(4, human=None), row(5, reviewed=False),
        row(6, screened={"leak_of": "t1"}), row(7), row(8, conversation_id=SEALED, screened={"sealed": True}),
        row(10, origin="benchmark"), row(11)._replace(evidence=b"{}"), row(12, reviewed=False, human=0.0),
    ]  # fmt: skip
    put(home, [row(1), *bad, row(20, **asked("A?")), row(21, human=0.0, **asked("A?"))])
    database.traces.delete("t7")
    monkeypatch.setattr(firewall, "GUARDS", tuple(guard for guard in firewall.GUARDS if guard.name != name))
    everything(home, database)
    allowed = {"t1", "t20", *(["t5"] if name.startswith("unreviewed") else [])}
    assert {*ids(home, "sft"), *ids(home, "rag")} <= allowed
    assert {one["id"] for one in dataset(home, "kto") if one["label"]} <= allowed
    assert all(one["chosen_run_id"] == "t20" for one in dataset(home, "preference"))


def test_without_any_guard_the_types_and_the_proof_stand(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 7, thumb=True)
    bad = [
        row(2, human=0.0), row(3, "accepted", human=0.1), row(4, human=None), row(6, screened={"leak_of": "t1"}),
        row(7), row(9, screened={"sealed": True}), row(11)._replace(evidence=b"{}"), row(12, response=" "),
    ]  # fmt: skip
    database.traces.delete("t7")
    for number, one in enumerate(bad):
        moved = one._replace(record=msgspec.structs.replace(one.record, timestamp=moment(1, day=number)))
        put(home, [row(100 + number, timestamp=moment(0, day=number)), moved])
    monkeypatch.setattr(firewall, "GUARDS", ())
    results = making.export(work(home, database), THREE)
    assert all(result.errors and result.status == "failed" for result in results.values())
    bad_ids = {one.record.run_id for one in bad}
    assert not bad_ids & {*ids(home, "sft"), *ids(home, "rag")}
    assert not bad_ids & {one["id"] for one in dataset(home, "kto") if one["label"]}


def test_many_rows_of_one_day_wait_outside_of_memory(
    home: Home, database: Database, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, lot())
    everything(home, database)
    there, other = elsewhere("there")
    put(there, lot())
    monkeypatch.setattr(spool, "IN_MEMORY", 500)
    everything(there, other)
    assert gold(there) == gold(home)


def test_a_damaged_index_is_made_anew(home: Home, database: Database) -> None:
    """A bit that flips in it could hide who was forgotten."""
    add(database, 1, thumb=True)
    put(home, [row(1), row(2)])
    everything(home, database)
    database.traces.delete("t1")
    (path,) = (home.evidence_state / "export-index").glob("*.index")
    path.write_bytes(bytes(len(path.read_bytes())))
    everything(home, database)
    assert ids(home, "sft") == ids(home, "rag") == ["t2"]


def test_what_only_the_screen_found_since_takes_a_row_out(home: Home, database: Database) -> None:
    """Evidence and scores are the same; a task of the benchmark came that this one nearly repeats."""
    pair = [row(3, **asked("A?")), row(4, human=0.0, **asked("A?"))]
    put(home, [row(1), row(2), *pair])
    everything(home, database)
    put(
        home,
        [
            row(1),
            row(2, screened={"leak_of": "t9"}),
            pair[0],
            row(4, human=0.0, screened={"leak_of": "t9"}, **asked("A?")),
        ],
    )
    everything(home, database)
    assert ids(home, "sft") == ids(home, "rag") == ["t1", "t3"]
    assert ids(home, "preference") == []
