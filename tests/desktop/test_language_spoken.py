"""The app in German, walked window by window; and in a language that nobody speaks, which shows what
nobody can translate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenu,
    QMenuBar,
    QTabWidget,
    QWidget,
)

from desktop.context import Context
from desktop.language import fall_silent, speak
from tests.desktop.test_language import PLACES, WORD, messages
from tests.desktop.tour import lived_in, tour
from tests.desktop.visible import texts

LETTERS = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}")
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
AMOUNT = re.compile(r"[\d.,]+ [KMG]iB")
NAMES = {"demo-student", "grounded", "direct", "desktop", "claude-opus-4-6"}


@pytest.fixture(autouse=True)
def silent_again(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path / "ω"))
    before = QLocale()
    yield
    fall_silent(qapp)
    QLocale.setDefault(before)


@pytest.fixture
def german(qapp: QApplication) -> None:
    """Asked for before `context`: its menus are made at once."""
    assert speak(qapp, "de") == "de"


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[None]:
    translator = Marked()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


class Marked(QTranslator):
    """Whatever is asked for comes between brackets."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"⟦{text}⟧"


@pytest.mark.slow
async def test_every_text_of_every_window_can_be_translated(marked: None, context: Context) -> None:
    lived_in(context)
    read, left = 0, {}
    async for name, window in tour(context):
        for where, text in texts(window):
            read += 1
            if not is_name(unmarked(text)):
                left[where, text] = name
    assert read > 500
    assert left == {}


@pytest.mark.slow
async def test_in_german_nothing_is_said_in_english(german: None, context: Context) -> None:
    lived_in(context)
    english = EnglishOf("de")
    left: dict[tuple[str, str], str] = {}
    clashes: dict[tuple[str, str], list[str]] = {}
    async for name, window in tour(context):
        left |= {(where, text): name for where, text in texts(window) if english.is_said_in(text)}
        clashes |= {(name, key): found for key, found in keys(window).items() if len(found) > 1}
    assert left == {}
    assert clashes == {}


def unmarked(text: str) -> str:
    while (shorter := MARKED.sub("", text)) != text:
        text = shorter
    return text


def is_name(text: str) -> bool:
    """Of files, models, agents or programs, or an amount; and if it has no letters."""
    parts = [part.strip() for part in re.split(r"[,·\n]", text) if LETTERS.search(part)]
    return all("/" in part or part in NAMES or AMOUNT.fullmatch(part) for part in parts)


class EnglishOf:
    """What would still be English in a language: sources whose translation is another."""

    def __init__(self, language: str) -> None:
        said = list(messages(language))
        self._said = {form for message in said for form in message.forms}
        other = {message.source for message in said if message.source not in message.forms}
        worded = [source for source in other if source == PLACES.sub("", source) or len(letters(source)) > 4]
        assert len(worded) > 500
        self._texts = re.compile("|".join(".+".join(map(re.escape, PLACES.split(source))) for source in worded), re.S)

    def is_said_in(self, text: str) -> bool:
        return text not in self._said and self._texts.fullmatch(text) is not None


def letters(source: str) -> str:
    return "".join(WORD.findall(PLACES.sub("", source)))


def keys(window: QWidget) -> dict[str, list[str]]:
    """Mnemonic → the texts of what can be seen at once that have it; menus each for itself."""
    bars = window.findChildren(QMenuBar)
    seen = [a.text() for bar in bars for a in bar.actions()]
    seen += [w.text() for w in window.findChildren(QAbstractButton) if w.isVisibleTo(window)]
    seen += [w.text() for w in window.findChildren(QLabel) if w.buddy() is not None and w.isVisibleTo(window)]
    for tabs in window.findChildren(QTabWidget):
        seen += [tabs.tabText(index) for index in range(tabs.count()) if tabs.isVisibleTo(window)]
    found = by_key(seen)
    for menu in [*window.findChildren(QMenu), *([window] if isinstance(window, QMenu) else [])]:
        own = by_key([action.text() for action in menu.actions() if action.isVisible()])
        found |= {f"{menu.title()} {key}": texts for key, texts in own.items()}
    return found


def by_key(said: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in said:
        if (key := re.search(r"&([^&\s])", text.replace("&&", ""))) is not None:
            found.setdefault(key[1].lower(), []).append(text)
    return found
