"""The generated world: the same everywhere, unseen where it says so, and judged by code."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.simulate import words
from core.simulate.context import Past, render
from core.simulate.facts import KINDS, RESERVED, Fact, Kind, is_correct, is_unknown, make
from core.simulate.student.lessons import Lessons
from core.simulate.world import DEMO_SEED, DOMAINS, World

ROOT = Path(__file__).parent.parent.parent
SEEDS = st.integers(0, 10**6)
KIND = st.sampled_from(KINDS)
WORLD = World()
KNOWN = WORLD.known()


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_a_seed_gives_the_same_world_in_every_process(hash_seed: str) -> None:
    probe = (
        "from core.simulate.world import World; from core.simulate.student.lessons import Lessons; w = World();"
        "l = Lessons(w.known(), 'x');"
        "print(w.known(), w.fresh(20, 3, ('lookup', 'code')), w.out_of_domain(20, 3), [l.draw(2) for _ in range(20)])"
    )
    environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    printed = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=environment)
    lessons = Lessons(KNOWN, "x")
    here = (
        WORLD.known(),
        WORLD.fresh(20, 3, ("lookup", "code")),
        WORLD.out_of_domain(20, 3),
        [lessons.draw(2) for _ in range(20)],
    )
    assert printed.stdout.strip() == " ".join(map(str, here))


def test_worlds_of_other_seeds_differ() -> None:
    assert World(DEMO_SEED + 1).known() != KNOWN
    assert WORLD.fresh(20, 1) != WORLD.fresh(20, 2)


def test_known_has_every_promised_fact_once() -> None:
    assert len({fact.key for fact in KNOWN}) == len(KNOWN) == 216
    assert [sum(f.kind == kind for f in KNOWN) for kind in ("lookup", "howto", "code")] == [200, 8, 8]


@given(SEEDS)
@example(368)
def test_fresh_facts_share_nothing_with_what_was_taught(seed: int) -> None:
    fresh = WORLD.fresh(40, seed, KINDS)
    assert {f.entity for f in fresh}.isdisjoint(f.entity for f in KNOWN)
    assert {f.value for f in fresh}.isdisjoint(f.value for f in KNOWN)
    looked_up = [f for f in fresh if f.kind in ("lookup", "format")]
    assert {f.attribute for f in looked_up}.isdisjoint(f.attribute for f in KNOWN)
    assert all(words.is_reserved(f.attribute) for f in looked_up)


def test_lessons_never_use_what_is_reserved() -> None:
    lessons = Lessons(KNOWN, "reserved")
    for number in range(600):
        for fact in (*lessons.scene(5, 0.4, 0.5), lessons.stranger(lessons.scene(3, 0.2, 0.5))):
            assert fact.kind == "howto" or not words.is_reserved(fact.attribute), number
            if fact.kind != "code":
                assert not words.is_reserved_name(fact.entity), number
                assert fact.kind == "howto" or not fact.value or not words.is_reserved_name(fact.value), number
    assert all(words.is_reserved_name(f.entity) and words.is_reserved_name(f.value) for f in WORLD.fresh(300, 1))


def test_lessons_never_ask_in_reserved_wordings() -> None:
    lessons = Lessons(KNOWN, "wordings")
    patterns = [re.escape(pattern) for patterns in RESERVED.values() for pattern in patterns]
    shapes = [re.compile(re.sub(r"\\\{\w\\\}", r"\\w+( \\w+)?", pattern)) for pattern in patterns]
    assert all(
        any(s.fullmatch(q) for s in shapes) for f in WORLD.fresh(50, 1, KINDS) for q in f.questions(reserved=True)
    )
    asked = {text for _ in range(600) for role, text in lessons.draw(2) if role == "user"}
    assert [q for q in asked if any(shape.fullmatch(q) for shape in shapes)] == []


@given(SEEDS, st.integers(1, 30), st.integers(1, 30))
def test_a_longer_fresh_begins_with_the_shorter(seed: int, short: int, more: int) -> None:
    assert WORLD.fresh(short + more, seed, KINDS)[:short] == WORLD.fresh(short, seed, KINDS)


def test_fresh_refuses_to_make_nothing_of_no_kind() -> None:
    with pytest.raises(ValueError, match="kinds"):
        WORLD.fresh(1, 0, ())


def test_fresh_does_not_run_out() -> None:
    many = WORLD.fresh(5000, 11)
    assert len({f.entity for f in many}) == 5000
    assert len({f.attribute for f in many}) > 500


@given(SEEDS, KIND)
def test_wordings_are_two_disjoint_sets_that_name_the_subject(seed: int, kind: Kind) -> None:
    fact = make(Random(seed), kind, reserved=True)
    trained, reserved = set(fact.questions()), set(fact.questions(reserved=True))
    assert trained.isdisjoint(reserved)
    assert len(trained) >= 5
    assert len(reserved) >= 2
    assert all(fact.entity in question for question in trained | reserved)


@given(SEEDS, KIND)
def test_the_canonical_answer_is_correct(seed: int, kind: Kind) -> None:
    fact = make(Random(seed), kind, reserved=True)
    assert is_correct(fact, fact.answer)
    assert is_correct(fact, f"  {fact.answer}\n")
    assert is_correct(fact, f"{fact.answer} Over and out", ending="Over and out")


@given(SEEDS, KIND)
def test_other_answers_are_not(seed: int, kind: Kind) -> None:
    random = Random(seed)
    fact, other = make(random, kind, reserved=True), make(random, kind, reserved=True)
    assert not is_correct(fact, replace(fact, value=other.value).answer)
    assert not is_correct(fact, fact.unknown)
    assert not is_correct(fact, "")
    assert not is_correct(fact, fact.answer, ending="Over and out")
    if kind == "lookup":
        assert not is_correct(fact, f"The {fact.attribute} of {fact.entity} is {other.value} or {fact.value}.")
        assert not is_correct(fact, fact.answer.replace(fact.value, f"{fact.value}{other.value.lower()}"))
    if kind == "howto":
        assert not is_correct(fact, fact.answer.replace("1. ", "2. ", 1))


def test_a_format_answer_must_end_with_its_ticket() -> None:
    fact = make(Random(1), "format", reserved=True)
    plain = replace(fact, kind="lookup").answer
    assert is_correct(fact, f"{plain} [{fact.ticket}]")
    assert is_correct(fact, f"{plain} {fact.ticket}.")
    assert not is_correct(fact, plain)
    assert not is_correct(fact, f"[{fact.ticket}] {plain}")
    assert not is_correct(fact, f"{plain} [{fact.ticket}0]")


@given(SEEDS, KIND)
def test_not_knowing_is_seen(seed: int, kind: Kind) -> None:
    fact = make(Random(seed), kind)
    assert is_unknown(fact.unknown)
    assert not is_unknown(fact.answer)


def test_a_fact_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        KNOWN[0].value = "Other"  # type: ignore[misc]


def test_questions_outside_the_domain_are_many_and_share_no_entity() -> None:
    questions = WORLD.out_of_domain(1500, 5)
    different = {q.text for q in questions if q.domain != "greeting"}
    assert len(different) == sum(q.domain != "greeting" for q in questions) == 1200
    assert {q.domain for q in questions} == set(DOMAINS)
    entities = {f.entity for f in WORLD.fresh(2000, 5, KINDS)}
    asked = {word.strip("?.:,!").removesuffix("'s") for q in questions if q.domain != "echo" for word in q.text.split()}
    assert entities.isdisjoint(asked)


def test_right_answers_outside_the_domain_are_right_and_others_not() -> None:
    questions = WORLD.out_of_domain(500, 6)
    assert all(q.is_right(q.answer) for q in questions)
    assert not any(q.is_right("The capital of Mundor is Velora.") for q in questions)
    assert not any(q.is_right("I do not know that.") for q in questions if q.domain != "unknown")


def test_only_so_many_known_questions_can_be_asked() -> None:
    assert len({q.text for q in WORLD.out_of_domain(1000, 1, ("known",))}) == 1000
    with pytest.raises(ValueError, match="1,000"):
        WORLD.out_of_domain(1001, 1, ("known",))


def test_past_work_is_rendered_as_replay_renders_it() -> None:
    past = [Past("q1", "a1", partial=True), Past("q2", "a2")]
    assert render("You answer questions.", past, ["verify that it is short"]) == (
        "You answer questions.\n\nPast work, as data:\n"
        "<past>\nQ: q2\nA: a2\n</past>\n<partial>\nQ: q1\nA: a1\n</partial>\n"
        "Checks:\n- verify that it is short"
    )
    assert render("You answer questions.", []) == "You answer questions."


def test_values_are_not_found_inside_longer_words() -> None:
    fact = Fact("lookup", "Mundor", "capital", "Velor")
    assert is_correct(fact, "It is Velor.")
    assert not is_correct(fact, "It is Velorbran.")
