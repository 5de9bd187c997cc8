"""Themes: whatever is text can be read on whatever it stands on; they change live, in windows that are open."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.config import Config, DesktopConfig
from desktop.theme import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Colours, Theme, palette

THEMES = {"light": LIGHT, "dark": DARK, "light contrast": LIGHT_CONTRAST, "dark contrast": DARK_CONTRAST}
TEXTS = ("text", "muted", "link", "good", "warning", "bad")
BEHIND = ("window", "base", "raised", "code")


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [channel / 255 for channel in QColor(colour).getRgb()[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name: str) -> None:
    colours = THEMES[name]
    least = 7.0 if "contrast" in name else 4.5
    pairs = [*itertools.product(TEXTS, BEHIND), ("on_accent", "accent"), ("text", "added"), ("text", "removed")]
    weak = {
        (text, behind): round(found, 2)
        for text, behind in pairs
        if (found := contrast(getattr(colours, text), getattr(colours, behind))) < least
    }
    assert weak == {}


@pytest.mark.parametrize("name", THEMES)
def test_frames_and_what_is_chosen_stand_out(name: str) -> None:
    colours = THEMES[name]
    for behind in ("window", "base", "raised"):
        assert contrast(colours.border, getattr(colours, behind)) >= 3
        assert contrast(colours.accent, getattr(colours, behind)) >= 3


@pytest.mark.parametrize("name", THEMES)
def test_the_palette_says_every_pair_that_qt_paints(name: str) -> None:
    made, role = palette(THEMES[name]), QPalette.ColorRole
    least = 7.0 if "contrast" in name else 4.5
    pairs = (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.ToolTipText, role.ToolTipBase),
        (role.PlaceholderText, role.Base),
        (role.Link, role.Base),
    )
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        for text, behind in pairs:
            assert contrast(made.color(group, text).name(), made.color(group, behind).name()) >= least, (text, behind)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DesktopConfig(theme="light", high_contrast="off"), LIGHT),
        (DesktopConfig(theme="dark", high_contrast="off"), DARK),
        (DesktopConfig(theme="light", high_contrast="on"), LIGHT_CONTRAST),
        (DesktopConfig(theme="dark", high_contrast="on"), DARK_CONTRAST),
        (DesktopConfig(), LIGHT),  # offscreen says nothing of either
    ],
)
def test_a_setting_changes_an_open_window(
    qapp: QApplication, qtbot: QtBot, wanted: DesktopConfig, expected: Colours
) -> None:
    theme = Theme(qapp)
    theme.choose("dark" if expected is not DARK else "light", contrast="off")
    button = QPushButton("Ask")
    qtbot.addWidget(button)
    button.show()
    theme.follow(Config(desktop=wanted))
    assert theme.colours is expected
    qtbot.waitUntil(lambda: button.palette().color(QPalette.ColorRole.Window).name() == expected.window)
    assert theme.dark == (expected in (DARK, DARK_CONTRAST))
    assert theme.high_contrast == (expected in (LIGHT_CONTRAST, DARK_CONTRAST))
    theme.choose("light", contrast="off")


def test_it_tells_only_when_something_is_another(qapp: QApplication) -> None:
    theme = Theme(qapp)
    theme.choose("light", contrast="off", motion="off")
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.reduced_motion))
    theme.choose("light", contrast="off", motion="off")
    assert told == []
    theme.choose("light", contrast="off", motion="on")
    assert told == [True]
    assert qapp.cursorFlashTime() == 0
    theme.choose("light", contrast="off", motion="off")
    assert qapp.cursorFlashTime() > 0


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton, QLineEdit, QPushButton, QComboBox, QSpinBox, QPlainTextEdit])
@pytest.mark.parametrize("name", THEMES)
def test_what_can_be_used_has_an_edge_that_can_be_seen(
    qapp: QApplication, qtbot: QtBot, kind: type[QWidget], name: str
) -> None:
    """In any theme a row of pixels through the control crosses an edge that stands out from the window."""
    theme = Theme(qapp)
    theme.choose("dark" if "dark" in name else "light", contrast="on" if "contrast" in name else "off")
    control = kind()
    qtbot.addWidget(control)
    control.setPalette(palette(THEMES[name]))
    control.resize(120, 30)
    image = control.grab().toImage()
    middle = image.height() // 2
    found = {image.pixelColor(x, middle).name() for x in range(image.width())}
    assert max(contrast(colour, THEMES[name].window) for colour in found) >= 2.9
    theme.choose("light", contrast="off")
