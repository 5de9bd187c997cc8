"""What `status` tells of the index while no server runs: the snapshot, its log, and nothing where it is damaged."""

from __future__ import annotations

from pathlib import Path

from core.replay.saved_index import count_on_disk
from tests.replay.test_vectors import filled, units


def test_the_snapshot_and_its_log_are_counted(tmp_path: Path) -> None:
    assert count_on_disk(tmp_path) == 0
    index, _ = filled(tmp_path, 50)
    index.save()
    assert count_on_disk(tmp_path) == 50
    index.add(50, units(1, seed=1)[0])
    index.add(7, units(1, seed=2)[0])
    index.delete(3)
    assert count_on_disk(tmp_path) == index.count == 50


def test_reading_changes_nothing_and_damage_counts_as_none(tmp_path: Path) -> None:
    index, _ = filled(tmp_path, 5)
    index.save()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    count_on_disk(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    next(tmp_path.glob("*.rows")).write_bytes(b"\xff")
    assert count_on_disk(tmp_path) == 0
