"""`nightschool runs record`: a run made elsewhere arrives whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.database import Database
from tests.cli.command import Nightschool

NAMED = ("--task-slug", "parse-dates", "--model-name", "qwen3")


def test_from_options(nightschool: Nightschool, database: Database) -> None:
    said = nightschool.json("runs", "record", *NAMED, "--tests-passed", "9", "--tests-total", "10", "--role", "fixer")
    trace = database.traces.get(said["run_id"])
    assert (trace.model, trace.role, trace.origin) == ("qwen3", "fixer", "import")
    assert trace.metadata["task_slug"] == "parse-dates"
    assert said["label"]["reward"] == pytest.approx(0.9)


def test_from_a_file_with_options_winning(nightschool: Nightschool, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"task_slug": "a", "model_name": "b", "cost_usd": 0.5, "output": "done"}))
    said = nightschool.json("runs", "record", str(file), "--model-name", "c", "--human-accept")
    trace = database.traces.get(said["run_id"])
    assert (trace.model, trace.cost_usd, trace.response) == ("c", 0.5, "done")
    assert said["label"]["verdict"] == "accepted"


def test_from_stdin(nightschool: Nightschool, database: Database) -> None:
    said = nightschool.json("runs", "record", "-", stdin='{"task_slug": "a", "model_name": "b", "duration_ms": 12}')
    assert database.traces.get(said["run_id"]).duration_ms == 12


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        ('{"task_slug": "a"}', "model_name"),
        ('{"task_slug": "a", "model_name": "b", "no_such": 1}', "no_such"),
        ('{"task_slug": "a", "model_name": "b", "tests_passed": -1}', "tests_passed"),
        ('{"task_slug": "a", "model_name": "b", "reward": 2}', "reward"),
        ("[1]", "JSON object"),
        ("not json", "JSON object"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_recorded(
    nightschool: Nightschool, database: Database, stdin: str, told: str
) -> None:
    outcome = nightschool("runs", "record", "-", "--json", stdin=stdin)
    assert (outcome.status, outcome.stdout) == (1, "")
    assert told in outcome.stderr
    assert database.counts().traces == 0


def test_a_file_that_is_no_text_is_refused(nightschool: Nightschool, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(b'{"task_slug": "a", "model_name": "\xff"}')
    outcome = nightschool("runs", "record", str(file))
    assert outcome.status == 1
    assert "not one JSON object" in outcome.stderr


def test_wrong_usage(nightschool: Nightschool) -> None:
    assert nightschool("runs", "record").status == 2
    assert nightschool("runs", "record", *NAMED, "--reward", "2").status == 2
    assert nightschool("runs", "record", "/no/such/file").status == 1
