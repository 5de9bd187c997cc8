"""When nights shall be: kept for when something studies at night, and it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QCheckBox, QFormLayout, QTimeEdit, QWidget

from core.first_run import ScheduleChoice, cron_of, time_of
from desktop.first_run.step import StepPage

if TYPE_CHECKING:
    from core.first_run import FirstRun
    from desktop.context import Context

FORM = "HH:mm"


class ScheduleStep(StepPage):
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title.setText(self.tr("When shall nights be?"))
        self._was = ""
        """The time that the settings had, empty for a schedule that is more than a daily time."""
        self.say(self.tr("Nothing studies at night yet. What you choose here is kept for when it does."))
        self.enabled = QCheckBox(self.tr("&Study at night"))
        self.enabled.setObjectName("first_run_study")
        self.time = QTimeEdit()
        self.time.setObjectName("first_run_time")
        self.time.setDisplayFormat(FORM)
        self.time.setAccessibleName(self.tr("Time at which a night begins"))
        self.box.addWidget(self.enabled)
        form = QFormLayout()
        form.addRow(self.tr("A night &begins at"), self.time)
        self.box.addLayout(form)
        self.custom = self.say("", "muted", "first_run_custom")
        self.say(
            self.tr(
                "A night will wait while you use the computer, while it is hot, and while it runs on its battery. It"
                " can be stopped at any moment without losing anything."
            ),
            "muted",
        )
        self.box.addStretch()
        self.enabled.toggled.connect(self.time.setEnabled)
        self.time.timeChanged.connect(lambda: self.custom.say(""))

    def first_control(self) -> QWidget:
        return self.enabled

    async def fill(self, first_run: FirstRun) -> None:
        now = await self.context.run(first_run.schedule_now)
        self._was = time_of(now.cron) or ""
        self.enabled.setChecked(now.enabled)
        self.time.setTime(QTime.fromString(self._was or "03:00", FORM))
        self.time.setEnabled(now.enabled)
        other = self.tr("The settings hold a schedule of another form ({}); it stays unless you change the time.")
        self.custom.say("" if self._was else other.format(now.cron))

    async def choice(self) -> ScheduleChoice:
        """A schedule that was not touched is not written."""
        shown = self.time.time().toString(FORM)
        kept = shown == self._was or bool(self.custom.text())
        return ScheduleChoice(enabled=self.enabled.isChecked(), cron="" if kept else cron_of(shown))
