"""An index tells who was forgotten: it is whole, on the disk, and nothing half-written stays beside it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from core.database import Database
from core.evidence.export import making
from core.evidence.export.corpus import index_folder
from core.paths import Home
from tests.evidence.export.making import ids, put, row
from tests.evidence.making import work


def test_on_the_disk_before_it_has_its_name(home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, [row(1)])
    sync, synced = os.fsync, set[int]()
    replace, named = Path.replace, list[Path]()

    def kept(file: int) -> None:
        synced.add(os.fstat(file).st_ino)
        sync(file)

    def moved(path: Path, target: Any) -> Path:
        if str(target).endswith(".index"):
            assert path.stat().st_ino in synced and path.stat().st_size
            named.append(Path(target))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", kept)
    monkeypatch.setattr(Path, "replace", moved)
    making.export(work(home, database), ["rag"])
    assert named == list(index_folder(home).iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the name of a file")
def test_a_full_disk_leaves_the_old_one(home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, [row(1)])
    making.export(work(home, database), ["rag"])
    (index,) = index_folder(home).iterdir()
    before = index.read_bytes()
    put(home, [row(1), row(2)])
    sync = os.fsync

    def full(file: int) -> None:
        if ".index" in str(Path(f"/proc/self/fd/{file}").readlink()):
            raise OSError(errno.ENOSPC, "full")
        sync(file)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        making.export(work(home, database), ["rag"])
    assert list(index_folder(home).iterdir()) == [index] and index.read_bytes() == before
    monkeypatch.undo()
    (index_folder(home) / f".{index.name}.part").write_bytes(b"a killed run's")
    making.export(work(home, database), ["rag"])
    assert ids(home, "rag") == ["t1", "t2"] and list(index_folder(home).iterdir()) == [index]


def test_zeros_of_the_same_size_are_no_index(home: Home, database: Database) -> None:
    """As after a power cut: the rows would be nobody's, and so not forgotten."""
    put(home, [row(1), row(2)])
    making.export(work(home, database), ["rag"])
    (index,) = index_folder(home).iterdir()
    index.write_bytes(bytes(index.stat().st_size))
    database.forgotten.add([row(2).record.provenance.sig_hash])
    making.export(work(home, database), ["rag"])
    assert ids(home, "rag") == ["t1"]
