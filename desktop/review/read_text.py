"""Text to be read and not typed: sized by its own length, left with Tab, copied like any text."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

MOST_LINES = 24


class ReadText(QPlainTextEdit):
    """As high as its text, up to `MOST_LINES`; then it scrolls."""

    def __init__(self, text: str, *, name: str, fixed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        if fixed:
            self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlainText(text)

    def sizeHint(self) -> QSize:
        lines = min(max(2, int(self.document().size().height())), MOST_LINES)
        margins = 2 * (self.document().documentMargin() + self.frameWidth())
        return QSize(super().sizeHint().width(), int((lines + 0.5) * self.fontMetrics().lineSpacing() + margins))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.updateGeometry()  # another width wraps into another number of lines
