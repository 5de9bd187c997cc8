"""A forgetting that is killed anywhere is finished: by repeating it, by the next run, and nothing is lost beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Database
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.records import Target
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence.making import files
from tests.forget import making
from tests.forget.dying import Killer, killer
from tests.forget.making import NAME, NOW, TEXTS, copied, everything, standing

TRACE = Target(kind="trace", value="t1")
ALONE = {"logs", "nightschool.db", "backups", "takeout.zip"}
"""Where it stands in rows and lines that name no trace: a log, a job, a review."""
REST = [f"t{number}" for number in range(20, 28)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("template") / "home")
    with Database.open(home) as database:
        everything(home, database)
    return home


@pytest.fixture(scope="module")
def killing() -> Iterator[Killer]:
    with killer() as program:
        yield program


def steps(template: Home, home: Home, killing: Killer, every: int) -> Iterator[int]:
    """Each home as a killed run left it, until one lives to its end."""
    step = 1
    while not killing.forget(copied(template, home).root, "trace", "t1", step):
        yield step
        step += every
    assert step > 40, "there are more steps than that"


def repeated(template: Home, home: Home, killing: Killer, every: int) -> None:
    clean = copied(template, Home(home.root.with_name("clean")))
    with Database.open(clean) as database:
        expected = Forgetting(clean, database).forget(TRACE, now=NOW)
    for step in steps(template, home, killing, every):
        with Database.open(home) as database:
            receipt = Forgetting(home, database).forget(TRACE, now=NOW)
            assert standing(home) == set(), step
            assert receipt.traces == expected.traces and receipt.adapters == expected.adapters, step
            assert receipt.state in ("gone everywhere", "not proved")
            assert [one.id for one in database.traces.list(limit=50, order="asc")] == REST
            assert [one.id for one in database.jobs.all(kind="retrain")] == ["retrain-night-1-1"]
            assert database.integrity_check() == [] and Intents(home).pending() == []
        for folder in ("evidence", "scored", "quarantine"):
            assert files(home.root / folder) == files(clean.root / folder), step


def finished(template: Home, home: Home, killing: Killer, every: int) -> None:
    before = standing(template)
    for step in steps(template, home, killing, every):
        began = bool(Intents(home).pending())
        assert began or standing(home) == before, f"{step}: something went before anything was said of it"
        with Database.open(home) as database:
            receipts = Forgetting(home, database).finish(now=NOW)
            assert len(receipts) == began and Intents(home).pending() == [], step
            if not began:
                continue
            assert receipts[0].state == "not proved"
            assert [one.id for one in database.traces.list(limit=50, order="asc")] == REST
            # What is found by its text alone needs the words; whatever names a run is gone.
            assert {path.split("/")[0] for path in standing(home)} <= ALONE, step


def test_repeating_it_finishes_it(template: Home, tmp_path: Path, killing: Killer) -> None:
    repeated(template, Home(tmp_path / "home"), killing, every=13)


def test_the_next_run_finishes_what_has_a_name(template: Home, tmp_path: Path, killing: Killer) -> None:
    finished(template, Home(tmp_path / "home"), killing, every=13)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_repeating_it_finishes_it_at_every_step(template: Home, tmp_path: Path, killing: Killer) -> None:
    repeated(template, Home(tmp_path / "home"), killing, every=1)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_the_next_run_finishes_it_at_every_step(template: Home, tmp_path: Path, killing: Killer) -> None:
    finished(template, Home(tmp_path / "home"), killing, every=1)


def test_what_was_begun_holds_no_text(template: Home, tmp_path: Path, killing: Killer) -> None:
    home = copied(template, Home(tmp_path / "home"))
    assert not killing.forget(home.root, "words", NAME, 25)
    (pending,) = (home.receipts / "forget" / ".pending").iterdir()
    assert not any(text.lower().encode() in pending.read_bytes().lower() for text in (*TEXTS, NAME))


def test_words_are_named_again(template: Home, tmp_path: Path, killing: Killer) -> None:
    """Two receipts then: of what could be finished without them, and of what was found with them."""
    home = copied(template, Home(tmp_path / "home"))
    assert not killing.forget(home.root, "words", NAME, 25)
    with Database.open(home) as database:
        receipt = Forgetting(home, database).forget(Target(kind="words", value=NAME), now=NOW)
    assert receipt.state == "gone everywhere" and standing(home, [NAME]) == set()
    assert sorted(one.state for one in Intents(home).receipts()) in (
        ["gone everywhere"], ["gone everywhere", "not proved"]
    )  # fmt: skip


def test_a_run_of_evidence_takes_it_up(
    template: Home, tmp_path: Path, killing: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copied(template, Home(tmp_path / "home"))
    assert not killing.forget(home.root, "trace", "t1", 40)
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(home.root))
    said = Nightschool()("evidence", "run", "--workers", "1")
    assert "A forgetting that was interrupted was finished" in said.stderr
    assert making.QUESTION not in "".join(path.read_text() for path in home.evidence.rglob("*.jsonl"))
