"""A file is written whole, brought to the disk, and only then stands in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.evidence.partitions import unchanged, write_lines


def test_what_is_new_is_on_the_disk_before_it_takes_the_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.jsonl"
    write_lines(path, [b"old"])
    sync, seen = os.fsync, list[tuple[int, bytes]]()

    def synced(handle: int) -> None:
        seen.append((os.fstat(handle).st_size, path.read_bytes()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", synced)
    facts = write_lines(path, [b"new", b"newer"])
    assert seen == [(len(b"new\nnewer\n"), b"old\n")]
    assert facts is not None and unchanged(path, facts) and path.read_bytes() == b"new\nnewer\n"
    assert (facts.rows, facts.size) == (2, 10)


def test_what_stands_already_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.jsonl"
    facts = write_lines(path, [b"old"])
    before = path.stat()
    monkeypatch.setattr(os, "fsync", None)
    assert write_lines(path, [b"old"], known=facts) == facts
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]


def test_what_fails_on_the_way_leaves_the_old(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    write_lines(path, [b"old"])

    def lines() -> Iterator[bytes]:
        yield b"new"
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write_lines(path, lines())
    assert path.read_bytes() == b"old\n"
    assert [one.name for one in tmp_path.iterdir()] == ["rows.jsonl"]


def test_without_lines_there_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    write_lines(path, [b"old"])
    assert write_lines(path, []) is None
    assert list(tmp_path.iterdir()) == []
