"""Drift between real pairs of runs: ok, warn, alert, a new class, a loss, and a deterministic violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from core.database import Database
from core.evidence.receipts import DriftReport
from core.evidence.run import run
from core.evidence.stage import Work
from core.paths import Home
from tests.evidence import making
from tests.evidence.tiny import bronze, stages


@pytest.fixture
def work(home: Home, database: Database) -> Work:
    return making.work(home, database)


def rows(**counts: int) -> list[str]:
    return [f"{kind} {number}" for kind, count in counts.items() for number in range(count)]


def between(work: Work, before: list[str], after: list[str], **changed: str) -> DriftReport:
    """The report of a second run, over other rows or with other code."""
    bronze(work, *before)
    assert run(work, table=stages()).status == "done"
    bronze(work, *after)
    full = msgspec.structs.replace(work, options=msgspec.structs.replace(work.options, full=True))
    outcome = run(full, table=stages(**changed))
    assert outcome.drift is not None, outcome.reason
    return outcome.drift


def flagged(report: DriftReport) -> set[tuple[str, str, str]]:
    return {(flag.severity, flag.kind, flag.name) for flag in report.flags}


def test_the_first_run_has_nothing_to_be_compared_with(work: Work) -> None:
    bronze(work, *rows(accepted=3))
    report = run(work, table=stages()).drift
    assert report is not None and report.severity == "ok" and report.prior_run_ids == {} and report.compared == 0


def test_a_corpus_that_grows_in_proportion_is_ok(work: Work) -> None:
    report = between(work, rows(accepted=10, rejected=5), rows(accepted=100, rejected=50))
    assert (report.severity, report.flags) == ("ok", ())
    assert report.input_changed and report.output_changed and report.compared > 0
    assert len(set(report.prior_run_ids.values())) == 1 and len(report.prior_run_ids) == 7


@pytest.mark.parametrize(
    ("accepted", "rejected", "severity"),
    [(99, 99, "ok"), (60, 40, "ok"), (62, 38, "warn"), (70, 30, "warn"), (72, 28, "alert"), (100, 1, "alert")],
)
def test_shares_beyond_the_threshold_warn_and_beyond_its_double_alert(
    work: Work, accepted: int, rejected: int, severity: str
) -> None:
    report = between(work, rows(accepted=50, rejected=50), rows(accepted=accepted, rejected=rejected))
    assert report.severity == severity
    if severity != "ok":
        assert (severity, "rate", "category:rejected") in flagged(report)


def test_one_row_more_or_less_is_no_drift(work: Work) -> None:
    assert between(work, rows(accepted=2, rejected=1), rows(accepted=3, rejected=1)).severity == "ok"


@pytest.mark.parametrize(("kind", "name"), [("secret", "reason:secret_found"), ("broken", "skip:tiny:not_json")])
def test_a_new_class_of_error_warns(work: Work, kind: str, name: str) -> None:
    report = between(work, rows(accepted=100), rows(accepted=100, **{kind: 1}))
    assert report.severity == "warn" and ("warn", "new_class", name) in flagged(report)
    assert {flag.kind for flag in report.flags} == {"new_class"}


@pytest.mark.parametrize("kind", ["secret", "broken"])
def test_more_that_is_held_back_or_skipped_is_seen_as_a_rate(work: Work, kind: str) -> None:
    report = between(work, rows(accepted=90, **{kind: 10}), rows(accepted=880, **{kind: 120}))
    assert report.severity == "ok", "12 % after 10 % is within 20 %"
    worse = between(work, rows(accepted=90, **{kind: 10}), rows(accepted=80, **{kind: 20}))
    assert worse.severity == "alert"


def test_a_corpus_that_shrinks_is_seen(work: Work) -> None:
    report = between(work, rows(accepted=100), rows(accepted=70))
    assert ("warn", "shrunk", "rows") in flagged(report)
    assert ("alert", "shrunk", "rows") in flagged(between(work, rows(accepted=100), rows(accepted=10)))
    gone = between(work, rows(accepted=100), ["broken 1"])
    assert ("alert", "shrunk", "rows") in flagged(gone)
    assert {flag.kind for flag in gone.flags if flag.stage == "score"} == {"shrunk"}, "there is no share of nothing"


def test_other_output_of_the_same_input_is_a_violation(work: Work) -> None:
    report = between(work, rows(accepted=3), rows(accepted=3), mark="!")
    assert report.severity == "alert" and report.deterministic_violation
    assert [flag.stage for flag in report.flags if flag.kind == "deterministic_violation"] == ["score"]
    assert report.output_changed


CHANGED = """
import sys
from pathlib import Path
from core.database import Database
from core.evidence import scoring
from core.evidence.run import run
from core.paths import Home
from tests.evidence import making
assert Path(scoring.__file__).is_relative_to(Path.cwd())
home = Home(Path(sys.argv[1]))
with Database.open(home) as database:
    outcome = run(making.work(home, database, full=True))
print(outcome.status, outcome.drift and outcome.drift.severity, outcome.drift and outcome.drift.deterministic_violation)
for flag in outcome.drift.flags if outcome.drift else ():
    print(flag.stage, flag.kind)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "violation"),
    [
        ("", "", False),
        ('SCORER = "1"', 'SCORER = "1"  # nothing else', False),
        ("CHEAP_ATTEMPTS = 3", "CHEAP_ATTEMPTS = 2", False),
        ("return YES_OF_PERSON if", "return PARTLY_OF_PERSON if", True),
    ],
)
def test_a_scorer_that_changed_without_its_version_is_a_violation(
    work: Work, tmp_path: Path, old: str, new: str, violation: bool
) -> None:
    """A real pair of runs of the real stages, the second by a copy of the code in which something was changed."""
    making.a_mixed_lot(work.database)
    assert run(work).status == "done"
    copied_tree(tmp_path, old, new)
    done = subprocess.run(
        [sys.executable, "-c", CHANGED, str(work.home.root)],
        cwd=tmp_path / "tree",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "tree")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == ("done alert True" if violation else "skipped None None"), done.stdout
    assert ("score deterministic_violation" in lines) == violation


def copied_tree(folder: Path, old: str, new: str) -> None:
    """Our code, with one text of the scorer's replaced."""
    root = Path(__file__).parents[2]
    for name in ("core", "tests/evidence", "resources"):
        shutil.copytree(root / name, folder / "tree" / name, ignore=shutil.ignore_patterns("__pycache__", "*.gguf"))
    rules = [folder / "tree/core/evidence" / name for name in ("rules.py", "scoring.py")]
    texts = {path: path.read_text() for path in rules}
    assert any(old in text for text in texts.values())
    for path, text in texts.items():
        path.write_text(text.replace(old, new) if old else text)


def test_other_output_of_another_version_is_none(work: Work) -> None:
    report = between(work, rows(accepted=3), rows(accepted=3), mark="!", version="2")
    assert report.severity == "ok" and not report.deterministic_violation


def test_other_output_by_other_settings_is_none(work: Work) -> None:
    bronze(work, *rows(accepted=3))
    assert run(work, table=stages()).status == "done"
    reward = msgspec.structs.replace(work.config.reward, human=0.5)
    config = msgspec.structs.replace(work.config, reward=reward)
    report = run(msgspec.structs.replace(work, config=config), table=stages(mark="!")).drift
    assert report is not None and report.output_changed
    assert not report.deterministic_violation


def test_two_rows_are_enough_to_be_a_drift(work: Work) -> None:
    report = between(work, rows(accepted=5, rejected=5), rows(accepted=3, rejected=7))
    assert ("warn", "rate", "category:accepted") in flagged(report)


def test_a_failed_run_is_not_compared_with(work: Work) -> None:
    bronze(work, *rows(accepted=100))
    first = run(work, table=stages()).summary
    bronze(work, *rows(rejected=100), "fail screen")
    second = run(work, table=stages()).drift
    assert first is not None and second is not None
    assert set(second.prior_run_ids) == {"collect", "score"}
    bronze(work, *rows(accepted=100, broken=1))
    third = run(work, table=stages()).drift
    assert third is not None and third.prior_run_ids["export-rag"] == first.run_id
