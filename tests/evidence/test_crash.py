"""Killed anywhere, with a full disk, a clock set back, half a line: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from core.database import Database
from core.evidence.receipts import Receipts
from core.paths import Home
from tests.evidence.dying import Runner, runner
from tests.evidence.making import RECORDED, a_mixed_lot, add, feedback, files, jsonl, read_evidence, register, row

TREES = ("evidence", "scored", "screened", "datasets", "quarantine", "skips")
BOTH = ("fresh", "grown")


class Scene(NamedTuple):
    """Two homes with the same to read: one that never ran, and one that ran before the last of it came."""

    folder: Path
    run: Runner
    expected: dict[str, bytes]
    seconds: float
    steps: dict[str, int]

    def copy(self, of: str, name: str) -> Path:
        return Path(shutil.copytree(self.folder / of, self.folder / name))


@pytest.fixture(scope="module")
def program() -> Iterator[Runner]:
    with runner() as found:
        yield found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, program: Runner) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    stream = folder / "audits.jsonl"
    earlier, later = (jsonl(row(n, day=n % 4) for n in range(*part)) for part in ((120,), (120, 160)))
    stream.write_bytes(earlier + b"{bad}\n" + later[:50])
    for name in BOTH:
        with Database.open(Home(folder / name)) as database:
            register(database, stream)
            a_mixed_lot(database)
    assert program.run(folder / "grown", RECORDED).status == "done"
    with stream.open("ab") as file:
        file.write(later[50:] + b'{"half": ')
    for name in BOTH:
        with Database.open(Home(folder / name)) as database:
            change(database)
    expected, steps, seconds = {}, {}, 0.0
    for name in BOTH:
        done = Path(shutil.copytree(folder / name, folder / f"expected-{name}"))
        end = program.run(done, RECORDED)
        assert end.status == "done"
        seconds, steps[name] = max(seconds, end.seconds), end.steps
        expected[name] = outputs(done)
    assert expected["fresh"] == expected["grown"], "step by step is as at once"
    return Scene(folder, program, expected["fresh"], seconds, steps)


def change(database: Database) -> None:
    for number in range(41, 60):
        add(database, number, day=number % 3, thumb=number % 2 == 0, conversation_id=f"c{number // 4}")
    database.feedback.add(feedback(7, "t4", False))
    database.feedback.add(feedback(8, "t5", "Eleven miles.", metric="demonstration"))
    for trace_id in ("t1", "t3", "t20"):
        database.traces.delete(trace_id)


def outputs(home: Path) -> dict[str, bytes]:
    return files(*(home / name for name in TREES))


def finished(scene: Scene, home: Path, **how: object) -> None:
    """The next run completes to the same bytes, and after it there is nothing to do."""
    assert scene.run.run(home, RECORDED, **how).status in ("done", "skipped")
    assert_same(outputs(home), scene.expected)
    assert not list(home.rglob("*.part")) and not list(home.rglob("*.spill"))
    newest = Receipts(Home(home).receipts).newest
    assert newest is not None and newest.status == "done"
    before = files(home / "receipts")
    assert scene.run.run(home, RECORDED).status == "skipped"
    assert files(home / "receipts") == before
    run_ids = [one.run_id for one in read_evidence(Home(home))]
    assert len(run_ids) == len(set(run_ids))
    shutil.rmtree(home)


def assert_same(found: dict[str, bytes], expected: dict[str, bytes]) -> None:
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []


def killed_at_random(scene: Scene, count: int, seed: int) -> None:
    chance, deaths = random.Random(seed), 0
    for trial in range(count):
        home = scene.copy(BOTH[trial % 2], f"random-{seed}-{trial}")
        for _ in range(chance.randint(1, 3)):
            moment = chance.uniform(0, scene.seconds)
            deaths += (
                scene.run.run(home, RECORDED, kill_after=moment, workers=chance.choice((1, 1, 2))).status == "killed"
            )
        finished(scene, home)
    assert deaths >= count // 2


@pytest.mark.slow
def test_killed_at_random_moments(scene: Scene) -> None:
    killed_at_random(scene, 8, seed=1)


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_killed_at_a_hundred_random_moments(scene: Scene) -> None:
    killed_at_random(scene, 100, seed=2)


def killed_at_steps(scene: Scene, every: int) -> None:
    for name in BOTH:
        for step in range(1, scene.steps[name] + 1, every):
            home = scene.copy(name, f"step-{name}-{step}")
            assert scene.run.run(home, RECORDED, die_at=step).status == "killed"
            finished(scene, home)


@pytest.mark.slow
def test_killed_before_some_steps_towards_the_disk(scene: Scene) -> None:
    killed_at_steps(scene, every=29)


@pytest.mark.prove
@pytest.mark.timeout(3000)
def test_killed_before_every_step_towards_the_disk(scene: Scene) -> None:
    killed_at_steps(scene, every=1)


@pytest.mark.slow
def test_a_clock_that_was_set_back(scene: Scene) -> None:
    """Files carry times of the future, and the run is recorded before the one before it."""
    home = scene.copy("grown", "clock")
    for path in home.rglob("*.jsonl"):
        subprocess.run(["touch", "-d", "2040-01-01", str(path)], check=True)
    assert scene.run.run(home, "2020-01-01T00:00:00Z").status == "done"
    found = outputs(home)
    assert found.keys() == scene.expected.keys()
    earlier = b'"recorded_at":"2020-01-01T00:00:00Z"'
    mended = {name: text.replace(earlier, f'"recorded_at":"{RECORDED}"'.encode()) for name, text in found.items()}
    changed = [name for name in mended if mended[name] != scene.expected[name]]
    assert [name for name in changed if not name.startswith("screened/")] == [], "screens name files by their hash"
    assert scene.run.run(home, "2019-01-01T00:00:00Z").status == "skipped"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, where this process may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("this process may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_a_disk_that_is_full_at_any_stage(scene: Scene, small_disk: Path, name: str) -> None:
    """With a little more room each time it gets a little further."""
    home = small_disk / "home"
    reached = set[str]()
    ballast = small_disk / "ballast"
    for room in range(8_000, 1_200_000, 40_000):
        shutil.rmtree(home, ignore_errors=True)
        ballast.unlink(missing_ok=True)
        shutil.copytree(scene.folder / name, home)
        ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - room))
        end = scene.run.run(home, RECORDED)
        reached.add(end.status)
        ballast.unlink()
        if end.status == "done":
            break
        assert scene.run.run(home, RECORDED).status in ("done", "skipped")
        assert_same(outputs(home), scene.expected)
    assert "done" in reached
    assert len(reached) > 2, "it was full in different stages"
