"""What every page of the first run is: it fills itself, says whether it may go on, and hands over what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.settings.words import Tone, Words, heading

if TYPE_CHECKING:
    from core.first_run import Choice, FirstRun
    from desktop.context import Context


class StepPage(QWidget):
    """`ready` is whether Next may be pressed; `changed` when that is another, or something else was chosen."""

    changed = Signal()
    entered = Signal()
    """Enter was pressed where it means Next."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.title = heading("")
        self.box = QVBoxLayout(self)
        self.box.addWidget(self.title)

    @property
    def ready(self) -> bool:
        return True

    async def fill(self, first_run: FirstRun) -> None:
        """Reads what is set now; before the page is shown, each time: nothing changes under the person's fingers."""

    async def look(self, first_run: FirstRun) -> None:
        """What takes longer, while the page is shown already."""

    def first_control(self) -> QWidget | None:
        """Where the keyboard starts on this page; None: at Next."""
        return None

    async def choice(self) -> Choice | None:
        """What was chosen; None on the last page."""
        return None

    def say(self, text: str, tone: Tone = "text", name: str = "") -> Words:
        words = Words(self.context.theme, text, tone, name=name)
        self.box.addWidget(words)
        return words
