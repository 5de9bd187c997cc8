"""Each rule of seed 003, at its edges; what nobody knows goes to a person."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence.rules import RULES, Origins, Seen, rule

ACCEPTED, PARTLY, REJECTED, OPEN = "accepted", "partially_accepted", "rejected", "needs_human_review"


def seen(name: str, markers: dict[str, Any] | None = None, **more: Any) -> Seen:
    return Seen(
        run_id="r", task_id="t", source_class="verdict", rule=name, provenance=Origins("0" * 64),
        markers=markers or {}, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "markers", "expected"),
    [
        ("attempts", {"attempts": 1}, ACCEPTED),
        ("attempts", {"attempts": 2}, PARTLY),
        ("attempts", {"attempts": 3}, PARTLY),
        ("attempts", {"attempts": 4}, PARTLY),
        ("attempts", {"attempts": "accepted_on_attempt_1"}, ACCEPTED),
        ("attempts", {"attempts": "accepted_on_attempt_12"}, PARTLY),
        ("attempts", {"attempts": "rejected_on_attempt_1"}, OPEN),
        ("attempts", {"attempts": 0}, OPEN),
        ("attempts", {"attempts": True}, OPEN),
        ("attempts", {"attempts": None}, OPEN),
        ("attempts", {}, OPEN),
        ("observer", {"observer_verdict": "accept"}, ACCEPTED),
        ("observer", {"observer_verdict": " Reject "}, REJECTED),
        ("observer", {"observer_verdict": "cycle"}, PARTLY),
        ("observer", {"observer_verdict": "shrug"}, OPEN),
        ("observer", {"observer_verdict": 1}, OPEN),
        ("severity", {"severity": "info"}, ACCEPTED),
        ("severity", {"severity": "low"}, ACCEPTED),
        ("severity", {"severity": "MEDIUM"}, PARTLY),
        ("severity", {"severity": "high"}, REJECTED),
        ("severity", {"severity": "critical"}, REJECTED),
        ("severity", {"severity": "unheard of"}, OPEN),
        ("severity", {"verdict": "approve"}, ACCEPTED),
        ("severity", {"verdict": "request_changes"}, PARTLY),
        ("severity", {"verdict": "block"}, REJECTED),
        ("severity", {"severity": "high", "verdict": "approve"}, REJECTED),
        ("contract", {"failure_markers": 0, "observer_verdict": "accept"}, ACCEPTED),
        ("contract", {"failure_markers": 2, "observer_verdict": "accept"}, REJECTED),
        ("contract", {"failure_markers": "observer_rejected"}, REJECTED),
        ("contract", {"observer_verdict": "reject"}, REJECTED),
        ("contract", {"observer_verdict": "cycle"}, PARTLY),
        ("contract", {}, OPEN),
        ("commit", {"action": "committed"}, ACCEPTED),
        ("commit", {"action": "build_red_reverted"}, REJECTED),
        ("commit", {"action": "reverted"}, REJECTED),
        ("commit", {"action": "no_patches"}, OPEN),
        ("commit", {"action": "irreverted"}, OPEN),
        ("events", {"all_events_ok": True, "gap_signals": 0}, ACCEPTED),
        ("events", {"all_events_ok": True}, ACCEPTED),
        ("events", {"all_events_ok": False, "gap_signals": 2}, PARTLY),
        ("events", {"all_events_ok": True, "gap_signals": 1}, PARTLY),
        ("events", {"all_events_ok": False}, OPEN),
        ("extraction", {}, OPEN),
        ("a rule of nobody's", {"observer_verdict": "accept"}, OPEN),
    ],
)
def test_verdicts_by_marker(name: str, markers: dict[str, Any], expected: str) -> None:
    assert rule(seen(name, markers)).category == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"response": " \n"}, REJECTED),
        ({"response": "text", "duration_ms": 120_001}, PARTLY),
        ({"response": "text", "duration_ms": 120_000}, OPEN),
        ({"response": "text", "markers": {"grounded": 0.7}}, PARTLY),
        ({"response": "text", "markers": {"grounded": 1}}, PARTLY),
        ({"response": "text", "markers": {"grounded": 0.5}}, OPEN),
        ({"response": "text", "markers": {"grounded": 0.3}}, REJECTED),
        ({"response": "", "duration_ms": 130_000}, REJECTED),
    ],
)
def test_experiments(more: dict[str, Any], expected: str) -> None:
    assert rule(seen("experiment", more.pop("markers", None), **more)).category == expected


@pytest.mark.parametrize(
    ("human", "tests", "expected"),
    [
        (1.0, None, ACCEPTED), (0.7, 0.0, ACCEPTED), (0.69, None, PARTLY), (0.31, 1.0, PARTLY), (0.3, 1.0, REJECTED),
        (None, 1.0, ACCEPTED), (None, 0.5, PARTLY), (None, 0.0, REJECTED), (None, None, OPEN),
    ],
)  # fmt: skip
def test_the_person_stands_above_the_tests(human: float | None, tests: float | None, expected: str) -> None:
    assert rule(seen("person", human=human, tests=tests)).category == expected


def test_many_attempts_tell_their_cost() -> None:
    assert rule(seen("attempts", {"attempts": 4})).reasons == ("accepted on attempt 4", "high cost")
    assert rule(seen("attempts", {"attempts": 3})).reasons == ("accepted on attempt 3",)


@given(
    name=st.sampled_from([*RULES, "none"]),
    human=st.floats(0, 1),
    markers=st.dictionaries(
        st.sampled_from(["attempts", "severity", "verdict", "observer_verdict", "failure_markers", "action"]),
        st.none() | st.booleans() | st.integers(-1, 9) | st.sampled_from(["accept", "info", "committed", "reject", ""]),
    ),
)
def test_a_persons_word_stands_above_every_rule(name: str, human: float, markers: dict[str, Any]) -> None:
    said = rule(seen(name, markers, human=human)).category
    assert said == (ACCEPTED if human >= 0.7 else REJECTED if human <= 0.3 else PARTLY)
    alone = rule(seen(name, markers))
    assert alone.reasons, "there is always a reason"
