"""Looks through the text of a `config.toml` as somebody types it: what is wrong, and on which line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from core.config.checks import problem
from core.config.declared import SettingInfo, describe, describe_one, meant, tables
from core.errors import ConfigError

PLACE = re.compile(r" \((?:at line (\d+), column \d+|at end of document)\)$")
DEEP = "This is nested too deeply."
HEADER = re.compile(r"\s*\[(\[?)(.+?)\]?\]\s*(#.*)?$")


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. `line` counts from 1."""

    line: int
    message: str


class Leaf(msgspec.Struct, frozen=True):
    """A value or an empty table, by the names that lead to it."""

    line: int
    path: tuple[str, ...]
    value: Any


def check_document(text: str) -> list[Problem]:
    """Everything that is wrong with a whole file, by line: [] for one that can be read."""
    try:
        values = read(text)
        leaves = list(by_line(text, values))
    except Unreadable as error:
        return [Problem(error.line, error.message)]
    except RecursionError:
        return [Problem(1, DEEP)]
    found = [Problem(leaf.line, told) for leaf in leaves if (told := wrong(leaf))]
    return sorted(found, key=lambda each: each.line)


def first_wrong(values: dict[str, Any]) -> str | None:
    """What is wrong with the values of a file, of which only the tables are known."""
    return next((told for path, value in flat(values) if (told := wrong(Leaf(1, path, value)))), None)


def by_line(text: str, values: dict[str, Any]) -> Iterator[Leaf]:
    """Every value with its line; with the first one where the reading by lines does not follow."""
    try:
        yield from list(statements(text))
    except Unreadable:
        yield from (Leaf(1, path, value) for path, value in flat(values))


class Unreadable(Exception):
    """No TOML. As text it says only where and why, for a sentence that says what is no TOML."""

    def __init__(self, line: int, message: str, why: str = "") -> None:
        super().__init__(f"line {line}: {why or message}")
        self.line, self.message = line, message


def read(text: str) -> dict[str, Any]:
    """The tables of a file. Raises Unreadable."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Unreadable(1, DEEP) from None
    except ValueError as error:  # tomllib lets Python's own refusal of giant numbers through
        said = str(error)
        place = PLACE.search(said)
        line = int(place[1]) if place and place[1] else max(1, text.count("\n") + (not text.endswith("\n")))
        line = line if place else 1
        why = f"{PLACE.sub('', said).rstrip('.')}."
        raise Unreadable(line, f"This is no valid TOML: {why}", why) from None


def statements(text: str) -> Iterator[Leaf]:
    """Each value with the line where its statement begins."""
    lines = text.split("\n")
    table: tuple[str, ...] = ()
    at = 0
    while at < len(lines):
        line, end = lines[at], at + 1
        if not line.strip() or line.lstrip().startswith("#"):
            pass
        elif line.lstrip().startswith("["):
            table = header(line)
            yield Leaf(at + 1, table, [{}] if line.lstrip().startswith("[[") else {})
        else:
            values, end = whole_statement(lines, at)
            for path, value in flat(values):
                yield Leaf(at + 1, (*table, *path), value)
        at = end


def header(line: str) -> tuple[str, ...]:
    """The names in `[learning.distillation]`."""
    found = HEADER.match(line)
    if not found:
        raise Unreadable(0, line)
    ((path, _),) = flat(read(f"{found[2]} = 0"))
    return path


def whole_statement(lines: list[str], at: int) -> tuple[dict[str, Any], int]:
    """The assignment that begins at this line, and the line after it: no beginning of one is a whole one."""
    for end in range(at + 1, len(lines) + 1):
        try:
            return read("\n".join(lines[at:end])), end
        except Unreadable:
            continue
    raise Unreadable(at + 1, lines[at])


def flat(values: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value by its path; a table without any is a value itself."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            for path, inner in flat(value):
                yield (name, *path), inner
        else:
            yield (name,), value


def wrong(leaf: Leaf) -> str | None:
    """What a person is told of one value, or of one table's head."""
    key = ".".join(leaf.path)
    above = [".".join(leaf.path[:depth]) for depth in range(1, len(leaf.path))]
    if leaf.value == {}:
        return None if key in tables() else unknown(key, [*above, key])
    if key in tables():
        return f"{key} is a table: write [{key}] on a line of its own, and its settings below."
    try:
        info = describe_one(key)
    except ConfigError:
        return unknown(key, above)
    told = problem(info, leaf.value)
    return f"{key}: {told}{quoting(info, leaf.value)}" if told else None


def unknown(key: str, above: list[str]) -> str:
    for part in above:
        if part in {info.key for info in describe()}:
            return f"{part} is one setting, and holds no others."
    return f"There is no setting {key}{meant(key)}."


def quoting(info: SettingInfo, value: Any) -> str:
    """The commonest slip in TOML: a text without, or a number with quotation marks."""
    if isinstance(value, str) and info.type in ("int", "float", "bool"):
        return " Leave out the quotation marks."
    return ' Put it between "quotation marks".' if info.type == "str" and not isinstance(value, str) else ""
