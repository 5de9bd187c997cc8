"""Labels: the latest word of the person wins, a "no" is never outscored, a correction is a yes to itself."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database.labels import correction_text, merged, reward, standing, verdict
from core.records import Feedback, Signals
from tests.database.making import signals


def said(*statements: dict[str, Any]) -> list[Feedback]:
    return [Feedback(id=f"f{n}", trace_id="t", created_at="x", **each) for n, each in enumerate(statements)]


UP: dict[str, Any] = {"metric": "thumb", "value": True}
DOWN: dict[str, Any] = {"metric": "thumb", "value": False}
BACK: dict[str, Any] = {"metric": "thumb", "value": None}
BETTER: dict[str, Any] = {"metric": "demonstration", "value": "better"}
NOT_BETTER: dict[str, Any] = {"metric": "demonstration", "value": None}


def score(value: float | None) -> dict[str, Any]:
    return {"metric": "score", "value": value}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], "needs_human_review"),
        ([UP], "accepted"),
        ([DOWN], "rejected"),
        ([UP, DOWN], "rejected"),
        ([DOWN, UP], "accepted"),
        ([UP, BACK], "needs_human_review"),
        ([score(0.2), UP, BACK], "rejected"),
        ([score(0.7)], "accepted"),
        ([score(0.69)], "partially_accepted"),
        ([score(0.31)], "partially_accepted"),
        ([score(0.3)], "rejected"),
        ([UP, score(0.5)], "partially_accepted"),
        ([score(0.5), UP], "accepted"),
        ([UP, score(0.9), DOWN], "rejected"),
        ([DOWN, score(0.9), UP, score(0.1)], "rejected"),
        ([UP, BETTER], "rejected"),
        ([BETTER, UP], "rejected"),
        ([BETTER, UP, NOT_BETTER], "accepted"),
        ([{"metric": "comment", "value": "great"}], "needs_human_review"),
        ([{"metric": "helpfulness", "value": 1.0}], "needs_human_review"),
    ],
)
def test_verdicts(statements: list[dict[str, Any]], expected: str) -> None:
    assert verdict(standing(said(*statements), {"user"})) == expected


def test_a_correction_stands_whatever_the_order_of_the_thumbs() -> None:
    for order in permutations([UP, DOWN, BETTER]):
        found = standing(said(*order), {"user"})
        assert verdict(found) == "rejected"
        assert found.correction is not None
        assert correction_text(found.correction) == "better"


def test_a_correction_may_ride_on_a_thumb_and_the_newest_stands() -> None:
    found = standing(said({**DOWN, "correction": "first"}, {**DOWN, "correction": "second"}), {"user"})
    assert found.correction is not None
    assert correction_text(found.correction) == "second"


def test_only_the_speakers_asked_for_are_heard() -> None:
    statements = said({**UP, "source": "simulated"}, {**DOWN, "source": "test"})
    assert standing(statements, {"user"}).silent
    assert standing(statements, {"test"}).value == 0.0


def test_the_seeds_example_of_a_reward() -> None:
    """Seed 004: compile, 8 of 10 tests, 2 lint errors, accepted. (1 + .8 + .98 + 1) / 4; the seed rounds .945."""
    measured = signals("t", compile_pass=True, lint_errors=2, tests_passed=8, tests_total=10, type_errors=0)
    assert reward(measured, human=1.0) == pytest.approx(0.945)


@pytest.mark.parametrize(
    ("measured", "how", "expected"),
    [
        (None, {"human": None}, None),
        (None, {"human": 1.0}, 1.0),
        (None, {"human": None, "tests": 0.25}, 0.25),
        (None, {"human": None, "reported": 0.6}, 0.6),
        (None, {"human": 1.0, "reported": 0.1}, 1.0),
        (None, {"human": 0.0, "reported": 1.0}, 0.0),
        (signals("t", lint_errors=500), {"human": None}, 0.0),
        (signals("t", compile_pass=True), {"human": None}, 1.0),
        (signals("t", tests_passed=0, tests_total=0), {"human": None}, None),
        (signals("t", compile_pass=True, lint_errors=0, tests_passed=9, tests_total=9), {"human": 0.0}, 0.3),
    ],
)
def test_rewards(measured: Signals | None, how: dict[str, Any], expected: float | None) -> None:
    assert reward(measured, **how) == (None if expected is None else pytest.approx(expected))


@given(
    compiled=st.none() | st.booleans(),
    total=st.none() | st.integers(0, 9),
    lint=st.none() | st.integers(0, 10**6),
    human=st.none() | st.floats(0, 1),
)
def test_a_reward_lies_between_0_and_1_and_a_no_caps_it(
    compiled: bool | None, total: int | None, lint: int | None, human: float | None
) -> None:
    measured = signals("t", compile_pass=compiled, tests_passed=total, tests_total=total, lint_errors=lint)
    worth = reward(measured, human=human)
    assert worth is None or 0 <= worth <= 1
    if human is not None and human <= 0.3:
        assert worth is not None and worth <= 0.3


def test_signals_merge_by_field_but_test_counts_stay_together() -> None:
    both = merged(
        [
            signals("t", tests_passed=9, tests_total=9, lint_errors=4),
            signals("t", tests_total=3, tests_passed=1, compile_pass=False),
            signals("t", lint_errors=0),
        ]
    )
    assert both is not None
    assert (both.tests_passed, both.tests_total, both.lint_errors, both.compile_pass) == (1, 3, 0, False)
    assert merged([]) is None
