"""A setting that nothing reads would be a dead button: each has a reader in the code, or says that it is for later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.config import Config, SettingInfo, describe, describe_one
from core.config.section import Section, setting
from scripts.configuration_page import LATER, SEEDS

ROOT = Path(__file__).parent.parent.parent
READ_BY_THE_DESKTOP = ("desktop.", "notifications.")
SOURCES = {
    path: path.read_text()
    for folder in ("core", "desktop")
    for path in (ROOT / folder).rglob("*.py")
    if "core/config" not in path.as_posix()
}


def readers(key: str, sources: dict[Path, str]) -> list[Path]:
    """Modules that know the table, by its name or its Section, and read an attribute of the setting's name."""
    table, name = key.split(".")[0], key.rpartition(".")[2]
    section = type(getattr(Config(), table)).__name__
    knows = re.compile(rf"\b(?:config|configuration|parts\.config)\.{table}\b|\b{section}\b|\.{table}\.{name}\b")
    reads = re.compile(rf"\.{name}\b")
    return [path for path, text in sources.items() if knows.search(text) and reads.search(text)]


@pytest.mark.parametrize("info", [info for info in describe() if not info.later], ids=lambda info: info.key)
def test_what_is_not_for_later_is_read(info: SettingInfo) -> None:
    found = readers(info.key, SOURCES)
    if info.key.startswith(READ_BY_THE_DESKTOP):
        found = [path for path in found if "desktop" in path.parts]
    assert found, f"nothing reads {info.key}"


def test_the_search_can_fail() -> None:
    one = Path("one.py")
    assert readers("server.port", {one: "def f(config): return config.server.port"}) == [one]
    assert readers("server.port", {one: "def f(config: ServerConfig): return config.port"}) == [one]
    assert readers("server.port", {one: "def f(config): return config.server.host"}) == []
    assert readers("server.port", {one: "def f(url): return url.port"}) == []


def test_what_is_known_by_other_names_is_read_where_the_page_says() -> None:
    for key, by in SEEDS.values():
        assert (by == LATER) == describe_one(key).later, key
        assert by == LATER or ROOT / by in readers(key, SOURCES), f"{by} does not read {key}"


def test_what_is_for_later_says_so_and_nothing_else_does() -> None:
    later = [info.key for info in describe() if info.later]
    assert {key.split(".")[0] for key in later} == {"learning", "training"}
    at_night = {info.key for info in describe() if info.key.startswith(("learning.", "training."))}
    assert at_night - set(later) == {"training.min_quality"}


def test_a_declaration_is_told_as_it_was_made() -> None:
    meta = setting("Label", "What it does.", page="model", unit="s", gt=0, le=9, later=True)
    assert (meta.gt, meta.le, meta.description) == (0, 9, "What it does.")
    assert all(issubclass(type(getattr(Config(), name)), Section) for name in Config.__struct_fields__)
