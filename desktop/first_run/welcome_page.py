"""The first page: what Nightschool is, and what it does not do unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.first_run.step import StepPage

if TYPE_CHECKING:
    from core.first_run import Choice
    from desktop.context import Context


class WelcomePage(StepPage):
    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title.setText(self.tr("Welcome to Nightschool"))
        self.say(
            self.tr(
                "By day you ask a model on this computer, the student, and say of its answers what was good and what"
                " was not. What you accepted or corrected helps with the next question."
            )
        )
        self.say(
            self.tr(
                "In later versions the student also studies at night, and only what passes an exam is kept. In the"
                " morning you read what was learned, and can undo it."
            )
        )
        self.say(
            self.tr(
                "Everything stays on this computer. Nothing is sent anywhere until you add a teacher or ask for a"
                " download, and then you see what is sent."
            )
        )
        self.say(self.tr("Three short questions follow. You can stop at any time and go on later."), "muted")
        self.box.addStretch()

    async def choice(self) -> Choice:
        from core.first_run import Welcomed

        return Welcomed()
