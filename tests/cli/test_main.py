"""Exit statuses, help, and how errors and bugs are told."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core import __version__
from core.cli import output
from core.cli.main import COMMANDS
from core.database import Database
from core.paths import Home
from tests.cli.command import Nightschool


def test_help_names_every_command(nightschool: Nightschool) -> None:
    outcome = nightschool("--help")
    assert outcome.status == 0
    assert all(f"  {name}" in outcome.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(nightschool: Nightschool, name: str) -> None:
    outcome = nightschool(name, "--help")
    assert outcome.status == 0
    assert "Usage: nightschool" in outcome.stdout


def test_version(nightschool: Nightschool) -> None:
    assert nightschool("--version").stdout.strip().endswith(__version__)


@pytest.mark.parametrize("arguments", [("nope",), ("traces",), ("config", "get"), ("status", "--nope")])
def test_wrong_usage_is_status_2(nightschool: Nightschool, arguments: tuple[str, ...]) -> None:
    outcome = nightschool(*arguments)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert "Usage:" in outcome.stderr


def test_a_home_in_a_source_tree_is_refused(
    nightschool: Nightschool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(tmp_path / "home"))
    outcome = nightschool("traces", "list", "--json")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "source tree" in outcome.stderr
    assert not (tmp_path / "home").exists()


def test_a_bug_is_told_in_short_and_logged_whole(
    nightschool: Nightschool, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError(words)

    words = " ".join(["secret", "detail"])
    monkeypatch.setattr(Database, "open", fail)
    outcome = nightschool("traces", "list")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "ZeroDivisionError" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    kept = (home.logs / "cli.log").read_text()
    assert "ZeroDivisionError" in kept and "in fail" in kept
    assert "secret detail" not in kept, "the message of an error may quote a chat"
    assert "secret detail" in nightschool("--debug", "traces", "list").stderr


@pytest.mark.parametrize(
    ("number", "told"), [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "Read-only"), (errno.EACCES, "Permission")]
)
def test_a_disk_that_cannot_be_written_is_no_bug(
    nightschool: Nightschool, home: Home, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "somewhere")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    outcome = nightschool("config", "set", "server.port", "0")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert told in outcome.stderr
    assert "somewhere" in outcome.stderr
    assert "bug" not in outcome.stderr


def test_a_home_whose_path_is_no_text_is_refused(
    nightschool: Nightschool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NIGHTSCHOOL_HOME", f"{tmp_path}/\udcff")
    outcome = nightschool("status", "--json")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "not UTF-8" in outcome.stderr


def test_ctrl_c_is_no_traceback(nightschool: Nightschool, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Database, "open", interrupt)
    outcome = nightschool("traces", "list")
    assert (outcome.status, outcome.stderr.strip()) == (130, "Cancelled.")


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_terminal_that_cannot_show_a_character_gets_a_question_mark(encoding: str, home: Home) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "core.cli", "traces", "list"],
        env={"NIGHTSCHOOL_HOME": str(home.root), "PYTHONIOENCODING": encoding, "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_a_reader_that_leaves_is_no_traceback(database: Database) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "core.cli", "config", "show"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_text_is_cleaned_for_terminals_only() -> None:
    hostile = "a\x1b[31m\x07b\tc\nd\x9be\u202ef"
    assert output.clean(hostile) == "a[31mb\tc\ndef"
    assert output.for_stdout(hostile) == hostile, "a pipe gets what the model said"


def test_sizes() -> None:
    assert [output.size(n) for n in (0, 1023, 1536, 3 * 2**30)] == ["0 B", "1023 B", "1.5 KiB", "3.0 GiB"]
