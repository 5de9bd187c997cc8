"""What a plan, a receipt and the steps of forgetting say to a person, in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QObject

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
    translate = QCoreApplication.translate
    if plan.is_empty:
        return Told(translate("Forget", "Nothing of it is here."), "muted", ())
    counted = Counted()
    lines = [counted.of_traces(why, count) for why, count in plan.traces.items()]
    lines += counted.of_places(plan.places)
    if plan.found_as:
        found = ", ".join(f"{form} ({count})" for form, count in plan.found_as.items())
        lines.append(translate("Forget", "Found as: {forms}").format(forms=found))
    for name in plan.adapters:
        lines.append(
            translate("Forget", "The adapter {name} was trained on it and has to be trained again.").format(name=name)
        )
    for path in plan.by_hand:
        lines.append(
            translate("Forget", "{file} holds it too. It was written by hand and is not changed.").format(file=path)
        )
    for path in plan.outside:
        lines.append(_of_yours(path))
    return Told(translate("Forget", "This would go, and cannot be brought back:"), "text", tuple(lines))


def told_receipt(receipt: Receipt) -> Told:
    """What went, and whether it is gone."""
    translate = QCoreApplication.translate
    summary, tone = _of_state(receipt)
    counted = Counted()
    count = sum(len(ids) for ids in receipt.traces.values())
    lines = [counted.forgotten(count)] if count else []
    lines += counted.of_places(receipt.removed)
    lines += [f"{one.place}: {reason(one)}" for one in receipt.standing[:SHOWN]]
    if len(receipt.standing) > SHOWN:
        lines.append(counted.more_places(len(receipt.standing) - SHOWN))
    missed = [one for one in receipt.not_searched if one.place != records.EVERYTHING and one.why != records.MODELS]
    lines += [f"{one.place}: {reason(one)}" for one in missed[:SHOWN]]
    for name in receipt.adapters:
        lines.append(translate("Forget", "The adapter {name} is queued to be trained again.").format(name=name))
    for name in receipt.adapters_unknown:
        lines.append(translate("Forget", "The adapter {name} does not say what it was trained on.").format(name=name))
    lines += map(_of_yours, receipt.outside)
    return Told(summary, tone, tuple(lines))


def named(about: str) -> str:
    """What is being done."""
    translate = QCoreApplication.translate
    return {
        "looking for it": translate("Forget", "Looking for it…"),
        "texts in logs, jobs and reviews": translate("Forget", "Cleaning logs, jobs and reviews…"),
        "traces": translate("Forget", "Deleting answers…"),
        "files made of it": translate("Forget", "Cleaning evidence and datasets…"),
        "the index of past work": translate("Forget", "Cleaning the index of past work…"),
        "searching every byte": translate("Forget", "Searching every byte…"),
    }.get(about, about)


def reason(one: Standing) -> str:
    """Why it stands there; another reason than these comes from the search and is told as it is."""
    translate = QCoreApplication.translate
    return {
        records.KEPT: translate("Forget", "in the answers that you chose to keep"),
        records.READ: translate("Forget", "another program is reading the database; try again when that has ended"),
        records.STREAM: translate("Forget", "in the registration of a stream: forget that source"),
        records.A_ROW: translate("Forget", "in a row of the database that is never changed"),
        records.BY_HAND: translate("Forget", "written by hand: change it yourself"),
        records.IN_GIT: translate("Forget", "in the history of a git repository, which is not rewritten"),
        records.NOT_OURS: translate("Forget", "a file that Nightschool did not make: change or delete it yourself"),
        records.NOT_FOLLOWED: translate("Forget", "the running server has not yet taken it out of the index"),
    }.get(one.why, one.why)


def _of_state(receipt: Receipt) -> tuple[str, Tone]:
    translate = QCoreApplication.translate
    if receipt.state == "gone everywhere":
        return translate("Forget", "Gone everywhere: every byte of your home was searched."), "good"
    if receipt.state == "still stands":
        return translate("Forget", "It was forgotten, but still stands in places:"), "warning"
    if any(one.why == records.LOST for one in receipt.not_searched):
        return translate("Forget", "It was forgotten. To prove it, its words have to be named again."), "warning"
    if any(one.why == records.TOO_SHORT for one in receipt.not_searched):
        return translate("Forget", "It was forgotten. It says too little for a search to prove it."), "warning"
    return translate("Forget", "It was forgotten. Not everything could be looked into:"), "warning"


class Counted(QObject):
    """How many of what; a class, since plural forms are taken from `tr` only."""

    def of_traces(self, why: str, count: int) -> str:
        said: dict[str, Callable[[], str]] = {
            "chosen": lambda: self.tr("%n answers that you chose", "", count),
            "goes on from it": lambda: self.tr("%n answers that go on from it", "", count),
            "was shown it": lambda: self.tr("%n answers for which it was shown to the student", "", count),
            "holds the same words": lambda: self.tr("%n answers that hold the same words", "", count),
        }
        return said[why]()

    def of_places(self, places: dict[str, int]) -> list[str]:
        """Evidence, examples and tasks; what else there is in one line."""
        evidence = places.get("evidence", 0)
        examples = sum(count for place, count in places.items() if place.startswith("datasets/"))
        tasks = places.get("benchmark tasks", 0)
        counted = {"traces", "evidence", "scored", "benchmark tasks", "exemplars"}
        rest = sum(n for place, n in places.items() if place not in counted and not place.startswith("datasets/"))
        lines = [
            (evidence, self.tr("%n rows of evidence", "", evidence)),
            (examples, self.tr("%n examples in datasets", "", examples)),
            (tasks, self.tr("%n tasks of the benchmark", "", tasks)),
            (rest, self.tr("%n rows and files elsewhere", "", rest)),
        ]
        return [line for count, line in lines if count]

    def forgotten(self, count: int) -> str:
        return self.tr("%n answers were forgotten.", "", count)

    def more_places(self, count: int) -> str:
        return self.tr("… and %n more places.", "", count)


def _of_yours(path: str) -> str:
    translate = QCoreApplication.translate
    told = translate("Forget", "{file} is your own file: it is left as it is, and not read for this again.")
    return told.format(file=path)
