"""Which language is spoken, by what is chosen and what the computer speaks: words, Qt's own words, dates, numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
)
from pytestqt.qtbot import QtBot

from core.errors import DatabaseError
from desktop.bridge import Notice
from desktop.context import Context
from desktop.language import fall_silent, first_spoken, speak
from desktop.tray import Tray


@pytest.fixture(autouse=True)
def silent_again(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path / "ω"))
    before = QLocale()
    yield
    fall_silent(qapp)
    QLocale.setDefault(before)


SPOKEN_AS = """
import sys
from PySide6.QtCore import QCoreApplication, QDate, QLocale
from PySide6.QtWidgets import QApplication
from desktop.language import fall_silent, speak
app = QApplication([])
said = [speak(app, sys.argv[1]), QCoreApplication.translate("Tray", "The student is ready.")]
said += [QLocale().toString(1234.5, "f", 1), QLocale().toString(QDate(2026, 11, 21), "dddd d MMMM")]
speak(app, sys.argv[1])
print("|".join([*said, app.translate("Deletion", "Forget %n answers", "", 1)]))
"""


@pytest.mark.parametrize(
    ("system", "chosen", "expected"),
    [
        ("de_DE.UTF-8", "system", "de|Der Schüler ist bereit.|1.234,5|Samstag 21 November|1 Antwort vergessen"),
        ("de_DE.UTF-8", "en", "en|The student is ready.|1.234,5|Saturday 21 November|Forget 1 answer"),
        ("en_US.UTF-8", "de", "de|Der Schüler ist bereit.|1.234,5|Samstag 21 November|1 Antwort vergessen"),
        ("en_US.UTF-8", "system", "en|The student is ready.|1,234.5|Saturday 21 November|Forget 1 answer"),
        ("fr_CH.UTF-8", "system", "en|The student is ready.|1'234.5|Saturday 21 November|Forget 1 answer"),
        ("de_CH.UTF-8", "system", "de|Der Schüler ist bereit.|1'234.5|Samstag 21 November|1 Antwort vergessen"),
        ("C.UTF-8", "system", "en|The student is ready.|1,234.5|Saturday 21 November|Forget 1 answer"),
    ],
)
def test_words_dates_and_numbers_by_what_is_chosen_and_what_the_computer_speaks(
    system: str, chosen: str, expected: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-c", SPOKEN_AS, chosen],
        env={**kept, "LC_ALL": system, "PYTHONUTF8": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.stdout.strip() == expected, done.stderr


def test_the_first_language_that_a_person_wants_and_the_app_speaks() -> None:
    assert first_spoken(["fr-Latn-FR", "fr", "de-Latn-AT", "de", "en"]) == "de"
    assert first_spoken(["C"]) == first_spoken([]) == "en"


@pytest.mark.parametrize(("chosen", "cancel"), [("de", "Abbrechen"), ("en", "Cancel")])
def test_qts_own_words_are_in_that_language(qapp: QApplication, qtbot: QtBot, chosen: str, cancel: str) -> None:
    speak(qapp, "de")
    assert speak(qapp, chosen) == chosen  # and nothing of the other is left
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.buttons()[0].text().replace("&", "") == cancel


async def test_a_settings_page_speaks_of_what_core_declares_in_german(context: Context, qapp: QApplication) -> None:
    speak(qapp, "de")
    context.windows.show_settings("appearance")
    window = context.windows.get("settings")
    box = window.findChild(QComboBox, "setting_desktop_language")
    assert [box.itemText(index) for index in range(box.count())] == ["System", "English", "Deutsch"]
    assert box.accessibleName() == "Sprache"


async def test_errors_have_german_titles_and_the_tray_a_german_menu(context: Context, qapp: QApplication) -> None:
    speak(qapp, "de")
    tray = Tray()
    assert Notice.of(DatabaseError("It is gone.")).title == "Die Datenbank lässt sich nicht benutzen"
    assert tray.menu.actions()[0].text() == "&Beenden"
    tray.attach(context)
    assert tray.words.endswith(": Der Schüler macht sich bereit.")
    tray.hide()
