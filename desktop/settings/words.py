"""Text that explains: wrapped, in a tone of the theme, read out by a screen reader, hidden while there is none."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from desktop.theme import Theme

Tone = Literal["text", "muted", "good", "warning", "bad"]


class Words(QLabel):
    """One or more sentences. `say("")` takes them away, and the room they took."""

    def __init__(self, theme: Theme, text: str = "", tone: Tone = "muted", *, name: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._tone: Tone = tone
        self.setWordWrap(True)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.changed.connect(self._colour)
        self.say(text, tone)

    @property
    def tone(self) -> Tone:
        return self._tone

    def say(self, text: str, tone: Tone | None = None) -> None:
        if tone is not None:
            self._tone = tone
        self.setText(text)
        self.setVisible(bool(text))
        self._colour()

    def _colour(self) -> None:
        colours = palette_with(self.palette(), getattr(self._theme.colours, self._tone))
        self.setPalette(colours)


def palette_with(palette: QPalette, colour: str) -> QPalette:
    made = QPalette(palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        made.setColor(role, QColor(colour))
    return made


def heading(text: str, parent: QWidget | None = None) -> QLabel:
    """The title of a part of a page, larger by the font's own measure."""
    label = QLabel(text, parent)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.15)
    font.setBold(True)
    label.setFont(font)
    return label


def declared(text: str) -> str:
    """A label or description of core.config in the person's language."""
    return QCoreApplication.translate("Config", text) if text else ""
