"""Languages: what translators work on has every text of the windows, whole and with its holes; and the app reads it."""

from __future__ import annotations

import ast
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.language import SPOKEN
from scripts import translations

PLACES = re.compile(r"\{[^}]*\}|%n")
WORD = re.compile(r"[^\W\d_]{2,}")
LANGUAGES = list(translations.LANGUAGES)


class Message:
    def __init__(self, context: str, message: ET.Element) -> None:
        self.context = context
        self.source = message.findtext("source") or ""
        translation = message.find("translation")
        assert translation is not None
        self.state = translation.get("type")
        self.forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]


def messages(language: str) -> Iterator[Message]:
    for context in ET.parse(translations.source_file(language)).getroot().iter("context"):
        for message in context.iter("message"):
            yield Message(context.findtext("name") or "", message)


def asked_for() -> Iterator[tuple[str, str | None]]:
    """(context, text) of every call that translates, text None where it is no literal."""
    for path in sorted((translations.ROOT / "desktop").rglob("*.py")):
        yield from calls(ast.parse(path.read_text(encoding="utf-8")), "")


def calls(node: ast.AST, inside: str) -> Iterator[tuple[str, str | None]]:
    inside = node.name if isinstance(node, ast.ClassDef) else inside
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [str(each.value) if isinstance(each, ast.Constant) else None for each in node.args]
        if name == "tr":
            yield inside, given[0]
        elif name == "translate":
            yield str(given[0]), given[1]
    for child in ast.iter_child_nodes(node):
        yield from calls(child, inside)


def test_every_text_that_is_asked_for_is_a_literal_and_in_the_file() -> None:
    """lupdate reads Python by rules of its own: it sees nothing inside an f-string, for example."""
    asked = set(asked_for())
    assert len(asked) > 500
    assert {context for context, text in asked if text is None} == {"Catalogue", "Config", "Errors"}
    kept = {(message.context, message.source) for message in messages("de")}
    assert {(context, text) for context, text in asked if text is not None} - kept == set()
    assert set(translations.from_core()) <= kept


def test_the_files_are_up_to_date(tmp_path: Path) -> None:
    for language in LANGUAGES:
        shutil.copy(translations.source_file(language), tmp_path)
    translations.update(tmp_path)
    for language in LANGUAGES:
        now = translations.source_file(language, tmp_path).read_text(encoding="utf-8")
        kept = translations.source_file(language).read_text(encoding="utf-8")
        assert now == kept, "run `make translations`"


def test_what_the_app_reads_was_made_from_what_is_translated(tmp_path: Path) -> None:
    translations.release(tmp_path)
    for language in LANGUAGES:
        made = tmp_path / f"nightschool_{language}.qm"
        assert made.read_bytes() == (translations.FOLDER / made.name).read_bytes(), "run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated_with_its_holes_and_its_keys(language: str) -> None:
    assert translations.missing() == []
    for message in messages(language):
        assert message.state is None, f"{message.state}: {message.source}"
        for form in message.forms:
            assert sorted(PLACES.findall(form)) == sorted(PLACES.findall(message.source)), form
            assert form.count("&") == message.source.count("&"), form
            assert form[:1].isspace() == message.source[:1].isspace(), form
            assert form.rstrip()[-1] in ".…?:" or message.source[-1] not in ".…?:", form
            assert form == form.rstrip(), form


def test_german_is_german() -> None:
    """Few texts are the same in both, and those are names, units and formats."""
    same = {message.source for message in messages("de") if message.source in message.forms}
    assert {text for text in same if len(WORD.findall(PLACES.sub("", text))) > 1} == set()


def test_a_language_that_can_be_chosen_is_spoken() -> None:
    from core.config import describe_one

    choices = describe_one("desktop.language").choices
    assert set(choices) == {"system", *SPOKEN}
    assert set(LANGUAGES) == set(SPOKEN)
