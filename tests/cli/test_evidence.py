"""`nightschool evidence`: what the commands run, print, and end with."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.database import Database
from core.evidence.run import alone
from core.evidence.stage import STAGES
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence import making

RECORDED = ("--recorded-at", making.RECORDED)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def mixed(database: Database) -> list[str]:
    return making.a_mixed_lot(database)


@pytest.mark.usefixtures("home")
def test_with_nothing_recorded_it_says_what_to_do(nightschool: Nightschool) -> None:
    assert "nightschool import FORMAT PATH" in nightschool("evidence").stdout
    assert nightschool.json("evidence") == {"newest": None, "stages": []}
    for arguments in (("show",), ("diff", "1", "2")):
        asked = nightschool("evidence", "receipts", *arguments)
        assert asked.status == 1 and "nightschool evidence run" in asked.stderr
    ran = nightschool("evidence", "run")
    assert ran.status == 0 and "nightschool import FORMAT PATH" in ran.stderr


def test_with_nothing_collected_it_says_so(nightschool: Nightschool, mixed: list[str]) -> None:
    assert "nightschool evidence run" in nightschool("evidence").stdout
    assert "nightschool evidence run" in nightschool("evidence", "receipts", "list").stdout
    missing = nightschool("evidence", "receipts", "show")
    assert missing.status == 1 and "nightschool evidence run" in missing.stderr
    missing = nightschool("evidence", "acceptance")
    assert missing.status == 1 and "nightschool evidence run" in missing.stderr


def test_a_run_tells_its_stages_and_a_second_one_that_nothing_is_new(
    nightschool: Nightschool, home: Home, mixed: list[str]
) -> None:
    first = nightschool.json("evidence", "run", *RECORDED)
    assert first["status"] == "done" and [one["stage"] for one in first["stages"]] == list(STAGES)
    run_id = first["run"]["run_id"]
    before = making.files(home.root)
    again = nightschool("evidence", "run")
    assert again.status == 0 and again.stdout == f"skipped: nothing new since {run_id}\n"
    assert nightschool.json("evidence", "run")["status"] == "skipped"
    after = making.files(home.root)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert not {name for name in changed if not name.startswith(("home/nightschool.db", "home/locks"))}
    assert run_id in nightschool("evidence").stdout
    told = nightschool.json("evidence")
    assert told["newest"]["run_id"] == run_id and len(told["stages"]) == len(STAGES)


def test_single_stages_write_receipts_of_their_own(nightschool: Nightschool, mixed: list[str]) -> None:
    for command, stages in (
        ("collect", ["collect"]),
        ("score", ["score"]),
        ("screen", ["screen"]),
        ("export", list(STAGES[3:])),
    ):
        done = nightschool.json("evidence", command, *RECORDED)
        assert [line["stage"] for line in done["run"]["stages"]] == stages
    assert nightschool("evidence", "run").stdout.startswith("skipped: nothing new since")
    told = nightschool("evidence", "export", "--only", "rag", "--only", "kto", "--full")
    assert told.stdout.startswith("skipped")


def test_flags_reach_the_stages(nightschool: Nightschool, mixed: list[str]) -> None:
    plain = nightschool.json("evidence", "run", *RECORDED)["run"]["datasets"]
    given = ("--include-partial", "--include-review", "--min-reward", "0.1")
    more = nightschool.json("evidence", "run", *RECORDED, *given)
    assert more["run"]["datasets"]["rag"] > plain["rag"]
    settings = {key: value for stage in more["stages"] for key, value in stage["settings"].items()}
    assert settings["--include-partial"] and settings["--include-review"] and settings["--min-reward"] == 0.1


def test_the_least_reward_is_a_setting(nightschool: Nightschool, mixed: list[str]) -> None:
    nightschool("config", "set", "export.min_reward", "0.9")
    done = nightschool.json("evidence", "run", *RECORDED)
    (sft,) = (stage for stage in done["stages"] if stage["stage"] == "export-sft")
    assert sft["settings"]["--min-reward"] == 0.9


def test_a_dry_run_writes_nothing(nightschool: Nightschool, home: Home, mixed: list[str]) -> None:
    done = nightschool("evidence", "collect", "--dry-run")
    assert done.status == 0 and "nothing was written" in done.stdout
    assert not home.receipts.exists() and not making.files(home.evidence)
    whole = nightschool("evidence", "run", "--dry-run")
    assert "looked at what stands on the disk now" in whole.stderr and "looked at" not in done.stderr


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("wrong", ["yesterday", "2026-05-01", "2026-05-01T02:00:00+02:00"])
def test_a_moment_that_is_none_is_refused(nightschool: Nightschool, wrong: str) -> None:
    refused = nightschool("evidence", "run", "--recorded-at", wrong)
    assert refused.status == 1 and "2026-05-01T02:00:00Z" in refused.stderr
    assert nightschool("evidence", "run", "--min-reward", "2").status == 2
    assert nightschool("evidence", "run", "--workers", "0").status == 2


def test_a_failed_stage_is_status_1_and_stops_others(nightschool: Nightschool, home: Home, mixed: list[str]) -> None:
    home.scored.write_text("a file where a folder should be")
    failed = nightschool("evidence", "run", "--json")
    told = json.loads(failed.stdout)
    assert failed.status == 1 and told["status"] == "failed" and "score" in told["reason"]
    assert {one["stage"] for one in told["run"]["stages"] if one["reason"] == "score failed"} == set(STAGES[2:])
    home.scored.unlink()
    assert nightschool("evidence", "run").status == 0


def test_one_run_at_a_time(nightschool: Nightschool, home: Home) -> None:
    with alone(home):
        second = nightschool("evidence", "run")
    assert second.status == 1 and f"process {os.getpid()}" in second.stderr


def test_receipts_are_listed_shown_and_compared(nightschool: Nightschool, database: Database, mixed: list[str]) -> None:
    first = nightschool.json("evidence", "run", *RECORDED)["run"]["run_id"]
    making.add(database, 900, thumb=True)
    second = nightschool.json("evidence", "run", *RECORDED)["run"]["run_id"]
    listed = nightschool.json("evidence", "receipts", "list")
    assert [run["run_id"] for run in listed["runs"]] == [first, second]
    assert nightschool.json("evidence", "receipts", "show")["summary"]["run_id"] == second
    assert nightschool.json("evidence", "receipts", "show", "1")["summary"]["run_id"] == first
    receipt = nightschool.json("evidence", "receipts", "show", second[:10], "--stage", "collect")
    assert receipt["run_id"] == second and receipt["stage"] == "collect"
    assert (
        "evidence/2026/04/27/traces.jsonl" in nightschool("evidence", "receipts", "show", "--stage", "collect").stdout
    )
    rows = nightschool.json("evidence", "receipts", "diff", "1", "2")["stages"]["collect"]
    before, after = next((row["before"], row["after"]) for row in rows if row["what"] == "rows")
    assert after == before + 1
    assert "collect" in nightschool("evidence", "receipts", "diff", "1", "2").stdout
    assert nightschool("evidence", "receipts", "diff", "2", "2").stdout == "They do not differ.\n"
    assert nightschool("evidence", "receipts", "show", "run_ffff").status == 1


def test_a_damaged_receipt_is_listed(nightschool: Nightschool, home: Home, mixed: list[str]) -> None:
    run_id = nightschool.json("evidence", "run")["run"]["run_id"]
    (home.receipts / run_id / "summary.json").write_text("{")
    assert run_id in nightschool.json("evidence", "receipts", "list")["damaged"]
    assert f"{run_id} cannot be read" in nightschool("evidence", "receipts", "list").stderr


def test_examples_are_handed_over_by_role_and_never_twice(
    nightschool: Nightschool, home: Home, mixed: list[str]
) -> None:
    nightschool.json("evidence", "run", *RECORDED)
    first = nightschool.json("evidence", "export", "--roles", "coder,assistant", "--limit", "3", *RECORDED)
    new = {one["role"]: one["new"] for one in first["roles"]["roles"]}
    assert set(new) == {"coder", "assistant"} and 0 < new["coder"] <= 3
    rows = (home.datasets / "roles/coder_sft.jsonl").read_bytes().splitlines()
    assert len(rows) == new["coder"]
    seen = [new["coder"]]
    while seen[-1]:
        again = nightschool.json("evidence", "export", "--roles", "coder", "--limit", "3", *RECORDED)
        seen.append(again["roles"]["roles"][0]["new"])
    ids = [json.loads(line)["run_id"] for line in (home.datasets / "roles/coder_sft.jsonl").read_bytes().splitlines()]
    assert len(ids) == len(set(ids)) == sum(seen)
    assert "0 new examples" in nightschool("evidence", "export", "--roles", "all").stdout
    assert nightschool("evidence", "export", "--roles", "king").status == 2


@pytest.mark.slow
def test_a_run_hands_over_when_there_is_enough(nightschool: Nightschool, home: Home, mixed: list[str]) -> None:
    told = nightschool.json("evidence", "run", *RECORDED)
    assert told["roles"]["status"] == "skipped" and "100" in told["roles"]["reason"]
    nightschool("config", "set", "export.min_runs", "5")
    assert nightschool.json("evidence", "run", *RECORDED)["roles"]["status"] == "done"
    assert any((home.datasets / "roles").iterdir())
    assert nightschool.json("evidence", "acceptance")["passed"]


@pytest.mark.parametrize(("form", "name"), [("openai", "sft-train.jsonl"), ("anthropic", "sft-train.jsonl")])
def test_other_formats(nightschool: Nightschool, mixed: list[str], tmp_path: Path, form: str, name: str) -> None:
    nightschool.json("evidence", "run", *RECORDED)
    told = nightschool.json("evidence", "export", "--format", form, "--out", str(tmp_path / "out"))
    assert told["written"]["files"][name] == len((tmp_path / "out" / name).read_bytes().splitlines()) > 0
    shown = nightschool("evidence", "export", "--format", form, "--out", str(tmp_path / "out"))
    assert name in shown.stdout
    assert nightschool("evidence", "export", "--format", form).status == 2


def test_health_is_told(nightschool: Nightschool, database: Database, mixed: list[str]) -> None:
    assert "nightschool evidence run" in nightschool("evidence", "health").stdout
    nightschool.json("evidence", "run", *RECORDED)
    told = nightschool.json("evidence", "health", "--sample", "7")
    assert told["sound"] and told["ok"] == told["sampled"] == 7
    shown = nightschool("evidence", "health")
    assert shown.status == 0 and "found again as they were" in shown.stdout
    for trace_id in mixed:
        database.feedback.add(making.feedback(8000 + int(trace_id[1:]), trace_id, False, metric="thumb"))
    changed = nightschool("evidence", "health")
    assert changed.status == 1 and "changed: t1 (nightschool.db, 1): more was said of it since" in changed.stdout


@pytest.mark.slow
def test_acceptance_is_green_or_says_what_is_wrong_and_where(
    nightschool: Nightschool, home: Home, mixed: list[str]
) -> None:
    nightschool.json("evidence", "run", *RECORDED)
    green = nightschool("evidence", "acceptance")
    assert green.status == 0, green.stdout
    assert "checks are green" in green.stdout and "RED" not in green.stdout
    path = next((home.datasets / "sft/train").glob("*.jsonl"))
    path.write_bytes(path.read_bytes() * 2)
    red = nightschool("evidence", "acceptance")
    assert red.status == 1 and f"ids_unique: datasets/sft/train/{path.name}:" in red.stdout
    told = nightschool("evidence", "acceptance", "--json")
    checks = {check["name"]: check for check in json.loads(told.stdout)["checks"]}
    assert told.status == 1 and not checks["ids_unique"]["passed"] and checks["splits_apart"]["passed"]
    assert not home.acceptance.exists()


def test_status_tells_the_newest_run(nightschool: Nightschool, mixed: list[str]) -> None:
    assert nightschool.json("status")["evidence"] is None
    assert "nothing collected yet" in nightschool("status").stdout
    run_id = nightschool.json("evidence", "run", *RECORDED)["run"]["run_id"]
    assert nightschool.json("status")["evidence"]["run_id"] == run_id
    assert f"done at {making.RECORDED}, drift ok" in nightschool("status").stdout


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_the_next_run_completes(home: Home, database: Database) -> None:
    """On a terminal: there is a bar, and the key reaches the whole group of processes."""
    making.a_mixed_lot(database, 3000)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "core.cli", "evidence", "run", "--workers", "2", *RECORDED]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=follower, stdout=subprocess.PIPE, stderr=follower, start_new_session=True, text=True
    ) as child:
        deadline = time.monotonic() + 60
        while not any(home.evidence.rglob("*.jsonl")) and not any(home.evidence.rglob(".*.part")):
            assert time.monotonic() < deadline and child.poll() is None
            time.sleep(0.01)
        os.killpg(child.pid, signal.SIGINT)
        assert child.wait(30) == 130
    os.close(follower)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert "Cancelled." in shown and "goes on from there" in shown and "Traceback" not in shown
    assert not home.receipts.exists()
    nightschool = Nightschool()
    assert nightschool.json("evidence", "run", *RECORDED)["status"] == "done"
    assert nightschool.json("evidence", "run", *RECORDED)["status"] == "skipped"
