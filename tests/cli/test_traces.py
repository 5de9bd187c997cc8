"""`nightschool traces`: list, show, search, delete."""

from __future__ import annotations

import pytest

from core.database import Database
from core.evidence.run import alone
from core.paths import Home
from tests.cli.command import Nightschool
from tests.cli.recorded import ask_recorded
from tests.forget import making
from tests.running import running


def test_an_empty_home_explains_itself(nightschool: Nightschool) -> None:
    assert nightschool.json("traces", "list") == []
    assert "nightschool ask" in nightschool("traces", "list").stdout
    assert nightschool("traces", "search", "anything").stdout


def test_the_newest_comes_first_and_pages_follow(nightschool: Nightschool, database: Database) -> None:
    for number in range(5):
        ask_recorded(database, f"t{number}", f"Question {number}?")
    first = [row["id"] for row in nightschool.json("traces", "list", "--limit", "2")]
    second = [row["id"] for row in nightschool.json("traces", "list", "--limit", "2", "--after", first[-1])]
    assert (first, second) == (["t4", "t3"], ["t2", "t1"])
    oldest = nightschool.json("traces", "list", "--oldest-first", "--limit", "1")
    assert oldest[0]["question"] == "Question 0?"


def test_a_list_can_be_of_one_client(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "a", "Mine?", client="cli")
    ask_recorded(database, "b", "Theirs?", client="curl")
    assert [row["id"] for row in nightschool.json("traces", "list", "--client", "curl")] == ["b"]


def test_show_tells_the_whole_trace_and_what_was_said_of_it(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "What colour?", response="Blue.")
    nightschool.json("feedback", "one", "down", "--comment", "it is green")
    shown = nightschool.json("traces", "show", "one")
    assert (shown["id"], shown["response"], shown["label"]["verdict"]) == ("one", "Blue.", "rejected")
    assert [said["comment"] for said in shown["feedback"]] == ["it is green"]
    text = nightschool("traces", "show", "last")
    assert "What colour?" in text.stdout
    assert "it is green" in text.stderr


@pytest.mark.parametrize("text", ['kettle "', "kettle OR", "kettle*", "NEAR(kettle", "kettle'); DROP TABLE traces; --"])
def test_any_text_can_be_searched_for(nightschool: Nightschool, database: Database, text: str) -> None:
    ask_recorded(database, "one", "Where is the kettle?")
    nightschool.json("traces", "search", text)
    assert [row["id"] for row in nightschool.json("traces", "search", "kettle")] == ["one"]


def test_deleting_takes_it_away_everywhere(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "Where is the kettle?")
    nightschool.json("feedback", "one", "up")
    assert nightschool.json("traces", "delete", "one") == {"id": "one", "deleted": True}
    assert nightschool.json("traces", "search", "kettle") == []
    assert nightschool("traces", "show", "one").status == 1
    assert database.exemplars.count() == 0
    assert nightschool("traces", "delete", "one").status == 1, "a second time there is nothing to delete"


def test_a_hostile_answer_cannot_steer_the_terminal(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "[bold]What[/bold]\x1b[31m?", response="\x1b]0;owned\x07\x1b[2J\u202eevil\r")
    for arguments in (("traces", "show", "one"), ("traces", "list"), ("feedback", "one", "up")):
        outcome = nightschool(*arguments)
        printed = outcome.stdout + outcome.stderr
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(printed)
    assert "[bold]What[/bold]" in nightschool("traces", "show", "one").stdout, "markup is text, not a command"


@pytest.fixture
def made(home: Home, database: Database) -> Home:
    """Trace t1 in evidence, datasets and a role's file."""
    making.the_secret(database)
    making.others(database)
    making.made(home, database)
    assert {path.split("/")[0] for path in making.standing(home)} >= {"evidence", "datasets"}
    return home


def test_what_was_made_of_it_goes_at_once(nightschool: Nightschool, made: Home) -> None:
    said = nightschool("traces", "delete", "t1")
    assert said.status == 0 and "from evidence and datasets" in said.stdout and not said.stderr
    assert making.standing(made) == set()


def test_beside_a_run_it_says_when_it_goes(nightschool: Nightschool, made: Home, database: Database) -> None:
    with alone(made):
        said = nightschool("traces", "delete", "t1")
    assert said.status == 0 and "as soon as that has ended" in said.stderr and "from evidence" not in said.stdout
    assert making.standing(made) != set()
    assert nightschool("evidence", "run").status == 0 and making.standing(made) == set()


@pytest.mark.slow
def test_beside_a_server_it_goes_at_once_too(nightschool: Nightschool, made: Home) -> None:
    with running(made.root):
        said = nightschool("traces", "delete", "t1")
        assert said.status == 0 and "from evidence and datasets" in said.stdout
        assert making.standing(made) == set()
