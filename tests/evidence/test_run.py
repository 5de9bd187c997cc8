"""The order of the stages, what stops whom, and what a run leaves behind: with tiny stages that do real work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import msgspec
import pytest

from core.database import Database
from core.errors import Busy
from core.evidence.receipts import Receipts
from core.evidence.run import MODULES, SETTINGS, Outcome, Stage, alone, run, settings_of, stage_function
from core.evidence.stage import STAGES, Cancelled, StageName, StageResult, Work
from core.paths import Home
from tests.evidence import making
from tests.evidence.conftest import Elsewhere
from tests.evidence.tiny import bronze, output, stages

LATER = "2026-05-02T02:00:00Z"


@pytest.fixture
def work(home: Home, database: Database) -> Work:
    return making.work(home, database)


def at(work: Work, recorded_at: str) -> Work:
    return msgspec.structs.replace(work, options=msgspec.structs.replace(work.options, recorded_at=recorded_at))


def done(outcome: Outcome) -> Outcome:
    assert outcome.status == "done", outcome.reason
    return outcome


def test_every_stage_runs_in_order_and_has_its_receipt(work: Work) -> None:
    bronze(work, "accepted 1", "rejected 2", "secret 3", "broken 4")
    summary = done(run(work, table=stages())).summary
    assert summary is not None and [line.stage for line in summary.stages] == list(STAGES)
    assert summary.passed and summary.number == 1 and summary.previous is None and summary.drift == "ok"
    assert summary.datasets == dict.fromkeys(("rag", "sft", "preference", "kto"), 2)
    assert summary.quarantined == dict.fromkeys(("rag", "sft", "preference", "kto"), 1)
    assert summary.skipped == 1
    folder = work.home.receipts / summary.run_id
    names = {*(f"{stage}.json" for stage in STAGES), "summary.json", "summary.md", "drift.json"}
    assert {path.name for path in folder.iterdir()} == names
    assert (work.home.receipts / "latest.md").exists()


def test_a_run_on_unchanged_input_writes_nothing(work: Work) -> None:
    bronze(work, "accepted 1")
    first = done(run(work, table=stages())).summary
    before = making.files(work.home.root)
    for again in (work, at(work, LATER)):
        outcome = run(again, table=stages())
        assert first is not None
        assert (outcome.status, outcome.reason) == ("skipped", f"nothing new since {first.run_id}")
    assert making.files(work.home.root) == before


def test_new_input_makes_a_new_run_that_knows_the_one_before(work: Work) -> None:
    bronze(work, "accepted 1")
    first = done(run(work, table=stages())).summary
    bronze(work, "accepted 1", "accepted 2")
    second = done(run(at(work, LATER), table=stages())).summary
    assert first is not None and second is not None
    assert (second.number, second.previous) == (2, first.run_id)
    assert second.run_hash != first.run_hash
    bronze(work, "accepted 1")
    third = done(run(work, table=stages())).summary
    assert third is not None and third.run_hash == first.run_hash and third.run_id != first.run_id


def test_ids_and_bytes_follow_from_content(elsewhere: Elsewhere) -> None:
    seen = []
    for name in ("here", "there"):
        home, database = elsewhere(name)
        work = making.work(home, database)
        bronze(work, "accepted 1", "fail export-kto")
        run(work, table=stages())
        seen.append(making.files(home.receipts))
        assert str(home.root).encode() not in b"".join(seen[-1].values())
    assert seen[0] == seen[1] and len(seen[0]) == len(STAGES) + 4


def test_recorded_at_changes_the_run_id_and_not_the_run_hash(elsewhere: Elsewhere) -> None:
    summaries = []
    for name, moment in (("here", making.RECORDED), ("there", LATER)):
        work = at(making.work(*elsewhere(name)), moment)
        bronze(work, "accepted 1")
        summaries.append(run(work, table=stages()).summary)
    here, there = summaries
    assert here is not None and there is not None
    assert here.run_hash == there.run_hash and here.run_id != there.run_id


def test_settings_are_part_of_what_a_run_did(elsewhere: Elsewhere) -> None:
    summaries = []
    for name, partial in (("here", False), ("there", True)):
        home, database = elsewhere(name)
        work = making.work(home, database, include_partial=partial)
        bronze(work, "accepted 1")
        summaries.append(run(work, table=stages()).summary)
    here, there = summaries
    assert here is not None and there is not None and here.run_hash != there.run_hash


@pytest.mark.parametrize(
    ("stage", "blocked"),
    [
        ("collect", STAGES[1:]),
        ("score", STAGES[2:]),
        ("screen", STAGES[3:]),
        ("export-sft", ()),
    ],
)
@pytest.mark.parametrize("how", ["fail", "wrong", "full"])
def test_a_failed_stage_stops_those_that_need_it(
    work: Work, stage: StageName, blocked: tuple[StageName, ...], how: str
) -> None:
    bronze(work, "accepted 1", f"{how} {stage}")
    outcome = run(work, table=stages())
    summary = outcome.summary
    assert summary is not None and outcome.status == summary.status == "failed" and not summary.passed
    assert stage in outcome.reason
    told = {line.stage: (line.status, line.reason) for line in summary.stages}
    assert {name for name, (_, reason) in told.items() if reason == f"{stage} failed"} == set(blocked)
    assert all(told[name][0] == "skipped" and not output(work, name).exists() for name in blocked)
    page = (work.home.receipts / summary.run_id / "summary.md").read_text()
    assert "failed" in page.splitlines()[0]
    assert all(f"| {name} | skipped: {stage} failed |" in page for name in blocked)
    assert str(work.home.root) not in page


def test_a_failed_run_is_never_nothing_new(work: Work) -> None:
    bronze(work, "accepted 1", "fail score")
    assert [run(work, table=stages()).status for _ in range(2)] == ["failed", "failed"]
    assert [summary.number for summary in Receipts(work.home.receipts).runs] == [1, 2]
    bronze(work, "accepted 1")
    assert run(work, table=stages()).status == "done"


@pytest.mark.parametrize(("how", "error"), [("bug", TypeError), ("closed", OSError)])
def test_a_bug_is_no_outcome(work: Work, how: str, error: type[Exception]) -> None:
    bronze(work, "accepted 1", f"{how} screen")
    with pytest.raises(error):
        run(work, table=stages())
    assert not work.home.receipts.exists()


def test_who_asks_for_single_stages_gets_their_receipts(work: Work) -> None:
    bronze(work, "accepted 1")
    summary = done(run(work, ["collect"], stages())).summary
    assert summary is not None and [line.stage for line in summary.stages] == ["collect"]
    assert run(work, ["collect"], stages()).status == "skipped"
    whole = done(run(work, table=stages())).summary
    assert whole is not None and whole.number == 2
    assert run(work, ["score", "screen"], stages()).status == "skipped"
    bronze(work, "accepted 1", "accepted 2")
    collected = done(run(work, ["collect"], stages())).summary
    assert collected is not None
    latest = (work.home.receipts / "latest.md").read_text()
    assert latest.count(collected.run_id) == 1 and latest.count(whole.run_id) == len(STAGES) - 1


def test_a_dry_run_writes_nothing(work: Work) -> None:
    bronze(work, "accepted 1")
    done(run(work, table=stages()))
    bronze(work, "accepted 1", "accepted 2")
    before = making.files(work.home.root)
    dry = msgspec.structs.replace(work, options=msgspec.structs.replace(work.options, dry_run=True))
    outcome = run(dry, table=stages())
    assert outcome.dry_run and outcome.status == "done"
    assert {receipt.stage: receipt.counts.delta["read"] for receipt in outcome.receipts}["collect"] == 2
    assert making.files(work.home.root) == before


def test_a_changed_setting_or_flag_is_something_new(work: Work) -> None:
    bronze(work, "accepted 1")
    done(run(work, table=stages()))
    partial = msgspec.structs.replace(work, options=msgspec.structs.replace(work.options, include_partial=True))
    summary = done(run(partial, table=stages())).summary
    assert summary is not None
    settings = Receipts(work.home.receipts).stage(summary.run_id, "export-sft").settings
    assert settings["--include-partial"] is True


def test_what_was_taken_away_is_made_again_and_told(work: Work) -> None:
    bronze(work, "accepted 1")
    done(run(work, table=stages()))
    before = making.files(work.home.root)
    output(work, "screen").unlink()
    outcome = done(run(at(work, LATER), table=stages()))
    assert outcome.summary is None and "made again" in outcome.reason
    assert making.files(work.home.root) == before


def test_one_run_at_a_time(work: Work) -> None:
    with alone(work.home), pytest.raises(Busy, match="process"):
        run(work, table=stages())


def test_nothing_is_collected_while_a_begun_forgetting_waits(work: Work) -> None:
    bronze(work, "accepted 1")
    begun = work.home.begun_forgettings / "forget_1.json"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"{}")
    before = making.files(work.home.scored, work.home.datasets, work.home.receipts)
    with pytest.raises(Busy, match="forgetting"):
        run(work, table=stages())
    assert making.files(work.home.scored, work.home.datasets, work.home.receipts) == before
    begun.rename(begun.with_suffix(".unreadable"))  # set aside: nobody can finish it
    done(run(work, table=stages()))


def test_stopping_leaves_no_receipts_and_the_next_run_completes(work: Work) -> None:
    bronze(work, "accepted 1")
    calls = iter([False] * 5 + [True])
    stopped = msgspec.structs.replace(work, cancelled=lambda: next(calls))
    with pytest.raises(Cancelled):
        run(stopped, table=stages())
    assert output(work, "collect").exists() and not work.home.receipts.exists()
    assert done(run(work, table=stages())).summary is not None


def test_no_stage_begins_after_somebody_stopped_it(work: Work) -> None:
    begun = []

    def stage(name: StageName) -> Stage:
        return lambda _: begun.append(name) or StageResult(stage=name, status="done")

    stopped = msgspec.structs.replace(work, cancelled=lambda: len(begun) == 2)
    with pytest.raises(Cancelled):
        run(stopped, table={name: stage(name) for name in STAGES})
    assert begun == ["collect", "score"]


def test_receipts_left_half_by_a_kill_are_swept(work: Work) -> None:
    bronze(work, "accepted 1")
    half = work.home.receipts / ".run_0123456789abcdef.part"
    half.mkdir(parents=True)
    (half / "collect.json").write_text("{")
    done(run(work, table=stages()))
    assert not half.exists()


def test_latest_is_mended_where_a_kill_came_before_it(work: Work) -> None:
    bronze(work, "accepted 1")
    done(run(work, table=stages()))
    before = making.files(work.home.root)
    (work.home.receipts / "latest.md").write_text("of yesterday\n")
    assert run(work, table=stages()).status == "skipped"
    assert making.files(work.home.root) == before


def test_settings_are_told_as_they_are_named(work: Work) -> None:
    told = {key: value for stage in STAGES for key, value in settings_of(stage, work).items()}
    assert told["--include-review"] is False and told["--min-reward"] == work.options.min_reward
    assert told["reward.human"] == work.config.reward.human
    assert told["evidence.near_duplicate"] == work.config.evidence.near_duplicate


KILLED = """
    import sys
    from pathlib import Path
    from core.database import Database
    from core.evidence.run import run
    from core.paths import Home
    from tests.evidence import making
    from tests.evidence.tiny import stages
    home = Home(Path(sys.argv[1]))
    with Database.open(home) as database:
        work = making.work(home, database)
        print("ready", flush=True)
        run(work, table=stages())
"""


@pytest.mark.slow
@pytest.mark.parametrize("after_ms", [0, 2, 5, 10, 20, 40])
def test_a_killed_run_is_completed_to_the_same_bytes(work: Work, elsewhere: Elsewhere, after_ms: int) -> None:
    lines = [f"accepted {n}" for n in range(2000)]
    whole = making.work(*elsewhere("whole"))
    for one in (work, whole):
        bronze(one, *lines)
    done(run(whole, table=stages()))
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(work.home.root)], stdout=subprocess.PIPE, cwd=root
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        time.sleep(after_ms / 1000)
        os.kill(child.pid, signal.SIGKILL)
    run(work, table=stages())
    assert making.files(work.home.evidence) == {
        name.replace("whole", "home"): raw for name, raw in making.files(whole.home.evidence).items()
    }
    assert [one.number for one in Receipts(work.home.receipts).runs] == [1]
    assert run(work, table=stages()).status == "skipped"


@pytest.mark.parametrize("stage", STAGES)
def test_the_table_names_real_stages(stage: StageName) -> None:
    assert {*MODULES} == {*SETTINGS} == {*STAGES}
    assert callable(stage_function(stage))
    assert stage_function(stage).__annotations__["return"] in (StageResult, "StageResult")
