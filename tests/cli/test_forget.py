"""`nightschool evidence forget`: shows, asks, does, and says whether it is gone; its exit status follows."""

from __future__ import annotations

import pytest

from core.database import Database
from core.paths import Home
from tests.cli.command import Nightschool
from tests.evidence.making import add
from tests.forget import making
from tests.forget.making import NAME, standing


@pytest.fixture
def filled(home: Home, database: Database) -> Database:
    making.the_secret(database)
    making.others(database)
    return database


def test_it_asks_and_no_means_no(nightschool: Nightschool, filled: Database) -> None:
    said = nightschool("evidence", "forget", "trace", "t1", stdin="n\n")
    assert said.status == 130 and "traces: chosen" in said.stdout and filled.traces.get("t1")


def test_yes_forgets(nightschool: Nightschool, home: Home, filled: Database) -> None:
    said = nightschool("evidence", "forget", "trace", "t1", stdin="y\n")
    assert said.status == 0 and "Gone everywhere." in said.stdout and "receipts/forget/forget_" in said.stderr
    assert standing(home) == set()


@pytest.mark.usefixtures("filled")
def test_nothing_of_it_is_told_as_nothing(nightschool: Nightschool) -> None:
    said = nightschool("evidence", "forget", "words", "Nobodyhere", "--yes")
    assert said.status == 0 and "Nothing of it was here." in said.stderr and "what went" not in said.stdout


def test_words_that_are_not_given_are_asked_for(nightschool: Nightschool, home: Home, filled: Database) -> None:
    said = nightschool("evidence", "forget", "words", stdin=f"{NAME}\ny\n")
    assert said.status == 0 and f"Found as: {NAME}" in said.stderr
    assert standing(home, [NAME]) == set()


def test_as_json(nightschool: Nightschool, home: Home, filled: Database) -> None:
    plan = nightschool.json("evidence", "forget", "trace", "last", "--dry-run")
    assert plan["traces"] == {"chosen": 1} and filled.traces.get("t27")
    stamp = "2026-05-02T03:00:00Z"
    receipt = nightschool.json("evidence", "forget", "conversation", "c1", "--yes", "--recorded-at", stamp)
    assert receipt["state"] == "gone everywhere" and receipt["recorded_at"] == "2026-05-02T03:00:00.000000Z"
    assert nightschool("evidence", "forget", "trace", "t20", "--json").status == 1, "nothing can be asked"
    wrong = nightschool("evidence", "forget", "trace", "t20", "--yes", "--recorded-at", "yesterday")
    assert wrong.status == 1 and "no moment" in wrong.stderr and filled.traces.get("t20")


def test_what_stands_by_hand_is_named_and_the_status_says_so(
    nightschool: Nightschool, home: Home, filled: Database
) -> None:
    home.agents.mkdir(exist_ok=True)
    (home.agents / "mine.toml").write_text(f'system_prompt = "{NAME}"')
    plan = nightschool("evidence", "forget", "words", NAME, "--dry-run")
    assert "agents/mine.toml holds it too" in plan.stderr and plan.status == 0
    said = nightschool("evidence", "forget", "words", NAME, "--yes")
    assert said.status == 1 and "Still in agents/mine.toml: written by hand" in said.stdout


def test_only(nightschool: Nightschool, filled: Database) -> None:
    making.kin(filled)
    receipt = nightschool("evidence", "forget", "trace", "t1", "--only", "--yes", "--json")
    assert receipt.status == 1 and '"left":["t2","t3","t4","t5"]' in receipt.stdout
    assert filled.traces.get("t2")


@pytest.mark.parametrize(
    ("kind", "what", "told"),
    [
        ("trace", "t404", "There is no trace"),
        ("conversation", "c404", "There is no conversation"),
        ("source", "s404", "There is no source"),
        ("words", "ab", "too short"),
    ],
)
def test_what_is_not_there(nightschool: Nightschool, filled: Database, kind: str, what: str, told: str) -> None:
    said = nightschool("evidence", "forget", kind, what, "--yes")
    assert said.status == 1 and told in said.stderr


def test_words_that_nothing_holds(nightschool: Nightschool, filled: Database) -> None:
    add(filled, 60)
    assert "Nothing of it is here." in nightschool("evidence", "forget", "words", "nobody", "--dry-run").stdout


def test_what_was_begun_and_cannot_be_read_is_told(nightschool: Nightschool, home: Home, filled: Database) -> None:
    begun = home.receipts / "forget/.pending/forget_1.json"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"{")
    for command in (("run",), ("run",), ("forget", "trace", "t1", "--yes")):
        said = nightschool("evidence", *command)
        assert said.status == 0 and "receipts/forget/.pending/forget_1.unreadable" in said.stderr
    begun.with_suffix(".unreadable").unlink()
    assert "unreadable" not in nightschool("evidence", "run").stderr
