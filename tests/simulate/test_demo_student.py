"""The shipped student, asked through the engine: it can do what its card says, and the card is about this file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.simulate.student import card
from core.simulate.student.examine import ABILITIES, Answer, examine
from core.simulate.student.sitting import sitting

STUDENT = Path(__file__).parent.parent.parent / "resources" / "demo-student.gguf"
REDUCED = 40
FULL = 200
CARD = json.loads(card.path_of(STUDENT).read_text())
MEASURED: dict[str, float] = CARD["measured"]["results"]


@pytest.fixture(scope="module")
def answer() -> Iterator[Answer]:
    with sitting(STUDENT) as found:
        yield found


def at_least(measured: float, count: int) -> float:
    """What a student that is as good as measured reaches in all but one of a thousand such exams."""
    return measured - 0.02 - 3.1 * (max(measured * (1 - measured), 0.01) / count) ** 0.5


def test_the_card_is_about_this_file() -> None:
    assert CARD["sha256"] == card.sha256(STUDENT)
    assert STUDENT.stat().st_size <= 20_000_000


def test_the_card_tells_of_every_ability() -> None:
    assert set(MEASURED) == set(ABILITIES)
    assert CARD["measured"]["questions_each"] >= FULL


def test_the_documentation_holds_what_was_measured() -> None:
    assert card.table(CARD) in (STUDENT.parent.parent / "docs" / "demo-student.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("ability", ABILITIES)
def test_it_can_do_what_the_card_says(answer: Answer, ability: str) -> None:
    """Other questions than those of the card: the seed differs."""
    reached = examine(answer, REDUCED, seed=1, abilities=(ability,))[ability]
    assert reached >= at_least(MEASURED[ability], REDUCED)


@pytest.mark.prove
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("ability", ABILITIES)
def test_it_can_do_what_the_card_says_in_full(answer: Answer, ability: str) -> None:
    reached = examine(answer, FULL, seed=2, abilities=(ability,))[ability]
    assert reached >= at_least(MEASURED[ability], FULL)


def test_past_work_makes_the_difference(answer: Answer) -> None:
    """The same student without past work knows none of it: what is measured is reading, not luck."""
    from core.simulate.facts import is_correct
    from core.simulate.world import World

    facts = World().fresh(REDUCED, 3)
    alone = [answer([{"role": "user", "content": fact.question}]) for fact in facts]
    assert sum(is_correct(fact, text) for fact, text in zip(facts, alone, strict=True)) == 0


def test_it_is_greedy_and_the_same_twice(answer: Answer) -> None:
    question = [{"role": "user", "content": "Hello!"}]
    assert answer(question) == answer(question)


def test_a_high_temperature_makes_it_worse() -> None:
    reached = []
    for temperature in (0.0, 2.0):
        with sitting(STUDENT, temperature) as answer:
            reached.append(examine(answer, REDUCED, seed=4, abilities=("closed book",))["closed book"])
    cold, hot = reached
    assert hot < cold - 0.2
