"""The file that was read, told from another one in its place: by its first bytes and those before the cursor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.database import RegisteredSource
from core.evidence.sources.lines import EDGE, LinesSource
from tests.evidence.making import MAPPING, RECORDED, jsonl, row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Longer than what is looked at of its start and its end together."""
    path = tmp_path / "audits.jsonl"
    path.write_bytes(jsonl(row(number) for number in range(3 * EDGE // len(jsonl([row(1)])))))
    assert path.stat().st_size > 5 * EDGE // 2
    return path


def source(path: Path) -> LinesSource:
    stream = RegisteredSource(name="audits", path=str(path), mapping=MAPPING, added_at=RECORDED, source_file=str(path))
    return LinesSource(stream, reviewed=False, recorded_at=RECORDED)


def cursor_after(path: Path) -> str:
    plan = source(path).plan("", full=False)
    notes: list[str] = []
    for piece in plan.pieces:
        list(piece.read(notes.append))
    return source(path).settle("", plan, notes)


def changed(path: Path, at: int) -> None:
    """One byte is another, and some lines follow."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data) + jsonl([row(99_999)]))
    os.utime(path, ns=(1, 1))


def test_what_follows_is_read_from_the_cursor_on(path: Path) -> None:
    cursor = cursor_after(path)
    with path.open("ab") as file:
        file.write(jsonl([row(99_999)]))
    plan = source(path).plan(cursor, full=False)
    assert not plan.anew and plan.count == 1


@pytest.mark.parametrize("at", [0, 100, -1, -100])
def test_another_file_in_its_place_is_read_from_its_start(path: Path, at: int) -> None:
    cursor = cursor_after(path)
    changed(path, at)
    assert source(path).plan(cursor, full=False).anew


def test_a_shorter_one_too(path: Path) -> None:
    cursor = cursor_after(path)
    path.write_bytes(path.read_bytes()[: 2 * EDGE])
    assert source(path).plan(cursor, full=False).anew


def test_the_same_elsewhere_is_another_file(path: Path) -> None:
    """Its rows say where they stand."""
    cursor = cursor_after(path)
    moved = path.rename(path.with_name("moved.jsonl"))
    assert source(moved).plan(cursor, full=False).anew
