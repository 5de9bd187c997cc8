"""The counts that validation must reach: 200 fabrications, 95 % refused; 200 right answers, 5 % refused at most."""

from __future__ import annotations

import pytest

from core.records import Exemplar
from core.replay import checks
from core.replay.bundle import Bundle
from core.replay.validate import validate
from tests.replay.answers import KINDS, Case, right_answers, wrong_answers
from tests.replay.handwritten import ENTRIES

COUNT = 200
SEEDS = (11, 12, 13)


def refused(case: Case, answer: str) -> bool:
    exemplars = tuple(
        Exemplar(row=row, trace_id=f"t{row}", kind="accepted", task=task, answer=told)
        for row, (task, told) in enumerate(case.past, 1)
    )
    steps = checks.steps((exemplar.answer for exemplar in exemplars), 3)
    verdict = validate(case.question, answer, Bundle(exemplars=exemplars, checks=steps, mode="hybrid"), case.tools)
    assert verdict.status != "not_checked"
    return verdict.status == "failed"


@pytest.mark.parametrize("seed", SEEDS)
def test_fabrications_are_refused(seed: int) -> None:
    passed = [answer for case, answer in wrong_answers(seed, COUNT) if not refused(case, answer)]
    assert len(passed) <= 0.05 * COUNT, passed


@pytest.mark.parametrize("seed", SEEDS)
def test_right_answers_are_not_refused(seed: int) -> None:
    wrongly = [answer for case, answer in right_answers(seed, COUNT) if refused(case, answer)]
    assert len(wrongly) <= 0.05 * COUNT, wrongly


def test_every_kind_and_wording_takes_part() -> None:
    for answers in (right_answers(1, COUNT), wrong_answers(1, COUNT)):
        assert {case.kind for case, _ in answers} == {kind.__name__ for kind in KINDS}
        assert len({answer for _, answer in answers}) > 0.9 * COUNT


def test_on_answers_written_by_hand() -> None:
    """Not generated, so not in the counts above; the same limits hold."""
    right, wrong = [], []
    for question, task, told, rights, wrongs in ENTRIES:
        case = Case("hand", question, [(task, told)], rights, wrongs)
        right += [(answer, refused(case, answer)) for answer in rights]
        wrong += [(answer, refused(case, answer)) for answer in wrongs]
    wrongly, passed = [a for a, bad in right if bad], [a for a, bad in wrong if not bad]
    assert len(wrongly) <= 0.05 * len(right), wrongly
    assert len(passed) <= 0.05 * len(wrong), passed
