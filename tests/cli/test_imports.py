"""`nightschool import`: counts that add up, what to do next, and Ctrl-C that leaves whole batches."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.cli.imports import approved_now
from core.database import Database
from core.evidence.importers.bringing import Brought
from core.paths import Home
from tests.cli.command import Nightschool

BEGAN = 1_735_725_600


def chats(path: Path, count: int, text: str = "") -> Path:
    rows = []
    for number in range(count):
        asked = {"role": "user", "content": f"How far is island {number}?"}
        answered = {"role": "assistant", "content": f"{number} miles.{text}"}
        thumb = {"feedback": "good"} if number % 2 else {}
        rows.append(json.dumps({"messages": [asked, answered], "created": BEGAN + number, **thumb}))
    path.write_text("\n".join([*rows, "nonsense\n"]))
    return path


def test_what_came_of_it_and_what_to_do_next(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    path = chats(tmp_path / "chats.jsonl", 4)
    said = nightschool("import", "openai-jsonl", str(path))
    assert said.status == 0
    rows = [" ".join(line.split()) for line in said.stdout.splitlines()]
    assert rows == [
        "answers read 4",
        "new 4",
        "new without a thumb or a correction 2",
        "thumbs, scores and corrections 2",
        "skipped: not json 1",
    ]
    assert "approve it in the review window, or with the same command and --approve" in said.stderr
    again = nightschool("import", "openai-jsonl", str(path))
    assert "Nothing new. It waits for you" in again.stderr
    approved = nightschool("import", "openai-jsonl", str(path), "--approve")
    assert "Approved" in approved.stderr
    assert database.exemplars.count() == 2
    assert "Nothing new." in nightschool("import", "openai-jsonl", str(path)).stderr


def test_what_came_with_another_import_is_approved_with_that(nightschool: Nightschool, tmp_path: Path) -> None:
    path = chats(tmp_path / "chats.jsonl", 4)
    nightschool("import", "openai-jsonl", str(path))
    (tmp_path / "copy.jsonl").write_text(path.read_text() + "\n")
    again = nightschool("import", "openai-jsonl", str(tmp_path / "copy.jsonl"), "--approve")
    assert "Nothing new. There was nothing to approve" in again.stderr


def test_where_a_file_stands_is_kept_whole(
    nightschool: Nightschool, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats(tmp_path / "chats.jsonl", 4)
    monkeypatch.chdir(tmp_path)
    done = nightschool.json("import", "openai-jsonl", "chats.jsonl")
    assert database.imports.get(done["import_id"]).source_file == str(tmp_path / "chats.jsonl")


def test_as_json(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    path = chats(tmp_path / "chats.jsonl", 4)
    tried = nightschool.json("import", "openai-jsonl", str(path), "--dry-run", "--recorded-at", "2026-05-01T02:00:00Z")
    assert tried["dry_run"] is True and tried["review_id"] is None and database.counts().traces == 0
    said = nightschool.json("import", "openai-jsonl", str(path), "--approve", "--recorded-at", "2026-05-01T02:00:00Z")
    assert said == {
        "format": "openai-jsonl", "source_file": str(path), "import_id": tried["import_id"],
        "review_id": f"import:{tried['import_id']}", "approved": True, "dry_run": False, "cancelled": False,
        "read": 4, "repeated": 0, "new": 4, "known": 0, "forgotten": 0, "unlabelled": 2, "undated": 0, "feedback": 2,
        "skipped": {"not_json": 1},
    }  # fmt: skip
    kept = database.imports.get(said["import_id"])
    assert kept.recorded_at == "2026-05-01T02:00:00.000000Z"
    trace = database.traces.get(database.imports.trace_ids(said["import_id"])[0])
    assert trace.query_class == "lookup" and trace.task_hash


def test_a_stream_with_a_shipped_mapping(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    row = {"ts": "2026-04-27T00:00:00Z", "finding_id": "f", "severity": "low", "topic": "t", "evidence": "e"}
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(row) + "\n")
    said = nightschool.json("import", "jsonl", str(path), "--mapping", "audits", "--approve")
    assert (said["review_id"], said["new"], said["approved"]) == ("source:audits", 1, True)
    assert database.sources.reviewed("audits")
    refused = nightschool("import", "jsonl", str(path), "--mapping", "audits", "--name", "mine")
    assert refused.status == 1 and "registered already, as audits" in refused.stderr
    (tmp_path / "other.jsonl").write_text(json.dumps(row) + "\n")
    other = nightschool.json("import", "jsonl", str(tmp_path / "other.jsonl"), "--mapping", "audits", "--name", "mine")
    assert other["review_id"] == "source:mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("jsonl", "x.jsonl"), "needs --mapping"),
        (("chatgpt", "x.zip", "--mapping", "audits"), "no other takes it"),
        (("chatgpt", "x.zip", "--name", "x"), "no other takes it"),
        (("jsonl", "x.jsonl", "--mapping", "nothing"), "There is no mapping nothing"),
        (("chatgpt", "gone.zip"), "gone.zip"),
        (("chatgpt", "x.zip", "--recorded-at", "soon"), "soon is no time"),
    ],
)
def test_what_is_wrong_is_said(nightschool: Nightschool, tmp_path: Path, arguments: Any, told: str) -> None:
    said = nightschool("import", *arguments)
    assert said.status == 1 and told in said.stderr and "Traceback" not in said.stderr


def test_another_format_is_named(nightschool: Nightschool, tmp_path: Path) -> None:
    said = nightschool("import", "chatgpt", str(chats(tmp_path / "chats.jsonl", 1)))
    assert said.status == 1 and "It looks like openai-jsonl: nightschool import openai-jsonl" in said.stderr
    assert nightschool("import", "telepathy", "x").status == 2


def test_what_was_stopped_is_not_approved(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    said = nightschool.json("import", "openai-jsonl", str(chats(tmp_path / "chats.jsonl", 4)))
    stopped = Brought(import_id=said["import_id"], counts={}, review_id=said["review_id"], cancelled=True)
    assert approved_now(database, stopped) is False
    assert database.reviews.get(said["review_id"]).state == "pending"


@pytest.mark.slow
def test_ctrl_c_leaves_whole_batches_and_the_same_command_goes_on(
    nightschool: Nightschool, home: Home, database: Database, tmp_path: Path
) -> None:
    path = chats(tmp_path / "chats.jsonl", 6000, " very" * 100)
    command = [sys.executable, "-m", "core.cli", "import", "openai-jsonl", str(path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while database.counts().traces == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130 and "the same command goes on from there" in stderr
    written = database.counts().traces
    assert 0 < written < 6000 and written % 200 == 0
    assert database.integrity_check() == []
    assert nightschool.json("import", "openai-jsonl", str(path))["new"] == 6000 - written
    assert database.counts().traces == 6000


def test_an_empty_path_is_not_the_folder_one_stands_in(nightschool: Nightschool) -> None:
    refused = nightschool("import", "sharegpt", "")
    assert refused.status == 2
    assert "it is empty" in refused.stderr
