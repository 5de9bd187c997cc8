"""Other programs' files: what is too large, and a database that is never still."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from core.evidence.importers import files
from core.evidence.importers.files import ImportProblem, copied_database, documents


def test_a_document_that_is_too_large_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chats.json"
    path.write_text('[{"a": 1},\n {"a": 2}]')
    assert len(list(documents(path))) == 2
    monkeypatch.setattr(files, "MAX_DOCUMENT", path.stat().st_size - 1)
    with pytest.raises(ImportProblem, match="larger") as caught:
        list(documents(path))
    assert "Split" in caught.value.hint


def test_lines_may_be_as_many_as_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_text('{"a": 1}\n' * 50)
    monkeypatch.setattr(files, "MAX_DOCUMENT", 100)
    assert len(list(documents(path))) == 50


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Path]:
    """A database that somebody writes to all the time."""
    path = tmp_path / "webui.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE chat (id)").fetchall()
    connection.close()
    code = "import os, sys\nprint(flush=True)\nn = 0\nwhile n := n + 1:\n    os.utime(sys.argv[1], ns=(n, n))"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None and program.stdout.readline()
        yield path
        program.kill()


def test_a_database_that_changes_while_it_is_copied_is_not_believed(busy: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(ImportProblem, match="all the time"), copied_database(busy, scratch):
        pass
    assert list(scratch.iterdir()) == []
