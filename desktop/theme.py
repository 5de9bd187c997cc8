"""Light, dark and high contrast: the palette and the few colours beside it. No widget names a colour of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

Chosen = Literal["system", "light", "dark", "high_contrast"]


@dataclass(frozen=True)
class Colours:
    """Each `#rrggbb`. Text colours keep 4.5:1 on `window`, `base` and `raised` (7:1 in high contrast)."""

    window: str
    base: str
    """behind what is typed or listed"""
    raised: str
    """buttons, bubbles, chips"""
    text: str
    muted: str
    """text that matters less"""
    accent: str
    on_accent: str
    link: str
    good: str
    warning: str
    bad: str
    border: str
    code: str
    """behind code blocks"""
    added: str
    """behind added lines of a diff"""
    removed: str


LIGHT = Colours(
    window="#f5f5f7", base="#ffffff", raised="#e9e9ee", text="#1b1b1f", muted="#55555f", accent="#3a4fb8",
    on_accent="#ffffff", link="#2f44ad", good="#12612f", warning="#7a4a00", bad="#a3171f", border="#8a8a96",
    code="#ececf1", added="#d7f2de", removed="#fbdcdc",
)  # fmt: skip
DARK = Colours(
    window="#1e1f24", base="#17181c", raised="#2c2e36", text="#ececf0", muted="#b0b1bb", accent="#a3b3ff",
    on_accent="#14151a", link="#a9b8ff", good="#7fdc9a", warning="#f2bf62", bad="#ff9a96", border="#74767f",
    code="#25272e", added="#153a22", removed="#4a1d1f",
)  # fmt: skip
CONTRAST = Colours(
    window="#000000", base="#000000", raised="#000000", text="#ffffff", muted="#ffffff", accent="#ffff00",
    on_accent="#000000", link="#80d4ff", good="#5cff8a", warning="#ffd000", bad="#ffa0a0", border="#ffffff",
    code="#000000", added="#003a12", removed="#4a0000",
)  # fmt: skip


class Theme(QObject):
    """The app's look; `changed` when it is another."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._chosen: Chosen = "system"
        self.reduced_motion = False
        self.colours = LIGHT
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def dark(self) -> bool:
        return self.colours is not LIGHT

    @property
    def high_contrast(self) -> bool:
        return self.colours is CONTRAST

    def choose(self, chosen: Chosen, *, reduced_motion: bool = False) -> None:
        """Takes effect at once in every window."""
        self._chosen = chosen
        self.reduced_motion = reduced_motion
        self._apply()

    def _system_changed(self) -> None:
        if self._chosen == "system":
            self._apply()

    def _apply(self) -> None:
        found = self._application.styleHints().colorScheme()
        by_system = DARK if found == Qt.ColorScheme.Dark else LIGHT
        self.colours = {"light": LIGHT, "dark": DARK, "high_contrast": CONTRAST}.get(self._chosen, by_system)
        self._application.setPalette(palette(self.colours))
        self.changed.emit()


def palette(c: Colours) -> QPalette:
    """Fusion's palette for these colours."""
    role = QPalette.ColorRole
    made = QPalette()
    for name, colour in (
        (role.Window, c.window), (role.WindowText, c.text), (role.Base, c.base), (role.AlternateBase, c.window),
        (role.ToolTipBase, c.raised), (role.ToolTipText, c.text), (role.Text, c.text), (role.Button, c.raised),
        (role.ButtonText, c.text), (role.BrightText, c.bad), (role.Link, c.link), (role.LinkVisited, c.link),
        (role.Highlight, c.accent), (role.HighlightedText, c.on_accent), (role.PlaceholderText, c.muted),
        (role.Accent, c.accent),
    ):  # fmt: skip
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(c.muted))
    return made
