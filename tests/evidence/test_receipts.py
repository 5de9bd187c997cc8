"""Receipts: validated both ways, found again by any name, and never half there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from core.database import Database
from core.errors import NotFound
from core.evidence.partitions import FileFacts, write_lines
from core.evidence.receipts import ReceiptDamaged, Receipts, RunSummary, StageReceipt, bytes_of, same_as_written
from core.evidence.run import run
from core.evidence.stage import STAGES, Work
from core.paths import Home
from tests.evidence import making
from tests.evidence.tiny import bronze, stages


@pytest.fixture
def work(home: Home, database: Database) -> Work:
    work = making.work(home, database)
    for rows in (("accepted 1",), ("accepted 1", "rejected 2"), ("accepted 1", "rejected 2", "rejected 3")):
        bronze(work, *rows)
        assert run(work, table=stages()).status == "done"
    return work


@pytest.fixture
def receipts(work: Work) -> Receipts:
    return Receipts(work.home.receipts)


def test_a_receipt_holds_what_was_read_and_written(receipts: Receipts, work: Work) -> None:
    receipt = receipts.stage(receipts.runs[1].run_id, "score")
    (read,), (written,) = receipt.inputs, receipt.outputs
    assert (read.path, written.path) == ("collect.txt", "score.txt")
    assert read.sha256 == hashlib.sha256(b"accepted 1\nrejected 2\n").hexdigest() == written.sha256
    assert receipt.counts.totals == {"category:accepted": 1, "category:rejected": 1, "rows": 2}
    assert receipt.counts.delta == {"read": 2, "written": 2}
    assert receipt.validation.passed and receipt.validation.errors == ()
    assert receipt.versions["score"] == "1" and "nightschool" in receipt.versions
    assert receipt.recorded_at == work.options.recorded_at


def test_the_summary_names_each_receipt_by_its_hash(receipts: Receipts) -> None:
    for run_ in receipts.runs:
        for line in run_.stages:
            path = receipts.root / run_.run_id / f"{line.stage}.json"
            assert same_as_written(path, line)
    path.write_bytes(path.read_bytes().replace(b'"written": 3', b'"written": 4'))
    assert not same_as_written(path, line)
    path.unlink()
    assert not same_as_written(path, line)


def test_a_run_is_found_by_id_beginning_number_or_as_the_latest(receipts: Receipts) -> None:
    second = receipts.runs[1]
    for name in (second.run_id, second.run_id[:9], second.run_id[4:12], "2"):
        assert receipts.named(name) == second
    assert receipts.named("latest") == receipts.runs[-1]
    receipts.runs[0] = msgspec.structs.replace(receipts.runs[0], run_id="run_2" + "0" * 15)
    assert receipts.named("2") == second and receipts.named("20") == receipts.runs[0]
    for name in ("run_", "nowhere", "9"):
        with pytest.raises(NotFound):
            receipts.named(name)


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nightschool evidence run"):
        Receipts(tmp_path).named("latest")


def test_records_that_break_their_schema_are_never_written(receipts: Receipts) -> None:
    receipt = receipts.stage(receipts.runs[0].run_id, "collect")
    for wrong in ({"run_id": "mine"}, {"recorded_at": "yesterday"}, {"status": "fine"}, {"stage": "guess"}):
        with pytest.raises(ReceiptDamaged):
            bytes_of(msgspec.structs.replace(receipt, **wrong))
    with pytest.raises(ReceiptDamaged):
        bytes_of(msgspec.structs.replace(receipts.runs[0], number=0))


def test_a_disk_that_writes_something_else_is_told(
    work: Work, receipts: Receipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads well, and says what nobody did."""

    def lying(path: Path, lines: Iterable[bytes]) -> FileFacts | None:
        return write_lines(path, [line.replace(b'"done"', b'"failed"') for line in lines])

    monkeypatch.setattr("core.evidence.receipts.write_lines", lying)
    bronze(work, "accepted 1", "accepted 2", "accepted 3", "accepted 4")
    before = {run.run_id for run in receipts.runs}
    with pytest.raises(ReceiptDamaged, match="was not written as it should be"):
        run(work, table=stages())
    assert {one.run_id for one in Receipts(work.home.receipts).runs} == before


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"schema_version": 2}', b"[]"])
def test_a_damaged_receipt_is_named_and_never_believed(work: Work, receipts: Receipts, damage: bytes) -> None:
    newest = receipts.runs[-1].run_id
    (receipts.root / newest / "collect.json").write_bytes(damage)
    with pytest.raises(ReceiptDamaged, match=f"{newest}/collect.json"):
        receipts.stage(newest, "collect")
    older = receipts.latest("collect")
    assert older is not None and older.run_id == receipts.runs[1].run_id and newest in receipts.damaged
    assert run(work, table=stages()).status == "done", "what a damaged receipt says is told anew"
    (receipts.root / newest / "summary.json").write_bytes(damage)
    assert newest in Receipts(work.home.receipts).damaged


def test_unknown_fields_and_missing_files_are_refused(receipts: Receipts) -> None:
    run_id = receipts.runs[0].run_id
    path = receipts.root / run_id / "drift.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mood": "good"}))
    with pytest.raises(ReceiptDamaged, match="mood"):
        receipts.drift(run_id)
    path.unlink()
    with pytest.raises(ReceiptDamaged):
        receipts.drift(run_id)


def test_the_pages_tell_stages_reasons_and_drift(work: Work) -> None:
    bronze(work, "accepted 1", "secret 2", "broken 3", "rejected | 4")
    summary = run(work, table=stages()).summary
    assert summary is not None
    page = (work.home.receipts / summary.run_id / "summary.md").read_text()
    assert all(f"| {stage} | done |" in page for stage in STAGES)
    assert "- export-sft: secret_found: 1" in page and "- collect: tiny:not_json: 1" in page
    assert "## Drift: warn" in page or "## Drift: alert" in page
    assert summary.run_id in (work.home.receipts / "latest.md").read_text()


def test_a_receipt_reads_back_as_it_was(receipts: Receipts) -> None:
    for run_ in receipts.runs:
        assert msgspec.json.decode(bytes_of(run_), type=RunSummary) == run_
        for receipt in receipts.stages(run_):
            assert msgspec.json.decode(bytes_of(receipt), type=StageReceipt) == receipt
