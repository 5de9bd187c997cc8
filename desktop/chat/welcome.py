"""What stands where there are no messages yet: what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from desktop.context import Context

DEMO = "demo-student"


class Welcome(QWidget):
    """A question worth asking, on a button."""

    tried = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._question = ""
        self.words = QLabel()
        self.words.setObjectName("welcome")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setText(
            self.tr(
                "Ask your student something. Rate what it answers, or write what would have been right: accepted and "
                "corrected answers are shown to it where they fit, from the next question on."
            )
        )
        self.button = QPushButton()
        self.button.setObjectName("try_example")
        self.button.clicked.connect(lambda: self.tried.emit(self._question))
        box = QVBoxLayout(self)
        box.addStretch()
        box.addWidget(self.words)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch()
        self.refresh()
        context.bridge.config_changed.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """Another model, another example."""
        self._context.spawn(self._refresh(), parent=self)

    async def _refresh(self) -> None:
        self._question = await self._context.run(example, self._context.config.models.chosen)
        told = self._question or self.tr("What can you help me with?")
        self._question = told
        self.button.setText(self.tr("Try: {question}").format(question=told).replace("&", "&&"))


def example(chosen: str) -> str:
    """A fact that the demo student was taught; "" for any other student."""
    if chosen not in ("", DEMO):
        return ""
    from core.simulate.world import World

    return World().known()[0].question
