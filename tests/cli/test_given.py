"""Arguments and stdin of any bytes: they are taken as text or refused, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.given import sound, text_or_stdin
from core.database import Database
from core.paths import Home
from tests.cli.command import Nightschool
from tests.cli.recorded import ask_recorded


def run(home: Home, *arguments: bytes | str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "core.cli", *arguments],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(home.root)},
        input=stdin,
        capture_output=True,
        check=False,
    )


def test_lone_surrogates_become_replacement_characters() -> None:
    assert sound("a\udcffb") == "a�b"
    assert sound("Grüße 😀") == "Grüße 😀"
    assert text_or_stdin("plain") == "plain"


@pytest.mark.parametrize("correction", [b"caf\xff", "-"])
def test_bytes_that_are_no_text_are_kept_readable(home: Home, database: Database, correction: bytes | str) -> None:
    ask_recorded(database, "one", "What?")
    done = run(home, "feedback", "one", "--correction", correction, stdin=b"caf\xff")
    assert done.returncode == 0, done.stderr
    assert database.feedback.label("one").answer == "caf�"


def test_searching_for_bytes_finds_nothing_and_breaks_nothing(home: Home) -> None:
    assert run(home, "traces", "search", b"\xff\xfe").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("traces", "show", b"\xff"),
        ("traces", "list", "--conversation", b"\xff", "--client", b"\xff"),
        ("traces", "delete", b"\xff"),
        ("feedback", b"\xff", "up"),
        ("ask", b"--conversation=\xff", ""),
        ("config", "set", "server.host", b"\xff"),
        ("runs", "record", "--task-slug", "a", "--model-name", b"\xff"),
    ],
)
def test_no_argument_of_any_bytes_is_a_bug(home: Home, arguments: tuple[bytes | str, ...]) -> None:
    done = run(home, *arguments)
    assert b"bug" not in done.stderr, done.stderr


def test_a_file_keeps_its_name_whatever_its_bytes(home: Home, tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json"))
    file.write_text('{"task_slug": "a", "model_name": "b"}')
    done = run(home, "runs", "record", os.fsencode(file))
    assert done.returncode == 0, done.stderr


def test_not_a_number_is_in_no_range(nightschool: Nightschool) -> None:
    outcome = nightschool("ask", "--temperature", "nan", "Where?")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "not a number" in outcome.stderr


def test_a_closed_stdin_asks_nothing(home: Home) -> None:
    script = f'exec "{sys.executable}" -m core.cli ask <&-'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Nothing was asked" in done.stderr
