"""What a plan, a receipt and the steps of forgetting say to a person, in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from core.forget import records
from core.forget.records import Plan, Receipt, Standing
from desktop.settings.words import Tone

SHOWN = 8
"""Places that are named one by one."""


class Told(NamedTuple):
    summary: str
    tone: Tone
    details: tuple[str, ...]


def told_plan(plan: Plan) -> Told:
    """What would go, a line each."""
    tr = QCoreApplication.translate
    if plan.is_empty:
        return Told(tr("Forget", "Nothing of it is here."), "muted", ())
    lines = [_of_traces(why, count) for why, count in plan.traces.items()]
    lines += _of_places(plan.places)
    if plan.found_as:
        found = ", ".join(f"{form} ({count})" for form, count in plan.found_as.items())
        lines.append(tr("Forget", "Found as: {forms}").format(forms=found))
    for name in plan.adapters:
        lines.append(
            tr("Forget", "The adapter {name} was trained on it and has to be trained again.").format(name=name)
        )
    for path in plan.by_hand:
        lines.append(tr("Forget", "{file} holds it too. It was written by hand and is not changed.").format(file=path))
    for path in plan.outside:
        lines.append(_of_yours(path))
    return Told(tr("Forget", "This would go, and cannot be brought back:"), "text", tuple(lines))


def told_receipt(receipt: Receipt) -> Told:
    """What went, and whether it is gone."""
    tr = QCoreApplication.translate
    summary, tone = _of_state(receipt)
    count = sum(len(ids) for ids in receipt.traces.values())
    lines = [tr("Forget", "%n answer(s) were forgotten.", "", count)] if count else []
    lines += _of_places(receipt.removed)
    lines += [f"{one.place}: {reason(one)}" for one in receipt.standing[:SHOWN]]
    if len(receipt.standing) > SHOWN:
        lines.append(tr("Forget", "… and %n more place(s).", "", len(receipt.standing) - SHOWN))
    lines += [f"{one.place}: {reason(one)}" for one in receipt.not_searched[:SHOWN] if one.place != records.EVERYTHING]
    for name in receipt.adapters:
        lines.append(tr("Forget", "The adapter {name} is queued to be trained again.").format(name=name))
    for name in receipt.adapters_unknown:
        lines.append(tr("Forget", "The adapter {name} does not say what it was trained on.").format(name=name))
    lines += map(_of_yours, receipt.outside)
    return Told(summary, tone, tuple(lines))


def named(about: str) -> str:
    """What is being done."""
    tr = QCoreApplication.translate
    return {
        "looking for it": tr("Forget", "Looking for it…"),
        "texts in logs, jobs and reviews": tr("Forget", "Cleaning logs, jobs and reviews…"),
        "traces": tr("Forget", "Deleting answers…"),
        "files made of it": tr("Forget", "Cleaning evidence and datasets…"),
        "the index of past work": tr("Forget", "Cleaning the index of past work…"),
        "searching every byte": tr("Forget", "Searching every byte…"),
    }.get(about, about)


def reason(one: Standing) -> str:
    """Why it stands there; another reason than these comes from the search and is told as it is."""
    tr = QCoreApplication.translate
    return {
        records.KEPT: tr("Forget", "in the answers that you chose to keep"),
        records.READ: tr("Forget", "another program is reading the database; try again when that has ended"),
        records.BY_HAND: tr("Forget", "written by hand: change it yourself"),
        records.IN_GIT: tr("Forget", "in the history of a git repository, which is not rewritten"),
        records.NOT_OURS: tr("Forget", "a file that Nightschool did not make: change or delete it yourself"),
        records.NOT_FOLLOWED: tr("Forget", "the running server has not yet taken it out of the index"),
    }.get(one.why, one.why)


def _of_state(receipt: Receipt) -> tuple[str, Tone]:
    tr = QCoreApplication.translate
    if receipt.state == "gone everywhere":
        return tr("Forget", "Gone everywhere: every byte of your home was searched."), "good"
    if receipt.state == "still stands":
        return tr("Forget", "It was forgotten, but still stands in places:"), "warning"
    if any(one.why == records.LOST for one in receipt.not_searched):
        return tr("Forget", "It was forgotten. To prove it, its words have to be named again."), "warning"
    return tr("Forget", "It was forgotten. It says too little for a search to prove it."), "warning"


def _of_traces(why: str, count: int) -> str:
    tr = QCoreApplication.translate
    said: dict[str, Callable[[], str]] = {
        "chosen": lambda: tr("Forget", "%n answer(s) that you chose", "", count),
        "goes on from it": lambda: tr("Forget", "%n answer(s) that go on from it", "", count),
        "was shown it": lambda: tr("Forget", "%n answer(s) for which it was shown to the student", "", count),
        "holds the same words": lambda: tr("Forget", "%n answer(s) that hold the same words", "", count),
    }
    return said[why]()


def _of_places(places: dict[str, int]) -> list[str]:
    """Evidence, examples and tasks; what else there is in one line."""
    tr = QCoreApplication.translate
    evidence = places.get("evidence", 0)
    examples = sum(count for place, count in places.items() if place.startswith("datasets/"))
    tasks = places.get("benchmark tasks", 0)
    counted = {"traces", "evidence", "scored", "benchmark tasks", "exemplars"}
    rest = sum(n for place, n in places.items() if place not in counted and not place.startswith("datasets/"))
    lines = [
        (evidence, tr("Forget", "%n row(s) of evidence", "", evidence)),
        (examples, tr("Forget", "%n example(s) in datasets", "", examples)),
        (tasks, tr("Forget", "%n task(s) of the benchmark", "", tasks)),
        (rest, tr("Forget", "%n row(s) and file(s) elsewhere", "", rest)),
    ]
    return [line for count, line in lines if count]


def _of_yours(path: str) -> str:
    tr = QCoreApplication.translate
    told = tr("Forget", "{file} is your own file: it is left as it is, and not read for this again.")
    return told.format(file=path)
