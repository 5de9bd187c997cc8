"""The vector index: nothing wrong reaches native code, and no instant of a crash loses what was saved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.replay import vector_files, vectors
from core.replay.vector_files import IndexDamaged
from core.replay.vectors import VectorIndex, Vectors

DIM = 16


def units(count: int, seed: int = 0, dim: int = DIM) -> Vectors:
    found = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def filled(folder: Path, count: int = 50) -> tuple[VectorIndex, Vectors]:
    index, found = VectorIndex(folder, DIM, "key"), units(count)
    index.add_many(range(count), found, range(1000, 1000 + count))
    return index, found


def test_the_nearest_come_first(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    exact = sorted(range(50), key=lambda row: -float(found[row] @ found[7]))[:5]
    answer = index.search(found[7], 5)
    assert [row for row, _ in answer] == exact and answer[0][1] == pytest.approx(0, abs=1e-5)
    assert index.distances(found[7], [7, 8, 999]) == pytest.approx(
        {7: 0.0, 8: 1 - float(found[7] @ found[8])}, abs=1e-5
    )


@pytest.mark.parametrize(
    "vector",
    [
        units(1, dim=DIM - 1)[0],
        units(1, dim=DIM * 2)[0],
        np.full(DIM, np.nan, np.float32),
        np.full(DIM, np.inf, np.float32),
        np.zeros(DIM, np.float32),
        np.ones(DIM, np.float32),
        np.zeros(0, np.float32),
    ],
)
def test_what_would_corrupt_the_heap_is_refused(tmp_path: Path, vector: Vectors) -> None:
    index, _ = filled(tmp_path)
    for call in (lambda: index.search(vector, 3), lambda: index.add(99, vector), lambda: index.distances(vector, [1])):
        with pytest.raises(ValueError):
            call()
    assert index.count == 50 and 99 not in index


def test_rows_must_match_and_be_distinct(tmp_path: Path) -> None:
    index, _ = filled(tmp_path)
    for rows, digests in (([60], [1, 2]), ([60, 60], [1, 2]), ([-1, 60], [1, 2])):
        with pytest.raises(ValueError):
            index.add_many(rows, units(2), digests)


def test_k_is_clamped_to_what_is_there(tmp_path: Path) -> None:
    index, found = filled(tmp_path, 5)
    assert len(index.search(found[0], 100)) == 5
    assert index.search(found[0], 0) == [] == index.search(found[0], -3)
    for row in range(5):
        index.delete(row)
    assert index.search(found[0], 10) == [] and index.count == 0


def test_deleted_rows_are_never_found_and_may_come_back(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    assert index.delete(7) and not index.delete(7) and not index.delete(12345)
    assert 7 not in [row for row, _ in index.search(found[7], 49)] and index.digest(7) is None
    index.add(7, found[7], 5)
    assert index.search(found[7], 1)[0][0] == 7 and index.digest(7) == 5


def test_a_changed_row_is_found_under_its_new_vector(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    new = units(1, seed=9)[0]
    index.add(7, new, 1)
    assert index.search(new, 1)[0][0] == 7 and index.count == 50
    assert index.search(found[7], 1)[0][0] != 7


def test_it_grows_without_losing_anything(tmp_path: Path) -> None:
    count = vectors.FIRST_CAPACITY * 2 + 3
    index, found = filled(tmp_path, count)
    assert index.count == count
    assert all(index.search(found[row], 1)[0][0] == row for row in range(0, count, 97))


def test_many_tombstones_do_not_hide_the_living(tmp_path: Path) -> None:
    index, found = filled(tmp_path, 1500)
    for row in range(1500):
        if row % 50:
            index.delete(row, forget=row % 2 == 0)
    for row in range(0, 1500, 50):
        answer = index.search(found[row], 10)
        assert answer[0][0] == row and len(answer) == 10
    index.save()  # more dead than alive: the graph is made anew
    assert index.count == 30 and index.search(found[0], 1)[0][0] == 0


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    index.delete(3)
    index.advance(42)
    index.save()
    again = VectorIndex.load(tmp_path)
    assert (again.count, again.cursor, again.key, again.dim) == (49, 42, "key", DIM)
    for row in (0, 3, 25):
        assert again.search(found[row], 8) == index.search(found[row], 8)
    assert again.digest(5) == 1005 and again.digest(3) is None
    assert not again.delete(3)


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    VectorIndex(tmp_path, DIM, "key").save()
    again = VectorIndex.load(tmp_path)
    assert again.count == 0 and again.search(units(1)[0], 3) == []
    again.add(1, units(1)[0], 1)
    assert VectorIndex.load(tmp_path).count == 1


def test_what_came_after_the_snapshot_is_in_the_log(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    index.save()
    new = units(3, seed=5)
    index.add_many([100, 101, 102], new, [1, 2, 3])
    index.delete(7)
    index.delete(101, forget=True)
    index.advance(77)
    again = VectorIndex.load(tmp_path)
    assert (again.count, again.cursor, again.logged) == (51, 77, 6)
    assert again.search(new[0], 1)[0][0] == 100
    assert 7 not in [row for row, _ in again.search(found[7], 50)]


@pytest.mark.parametrize("cut", [1, 5, 40, 80])
def test_a_torn_log_is_read_up_to_the_tear(tmp_path: Path, cut: int) -> None:
    index, _ = filled(tmp_path)
    index.save()
    index.add_many([100, 101], units(2, seed=5), [1, 2])
    log = next(tmp_path.glob("*.log"))
    log.write_bytes(log.read_bytes()[:-cut])
    again = VectorIndex.load(tmp_path)
    assert 100 in again and 101 not in again
    again.add(101, units(1, seed=6)[0], 9)
    assert VectorIndex.load(tmp_path).count == 52


def test_an_altered_log_is_read_up_to_the_alteration(tmp_path: Path) -> None:
    """Never a vector other than the one that was written, which may still be of unit length."""
    index, _ = filled(tmp_path)
    index.save()
    log = next(tmp_path.glob("*.log"))
    index.add(100, units(1, seed=5)[0], 1)
    first = log.stat().st_size
    index.add(101, units(1, seed=6)[0], 2)
    index.delete(7)
    whole = log.read_bytes()
    for place in (first + 1, (first + len(whole)) // 2):
        log.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        again = VectorIndex.load(tmp_path)
        assert 100 in again and 101 not in again and 7 in again


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    index, _ = filled(tmp_path)
    index.save()
    for path in [*tmp_path.glob("*.graph"), *tmp_path.glob("*.rows"), tmp_path / "manifest.json"]:
        whole = path.read_bytes()
        for place in (10, len(whole) // 2, len(whole) - 3):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(IndexDamaged):
                VectorIndex.load(tmp_path)
        path.write_bytes(whole)
    assert VectorIndex.load(tmp_path).count == 50


def test_missing_files_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        VectorIndex.load(tmp_path)
    index, _ = filled(tmp_path)
    index.save()
    next(tmp_path.glob("*.graph")).unlink()
    with pytest.raises(IndexDamaged):
        VectorIndex.load(tmp_path)


def test_a_save_that_fails_at_any_step_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, _ = filled(tmp_path)
    index.save()
    for step in range(4):
        fresh = VectorIndex.load(tmp_path)
        fresh.add(200 + step, units(1, seed=step)[0], 1)
        calls = iter(range(100))

        def failing(path: Path, calls: Any = calls, step: int = step) -> None:
            if next(calls) == step:
                raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(vectors, "sync", failing)
            patch.setattr(vector_files, "sync", failing)
            with pytest.raises(OSError):
                fresh.save()
        again = VectorIndex.load(tmp_path)
        assert again.generation == 1 and again.count == 51 + step
    again.save()
    assert len(list(tmp_path.iterdir())) == 4 and VectorIndex.load(tmp_path).count == 54


def test_the_manifest_is_swapped_never_written_over(tmp_path: Path) -> None:
    index, _ = filled(tmp_path)
    index.save()
    before = (tmp_path / vector_files.MANIFEST).read_bytes()
    with (tmp_path / vector_files.MANIFEST).open("rb") as reader:
        index.save()
        assert reader.read() == before != (tmp_path / vector_files.MANIFEST).read_bytes()


KILLED = """
import sys
from pathlib import Path
from tests.replay.test_vectors import units
from core.replay.vectors import VectorIndex
index = VectorIndex.load(Path(sys.argv[1]))
print("ready", flush=True)
row = index.count
while True:
    index.add(row, units(1, seed=row)[0], row)
    print(row, flush=True)
    row += 1
    if row % 7 == 0:
        index.save()
"""


@pytest.mark.slow
def test_kill_9_at_any_instant_keeps_every_row_that_was_added(tmp_path: Path) -> None:
    filled(tmp_path)[0].save()
    for attempt in range(8):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.031 * attempt)
        os.kill(process.pid, signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split("\n")[:-1]]
        process.wait()
        process.stdout.close()
        again = VectorIndex.load(tmp_path)
        assert set(said) <= set(again.rows()), "an added row is gone"
        assert all(again.search(units(1, seed=row)[0], 1)[0][0] == row for row in said[::11])


def test_two_threads_may_search_and_add(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    index, found = filled(tmp_path, 200)
    with ThreadPoolExecutor(2) as pool:
        adding = pool.submit(lambda: [index.add(500 + i, v, i) for i, v in enumerate(units(1500, seed=3))])
        while not adding.done():
            assert index.search(found[9], 3)[0][0] == 9
        adding.result()
    assert index.count == 1700


def test_forgetting_overwrites_the_vector(tmp_path: Path) -> None:
    index, found = filled(tmp_path)
    index.save()
    secret = found[7].tobytes()
    assert secret in next(tmp_path.glob("*.graph")).read_bytes()
    index.delete(7, forget=True)
    index.save()
    assert all(secret not in path.read_bytes() for path in tmp_path.iterdir())
    assert VectorIndex.load(tmp_path).count == 49


def test_files_are_for_the_owner_only(tmp_path: Path) -> None:
    index, _ = filled(tmp_path / "index")
    index.save()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "index").iterdir())
