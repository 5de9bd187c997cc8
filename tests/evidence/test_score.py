"""Scores follow from evidence, settings and rules alone: the same whatever was scored before, and by how many."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Config, RewardConfig
from core.database import Database
from core.evidence import collect, score
from core.evidence.partitions import Partition, Tree
from core.evidence.records import EvidenceRecord, ScoredRun
from core.evidence.rules import RULES, Origins, Seen
from core.evidence.scoring import DamagedEvidence, without_recorded_at
from core.evidence.scoring import score as score_one
from core.evidence.stage import Cancelled
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.making import a_mixed_lot, evidence, files, work, write_evidence

DAY = "2026-04-27"


def scores(home: Home) -> dict[str, ScoredRun]:
    tree = Tree(home.scored)
    lines = [line for one in tree.all() for line in tree.lines(one)]
    return {one.run_id: one for one in (msgspec.json.decode(line, type=ScoredRun) for line in lines)}


def categories(home: Home) -> dict[str, str]:
    return {name: one.category for name, one in scores(home).items()}


def many(count: int = 12) -> list[EvidenceRecord]:
    kinds: list[dict[str, Any]] = [
        {}, {"human": 0.0}, {"human": None}, {"human": 0.5, "model": "other"}, {"reviewed": False, "origin": "import"},
        {"source": "audits", "rule": "severity", "human": None, "markers": {"severity": "low"}},
    ]  # fmt: skip
    return [evidence(n, day=n % 3, **kinds[n % len(kinds)]) for n in range(count)]


def test_one_line_for_each_in_the_same_place_and_order(home: Home, database: Database) -> None:
    write_evidence(home, many())
    result = score.run(work(home, database))
    assert result.passed and result.status == "done"
    for partition in Tree(home.evidence).all():
        of_it = [msgspec.json.decode(line) for line in Tree(home.evidence).lines(partition)]
        held = [msgspec.json.decode(line, type=ScoredRun) for line in Tree(home.scored).lines(partition)]
        assert [(one["run_id"], one["provenance"]["sig_hash"]) for one in of_it] == [
            (one.run_id, one.sig_hash) for one in held
        ]
    assert result.totals["rows"] == sum(ref.rows for ref in result.inputs) == 12
    assert sum(count for name, count in result.totals.items() if name.startswith("category:")) == 12


def test_what_is_held_of_each(home: Home, database: Database) -> None:
    write_evidence(home, many(6))
    score.run(work(home, database))
    held = scores(home)
    assert categories(home) == {
        "t0": "accepted", "t1": "rejected", "t2": "needs_human_review", "t3": "partially_accepted",
        "t4": "needs_human_review", "t5": "accepted",
    }  # fmt: skip
    assert (held["t0"].reward, held["t0"].quality) == (1.0, 5.0)
    assert (held["t1"].reward, held["t1"].human) == (0.0, 0.0)
    assert (held["t2"].reward, held["t2"].reasons) == (None, ("nobody judged it",))
    assert held["t4"].reasons == ("import not reviewed",)
    assert held["t5"].quality is None, "a verdict is no measurement"


def test_a_second_run_writes_nothing(home: Home, database: Database) -> None:
    write_evidence(home, many())
    first = score.run(work(home, database))
    before = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    second = score.run(work(home, database))
    after = {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file()}
    after = {path: at for path, at in after.items() if "nightschool.db" not in path.name}
    assert after == {path: at for path, at in before.items() if path in after}
    assert (second.delta["written"], second.delta["unchanged"]) == (0, 12)
    told = ("inputs", "outputs", "totals", "content_hash", "input_hash", "versions")
    assert [getattr(first, name) for name in told] == [getattr(second, name) for name in told]


def test_bit_by_bit_the_same_as_all_at_once(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    """Grown day by day, changed, shrunk and joined, against the same evidence scored in one go."""
    parents = [evidence(n, day=1, source="audits", rule="severity", human=None, markers={"severity": "low"},
                        task_id=f"task{n}") for n in range(4)]  # fmt: skip
    facts = [extraction(n, f"task{n}", day=0) for n in range(5)]
    for records in ([*many(), *facts], [*many(9), *parents[:2], *facts], [*parents, *facts[1:], *many(5)]):
        for partition in Tree(home.evidence).all():
            Tree(home.evidence).path(partition).unlink()
        write_evidence(home, records)
        grown = score.run(work(home, database))
        other, other_database = elsewhere(str(len(records)))
        write_evidence(other, records)
        whole = score.run(work(other, other_database))
        assert files(home.scored) == files(other.scored)
        assert (grown.content_hash, grown.totals) == (whole.content_hash, whole.totals)


def test_several_processes_give_the_same(
    home: Home, database: Database, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, other_database = elsewhere("other")
    for one in (home, other):
        write_evidence(one, [*many(), extraction(50, "task1")])
    score.run(work(home, database))
    monkeypatch.setattr(score, "ALONE_BYTES", 0)
    score.run(work(other, other_database, workers=2))
    assert files(home.scored) == files(other.scored)


def test_only_what_changed_is_scored_again(home: Home, database: Database) -> None:
    write_evidence(home, many())
    score.run(work(home, database))
    write_evidence(home, [evidence(90, day=7)])
    assert score.run(work(home, database)).delta == {"read": 1, "written": 1, "unchanged": 12, "removed": 0}


def test_scores_of_evidence_that_went_go_too(home: Home, database: Database) -> None:
    partitions = write_evidence(home, many())
    score.run(work(home, database))
    Tree(home.evidence).path(partitions[0]).unlink()
    result = score.run(work(home, database))
    assert not Tree(home.scored).path(partitions[0]).exists()
    assert result.delta["removed"] > 0 and result.totals["rows"] == 12 - result.delta["removed"]


def test_a_missing_or_changed_output_is_made_again(home: Home, database: Database) -> None:
    first, second, *_ = write_evidence(home, many())
    score.run(work(home, database))
    whole = files(home.scored)
    Tree(home.scored).path(first).unlink()
    Tree(home.scored).path(second).write_bytes(b"{}\n")
    (home.scored / "model_trust.jsonl").write_bytes(b"")
    score.run(work(home, database))
    assert files(home.scored) == whole


def test_settings_score_again_and_stand_on_each_row(home: Home, database: Database) -> None:
    measured = {"compile_pass": True, "tests_passed": 8, "tests_total": 10, "lint_errors": 2}
    write_evidence(home, [evidence(1, measured=measured), evidence(2, human=None, measured={"compile_pass": False})])
    version = score.run(work(home, database)).versions["scorer"]
    assert scores(home)["t1"].reward == pytest.approx(0.945)
    assert scores(home)["t2"].reward == 0.0
    assert scores(home)["t2"].scorer_version == version
    seen = {version}
    for reward, first, second in [
        (RewardConfig(compile=1), (1 + 0.25 * (0.8 + 0.98 + 1)) / 1.75, 0.0),
        (RewardConfig(tests=1), (0.8 + 0.25 * (1 + 0.98 + 1)) / 1.75, 0.0),
        (RewardConfig(errors=1), (0.98 + 0.25 * (1 + 0.8 + 1)) / 1.75, 0.0),
        (RewardConfig(human=1), (1 + 0.25 * (1 + 0.8 + 0.98)) / 1.75, 0.0),
        (RewardConfig(seed_compatible=True), 0.945, (0 + 1 + 0.5) / 3),
    ]:
        result = score.run(work(home, database, config=Config(reward=reward)))
        held = scores(home)
        assert (held["t1"].reward, held["t2"].reward) == (pytest.approx(first), pytest.approx(second))
        assert held["t1"].scorer_version == result.versions["scorer"] not in seen
        seen.add(result.versions["scorer"])


def test_a_dry_run_tells_the_same_and_writes_nothing(home: Home, database: Database) -> None:
    write_evidence(home, many())
    before = {path for path in home.root.rglob("*") if path.is_file()}
    dry = score.run(work(home, database, dry_run=True))
    assert {path for path in home.root.rglob("*") if path.is_file()} == before
    real = score.run(work(home, database))
    assert (dry.totals, dry.content_hash, dry.outputs) == (real.totals, real.content_hash, real.outputs)


def test_when_it_was_collected_does_not_count(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    other, other_database = elsewhere("other")
    replace, year = msgspec.structs.replace, "2027-01-01T00:00:00Z"
    later = [replace(one, provenance=replace(one.provenance, recorded_at=year)) for one in many()]
    write_evidence(home, many())
    write_evidence(other, later)
    here, there = score.run(work(home, database)), score.run(work(other, other_database))
    assert files(home.scored) == files(other.scored)
    assert here.input_hash == there.input_hash and here.inputs != there.inputs
    assert files(home.evidence) != files(other.evidence)


def test_what_collect_knows_of_a_file_is_what_scoring_would_find(home: Home, database: Database) -> None:
    a_mixed_lot(database)
    collect.run(work(home, database))
    known = score.run(work(home, database))
    (home.evidence_state / "collect.json").unlink()
    found = score.run(work(home, database, full=True))
    assert (known.inputs, known.input_hash) == (found.inputs, found.input_hash)
    assert known.outputs == found.outputs


def test_a_text_that_looks_like_a_key_hides_nothing() -> None:
    line = msgspec.json.encode(evidence(1, response='"recorded_at":"2026-05-01T02:00:00Z"'))
    assert without_recorded_at(line).count(b"2026-05-01") == 1
    assert b'\\"recorded_at\\":\\"2026' in without_recorded_at(line)


def test_damaged_evidence_is_told_not_scored(home: Home, database: Database) -> None:
    (partition,) = write_evidence(home, [evidence(1), evidence(2)])
    path = Tree(home.evidence).path(partition)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DamagedEvidence, match="Line 2"):
        score.run(work(home, database))
    assert not Tree(home.scored).path(partition).exists()
    assert list(home.scored.rglob("*.part")) == []


def test_nothing_to_score_says_so(home: Home, database: Database) -> None:
    result = score.run(work(home, database))
    assert (result.status, result.reason) == ("skipped", "there is no evidence")


def test_a_cancel_leaves_whole_files_and_is_taken_up(home: Home, database: Database, elsewhere: Elsewhere) -> None:
    write_evidence(home, [*many(), extraction(50, "task1")])
    steps = iter([False, False, False, True])
    stopped = msgspec.structs.replace(work(home, database), cancelled=lambda: next(steps, True))
    with pytest.raises(Cancelled):
        score.run(stopped)
    assert 0 < len(Tree(home.scored).all()) < len(Tree(home.evidence).all())
    rest = score.run(work(home, database))
    assert 0 < rest.delta["written"] < rest.totals["rows"], "what was scored stays"
    other, other_database = elsewhere("other")
    write_evidence(other, [*many(), extraction(50, "task1")])
    score.run(work(other, other_database))
    assert files(home.scored) == files(other.scored)


# What carries no verdict of its own.


def extraction(number: int, task: str, **more: Any) -> EvidenceRecord:
    return evidence(
        number, **{"run_id": f"x{number}", "task_id": task, "source": "distilled_facts", "source_class": "extraction",
                   "rule": "extraction", "human": None, "origin": "import", **more},
    )  # fmt: skip


def audit(number: int, task: str, word: str, **more: Any) -> EvidenceRecord:
    return evidence(
        number, **{"run_id": f"a{number}", "task_id": task, "source": "audits", "rule": "severity", "human": None,
                   "markers": {"severity": word}, **more},
    )  # fmt: skip


def test_extractions_follow_their_parents_wherever_they_stand(home: Home, database: Database) -> None:
    write_evidence(home, [
        extraction(1, "a"), extraction(2, "b"), extraction(3, "c"), extraction(4, "nobody's"),
        extraction(5, "a", reviewed=False), extraction(6, "a", human=0.0), extraction(7, "nobody's", human=1.0),
        audit(1, "a", "low"), audit(2, "b", "low", day=3), audit(3, "b", "medium"), audit(4, "c", "high", day=5),
        audit(5, "nobody's", "unknown"),
    ])  # fmt: skip
    result = score.run(work(home, database))
    held = {name: one for name, one in scores(home).items() if name.startswith("x")}
    assert {name: (one.category, one.reasons) for name, one in held.items()} == {
        "x1": ("accepted", ("follows a1",)),
        "x2": ("partially_accepted", ("follows a3",)),
        "x3": ("rejected", ("follows a4",)),
        "x4": ("needs_human_review", ("no verdict for its task",)),
        "x5": ("needs_human_review", ("import not reviewed",)),
        "x6": ("rejected", ("a person said no",)),
        "x7": ("accepted", ("a person said yes",)),
    }
    assert result.totals["category:accepted"] == 2 + 2
    assert result.passed


def test_an_extraction_follows_a_later_verdict_and_loses_one_that_went(home: Home, database: Database) -> None:
    write_evidence(home, [extraction(1, "a")])
    score.run(work(home, database))
    assert categories(home)["x1"] == "needs_human_review"
    write_evidence(home, [audit(1, "a", "low", day=2)])
    score.run(work(home, database))
    assert categories(home)["x1"] == "accepted"
    Tree(home.evidence).path(Partition("2026-04-29", "audits")).unlink()
    score.run(work(home, database))
    assert categories(home)["x1"] == "needs_human_review"


def test_a_persons_no_on_the_parent_reaches_the_extraction(home: Home, database: Database) -> None:
    write_evidence(home, [evidence(1, task_id="a", human=1.0), evidence(2, task_id="a", human=0.2), extraction(1, "a")])
    score.run(work(home, database))
    assert categories(home)["x1"] == "rejected"


def test_an_unrated_answer_is_not_accepted_because_another_one_was(home: Home, database: Database) -> None:
    """Traces are judged one by one, whatever class they are of: only the rule `extraction` follows."""
    write_evidence(home, [evidence(1, task_id="a"), evidence(2, task_id="a", human=None, source_class="extraction")])
    score.run(work(home, database))
    assert categories(home) == {"t1": "accepted", "t2": "needs_human_review"}


def test_the_ledger_counts_what_was_judged_by_model(home: Home, database: Database) -> None:
    write_evidence(home, [
        evidence(1), evidence(2, human=0.0), evidence(3, human=0.5), evidence(4, human=None),
        evidence(5, model="another"), evidence(6, model="new", human=None), extraction(7, evidence(1).task_id),
    ])  # fmt: skip
    result = score.run(work(home, database))
    lines = (home.scored / "model_trust.jsonl").read_bytes().splitlines()
    assert [tuple(msgspec.json.decode(line).values()) for line in lines] == [
        ("another", 1, 0, 0, 0, 1.0),
        ("new", 0, 0, 0, 1, None),
        ("student", 1, 1, 1, 1, 0.5),
    ]
    assert ("scored/model_trust.jsonl", 3) in {(ref.path, ref.rows) for ref in result.outputs}


# Law 2, over everything that a record can say.

UNIT = st.none() | st.floats(0, 1)
COUNT = st.none() | st.integers(0, 200)


@st.composite
def anything(draw: Any) -> Seen:
    said = st.none() | st.booleans() | st.integers(0, 5) | st.sampled_from(["accept", "low", "committed", "block"])
    names = ("attempts", "severity", "observer_verdict", "failure_markers", "action", "all_events_ok", "grounded")
    record = evidence(
        1, rule=draw(st.sampled_from([*RULES, "none"])), human=draw(st.floats(0, 0.3)), tests=draw(UNIT),
        reported=draw(UNIT), reviewed=draw(st.booleans()),
        origin=draw(st.sampled_from(["user", "import", "benchmark", "replay", "simulated"])),
        markers=draw(st.fixed_dictionaries(dict.fromkeys(names, said))),
        measured={"compile_pass": draw(st.none() | st.booleans()), "tests_passed": draw(COUNT),
                  "tests_total": draw(COUNT), "lint_errors": draw(COUNT)},
    )  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(record), type=Seen)


@given(record=anything(), weights=st.builds(RewardConfig, human=st.floats(0, 1), seed_compatible=st.booleans()))
def test_a_no_is_never_outscored(record: Seen, weights: RewardConfig) -> None:
    held = score_one(record, weights, "v")
    assert held.category in ("rejected", "needs_human_review")
    assert held.reward is None or held.reward <= 0.3
    assert record.provenance == Origins(held.sig_hash)


@pytest.mark.parametrize("human", [0.0, 0.1, 0.3])
def test_law_2_stands_without_the_rules(monkeypatch: pytest.MonkeyPatch, human: float) -> None:
    """Where a rule is wrong, the last line of the scorer still holds."""
    from core.evidence import scoring
    from core.evidence.rules import Ruling

    monkeypatch.setattr(scoring, "rule", lambda seen: Ruling("accepted", ("wrong",)))
    record = msgspec.json.decode(msgspec.json.encode(evidence(1, human=human)), type=Seen)
    assert score_one(record, RewardConfig(), "v").category == "rejected"


REFUSED = ScoredRun(
    run_id="r", sig_hash="0" * 64, task_id="t", category="rejected", human=0.0, reward=0.1, scorer_version="v"
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"category": "accepted"}, "was accepted"),
        ({"category": "partially_accepted"}, "was accepted"),
        ({"reward": 0.9}, "was outscored"),
        ({"scorer_version": ""}, "scorer_version"),
    ],
)
def test_the_stages_own_check_sees_a_no_that_was_outscored(home: Home, change: dict[str, Any], told: str) -> None:
    from core.evidence.partitions import write_lines
    from core.evidence.scoring import faults

    path = home.scored / "x.jsonl"
    right = write_lines(path, [msgspec.json.encode(REFUSED)])
    assert right is not None and list(faults(path, right)) == []
    wrong = write_lines(path, [msgspec.json.encode(msgspec.structs.replace(REFUSED, **change))])
    assert wrong is not None
    (found,) = faults(path, wrong)
    assert told in found
    assert "not what was written" in list(faults(path, right))[-1]
