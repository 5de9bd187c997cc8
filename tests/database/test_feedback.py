"""Feedback lands in one transaction: statement, label, exemplar, full text, change."""

from __future__ import annotations

import math

import pytest

from core.database import Database
from core.errors import BadRequest, NotFound
from core.paths import Home
from core.records import Feedback, Message
from tests.database.making import correction, opened, signals, thumb, trace


def test_a_thumb_up_makes_an_exemplar_at_once(database: Database) -> None:
    database.traces.add(trace("a", question="Where is Zorbia?", answer="North."))
    label = database.feedback.add(thumb("f1", "a", True))
    assert (label.verdict, label.reward, label.answer) == ("accepted", 1.0, "North.")
    (exemplar,) = database.exemplars.all()
    assert (exemplar.trace_id, exemplar.kind, exemplar.task, exemplar.answer) == (
        "a",
        "accepted",
        "Where is Zorbia?",
        "North.",
    )
    assert [row for row, _ in database.exemplars.search("zorbia?")] == [exemplar.row]
    counts = database.counts()
    assert (counts.feedback, counts.accepted, counts.rejected, counts.exemplars) == (1, 1, 0, 1)


def test_a_thumb_down_takes_it_away_for_good(database: Database) -> None:
    database.traces.add(trace("a"))
    database.feedback.add(thumb("f1", "a", True))
    (before,) = database.exemplars.all()
    assert database.feedback.add(thumb("f2", "a", False)).answer is None
    assert database.exemplars.all() == []
    assert database.exemplars.search("Zorbia") == []
    assert database.exemplars.get([before.row]) == {}
    database.feedback.add(thumb("f3", "a", True))
    (again,) = database.exemplars.all()
    assert again.row > before.row, "a row that left is never used again"
    assert [c.row for c in database.changes_since(0)] == [None, before.row, before.row, again.row]


def test_a_correction_replaces_the_original_everywhere(database: Database) -> None:
    database.traces.add(trace("a", answer="South."))
    label = database.feedback.add(correction("f1", "a", "North."))
    assert (label.verdict, label.reward, label.answer) == ("rejected", 0.0, "North.")
    (exemplar,) = database.exemplars.all()
    assert (exemplar.kind, exemplar.answer) == ("accepted", "North.")
    database.feedback.add(thumb("f2", "a", True))
    assert database.exemplars.all()[0].answer == "North.", "a thumb does not bring the original back"
    database.feedback.add(correction("f3", "a", None))
    assert database.exemplars.all()[0].answer == "South.", "taken back, and the thumb speaks again"
    database.feedback.add(thumb("f4", "a", False, correction="Up north."))
    assert database.exemplars.all()[0].answer == "Up north."
    counts = database.counts()
    assert (counts.accepted, counts.rejected, counts.exemplars) == (1, 1, 1)


def test_a_middling_score_is_a_warning_not_an_example(database: Database) -> None:
    database.traces.add(trace("a"))
    database.feedback.add(thumb("f1", "a", 0.5, metric="score"))
    assert [e.kind for e in database.exemplars.all()] == ["partial"]
    assert database.counts().partial == 1


@pytest.mark.parametrize("origin", ["benchmark", "replay", "simulated", "import"])
def test_only_what_a_person_asked_becomes_an_exemplar(database: Database, origin: str) -> None:
    database.traces.add(trace("a", origin=origin))
    assert database.feedback.add(thumb("f1", "a", True)).verdict == "accepted"
    assert database.exemplars.count() == 0


def test_a_simulated_home_hears_simulated_people_and_a_real_one_does_not(home: Home, database: Database) -> None:
    database.traces.add(trace("a"))
    assert database.feedback.add(thumb("f1", "a", True, source="simulated")).verdict == "needs_human_review"
    other = Home(home.root.parent / "simulated")
    with Database.open(other, simulated=True) as simulated:
        simulated.traces.add(trace("a", origin="simulated"))
        assert simulated.feedback.add(thumb("f1", "a", True, source="simulated")).verdict == "accepted"
        assert simulated.exemplars.count() == 1


def test_tests_are_heard_only_while_people_are_silent(database: Database) -> None:
    database.traces.add(trace("a"))
    assert database.feedback.add(thumb("f1", "a", 1.0, metric="score", source="test")).verdict == "accepted"
    assert database.feedback.add(thumb("f2", "a", False)).verdict == "rejected"
    assert database.feedback.add(thumb("f3", "a", 1.0, metric="score", source="test")).verdict == "rejected"
    assert database.exemplars.count() == 0


def test_a_test_run_cannot_correct(database: Database) -> None:
    database.traces.add(trace("a"))
    database.feedback.add(
        Feedback(id="f1", trace_id="a", created_at="x", source="test", metric="demonstration", value="mine")
    )
    assert database.exemplars.count() == 0


def test_feedback_given_while_the_answer_is_still_made_counts_once_it_is_there(database: Database) -> None:
    database.traces.begin(opened("a"))
    assert database.feedback.add(thumb("f1", "a", True)).verdict == "accepted"
    assert database.exemplars.count() == 0
    database.traces.finish(trace("a"))
    (exemplar,) = database.exemplars.all()
    assert database.changes_since(0)[-1].row == exemplar.row
    assert database.integrity_check() == []


def test_an_answer_without_words_or_question_is_no_exemplar(database: Database) -> None:
    database.traces.add(trace("a", answer="  "))
    database.traces.add(trace("b", messages=[Message(role="user", content="hi"), Message(role="user", content=None)]))
    for trace_id in ("a", "b"):
        database.feedback.add(thumb(f"f{trace_id}", trace_id, True))
    assert database.exemplars.count() == 0
    assert database.integrity_check() == []


def test_the_same_statement_twice_is_one_and_another_under_its_id_is_refused(database: Database) -> None:
    database.traces.add(trace("a"))
    statement = thumb("f1", "a", True)
    assert database.feedback.add(statement) == database.feedback.add(statement)
    assert database.feedback.for_trace("a") == [statement]
    assert len(database.changes_since(0)) == 2
    with pytest.raises(BadRequest):
        database.feedback.add(thumb("f1", "a", False))


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("thumb", 1.0),
        ("thumb", "yes"),
        ("score", 1.5),
        ("score", -0.1),
        ("score", math.nan),
        ("score", "0.5"),
        ("helpful", math.inf),
        ("demonstration", ""),
        ("demonstration", True),
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(database: Database, metric: str, value: object) -> None:
    database.traces.add(trace("a"))
    with pytest.raises(BadRequest):
        database.feedback.add(thumb("f1", "a", value, metric=metric))
    with pytest.raises(BadRequest):
        database.feedback.add(thumb("f1", "a", True, correction=" "))
    assert database.feedback.for_trace("a") == []


def test_an_unknown_trace_is_said_to_be_unknown(database: Database) -> None:
    for call in (
        lambda: database.feedback.add(thumb("f1", "nothing", True)),
        lambda: database.feedback.for_trace("nothing"),
        lambda: database.feedback.label("nothing"),
        lambda: database.signals.add(signals("nothing")),
        lambda: database.signals.for_trace("nothing"),
    ):
        with pytest.raises(NotFound):
            call()


def test_signals_are_kept_and_weigh_in_the_reward(database: Database) -> None:
    database.traces.add(trace("a"))
    measured = signals("a", compile_pass=True, tests_passed=1, tests_total=2)
    assert database.signals.add(measured).reward == 0.75
    assert database.signals.for_trace("a") == [measured]
    assert database.feedback.label("a").verdict == "needs_human_review"
    assert database.feedback.add(thumb("f1", "a", False)).reward == 0.3
    with pytest.raises(BadRequest):
        database.signals.add(signals("a", tests_passed=3, tests_total=2))


def test_all_or_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in the last step of an add takes the first steps back."""
    database.traces.add(trace("a"))

    def fail(*args: object, **named: object) -> None:
        raise RuntimeError("pulled the plug")

    with monkeypatch.context() as patch:
        patch.setattr(database._changes, "note", fail)
        with pytest.raises(RuntimeError):
            database.feedback.add(thumb("f1", "a", True))
    assert database.feedback.for_trace("a") == []
    assert database.exemplars.count() == 0
    assert database.integrity_check() == []
