"""Other programs' files: what is too large, and a database that is never still."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from itertools import count
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


@pytest.mark.parametrize("times", [0, 1, 4, 5, 100])
def test_a_copy_is_believed_once_nothing_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    path, scratch = tmp_path / "webui.db", tmp_path / "scratch"
    scratch.mkdir()
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE chat (id)").fetchall()
    copy, written = shutil.copyfile, count(1)

    def copied(source: Path, target: Path) -> None:
        """Somebody writes in the middle of it, the first few times."""
        copy(source, target)
        if (number := next(written)) <= times:
            os.utime(source, ns=(number, number))

    monkeypatch.setattr(shutil, "copyfile", copied)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    if times < files.COPY_TRIES:
        with copied_database(path, scratch) as database:
            assert files.columns(database, "chat") == {"id"}
    else:
        with pytest.raises(ImportProblem, match="all the time"), copied_database(path, scratch):
            pass
    assert next(written) == min(times + 1, files.COPY_TRIES) + 1
    assert list(scratch.iterdir()) == []
