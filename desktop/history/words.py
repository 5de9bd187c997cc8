"""Nights, sessions and figures in words: table cells, the sentence of each plot, what is missing and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.moments import counted, day_name

if TYPE_CHECKING:
    from core.database import SessionRow
    from desktop.history.figures import Figure, Name, Unit

translate = QCoreApplication.translate


def kind_name(kind: str) -> str:
    return {
        "night": translate("History", "Night"),
        "session": translate("History", "Session with the teacher"),
        "training": translate("History", "Training"),
        "rollback": translate("History", "Roll back"),
    }.get(kind, kind)


def outcome(row: SessionRow) -> str:
    """What came of it, in one sentence."""
    if row.state == "queued":
        return translate("History", "Waiting for the next night")
    if row.state == "running":
        return translate("History", "Going on now")
    if row.state == "skipped":
        return translate("History", "Skipped: {}").format(row.reason or "")
    if row.state == "failed":
        return translate("History", "Failed: {}").format(row.reason or "")
    return row.outcome.outcome if row.outcome is not None else translate("History", "Done")


def changed(row: SessionRow) -> str:
    changes = row.outcome.changes if row.outcome is not None else ()
    if not changes:
        return translate("History", "Nothing")
    if len(changes) == 1:
        return changes[0]
    return translate("History", "{} and {} more").format(changes[0], len(changes) - 1)


def rollback_sentence(row: SessionRow) -> str:
    """Whether it can be undone, and how far that is."""
    if row.rollback is not None:
        return {
            "queued": translate(
                "History",
                "Rolling back was asked for and waits for the next night. Nothing studies at night yet: it is kept"
                " for when it does.",
            ),
            "running": translate("History", "It is being rolled back now."),
            "done": translate("History", "It was rolled back: what it changed is as it was before."),
            "skipped": translate("History", "Rolling back was skipped; its own line says why."),
            "failed": translate("History", "Rolling back failed; its own line says why."),
        }[row.rollback]
    if row.outcome is not None and row.outcome.checkpoint is not None:
        return translate("History", "What it changed can be undone exactly.")
    return translate("History", "It kept no checkpoint: there is nothing to roll back.")


def dollars(value: float) -> str:
    """Two decimals, four below a cent."""
    return translate("History", "${}").format(QLocale().toString(value, "f", 2 if value == 0 or value >= 0.01 else 4))


def value_text(value: float, unit: Unit) -> str:
    if unit == "share":
        return translate("History", "{} %").format(QLocale().toString(value * 100, "f", 1))
    return dollars(value) if unit == "dollars" else QLocale().toString(int(value))


def figure_title(name: Name) -> str:
    return {
        "benchmark": translate("History", "Benchmark score"),
        "acceptance": translate("History", "Acceptance rate"),
        "thumbs": translate("History", "Thumbs up and down"),
        "escalation": translate("History", "Escalation rate"),
        "cost": translate("History", "Cost"),
    }[name]


def line_title(name: str, figure: Name) -> str:
    return {"up": translate("History", "Up"), "down": translate("History", "Down")}.get(name, figure_title(figure))


def missing(name: Name) -> str:
    """What stands where a plot has nothing to show, and what will fill it."""
    return {
        "benchmark": translate(
            "History", "No benchmark was sat in this time. Nights will sit it once there are enough rated answers."
        ),
        "acceptance": translate("History", "No answer of this time was rated. Thumbs and corrections count here."),
        "thumbs": translate("History", "No thumb was given for an answer of this time."),
        "escalation": translate("History", "Nothing was asked in this time, so nothing was handed to the teacher."),
        "cost": translate("History", "Nothing was asked in this time, and nothing was spent."),
    }[name]


def summary(figure: Figure) -> str:
    """The plot in one sentence, for those who hear it instead of seeing it."""
    if not figure.lines:
        return missing(figure.name)
    if figure.name == "thumbs":
        up, down = (sum(value for _, value in line.points) for line in figure.lines)
        return translate("History", "{} up and {} down, {}.").format(int(up), int(down), _days(figure))
    points = figure.lines[0].points
    if figure.name == "cost":
        most = max(points, key=lambda point: point[1])
        if most[1] == 0:
            return translate("History", "Nothing was spent, {}.").format(_days(figure))
        spent = dollars(sum(value for _, value in points))
        return translate("History", "{} in all, {}; at most {} on {}.").format(
            spent, _days(figure), dollars(most[1]), day_name(most[0])
        )
    values = [value for _, value in points]
    return translate("History", "Last {} on {}; between {} and {}, {}.").format(
        value_text(values[-1], figure.unit),
        day_name(points[-1][0]),
        value_text(min(values), figure.unit),
        value_text(max(values), figure.unit),
        _days(figure),
    )


def _days(figure: Figure) -> str:
    return counted(
        len(figure.days), translate("History", "on 1 day with figures"), translate("History", "on {} days with figures")
    )
