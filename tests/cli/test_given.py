"""Arguments and stdin of any bytes: they are taken as text or refused, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.cli.given import sound, text_or_stdin
from core.database import Database
from core.paths import Home
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


def test_a_closed_stdin_asks_nothing(home: Home) -> None:
    script = f'exec "{sys.executable}" -m core.cli ask <&-'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Nothing was asked" in done.stderr
