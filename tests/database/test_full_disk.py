"""A full disk: refused in words, nothing half-written, and all is well once there is room again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from core.errors import DatabaseError, StorageFull
from core.paths import Home
from tests.database.making import opened, thumb, trace

BIG = "words to fill a page with " * 4000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A 12 MiB file system of its own, where this process may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("this process may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(database: Database) -> list[str]:
    """Ids of the traces that were acknowledged until the disk was full."""
    acknowledged: list[str] = []
    with pytest.raises(StorageFull):
        for number in range(10_000):
            database.traces.add(trace(f"t{number}", answer=BIG))
            acknowledged.append(f"t{number}")
    return acknowledged


def check(database: Database, acknowledged: list[str]) -> None:
    assert database.integrity_check() == []
    assert [t.id for t in database.traces.list(order="asc", limit=10_000)] == acknowledged
    assert len(database.changes_since(0, 100_000)) == len(acknowledged)


def test_a_really_full_disk(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 9_000_000)
    home = Home(small_disk / "home")
    with Database.open(home) as database:
        acknowledged = fill(database)
        assert acknowledged
        with pytest.raises(StorageFull):
            database.feedback.add(thumb("f", acknowledged[0], True, comment=BIG * 30))
        ballast.unlink()
        database.feedback.add(thumb("f", acknowledged[0], True))
        assert database.exemplars.count() == 1
        assert database.integrity_check() == []
    with Database.open(home) as again:
        assert [t.id for t in again.traces.list(order="asc", limit=10_000)] == acknowledged


def test_an_answer_cut_by_a_full_disk_keeps_what_was_written(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 9_000_000)
    with Database.open(Home(small_disk / "home")) as database:
        database.traces.begin(opened("a"))
        said = ""
        with pytest.raises(StorageFull):
            for _ in range(10_000):
                database.traces.append("a", BIG)
                said += BIG
        ballast.unlink()
        assert database.traces.recover(lambda owner: True) == 1
        assert database.traces.get("a").response == said


def test_no_room_for_a_home_at_all(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (12 * 1024 * 1024 - 8192))
    with pytest.raises(DatabaseError):
        Database.open(Home(small_disk / "home"))


def test_a_full_file_without_a_disk_of_its_own(database: Database) -> None:
    database._connections.rows("PRAGMA max_page_count = 120")
    acknowledged = fill(database)
    check(database, acknowledged)
    database._connections.rows("PRAGMA max_page_count = 100000")
    database.traces.add(trace("more", answer=BIG))
    check(database, [*acknowledged, "more"])


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.database.mkdir(parents=True)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        Database.open(home)
