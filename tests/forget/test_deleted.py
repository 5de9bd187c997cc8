"""What is deleted leaves the files that were made of it: at once, after a run that is under way, or after a kill."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from core.forget import made_files
from core.forget.deleted import behind, clean_deleted
from core.forget.forget import Forgetting
from core.forget.made_files import BLOCK, FEW, Gone
from core.forget.records import CannotForget, Target
from core.lock import HomeLock
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence.making import add, files
from tests.forget import making
from tests.forget.dying import Killer, killer
from tests.forget.making import NOW, TEXTS, copied, standing
from tests.running import running

MADE = {"evidence", "datasets"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after a real run; t1 is in it once, t20 to t27 are others."""
    home = Home(tmp_path_factory.mktemp("template") / "home")
    with Database.open(home) as database:
        making.the_secret(database)
        making.others(database)
        making.made(home, database)
    return home


@pytest.fixture
def made(template: Home, home: Home) -> Iterator[Database]:
    copied(template, home)
    assert {path.split("/")[0] for path in standing(home)} >= MADE, "the proof below can fail"
    with Database.open(home) as database:
        yield database


@pytest.fixture(scope="module")
def killing() -> Iterator[Killer]:
    with killer() as program:
        yield program


def lines(home: Home, trace_id: str) -> int:
    gone = Gone.of_traces([trace_id])
    return sum(made_files.count(home, gone).values())


def test_it_leaves_every_made_file_and_nothing_else_does(home: Home, made: Database) -> None:
    others = {one: lines(home, one) for one in ("t20", "t27")}
    made.traces.delete("t1")
    assert behind(made) and standing(home) != set()
    found = clean_deleted(home, made)
    assert found["evidence"] == 2 and found["datasets/sft"] >= 1, "with its correction"
    assert standing(home) == set() and lines(home, "t1") == 0
    assert {one: lines(home, one) for one in others} == others
    assert not behind(made) and clean_deleted(home, made) == {}


def test_a_home_without_made_files_is_not_touched(home: Home, database: Database) -> None:
    add(database, 1)
    database.traces.delete("t1")
    assert clean_deleted(home, database) == {} and not behind(database)
    assert not any(place.exists() for place in (home.evidence, home.scored, home.datasets, home.quarantine))


def test_nothing_deleted_takes_no_lock(home: Home, database: Database) -> None:
    add(database, 1)
    assert clean_deleted(home, database) == {} and not home.lock("evidence").exists()


def test_more_than_a_few_at_once(home: Home, made: Database) -> None:
    ids = [add(made, number) for number in range(100, 100 + FEW + 1)]
    making.made(home, made)
    assert all(lines(home, one) for one in ids)
    made.traces.delete_many(ids)
    clean_deleted(home, made)
    assert not any(lines(home, one) for one in ids) and lines(home, "t1") > 0


def test_deletions_of_before_this_was_followed(home: Home, made: Database) -> None:
    """A home from an earlier version has no mark: all that was ever deleted is looked for."""
    made.traces.delete("t1")
    made.state.set("deletions followed in made files", None)
    assert behind(made)
    clean_deleted(home, made)
    assert standing(home) == set() and not behind(made)


def test_what_a_killed_run_had_set_aside_goes_too(home: Home, made: Database) -> None:
    for place in (home.evidence_state / "spill" / "7.spill", home.acceptance / "home" / "traces.jsonl"):
        place.parent.mkdir(parents=True)
        place.write_text(TEXTS[0])
    made.traces.delete("t1")
    clean_deleted(home, made)
    assert standing(home) == set()


def test_the_next_run_makes_the_same_as_if_it_had_never_been(
    home: Home, made: Database, nightschool: Nightschool, tmp_path: Path
) -> None:
    clean = Home(tmp_path / "never")
    with Database.open(clean) as database:
        making.others(database)
        making.made(clean, database)
    made.traces.delete("t1")
    clean_deleted(home, made)
    assert nightschool("evidence", "run", "--recorded-at", making.RECORDED).status == 0
    for place in ("scored", "datasets", "quarantine"):
        assert files(home.root / place).keys() == files(clean.root / place).keys()
    assert files(home.root / "datasets" / "sft") == files(clean.root / "datasets" / "sft")


# ---- while somebody works on the evidence --------------------------------------------------------------------


def test_it_waits_for_a_run_and_says_so(home: Home, made: Database) -> None:
    lock = HomeLock(home.lock("evidence"))
    assert lock.acquire()
    made.traces.delete("t1")
    assert clean_deleted(home, made, wait_s=0.1) == {}
    assert behind(made) and standing(home) != set()
    threading.Timer(0.3, lock.release).start()
    assert clean_deleted(home, made, wait_s=10)["evidence"] == 2
    assert standing(home) == set()


@pytest.mark.parametrize("command", ["run", "collect", "acceptance"])
def test_work_on_the_evidence_takes_it_out_at_its_end(
    home: Home, made: Database, nightschool: Nightschool, command: str
) -> None:
    """Also where that work looks at something else, or fails."""
    made.traces.delete("t1")
    nightschool("evidence", command)
    assert standing(home) == set() and not behind(made)


def test_a_forgetting_takes_out_what_others_deleted(home: Home, made: Database) -> None:
    made.traces.delete("t1")
    Forgetting(home, made).forget(Target(kind="trace", value="t20"), now=NOW)
    assert standing(home) == set() and not behind(made)


def test_a_disk_that_refuses_is_told_and_tried_again(home: Home, made: Database) -> None:
    (path,) = home.evidence.glob("2*/*/*/traces.jsonl")
    in_the_way = path.with_name(f".{path.name}.part")
    in_the_way.mkdir()
    made.traces.delete("t1")
    with pytest.raises(CannotForget, match="cannot be changed"):
        clean_deleted(home, made)
    assert behind(made)
    in_the_way.rmdir()
    clean_deleted(home, made)
    assert standing(home) == set()


# ---- killed --------------------------------------------------------------------------------------------------


def killed(template: Home, home: Home, killing: Killer, every: int) -> Iterator[int]:
    """Each home as a deletion that was killed at its n-th step towards the disk left it."""
    step = 1
    while not killing.forget(copied(template, home).root, "delete", "t1", step):
        yield step
        step += every
    assert step > 10, "there are more steps than that"


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_anywhere_the_next_deletion_finishes_it(template: Home, home: Home, killing: Killer, every: int) -> None:
    seen = set()
    for step in killed(template, home, killing, every):
        with Database.open(home) as database:
            seen.add(standing(home) != set())
            clean_deleted(home, database)
            assert standing(home) == set() and not behind(database), step
            assert database.traces.is_deleted("t1") and lines(home, "t20"), step
    assert seen == {True, False}


@pytest.mark.slow
def test_killed_anywhere_the_next_run_finishes_it(
    template: Home, home: Home, killing: Killer, nightschool: Nightschool
) -> None:
    for step in killed(template, home, killing, 3):
        said = nightschool("evidence", "run", "--recorded-at", making.RECORDED)
        assert said.status == 0 and standing(home) == set(), step


@pytest.mark.slow
def test_killed_the_next_server_finishes_it(template: Home, home: Home, killing: Killer) -> None:
    assert not killing.forget(copied(template, home).root, "delete", "t1", 1)
    assert standing(home) != set()
    with running(home.root):
        deadline = time.monotonic() + 60
        while standing(home):
            assert time.monotonic() < deadline
            time.sleep(0.2)


# ---- looking for a few ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, BLOCK - 4, BLOCK, 2 * BLOCK - 1])
def test_an_id_is_seen_wherever_blocks_end(tmp_path: Path, before: int) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"x" * before + b'"trace-17"' + b"y" * 50)
    assert Gone.of_traces(["trace-17"]).may_stand_in(path)
    assert not Gone.of_traces(["trace-18"]).may_stand_in(path)
    assert not Gone.of_traces([]).may_stand_in(path)
