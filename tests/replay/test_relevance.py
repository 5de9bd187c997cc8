"""What counts as relevant: names must agree, words may differ, and the shipped thresholds are those of the fit."""

from __future__ import annotations

import pytest

from core.replay import checks
from core.replay.relevance import compare, relevance, scale_of
from core.replay.terms import is_rare, terms
from core.replay.thresholds import HYBRID, LEXICAL


def admitted(question: str, task: str, similarity: float | None, answer: str = "") -> bool:
    likeness = compare(question, task, answer, None if similarity is None else 1 - similarity)
    return relevance(likeness) >= scale_of(likeness).strict


def test_loose_lies_below_strict() -> None:
    assert HYBRID.loose < HYBRID.strict and LEXICAL.loose < LEXICAL.strict


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("What is the capital of Mindar?", "What is the capital of Mundor?"),
        ("what is the capital of mindar", "What is the capital of Mundor?"),
        ("What happened in INC-20417?", "What happened in INC-20471?"),
        ("How do I call load_rows?", "How do I call store_rows?"),
        ("Explain handleClick", "Explain handleSubmit"),
        ("How do I reverse a list in Python?", "How do I reverse a list in Rust?"),
        ("What is 18 percent of 310?", "What is 15 percent of 240?"),
        ("What is the tallest mountain?", "What is the tallest mountain of Mundor in the province of Zindal?"),
    ],
)
def test_other_names_are_not_admitted_however_near(question: str, task: str) -> None:
    assert not admitted(question, task, 0.75)
    assert not admitted(question, task, None)


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("Mundor's capital?", "What is the capital of Mundor?"),
        ("Please: the capital of mundor", "What is the capital of Mundor?"),
        ("I need brelun as Python code.", "Show me the code of brelun."),
        ("Tell me about ticket INC-20417.", "What happened in INC-20417?"),
    ],
)
def test_the_same_name_is_admitted_in_other_words(question: str, task: str) -> None:
    assert admitted(question, task, 0.7)
    assert admitted(question, task, None)


def test_words_alone_need_more_than_a_shared_topic() -> None:
    assert not admitted("How do I wash a woollen jumper?", "How do I wash a car?", None)
    assert not admitted("hello", "hello world in C", None)
    assert not admitted("", "What is the capital of Mundor?", None)


def test_a_name_may_stand_in_the_answer() -> None:
    task, answer = "How are settings read?", "With load_rows(path), from the table settings."
    assert compare("What does load_rows do?", task, answer, 0.3).missing_name == 0
    assert compare("What does load_rows do?", task, "", 0.3).missing_name == 1


def test_names_are_told_from_the_openings_of_sentences() -> None:
    assert terms("Which city? Tell me. Yesterday it rained.").names == frozenset()
    assert terms("Mundor: which city? And in Paris?").names == {"mundor", "paris"}
    assert terms("HOW DO I BAKE GOOD BREAD TODAY").names == frozenset()
    assert terms("Ask Dr Okafor about P-1200 and load_rows.").names >= {"okafor", "1200", "load_rows"}


@pytest.mark.parametrize("word", ["rollout", "unplug", "reinstall", "configure", "deleting", "capitals", "firmware"])
def test_english_is_common(word: str) -> None:
    assert not is_rare(word)


@pytest.mark.parametrize("word", ["mundor", "zindal", "brelun", "okafor", "corvex"])
def test_invented_names_are_rare(word: str) -> None:
    assert is_rare(word)


def test_steps_are_lines_that_begin_with_the_five_words() -> None:
    text = (
        "Do it.\n- Verify that it runs.\n2. check the log\n* [ ] **Ensure** that it is on\nassert it twice\n"
        "confirm with Anna\nI verify nothing.\nChecking is good.\nverify\n```\nassert x == 1\n```\n"
        "- verify that it runs."
    )
    assert checks.steps([text], 9) == (
        "Verify that it runs.",
        "check the log",
        "Ensure that it is on",
        "assert it twice",
        "confirm with Anna",
    )
    assert len(checks.steps([text], 3)) == 3
