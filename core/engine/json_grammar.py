"""GBNF expressions for the leaves of JSON: texts, whole numbers in a range, and sets of literals."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

PRIMITIVES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "space": ('" "?', ()),
    "char": (r'[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})', ()),
    "string": (r'"\"" char* "\""', ("char",)),
    "whole": ('"0" | [1-9] [0-9]{0,15}', ()),
    "integer": ('"-"? whole', ("whole",)),
    "number": ('"-"? whole ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?', ("whole",)),
    "boolean": ('"true" | "false"', ()),
    "null": ('"null"', ()),
    "value": (
        "object | array | string | number | boolean | null",
        ("object", "array", "string", "number", "boolean", "null"),
    ),
    "member": ('string space ":" space value', ("string", "space", "value")),
    "object": ('"{" space (member ("," space member)*)? "}"', ("space", "member")),
    "array": ('"[" space (value ("," space value)*)? "]"', ("space", "value")),
    "date": (
        '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
        (),
    ),
    "time": (
        '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? '
        '("Z" | [-+] ("0" [0-9] | "1" [0-4]) ":" [0-5] [0-9])',
        (),
    ),
    "date-time": ('date "T" time', ("date", "time")),
    "uuid": ("[0-9a-fA-F]{8}" + ' "-" [0-9a-fA-F]{4}' * 3 + ' "-" [0-9a-fA-F]{12}', ()),
}
"""Rule → (expression, the rules that it uses). Days end at 28, so that every date is one."""
FORMATS: Final = ("date", "time", "date-time", "uuid")
MOST: Final = 10**16 - 1
"""Whole numbers have at most 16 digits, as in the rule `whole`."""


def literal(text: str) -> str:
    """A GBNF literal of exactly this text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c != "\x7f" else f"\\U{ord(c):08x}" for c in escaped) + '"'


def encoded(value: Any) -> str:
    """A value as the JSON text that the model is to write."""
    return json.dumps(value, ensure_ascii=False)


def whole_between(low: int, high: int) -> str:
    """Decimal forms of the whole numbers low..high, both within ±MOST."""
    parts = []
    if low < 0:
        ends = _splits(max(1, -min(high, -1)), -low)
        parts += [f'"-" ({" | ".join(ends)})']
    if high >= 0:
        parts += _splits(max(low, 0), high)
    return " | ".join(parts)


def _splits(low: int, high: int) -> list[str]:
    """low..high (not negative) cut where every digit has a range of its own."""
    stops = {high}
    width = 1
    while (stop := _filled(low, width, "9")) < high:
        stops.add(stop)
        width += 1
    width = 1
    while low < (stop := _filled(high + 1, width, "0") - 1) <= high:
        stops.add(stop)
        width += 1
    parts, start = [], low
    for stop in sorted(stops):
        if stop >= start:
            parts.append(_digits(start, stop))
            start = stop + 1
    return parts


def _filled(number: int, width: int, digit: str) -> int:
    return int((str(number).rjust(width, "0")[:-width] or "") + digit * width)


def _digits(low: int, high: int) -> str:
    """Two numbers of equal length between which each digit runs freely."""
    return " ".join(
        f'"{a}"' if a == b else f"[{a}-{b}]"
        for a, b in zip(str(low).rjust(len(str(high)), "0"), str(high), strict=True)
    )


def choices(texts: Sequence[str], add: Callable[[str], str]) -> str:
    """One of these texts, as a tree of common beginnings, so that no two branches start alike.

    add: stores an expression as a rule and returns its name.
    """
    todo: list[tuple[str, list[str]]] = [("", sorted(set(texts)))]
    expressions: dict[str, list[str]] = {}
    order: list[tuple[str, list[tuple[str, str]]]] = []
    while todo:
        at, group = todo.pop()
        branches: list[tuple[str, str]] = []
        for first in sorted({text[len(at)] for text in group if len(text) > len(at)}):
            members = [text for text in group if text[len(at) : len(at) + 1] == first]
            shared = _common(members)
            branches.append((shared[len(at) :], shared if len(members) > 1 else ""))
            if len(members) > 1:
                todo.append((shared, members))
        order.append((at, branches))
        expressions[at] = ['""'] if at in group else []
    names: dict[str, str] = {}
    for at, branches in reversed(order):
        parts = [f"{literal(text)} {names[below]}" if below else literal(text) for text, below in branches]
        whole = " | ".join(parts + expressions[at])
        names[at] = add(whole) if at else whole
    return names[""]


def _common(texts: Sequence[str]) -> str:
    """The longest common beginning of sorted texts is that of the first and the last."""
    first, last = texts[0], texts[-1]
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:size]
