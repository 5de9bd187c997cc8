"""Conversations: the list in pages, the search, the turns of the path that was taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bench.filling import fill
from core.clock import stamp
from core.database import Conversation, Database
from core.database.conversations import FOLLOWING, LISTED, WITH_WORDS, shortened, titled
from core.errors import NotFound
from core.paths import Home
from core.records import Message, Trace
from tests.database.making import correction, opened, thumb, trace


def user(text: str) -> Message:
    return Message(role="user", content=text)


def said(text: str) -> Message:
    return Message(role="assistant", content=text)


def talk(trace_id: str, conversation: str | None, *messages: Message, answer: str, **more: Any) -> Trace:
    return trace(trace_id, answer=answer, conversation_id=conversation, messages=list(messages), **more)


def add(database: Database, *traces: Trace) -> None:
    for one in traces:
        database.traces.add(one)


def walked(database: Database, limit: int, search: str = "") -> list[Conversation]:
    """Every page, one after another."""
    found: list[Conversation] = []
    while page := database.conversations.page(limit=limit, after=found[-1] if found else None, search=search):
        assert len(page) <= limit
        found += page
    return found


def ids(found: list[Conversation]) -> list[str]:
    return [one.id for one in found]


def test_an_empty_home_has_no_conversations(database: Database) -> None:
    assert database.conversations.page() == []
    assert database.conversations.page(search="anything") == []


def test_each_conversation_stands_once_by_its_newest_trace(database: Database) -> None:
    add(
        database,
        talk("t1", "c", user("First question"), answer="one", client="cli"),
        talk("lone", None, user("Alone"), answer="two"),
        talk("t2", "c", user("First question"), said("one"), user("More"), answer="three", client="editor", model="m"),
    )
    newest, lone = database.conversations.page()
    assert (newest.id, newest.newest, newest.title) == ("c", "t2", "First question")
    assert (newest.client, newest.model, newest.at) == ("editor", "m", database.traces.get("t2").created_at)
    assert (lone.id, lone.newest, lone.title) == ("lone", "lone", "Alone")
    assert database.conversations.get("c") == newest
    with pytest.raises(NotFound):
        database.conversations.get("t2")


def test_a_conversation_named_after_its_first_trace_holds_that_trace(database: Database) -> None:
    """So the server names it, when a second request goes on from a first without a conversation."""
    add(
        database, talk("t1", None, user("a"), answer="b"), talk("t2", "t1", user("a"), said("b"), user("c"), answer="d")
    )
    assert [(c.id, c.newest) for c in database.conversations.page()] == [("t1", "t2")]
    assert database.conversations.trace_ids("t1") == ["t1", "t2"]
    assert [turn.trace_id for turn in database.conversations.turns("t1")] == [None, "t1", None, "t2"]


def test_pages_follow_on_without_gap_or_repetition(database: Database) -> None:
    moment = "2026-11-21T00:00:00.000000Z"
    for number in range(30):
        at = {"created_at": moment} if number % 2 else {}
        add(database, talk(f"t{number}", f"c{number % 11}" if number % 3 else None, user("x"), answer="y", **at))
    whole = ids(database.conversations.page(limit=100))
    assert len(whole) == len(set(whole))
    for limit in (1, 2, 7, 30):
        assert ids(walked(database, limit)) == whole
        assert ids(walked(database, limit, "x")) == whole


def test_a_page_follows_on_after_its_last_line_was_deleted(database: Database) -> None:
    add(database, *(talk(f"t{number}", None, user("x"), answer="y") for number in range(4)))
    first = database.conversations.page(limit=2)
    database.traces.delete(first[-1].newest)
    assert ids(database.conversations.page(after=first[-1])) == ["t1", "t0"]


@pytest.mark.parametrize("origin", ["benchmark", "replay"])
def test_what_nobody_asked_is_left_out(database: Database, origin: str) -> None:
    add(
        database,
        talk("exam", "e", user("Zorbia examined"), answer="x", origin=origin),
        talk("asked", "mixed", user("Zorbia asked"), answer="x"),
        talk("later", "mixed", user("Zorbia examined"), answer="z", origin=origin),
    )
    for search in ("", "Zorbia"):
        assert [(c.id, c.newest) for c in database.conversations.page(search=search)] == [("mixed", "asked")]
    assert database.conversations.page(search="examined") == []
    with pytest.raises(NotFound):
        database.conversations.turns("e")


def test_it_is_told_whether_a_person_asked(database: Database) -> None:
    for origin in ("user", "import", "simulated"):
        add(database, talk(origin, None, user("x"), answer="y", origin=origin))
    assert {c.id: c.from_person for c in database.conversations.page()} == {
        "user": True,
        "import": False,
        "simulated": False,
    }


def test_search_finds_conversations_by_any_of_their_traces_newest_first(database: Database) -> None:
    add(
        database,
        talk("a1", "a", user("Where is Zorbia?"), answer="North."),
        talk("b1", "b", user("Something else"), answer="In Zorbia, as it were."),
        talk("a2", "a", user("Quite different"), answer="Far."),
        talk("c1", "c", user("Nothing of the kind"), answer="No."),
    )
    assert ids(database.conversations.page(search="zorbia")) == ["a", "b"]
    assert ids(database.conversations.page(search="Zorb")) == ["a", "b"], "the last word may be begun only"
    assert ids(database.conversations.page(search="zorbia north")) == ["a"]
    assert ids(database.conversations.page(search="zorbia", limit=1, after=database.conversations.get("a"))) == ["b"]
    assert database.conversations.page(search="zorbia")[0].newest == "a2"
    assert database.conversations.page(search="zzz") == []


@pytest.mark.parametrize("text", ['"', "a OR", "NEAR(", "*", "')--", "%", "\ud800", "   "])
def test_any_text_is_safe_to_search_for(database: Database, text: str) -> None:
    add(database, talk("a", None, user("x"), answer="y"))
    database.conversations.page(search=text)


def test_scripts_without_spaces_and_parts_of_words_are_found(database: Database) -> None:
    add(database, talk("a", None, user("北京在哪里"), answer="y"), talk("b", None, user("Unquestionable"), answer="z"))
    assert ids(database.conversations.page(search="在哪")) == ["a"]
    assert ids(database.conversations.page(search="question")) == ["b"]
    for text in ('say "no', "back\\slash", "=>", "Ökq", "🙂"):
        add(database, talk(text, None, user(f"x{text}y"), answer="z"))
        assert ids(database.conversations.page(search=text)) == [text]
    assert database.conversations.page(search='"role"') == [], "what is searched is what was said, not how it is kept"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Short", "Short"),
        ("\n\n  First   line \nsecond", "First line"),
        ("word " * 30, "word word word word word word word word word word word word…"[:60]),
        ("x" * 100, "x" * 59 + "…"),
        ("", ""),
        ("y" * 60, "y" * 60),
        ("ends, here: " + "z" * 80, None),
    ],
)
def test_titles_end_at_a_word(text: str, title: str | None) -> None:
    short = shortened(text)
    assert len(short) <= 60
    if title is not None:
        assert short == title
    assert titled([Message(role="system", content="You are"), user(text), user("later")]) == short


def test_a_conversation_without_words_has_no_title(database: Database) -> None:
    add(database, talk("a", None, Message(role="user", content=None), answer="y"), talk("b", None, answer="z"))
    assert [c.title for c in database.conversations.page()] == ["", ""]


def test_the_turns_are_the_path_of_the_newest_trace_with_what_was_said_of_each(database: Database) -> None:
    system = Message(role="system", content="Be brief.")
    add(
        database,
        talk("t1", "c", system, user("q1"), answer="a1"),
        talk("t2", "c", system, user("q1"), said("a1"), user("q2"), answer="a2"),
        talk("t3", "c", system, user("q1"), said("a1"), user("q2"), said("a2"), user("q3"), answer="a3"),
        talk("other", "d", system, user("q1"), answer="a1"),
    )
    database.feedback.add(thumb("f1", "t1", True))
    database.feedback.add(thumb("f2", "t2", True))
    database.feedback.add(thumb("f3", "t2", False))
    database.feedback.add(thumb("f4", "t3", False))
    database.feedback.add(thumb("f5", "t3", None))
    turns = database.conversations.turns("c")
    assert [(t.role, t.text, t.trace_id) for t in turns] == [
        ("system", "Be brief.", None),
        ("user", "q1", None),
        ("assistant", "a1", "t1"),
        ("user", "q2", None),
        ("assistant", "a2", "t2"),
        ("user", "q3", None),
        ("assistant", "a3", "t3"),
    ]
    answers = [t for t in turns if t.role == "assistant"]
    assert [(t.verdict, t.thumb) for t in answers] == [
        ("accepted", True),
        ("rejected", False),
        ("needs_human_review", None),
    ]
    assert [t.trace for t in answers] == [database.traces.get(i) for i in ("t1", "t2", "t3")]
    assert {t.alternatives for t in turns} == {0}


def test_a_test_runs_word_is_not_the_persons_thumb(database: Database) -> None:
    add(database, talk("t1", "c", user("q1"), answer="a1"))
    database.feedback.add(thumb("f1", "t1", True))
    database.feedback.add(thumb("f2", "t1", 0.0, source="test", metric="score"))
    database.feedback.add(thumb("f3", "t1", False, source="simulated"))
    assert database.conversations.turns("c")[-1].thumb is True


def test_a_score_counts_as_the_thumb_it_amounts_to(database: Database) -> None:
    add(database, talk("t1", "c", user("q1"), answer="a1"))
    for number, (value, expected) in enumerate([(0.9, True), (0.5, None), (0.1, False), (None, None)]):
        database.feedback.add(thumb(f"f{number}", "t1", value, metric="score"))
        assert database.conversations.turns("c")[-1].thumb is expected


def test_a_corrected_answer_is_recognised_by_its_correction(database: Database) -> None:
    add(database, talk("t1", "c", user("q1"), answer="worse"))
    database.feedback.add(correction("f1", "t1", "better"))
    add(database, talk("t2", "c", user("q1"), said("better"), user("q2"), answer="a2"))
    database.feedback.add(correction("f2", "t1", "best"))
    turn = database.conversations.turns("c")[1]
    assert (turn.text, turn.trace_id, turn.correction, turn.verdict) == ("better", "t1", "best", "rejected")
    database.feedback.add(correction("f3", "t1", None))
    turn = database.conversations.turns("c")[1]
    assert (turn.trace_id, turn.correction) == ("t1", None)


def test_only_a_persons_correction_makes_an_answer_of_it(database: Database) -> None:
    add(database, talk("t1", "c", user("q1"), answer="a1"))
    told = correction("f1", "t1", "by a machine")
    database.feedback.add(msgspec.structs.replace(told, source="simulated"))
    add(database, talk("t2", "c", user("q1"), said("by a machine"), user("q2"), answer="a2"))
    assert database.conversations.turns("c")[1].trace_id is None


def test_an_answer_that_was_made_elsewhere_has_no_trace(database: Database) -> None:
    add(database, talk("t1", "c", user("q1"), answer="a1"))
    add(database, talk("t2", "c", user("q1"), said("put into its mouth"), user("q2"), answer="a2"))
    turn = database.conversations.turns("c")[1]
    assert (turn.trace_id, turn.trace, turn.alternatives) == (None, None, 1)


def test_regenerated_and_edited_branches_are_counted_not_shown(database: Database) -> None:
    add(
        database,
        talk("first", "c", user("q1"), answer="a1"),
        talk("empty", "c", user("q1"), answer="", finish_reason="error"),
        talk("again", "c", user("q1"), answer="a1 again"),
        talk("edited", "c", user("q1, edited"), answer="elsewhere"),
        talk("last", "c", user("q1"), said("a1 again"), user("q2"), answer="a2"),
        talk("last2", "c", user("q1"), said("a1 again"), user("q2"), answer="a2 again"),
    )
    turns = database.conversations.turns("c")
    assert [(t.text, t.trace_id, t.alternatives) for t in turns] == [
        ("q1", None, 0),
        ("a1 again", "again", 1),
        ("q2", None, 0),
        ("a2 again", "last2", 1),
    ]


def test_the_same_answer_twice_is_the_newer_ones(database: Database) -> None:
    add(database, talk("t1", "c", user("q"), answer="same"), talk("t2", "c", user("q"), answer="same"))
    add(database, talk("t3", "c", user("q"), said("same"), user("more"), answer="x"))
    turn = database.conversations.turns("c")[1]
    assert (turn.trace_id, turn.alternatives) == ("t2", 1)


def test_tools_stand_in_the_turns(database: Database) -> None:
    call = Message(role="assistant", tool_calls=[{"id": "1", "function": {"name": "calc", "arguments": "{}"}}])
    result = Message(role="tool", content="4", tool_call_id="1")
    add(database, talk("t1", "c", user("2+2"), answer="", tool_calls=call.tool_calls, finish_reason="tool_calls"))
    add(database, talk("t2", "c", user("2+2"), call, result, answer="Four."))
    turns = database.conversations.turns("c")
    assert [(t.role, t.text, t.trace_id) for t in turns] == [
        ("user", "2+2", None),
        ("assistant", "", "t1"),
        ("tool", "4", None),
        ("assistant", "Four.", "t2"),
    ]


def test_an_answer_that_is_being_made_shows_what_was_kept_so_far(database: Database) -> None:
    database.traces.begin(opened("t1", "q", conversation_id="c"))
    database.traces.append("t1", "so ")
    database.traces.append("t1", "far")
    assert [c.newest for c in database.conversations.page()] == ["t1"]
    last = database.conversations.turns("c")[-1]
    assert (last.text, last.trace_id) == ("so far", "t1")
    assert last.trace is not None and last.trace.finish_reason is None


def test_deleting_a_conversation_takes_every_branch_and_origin(database: Database) -> None:
    add(
        database,
        talk("t1", "c", user("q1"), answer="a1"),
        talk("t2", "c", user("edited"), answer="a2"),
        talk("t3", "c", user("q1"), answer="x", origin="benchmark"),
        talk("kept", "d", user("q1"), answer="a1"),
    )
    report = database.conversations.delete("c")
    assert (report.asked, report.deleted, report.missing) == (3, 3, 0)
    assert ids(database.conversations.page()) == ["d"]
    for call in (database.conversations.delete, database.conversations.turns, database.conversations.get):
        with pytest.raises(NotFound):
            call("c")
    assert database.integrity_check() == []


@pytest.mark.parametrize("home_is_simulated", [False, True])
def test_in_a_simulated_home_the_simulated_user_is_the_person(home: Home, home_is_simulated: bool) -> None:
    with Database.open(home, simulated=home_is_simulated) as database:
        add(database, talk("t1", "c", user("q"), answer="a", origin="simulated"))
        database.feedback.add(thumb("f1", "t1", True, source="simulated"))
        assert database.conversations.turns("c")[-1].thumb is (True if home_is_simulated else None)


class TestPlan:
    """At 50,000 traces every page is answered from indexes: no step reads all traces, none sorts."""

    def plan(self, database: Database, sql: str, bindings: tuple[object, ...]) -> list[str]:
        return [row[3] for row in database._connections.rows(f"EXPLAIN QUERY PLAN {sql}", bindings)]

    @pytest.mark.parametrize("first", [True, False])
    def test_a_page(self, database: Database, first: bool) -> None:
        place = (None, None) if first else (stamp(datetime(2026, 11, 21, tzinfo=UTC)), 3)
        steps = self.plan(database, LISTED % ("" if first else FOLLOWING), (*place, 50))
        by_time = "t USING INDEX conversations_by_time"
        assert (f"SCAN {by_time}" if first else f"SEARCH {by_time} (created_at<?)") in steps, steps
        assert any(
            "SEARCH n USING" in step and "conversations_newest (conversation=? AND created_at>?)" in step
            for step in steps
        ), steps
        assert not any("B-TREE" in step for step in steps), steps

    def test_a_search(self, database: Database) -> None:
        condition = f"AND t.conversation IN ({WITH_WORDS})"
        steps = self.plan(database, LISTED % condition, (None, None, 50, '"x"*'))
        assert any("s USING" in step and "conversations_by_time" in step for step in steps), steps
        assert any("trace_fts VIRTUAL TABLE" in step for step in steps), steps
        assert not any("ORDER BY" in step for step in steps), steps


def thousands_of_steps(database: Database, **asked: Any) -> int:
    """That SQLite's machine takes for one page."""
    connection = database._connections.get()
    ticks = 0

    def tick() -> bool:
        nonlocal ticks
        ticks += 1
        return False

    connection.set_progress_handler(tick, 1000)
    try:
        assert database.conversations.page(**asked)
    finally:
        connection.set_progress_handler(None)
    return ticks


def test_the_first_page_costs_the_same_in_a_home_ten_times_as_large(home: Home, tmp_path: Any) -> None:
    """Counted in instructions of SQLite's machine, not in time."""
    costs = []
    for number, traces in enumerate((300, 3000)):
        with Database.open(Home(tmp_path / f"home{number}")) as database:
            fill(database, traces, until=datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=number))
            costs.append(thousands_of_steps(database))
    assert costs[1] <= costs[0] * 2 + 2, costs


@pytest.mark.slow
def test_at_50_000_traces_every_conversation_is_listed_once(home: Home) -> None:
    with Database.open(home) as database:
        fill(database, 50_000)
        found = walked(database, 500)
        distinct = database._connections.value(
            "SELECT count(DISTINCT conversation) FROM traces WHERE origin NOT IN ('benchmark', 'replay')"
        )
        assert len(found) == len(set(ids(found))) == distinct > 5_000
        assert [c.at for c in found] == sorted((c.at for c in found), reverse=True)
        assert thousands_of_steps(database) < 100, "a page must not walk through the home"
        assert thousands_of_steps(database, after=found[5_000]) < 100
