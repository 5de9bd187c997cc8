"""Light, dark and high contrast: the palette and the few colours beside it. No widget names a colour of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop import style

if TYPE_CHECKING:
    from core.config import Config

Chosen = Literal["system", "light", "dark"]
Switch = Literal["system", "on", "off"]


@dataclass(frozen=True)
class Colours:
    """Each `#rrggbb`. Text colours keep 4.5:1 on `window`, `base`, `raised` and `code` (7:1 in high contrast)."""

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
    on_accent="#ffffff", link="#2f44ad", good="#12612f", warning="#7a4a00", bad="#a3171f", border="#84848f",
    code="#ececf1", added="#d7f2de", removed="#fbdcdc",
)  # fmt: skip
DARK = Colours(
    window="#1e1f24", base="#17181c", raised="#2c2e36", text="#ececf0", muted="#b0b1bb", accent="#a3b3ff",
    on_accent="#14151a", link="#a9b8ff", good="#7fdc9a", warning="#f2bf62", bad="#ff9a96", border="#7d808a",
    code="#25272e", added="#153a22", removed="#4a1d1f",
)  # fmt: skip
LIGHT_CONTRAST = Colours(
    window="#ffffff", base="#ffffff", raised="#ffffff", text="#000000", muted="#000000", accent="#000080",
    on_accent="#ffffff", link="#0000b0", good="#004d1a", warning="#5a3300", bad="#8a0000", border="#000000",
    code="#ffffff", added="#d9ffe3", removed="#ffe3e3",
)  # fmt: skip
DARK_CONTRAST = Colours(
    window="#000000", base="#000000", raised="#000000", text="#ffffff", muted="#ffffff", accent="#ffff00",
    on_accent="#000000", link="#80d4ff", good="#5cff8a", warning="#ffd000", bad="#ffb0b0", border="#ffffff",
    code="#000000", added="#003a12", removed="#4a0000",
)  # fmt: skip
DISABLED = "#808080"
"""In high contrast, where all that can be used has the strongest colours there are."""
USUAL_FLASHING_MS = 1000


class Theme(QObject):
    """The app's look; `changed` when it is another."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        style.install(application)
        self._application = application
        self._hints = application.styleHints()
        self._theme: Chosen = "system"
        self._contrast: Switch = "system"
        self._motion: Switch = "system"
        self._applied = False
        self._flashing_ms = application.cursorFlashTime() or USUAL_FLASHING_MS
        self.colours = LIGHT
        self._hints.colorSchemeChanged.connect(lambda _: self._apply())
        self._hints.accessibility().contrastPreferenceChanged.connect(lambda _: self._apply())

    @property
    def dark(self) -> bool:
        return self.colours in (DARK, DARK_CONTRAST)

    @property
    def high_contrast(self) -> bool:
        return self.colours in (LIGHT_CONTRAST, DARK_CONTRAST)

    @property
    def reduced_motion(self) -> bool:
        """True: nothing on the screen moves on its own."""
        if self._motion == "system":
            return not self._application.isEffectEnabled(Qt.UIEffect.UI_General)
        return self._motion == "on"

    def choose(self, theme: Chosen, *, contrast: Switch = "system", motion: Switch = "system") -> None:
        """Takes effect at once in every window."""
        if not self._applied or (theme, contrast, motion) != (self._theme, self._contrast, self._motion):
            self._theme, self._contrast, self._motion = theme, contrast, motion
            self._apply()

    def follow(self, config: Config) -> None:
        chosen = config.desktop
        self.choose(chosen.theme, contrast=chosen.high_contrast, motion=chosen.reduced_motion)

    def _apply(self) -> None:
        self._applied = True
        self.colours = self._wanted()
        # An explicit palette: setColorScheme does nothing where the desktop has no platform theme.
        self._application.setPalette(palette(self.colours))
        self._application.setCursorFlashTime(0 if self.reduced_motion else self._flashing_ms)
        self.changed.emit()

    def _wanted(self) -> Colours:
        """What the desktop does not say is light, and of usual contrast."""
        dark = self._theme == "dark"
        if self._theme == "system":
            dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        strong = self._contrast == "on"
        if self._contrast == "system":
            asked = self._hints.accessibility().contrastPreference()
            strong = asked == Qt.ContrastPreference.HighContrast
        if strong:
            return DARK_CONTRAST if dark else LIGHT_CONTRAST
        return DARK if dark else LIGHT


def palette(c: Colours) -> QPalette:
    """Fusion's palette for these colours. Mid and Dark draw its frames."""
    role = QPalette.ColorRole
    made = QPalette()
    for name, colour in (
        (role.Window, c.window), (role.WindowText, c.text), (role.Base, c.base), (role.AlternateBase, c.window),
        (role.ToolTipBase, c.raised), (role.ToolTipText, c.text), (role.Text, c.text), (role.Button, c.raised),
        (role.ButtonText, c.text), (role.BrightText, c.bad), (role.Link, c.link), (role.LinkVisited, c.link),
        (role.Highlight, c.accent), (role.HighlightedText, c.on_accent), (role.PlaceholderText, c.muted),
        (role.Accent, c.accent), (role.Mid, c.border), (role.Dark, c.border), (role.Light, c.raised),
        (role.Midlight, c.raised),
    ):  # fmt: skip
        made.setColor(name, QColor(colour))
    unusable = DISABLED if c.muted == c.text else c.muted
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(unusable))
    return made
