"""Query classes and complexity: documented examples, and the properties that hold for every text."""

from __future__ import annotations

import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.classify import bounded, classify, complexity, last_user_text, query_class, task_text
from core.records import Complexity, Message, QueryClass

EXAMPLES = {
    "code": [
        "Write a function named zub that adds 3.",
        "Why does this fail?\n```\nx = 1\n```",
        "Traceback (most recent call last):\n  File ...",
        "Refactor the parser",
        "what does main.rs do?",
        "def f(x):\n    return x",
    ],
    "math": [
        "What is 12 * 3?",
        "Work out 4 - 2.",
        "12 + 7 = ?",
        "Solve the equation for y",
        "How much is 15% of 80?",
        "What is the square root of 49?",
    ],
    "writing": [
        "Draft a reply to Anna",
        "Translate this to German: good day",
        "Write a short poem on rain",
        "Summarise the meeting",
        "Please improve the wording of my note",
    ],
    "lookup": [
        "What is the capital of Zubria?",
        "How do I reset the pump?",
        "Verify pr_audit mode wired",
        "Audit phase 38 provider routing",
        "which ticket was it",
        "Who wrote it on 2026-11-21?",
    ],
    "chat": ["Hello!", "Hi there!", "Thank you.", "How are you?", "I feel fine today.", "", "👍", "What can you do?"],
}


def user(text: str | None) -> list[Message]:
    return [Message(role="user", content=text)]


@pytest.mark.parametrize(("expected", "text"), [(name, text) for name, texts in EXAMPLES.items() for text in texts])
def test_examples_get_their_class(expected: str, text: str) -> None:
    assert query_class(text) == expected


def test_complexity_of_examples() -> None:
    assert complexity(user("What is the capital of Zubria?")) == "easy"
    assert complexity(user("Refactor the parser.")) == "medium"
    assert complexity(user("Design the schema. " + "It has many parts. " * 40)) == "hard"
    assert complexity(user("1. Do this\n2. Do that\n3. And this\n4. And that")) == "medium"


def test_tools_and_long_conversations_count() -> None:
    tool = {"type": "function", "function": {"name": "f"}}
    assert complexity(user("Hello")) == "easy"
    assert complexity(user("Hello"), [tool]) == "medium"
    assert complexity(user("Hello") * 7) == "medium"


messages = st.lists(
    st.builds(
        Message,
        role=st.sampled_from(["system", "user", "assistant", "tool"]),
        content=st.none() | st.text(max_size=400),
    ),
    max_size=8,
)


@given(messages)
def test_total_and_deterministic(given_messages: list[Message]) -> None:
    first = classify(given_messages)
    assert first[0] in get_args(QueryClass)
    assert first[1] in get_args(Complexity)
    assert classify(list(given_messages)) == first


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_never_less_complex(text: str, more: str) -> None:
    order = get_args(Complexity)
    before, after = complexity(user(text)), complexity(user(f"{text}\n{more}"))
    assert order.index(after) >= order.index(before)


@given(messages, st.text(min_size=1, max_size=100))
def test_only_the_last_user_message_gives_the_class(earlier: list[Message], text: str) -> None:
    assert classify([*earlier, *user(text)])[0] == query_class(text)


@given(st.text(max_size=100), st.integers(0, 40), st.integers(1, 40))
def test_bounded_keeps_both_ends(text: str, head: int, tail: int) -> None:
    short = bounded(text, head, tail)
    assert len(short) <= head + tail + 3
    assert short.startswith(text[:head])
    assert short.endswith(text[-tail:])


def test_the_task_text_of_a_huge_message_keeps_the_question_at_its_end() -> None:
    text = "x " * 500_000 + "What is the capital of Zubria?"
    assert task_text(user(text)).endswith("What is the capital of Zubria?")
    assert len(task_text(user(text))) < 3_000


def test_last_user_text_falls_back_and_is_never_none() -> None:
    assert last_user_text([]) == ""
    assert last_user_text([Message(role="assistant", content="a")]) == "a"
    assert last_user_text([*user("q"), Message(role="tool", content="r"), Message(role="assistant")]) == "q"


HOSTILE = ["a", " ", "(", "1 + ", "write ", "hello ", "a.", "-\n", "def ", "1 - ", "\n\n", "\t", "w ", "make ", "1)"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_is_bounded_in_time(unit: str) -> None:
    text = unit * 200_000
    started = time.perf_counter()
    classify(user(text))
    assert time.perf_counter() - started < 1.5
