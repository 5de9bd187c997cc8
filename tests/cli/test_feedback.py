"""`nightschool feedback`: a thumb lands on the right trace, and can be taken back."""

from __future__ import annotations

import pytest

from core.database import Database
from tests.cli.command import Nightschool
from tests.cli.recorded import ask_recorded


def test_a_thumb_lands_on_the_trace_that_is_named(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "What is the first?")
    ask_recorded(database, "two", "What is the second?")
    said = nightschool.json("feedback", "one", "up")
    assert (said["trace_id"], said["metric"], said["value"], said["verdict"]) == ("one", "thumb", True, "accepted")
    assert database.feedback.label("one").verdict == "accepted"
    assert database.feedback.label("two").verdict == "needs_human_review"


def test_last_is_the_last_one_asked_from_the_command_line(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "mine", "Mine?", client="cli")
    ask_recorded(database, "theirs", "Theirs?", client="openai-python")
    outcome = nightschool("feedback", "last", "down")
    assert outcome.status == 0
    assert "theirs" in outcome.stderr, "the newer answer of another client is mentioned"
    assert database.feedback.label("mine").verdict == "rejected"
    assert database.feedback.for_trace("theirs") == []


def test_last_falls_back_to_any_client(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "theirs", "Theirs?", client="openai-python")
    assert nightschool.json("feedback", "last", "up")["trace_id"] == "theirs"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("up", "accepted"), ("1", "accepted"), ("0.7", "accepted"), ("0.5", "partially_accepted"), ("0.3", "rejected")],
)
def test_every_kind_of_verdict(nightschool: Nightschool, database: Database, said: str, verdict: str) -> None:
    ask_recorded(database, "one", "What?")
    assert nightschool.json("feedback", "one", said)["verdict"] == verdict


def test_a_correction_rejects_the_answer_and_is_itself_accepted(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "What colour?", response="Blue.")
    said = nightschool.json("feedback", "one", "--correction", "Green.", "--comment", "look again")
    assert said["verdict"] == "rejected"
    assert said["label"]["answer"] == "Green."
    assert [exemplar.answer for exemplar in database.exemplars.all()] == ["Green."]


def test_a_correction_may_come_from_stdin(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "What colour?")
    said = nightschool.json("feedback", "one", "down", "--correction", "-", stdin="Green.\nReally.")
    assert said["label"]["answer"] == "Green.\nReally."


def test_a_misclick_is_taken_back(nightschool: Nightschool, database: Database) -> None:
    ask_recorded(database, "one", "What?")
    nightschool.json("feedback", "one", "down")
    nightschool.json("feedback", "one", "--correction", "Better.")
    assert nightschool.json("feedback", "one", "clear")["verdict"] == "needs_human_review"
    assert database.exemplars.count() == 0
    assert len(database.feedback.for_trace("one")) == 5, "history stays"


@pytest.mark.parametrize(
    "arguments",
    [
        ("one",),
        ("one", "sideways"),
        ("one", "1.5"),
        ("one", "-1"),
        ("one", "nan"),
        ("one", "clear", "--comment", "why"),
        ("one", "down", "--correction", "  "),
        ("up",),
        (),
    ],
)
def test_wrong_usage_is_told_and_changes_nothing(
    nightschool: Nightschool, database: Database, arguments: tuple[str, ...]
) -> None:
    ask_recorded(database, "one", "What?")
    outcome = nightschool("feedback", *arguments, "--json")
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr
    assert database.feedback.for_trace("one") == []


def test_an_unknown_trace_is_refused(nightschool: Nightschool) -> None:
    for named in ("nothing", "last"):
        outcome = nightschool("feedback", named, "up", "--json")
        assert (outcome.status, outcome.stdout) == (1, "")
        assert "no trace" in outcome.stderr
