"""Exemplars are found by their words, quickly, whatever is typed."""

from __future__ import annotations

import pytest

from core.database import Database
from core.database import exemplars as module
from tests.database.making import thumb, trace


def accept(database: Database, *questions: str) -> None:
    for number, question in enumerate(questions):
        database.traces.add(trace(f"t{number}", question, conversation_id=f"c{number}"))
        database.feedback.add(thumb(f"f{number}", f"t{number}", True))


def tasks(database: Database, text: str) -> list[str]:
    found = [row for row, _ in database.exemplars.search(text)]
    exemplars = database.exemplars.get(found)
    return [exemplars[row].task for row in found]


def test_the_nearest_in_words_comes_first_and_scores_fall(database: Database) -> None:
    accept(database, "Who leads Zorbia?", "Who leads Quuxia now?", "How tall is the tower of Quuxia?")
    assert tasks(database, "the tower of quuxia")[0] == "How tall is the tower of Quuxia?"
    scores = [score for _, score in database.exemplars.search("who leads quuxia")]
    assert scores == sorted(scores, reverse=True)
    assert tasks(database, "leading Zorbia")[0] == "Who leads Zorbia?", "stems match"
    assert tasks(database, "") == tasks(database, "!?") == tasks(database, "xylophone") == []
    for hostile in ('"', "a AND", "NEAR(", "task:*", "x" * 10_000, "\ud800", "\0"):
        database.exemplars.search(hostile)


def test_common_words_do_not_drown_the_rare_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALWAYS_RARE", 2)
    accept(database, *[f"What is the colour of item{n}?" for n in range(30)])
    assert tasks(database, "what is the colour of item7") == ["What is the colour of item7?"]
    newest = database.exemplars.search("what is the colour", limit=3)
    assert newest == [(30, 0.0), (29, 0.0), (28, 0.0)], "all the words are common: no ranking, newest first"


def test_pages_and_conversations(database: Database) -> None:
    accept(database, "one", "two", "three")
    assert [e.task for e in database.exemplars.all(after_row=1, limit=1)] == ["two"]
    assert database.exemplars.conversations(["t0", "t2", "gone"]) == {"t0": "c0", "t2": "c2"}
    assert database.exemplars.get([]) == {}
    database.traces.add(trace("unrated"))
    assert {key: e.task for key, e in database.exemplars.of_traces(["t1", "unrated", "gone"]).items()} == {"t1": "two"}
