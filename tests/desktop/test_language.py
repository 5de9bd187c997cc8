"""Languages: the file that translators work on has every text of the windows, and the app speaks what was compiled."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from desktop.language import speak
from scripts import translations


@pytest.fixture
def silent_again(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


def texts(path: Path) -> set[tuple[str, str]]:
    contexts = ET.parse(path).getroot().iter("context")
    return {(c.findtext("name") or "", m.findtext("source") or "") for c in contexts for m in c.iter("message")}


def test_every_text_of_the_windows_is_in_the_file(tmp_path: Path) -> None:
    translations.update(tmp_path)
    for language in translations.LANGUAGES:
        kept = texts(translations.ROOT / translations.source_file(language))
        now = texts(translations.source_file(language, tmp_path))
        assert len(now) > 100
        assert kept == now, "run `python -m scripts.translations update`"


def test_what_the_app_reads_was_made_from_what_is_translated(tmp_path: Path) -> None:
    translations.compile_all(tmp_path)
    for language in translations.LANGUAGES:
        made = tmp_path / f"nightschool_{language}.qm"
        kept = translations.ROOT / translations.FOLDER / made.name
        assert made.read_bytes() == kept.read_bytes(), "run `python -m scripts.translations compile`"


@pytest.mark.parametrize(
    ("chosen", "spoken", "cancel"), [("de", "de", "Abbrechen"), ("en", "en", "Cancel"), ("fr", "en", "Cancel")]
)
def test_qts_own_words_are_in_that_language(
    qapp: QApplication, qtbot: QtBot, silent_again: None, chosen: str, spoken: str, cancel: str
) -> None:
    assert speak(qapp, chosen) == spoken
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.buttons()[0].text().replace("&", "") == cancel
