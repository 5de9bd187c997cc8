"""Acceptance is green over what the stages really make, and each of its checks goes red for what it is there for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.database import Database
from core.errors import Busy, NotFound
from core.evidence.acceptance import CHECKS, accept
from core.evidence.acceptance.accept import check_standing, judge, standing_receipts
from core.evidence.acceptance.findings import SHOWN, Findings
from core.evidence.acceptance.twin import Twin, made_by
from core.evidence.canonical import file_hash
from core.evidence.receipts import Receipts
from core.evidence.roles import export_roles
from core.evidence.run import alone, run
from core.evidence.sealing import is_sealed
from core.evidence.stage import STAGES, Cancelled, Work
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence import making

Row = dict[str, Any]
DAY = "2026-04-27"
SEALED = next(name for name in (f"sealed{n}" for n in range(99)) if is_sealed(name))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after its first run."""
    root: Path = tmp_path_factory.mktemp("finished") / "home"
    with Database.open(Home(root)) as database:
        making.a_mixed_lot(database, 60)
        assert run(making.work(Home(root), database)).status == "done"
    return root


@pytest.fixture
def work(finished: Path, tmp_path: Path) -> Iterator[Work]:
    home = Home(shutil.copytree(finished, tmp_path / "copy"))
    with Database.open(home) as database:
        yield making.work(home, database)


def red(work: Work) -> set[str]:
    found = accept(work, twins=False)
    assert found.passed == all(check.passed for check in found.checks)
    assert [check.name for check in found.checks] == list(CHECKS)
    return {check.name for check in found.checks if not check.passed}


def change(path: Path, edit: Callable[[list[Row]], list[Row]]) -> None:
    rows = edit([msgspec.json.decode(line) for line in path.read_bytes().splitlines()])
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def each(edit: Callable[[Row], object]) -> Callable[[list[Row]], list[Row]]:
    def apply(rows: list[Row]) -> list[Row]:
        for row in rows:
            edit(row)
        return rows

    return apply


def evidence(work: Work) -> Path:
    return work.home.evidence / "2026/04/27/traces.jsonl"


def scored(work: Work) -> Path:
    return work.home.scored / "2026/04/27/traces.jsonl"


def dataset(work: Work, name: str) -> Path:
    """Of the first day."""
    return next(path for path in sorted((work.home.datasets / name).rglob(f"{DAY}-traces.jsonl")))


def exported(work: Work, name: str) -> list[str]:
    rows = (msgspec.json.decode(line) for line in dataset(work, name).read_bytes().splitlines())
    return [row["lineage"]["run_id"] for row in rows]


def test_everything_is_green_after_a_run(work: Work) -> None:
    handed_over(work)
    found = accept(work)
    assert {check.name: check.problems for check in found.checks if not check.passed} == {}
    assert found.passed and not [check.name for check in found.checks if not check.looked_at]
    assert not work.home.acceptance.exists()


def test_flags_of_the_run_are_those_that_are_checked_by(work: Work) -> None:
    more = msgspec.structs.replace(
        work, options=msgspec.structs.replace(work.options, include_partial=True, include_review=True)
    )
    assert run(more).status == "done"
    found = accept(work)
    assert {check.name: check.problems for check in found.checks if not check.passed} == {}


def test_without_a_run_there_is_nothing_to_accept(home: Home, database: Database) -> None:
    with pytest.raises(NotFound, match="nightschool evidence run"):
        accept(making.work(home, database))


def test_not_while_something_runs(work: Work) -> None:
    with alone(work.home), pytest.raises(Busy):
        accept(work)


def test_the_datasets_hold_only_what_the_scores_allow(work: Work) -> None:
    change(scored(work), each(lambda row: row.update(category="rejected")))
    expected = {"sft_only_accepted_or_partial", "rag_without_rejected", "no_human_no", "preference_pairs"}
    assert red(work) == expected | {"screened_as_it_stands", "receipts_match_files"}


def test_partly_accepted_is_no_sft_where_nobody_asked_for_it(work: Work) -> None:
    change(scored(work), each(lambda row: row.update(category="partially_accepted")))
    assert {"sft_only_accepted_or_partial", "preference_pairs"} <= red(work)
    assert "no_human_no" not in red(work)


@pytest.mark.parametrize("where", [evidence, scored])
def test_no_human_no_by_evidence_or_score(work: Work, where: Callable[[Work], Path]) -> None:
    change(where(work), each(lambda row: row.update(human=0.3)))
    assert "no_human_no" in red(work)


def test_no_human_no_by_the_database(work: Work) -> None:
    """The files are as they were; the person changed their mind."""
    first, second, *_ = (run_id for run_id in exported(work, "sft") if "/" not in run_id)
    work.database.feedback.add(making.feedback(7001, first, False, metric="thumb"))
    assert red(work) == {"no_human_no", "provenance_round_trip"}
    work.database.feedback.add(making.feedback(7002, second, "Better.", metric="demonstration"))
    found = accept(work, twins=False)
    problems = [problem for check in found.checks for problem in check.problems]
    assert any(f"{first}: a person said no" in problem for problem in problems)
    assert any(f"{second}: a person corrected it" in problem for problem in problems)


def test_a_correction_that_was_taken_back_is_no_target(work: Work) -> None:
    corrected = next(run_id for run_id in exported(work, "sft") if run_id.endswith("/correction"))
    trace_id = corrected.removesuffix("/correction")
    work.database.feedback.add(making.feedback(7003, trace_id, None, metric="demonstration"))
    assert red(work) == {"no_human_no", "provenance_round_trip"}


def test_what_was_deleted_is_missed(work: Work) -> None:
    work.database.traces.delete(exported(work, "rag")[0])
    assert red(work) == {"nothing_forgotten"}


def test_what_was_forgotten_is_missed(work: Work) -> None:
    row = msgspec.json.decode(dataset(work, "rag").read_bytes().splitlines()[0])
    work.database.forgotten.add([row["lineage"]["sig_hash"]])
    assert red(work) == {"nothing_forgotten"}


@pytest.mark.parametrize("wrong", [{"reviewed": False}, {"origin": "benchmark"}, {"origin": "replay"}])
def test_only_reviewed_work_is_learned_from(work: Work, wrong: Row) -> None:
    change(evidence(work), each(lambda row: row.update(wrong)))
    assert "reviewed_only" in red(work)


def test_nothing_of_the_benchmark(work: Work) -> None:
    change(evidence(work), each(lambda row: row.update(conversation_id=SEALED)))
    assert "nothing_sealed" in red(work)


@pytest.mark.parametrize("name", ["rag", "sft", "kto", "preference"])
def test_a_row_must_be_whole(work: Work, name: str) -> None:
    change(dataset(work, name), each(lambda row: row.pop("lineage")))
    assert "rows_fit_their_types" in red(work)


def test_a_line_that_is_no_row_is_told(work: Work) -> None:
    dataset(work, "rag").write_bytes(b'{"id": "x"\n[]\n\xff\n"text"\n')
    found = accept(work, twins=False)
    (check,) = (check for check in found.checks if check.name == "rows_fit_their_types")
    assert [problem.split(":")[1] for problem in check.problems] == ["1", "2", "3", "4"]


def test_answers_are_those_of_the_evidence(work: Work) -> None:
    change(dataset(work, "sft"), each(lambda row: row["completion"][0].update(content="Something else.")))
    assert red(work) == {"rows_say_what_evidence_says", "receipts_match_files"}


def test_an_answer_before_the_record_s_is_no_target(work: Work) -> None:
    """By a stranger's reading, too: an earlier answer, which may have been refused, beside the one that was not."""
    earlier = {"role": "assistant", "content": "Nine metres."}
    change(dataset(work, "sft"), each(lambda row: row["completion"].insert(0, earlier)))
    assert red(work) == {"rows_fit_their_types", "rows_say_what_evidence_says", "receipts_match_files"}


def test_a_lineage_leads_to_a_record_and_its_scorer(work: Work) -> None:
    change(dataset(work, "kto"), each(lambda row: row["lineage"].update(scorer_version="another")))
    assert red(work) == {"provenance_complete", "receipts_match_files"}


def test_evidence_knows_its_source(work: Work) -> None:
    change(evidence(work), each(lambda row: row["provenance"].update(source_file="")))
    assert "provenance_complete" in red(work)


def test_ids_stand_once(work: Work) -> None:
    change(dataset(work, "rag"), lambda rows: [*rows, rows[0]])
    assert {"ids_unique", "everything_accounted_for"} <= red(work)


def test_a_conversation_is_on_one_side(work: Work) -> None:
    folder = work.home.datasets / "sft"
    for path in folder.glob("train/*.jsonl"):
        rows = path.read_bytes().splitlines(keepends=True)
        target = folder / "validation" / path.name
        target.write_bytes((target.read_bytes() if target.exists() else b"") + rows.pop())
        path.write_bytes(b"".join(rows))
    assert "splits_apart" in red(work)


def test_secrets_are_looked_for_again(work: Work) -> None:
    change(dataset(work, "sft"), each(lambda row: row["prompt"][0].update(content="Write to jane.roe@example.org")))
    (check,) = (check for check in accept(work, twins=False).checks if check.name == "nothing_secret")
    rows = dataset(work, "sft").read_bytes().splitlines()
    assert len(check.problems) + check.more == len(rows) > 1, "each row that holds it, though it is the same text"


@pytest.mark.parametrize("where", ["prompt", "chosen", "rejected"])
def test_secrets_are_looked_for_in_every_part(work: Work, where: str) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    change(dataset(work, "preference"), each(lambda row: row[where][0].update(content=f"The token is {secret}")))
    assert "nothing_secret" in red(work)


def test_pairs_are_of_two_answers(work: Work) -> None:
    path = dataset(work, "preference")
    change(path, each(lambda row: row.update(rejected_run_id=row["chosen_run_id"])))
    assert {"preference_pairs", "rows_fit_their_types"} <= red(work)
    change(path, each(lambda row: row.update(rejected_run_id="x", rejected=row["chosen"])))
    assert {"preference_pairs", "rows_fit_their_types"} <= red(work)


def test_a_rejected_half_is_worse_and_of_the_same_task(work: Work) -> None:
    change(dataset(work, "preference"), each(lambda row: row.update(task_id="another")))
    assert red(work) == {"preference_pairs", "receipts_match_files"}


def test_a_rejected_half_is_not_of_the_benchmark(work: Work) -> None:
    rejected = {
        msgspec.json.decode(line)["rejected_run_id"]
        for path in work.home.datasets.glob("preference/*/*.jsonl")
        for line in path.read_bytes().splitlines()
    }
    for path in work.home.evidence.glob("2026/*/*/*.jsonl"):
        change(path, each(lambda row: row.update(conversation_id=SEALED) if row["run_id"] in rejected else None))
    (check,) = (check for check in accept(work, twins=False).checks if check.name == "nothing_sealed")
    assert any("datasets/preference/" in problem for problem in check.problems)


def test_a_no_is_no_yes_of_a_thumb(work: Work) -> None:
    assert "no_human_no" not in red(work), "a thumb down may stand there as one"
    change(dataset(work, "kto"), each(lambda row: row.update(label=True)))
    assert "no_human_no" in red(work)


@pytest.mark.parametrize(
    ("name", "field", "check"),
    [
        ("sft", "quality_score", "sft_only_accepted_or_partial"),
        ("rag", "source_category", "rag_without_rejected"),
    ],
)
def test_a_row_says_the_category_that_it_has(work: Work, name: str, field: str, check: str) -> None:
    change(dataset(work, name), each(lambda row: row.update({field: "partially_accepted"})))
    assert red(work) == {check, "receipts_match_files"}


def test_each_record_has_its_score(work: Work) -> None:
    change(scored(work), lambda rows: rows[:-1])
    assert "scored_one_to_one" in red(work)
    change(scored(work), lambda rows: [rows[1], rows[0], *rows[2:]])
    assert "scored_one_to_one" in red(work)


def test_what_is_exported_was_screened_as_it_is(work: Work) -> None:
    path = work.home.screened / "2026/04/27/traces.jsonl"
    change(path, lambda rows: [{**rows[0], "scored_sha256": "0" * 64}, *rows[1:]])
    assert red(work) == {"screened_as_it_stands", "receipts_match_files"}


def test_what_is_exported_was_screened_at_all(work: Work) -> None:
    (work.home.screened / "2026/04/27/traces.jsonl").unlink()
    assert red(work) == {"screened_as_it_stands", "receipts_match_files"}


def test_what_the_screen_saw_is_in_no_dataset(work: Work) -> None:
    row = msgspec.json.decode(dataset(work, "rag").read_bytes().splitlines()[0])
    seen = {"run_id": row["lineage"]["run_id"], "sig_hash": row["lineage"]["sig_hash"], "leak_of": "t9"}
    path = work.home.screened / "2026/04/27/traces.jsonl"
    change(path, lambda rows: [*rows, seen])
    assert "nothing_sealed" in red(work)
    sighting = {"field": "response", "kind": "email", "start": 0, "end": 3}
    change(path, lambda rows: [*rows[:-1], {**seen, "leak_of": None, "sightings": [sighting]}])
    assert "nothing_secret" in red(work)


def test_what_was_held_back_has_its_reason(work: Work) -> None:
    path = work.home.quarantine / "rag/2026/04/27/traces.jsonl"
    change(path, each(lambda row: row.update(reason="for a change")))
    assert "quarantine_told" in red(work)


def test_nothing_is_exported_and_held_back(work: Work) -> None:
    row = msgspec.json.decode(dataset(work, "rag").read_bytes().splitlines()[0])["lineage"]
    held = {"run_id": row["run_id"], "sig_hash": row["sig_hash"], "dataset": "rag", "reason": "secret_found"}
    change(work.home.quarantine / "rag/2026/04/27/traces.jsonl", lambda rows: [*rows, held])
    assert "quarantine_told" in red(work)


def test_nothing_gets_lost_between(work: Work) -> None:
    change(work.home.quarantine / "rag/2026/04/27/traces.jsonl", lambda rows: rows[1:])
    assert red(work) == {"everything_accounted_for", "receipts_match_files"}


def test_a_changed_receipt_is_found_out(work: Work) -> None:
    (folder,) = work.home.receipts.glob("run_*")
    path = folder / "export-sft.json"
    path.write_bytes(path.read_bytes().replace(b'"rows": ', b'"rows": 1', 1))
    assert "receipts_valid" in red(work)


def test_a_summary_that_does_not_follow_is_found_out(work: Work) -> None:
    (folder,) = work.home.receipts.glob("run_*")
    path = folder / "summary.json"
    path.write_bytes(path.read_bytes().replace(b'"number": 1', b'"number": 2'))
    assert red(work) == {"receipts_valid"}
    path.write_bytes(b"{")
    with pytest.raises(NotFound):
        accept(work)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'"{making.RECORDED}"', '"2026-05-01T02:00:01Z"'),
        ('"passed": true,\n "stages"', '"passed": false,\n "stages"'),
    ],
)
def test_a_summary_follows_from_its_stages(work: Work, old: str, new: str) -> None:
    (folder,) = work.home.receipts.glob("run_*")
    text = (folder / "summary.json").read_text()
    assert old in text
    (folder / "summary.json").write_text(text.replace(old, new))
    assert red(work) == {"receipts_valid"}


def test_a_receipt_cannot_be_changed_together_with_its_line(work: Work) -> None:
    (folder,) = work.home.receipts.glob("run_*")
    receipt, summary = folder / "score.json", folder / "summary.json"
    before = file_hash(receipt)
    receipt.write_text(receipt.read_text().replace('"reward.human": 0.25', '"reward.human": 0.5'))
    summary.write_text(summary.read_text().replace(before, file_hash(receipt)))
    assert before != file_hash(receipt) and red(work) == {"receipts_valid"}


def test_files_that_no_receipt_knows_or_that_are_gone(work: Work) -> None:
    (work.home.datasets / "sft/mine.txt").write_bytes(b"")
    assert red(work) == {"files_have_receipts"}
    (work.home.datasets / "sft/mine.txt").unlink()
    dataset(work, "kto").unlink()
    assert red(work) == {"receipts_match_files"}


def handed_over(work: Work) -> Path:
    """A role's file with at least two rows."""
    done = export_roles(work)
    role = max(done.roles, key=lambda one: one.rows)
    assert role.rows >= 2
    return work.home.root / role.path


def test_what_was_handed_over_is_in_the_ledger_and_stands_once(work: Work) -> None:
    path = handed_over(work)
    assert red(work) == set()
    whole = path.read_bytes()
    change(path, lambda rows: [*rows, rows[0]])
    assert red(work) == {"roles_by_the_ledger"}
    path.write_bytes(whole)
    change(path, each(lambda row: row.update(run_id=row["run_id"] + "x")))
    assert red(work) == {"roles_by_the_ledger"}
    path.write_bytes(whole)
    run_id = msgspec.json.decode(whole.splitlines()[0])["run_id"]
    for shard in work.home.datasets.glob("sft/*/*.jsonl"):
        change(shard, lambda rows: [row for row in rows if row["id"] != run_id])
    assert red(work) == {"roles_by_the_ledger", "receipts_match_files"}


def test_what_was_handed_over_holds_no_secret(work: Work) -> None:
    change(handed_over(work), each(lambda row: row["prompt"][0].update(content="Call jane.roe@example.org")))
    assert red(work) == {"nothing_secret"}


def test_every_check_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/evidence.md").read_text()
    assert [name for name, sentence in CHECKS.items() if f"| `{name}` | {sentence} |" not in text] == []


def test_problems_are_counted_beyond_those_that_are_told() -> None:
    findings = Findings()
    for number in range(SHOWN + 5):
        findings.see("ids_unique", False, f"line {number}", "twice")
    (check,) = (check for check in findings.checks() if check.name == "ids_unique")
    assert len(check.problems) == SHOWN and check.more == 5 and check.looked_at == SHOWN + 5


def test_what_happened_since_is_told(work: Work) -> None:
    making.add(work.database, 800, thumb=True)
    found = accept(work)
    assert {check.name for check in found.checks if not check.passed} == {"up_to_date"}


def test_what_cannot_be_made_afresh_is_not_said_to_be_checked(work: Work, tmp_path: Path) -> None:
    """A stream's file is gone; what was made from it stays."""
    stream = tmp_path / "audits.jsonl"
    shutil.copy(Path(__file__).parent / "fixtures/lakehouse/audits.jsonl", stream)
    nightschool = Nightschool()
    home = Home(tmp_path / "home")
    assert nightschool("import", "jsonl", str(stream), "--mapping", "audits", "--approve").status == 0
    with Database.open(home) as database:
        lakehouse = making.work(home, database)
        assert run(lakehouse).status == "done"
        assert {check.not_checked for check in accept(lakehouse).checks} == {""}
        stream.unlink()
        moved = run(lakehouse)
        assert moved.status == "done" and moved.drift is not None and moved.drift.severity == "warn"
        found = accept(lakehouse)
    assert found.passed
    named = {check.name for check in found.checks if "audits is not there" in check.not_checked}
    assert named == {"up_to_date", "incremental_is_full"}


TWIN = Twin(status="done", reason="", files={"evidence/a": "1", "scored/b": "2"}, again="skipped", changed=(),
            contents={"score": "c"}, inputs={"score": "x"}, loaded=())  # fmt: skip


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ({}, None),
        ({"files": {"evidence/a": "1", "scored/b": "3"}}, "twice_the_same_bytes"),
        ({"files": {"evidence/a": "1"}}, "twice_the_same_bytes"),
        ({"inputs": {"score": "y"}}, "twice_the_same_bytes"),
        ({"again": "done: rows were made again"}, "second_run_writes_nothing"),
        ({"changed": ("scored/b",)}, "second_run_writes_nothing"),
        ({"loaded": ("torch",)}, "no_model_asked"),
    ],
)
def test_two_runs_that_differ_are_told(other: Row, name: str | None) -> None:
    findings = Findings()
    judge([TWIN, msgspec.structs.replace(TWIN, **other)], {}, findings)
    found = {check.name for check in findings.checks() if not check.passed}
    assert found == {"up_to_date", *([name] if name else [])}


def test_a_first_run_that_failed_is_told() -> None:
    findings = Findings()
    judge([msgspec.structs.replace(TWIN, status="failed", reason="full")] * 2, {}, findings)
    (check,) = (check for check in findings.checks() if check.name == "twice_the_same_bytes")
    assert check.problems == ("first run: full",)


def test_what_stands_is_held_against_a_fresh_run(work: Work) -> None:
    receipts = Receipts(work.home.receipts)
    standing = standing_receipts(receipts)
    twin = made_by(work, work.options, 0)
    for contents, red_one in ((twin.contents, set()), ({**twin.contents, "score": "0" * 64}, {"incremental_is_full"})):
        findings = Findings()
        check_standing(msgspec.structs.replace(twin, contents=contents), standing, findings)
        assert {check.name for check in findings.checks() if not check.passed} == red_one


def test_a_twin_can_be_stopped_and_leaves_nothing(work: Work) -> None:
    stopped = msgspec.structs.replace(work, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        made_by(stopped, work.options, 0)
    assert not work.home.acceptance.exists()


def test_a_twin_is_a_run_of_its_own(work: Work) -> None:
    before = making.files(work.home.root)
    twin = made_by(work, work.options, 1)
    assert (twin.status, twin.again, twin.changed, twin.loaded) == ("done", "skipped", (), ())
    assert set(twin.contents) == set(STAGES)
    changed = {name for name, raw in making.files(work.home.root).items() if before.get(name) != raw}
    assert not {name for name in changed if not name.startswith(("copy/nightschool.db", "copy/locks/"))}
