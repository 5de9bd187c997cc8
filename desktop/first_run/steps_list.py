"""Where one is: the steps by name, the present one marked in words and weight, not by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.first_run import STEPS, Step
from desktop.settings.words import Words

if TYPE_CHECKING:
    from desktop.theme import Theme


class StepsList(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Steps"))
        self._names: dict[Step, str] = {
            "welcome": self.tr("Welcome"),
            "model": self.tr("The student"),
            "schedule": self.tr("Nights"),
            "teacher": self.tr("A teacher"),
            "done": self.tr("Done"),
        }
        self.labels: dict[Step, QLabel] = {step: Words(theme, name=f"step_{step}") for step in STEPS}
        box = QVBoxLayout(self)
        for label in self.labels.values():
            label.setWordWrap(False)
            box.addWidget(label)
        self._keep_width()
        box.addStretch()

    def _keep_width(self) -> None:
        """As wide as its widest name in bold, so that nothing moves sideways from step to step."""
        bold = self.font()
        bold.setBold(True)
        widest = max(QFontMetrics(bold).horizontalAdvance(f"▸ 5. {name}  ") for name in self._names.values())
        self.setMinimumWidth(widest + 2 * self.fontMetrics().averageCharWidth())

    def show_step(self, present: Step) -> None:
        for number, (step, label) in enumerate(self.labels.items(), start=1):
            here = step == present
            passed = number <= STEPS.index(present)
            mark = "▸" if here else "✓" if passed else " "
            label.setText(f"{mark} {number}. {self._names[step]}")
            label.setVisible(True)
            font = label.font()
            font.setBold(here)
            label.setFont(font)
            told = self.tr("Step {} of {}: {}, you are here") if here else self.tr("Step {} of {}: {}")
            label.setAccessibleName(told.format(number, len(STEPS), self._names[step]))
