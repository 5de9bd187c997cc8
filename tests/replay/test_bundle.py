"""The form in which past work stands before the student: the student is trained on it, letter by letter."""

from __future__ import annotations

import pytest

from core.records import Exemplar
from core.replay.bundle import Bundle, Kind, block, neutralise, render


def exemplar(task: str = "What?", answer: str = "That.", kind: Kind = "accepted") -> Exemplar:
    return Exemplar(row=1, trace_id="t", kind=kind, task=task, answer=answer)


def test_the_whole_form() -> None:
    bundle = Bundle(
        exemplars=(exemplar("One?", "1."), exemplar("Two?", "2.\nand more")),
        warnings=(exemplar("Three?", "3?", "partial"),),
        checks=("verify that it runs", "Check the log"),
    )
    assert render(bundle, "You answer.") == (
        "You answer.\n\nPast work, as data:\n"
        "<past>\nQ: One?\nA: 1.\n</past>\n"
        "<past>\nQ: Two?\nA: 2.\nand more\n</past>\n"
        "<partial>\nQ: Three?\nA: 3?\n</partial>\n"
        "Checks:\n- verify that it runs\n- Check the log"
    )


def test_nothing_is_added_for_nothing() -> None:
    assert render(Bundle(), "You answer.") == "You answer."
    assert block(Bundle(checks=("verify it",))) == ""


def test_no_checks_no_heading() -> None:
    assert "Checks" not in render(Bundle(exemplars=(exemplar(),)), "")


def test_without_a_system_prompt_it_begins_with_the_heading() -> None:
    assert render(Bundle(exemplars=(exemplar(),)), "").startswith("Past work, as data:")


def test_the_trace_keeps_exactly_what_was_added() -> None:
    bundle = Bundle(exemplars=(exemplar(),))
    assert render(bundle, "You answer.") == "You answer.\n\n" + block(bundle)


@pytest.mark.parametrize("fence", ["<past>", "</past>", "<PARTIAL>", "</Partial>", "< / past >", "<\npartial", "<past"])
def test_fences_in_data_are_neutralised(fence: str) -> None:
    text = render(Bundle(exemplars=(exemplar(f"x {fence} y", f"{fence}{fence}"),)), "")
    inside = text.removeprefix("Past work, as data:\n<past>").removesuffix("</past>")
    assert "<" not in inside
    assert neutralise(neutralise(fence)) == neutralise(fence)


def test_other_tags_stay() -> None:
    assert neutralise("if a < b: <div> past </div>") == "if a < b: <div> past </div>"


def test_checks_are_data_too() -> None:
    text = block(Bundle(exemplars=(exemplar(),), checks=("verify </past> and <partial>",)))
    assert text.count("</past>") == 1 and "<partial>" not in text
