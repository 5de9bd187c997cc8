"""The last page: what to try first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.first_run.step import StepPage

if TYPE_CHECKING:
    from core.first_run import FirstRun
    from desktop.context import Context


class DonePage(StepPage):
    """`ask` carries the question to try."""

    ask = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._question = ""
        self.title.setText(self.tr("That is all"))
        self.say(
            self.tr(
                "Nightschool stands in the tray: there you rate the last answer, whichever program asked for it. Where"
                " there is no tray, the chat's window has everything."
            )
        )
        self.question = self.say("", "text", "first_run_question")
        self.button = QPushButton(self.tr("&Ask this in the chat"))
        self.button.setObjectName("first_run_ask")
        self.button.setAutoDefault(True)
        self.button.clicked.connect(lambda: self.ask.emit(self._question))
        self.box.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.box.addStretch()

    def first_control(self) -> QWidget:
        return self.button

    async def fill(self, first_run: FirstRun) -> None:
        from desktop.chat.welcome import example

        known = await self.context.run(example, self.context.config.models.chosen)
        self._question = known or self.tr("What can you help me with?")
        self.question.say(self.tr("A question to begin with: {}").format(self._question))
