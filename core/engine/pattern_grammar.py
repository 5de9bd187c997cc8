"""A JSON schema's `pattern` (an ECMA regular expression) as GBNF, for the regular part of that language.

Classes, groups, alternatives, counts and the two anchors at the ends are kept exactly. What needs memory or looks
around (back references, look-ahead, word boundaries) is refused, since a grammar cannot keep it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NoReturn

from core.engine.gbnf import MAX_POINT, Ranges, apart, inverted

MAX_PATTERN: Final = 500
MAX_NESTING: Final = 16
DIGITS: Final[Ranges] = ((0x30, 0x39),)
WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Final[Ranges] = ((0x09, 0x0D), (0x20, 0x20))
LINE_ENDS: Final = [(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]
BEYOND_ASCII: Final = (0x80, MAX_POINT)
"""Left out of negated classes: whether an accented letter is in `\\W` depends on who checks the pattern."""
CLASSES: Final[dict[str, Ranges]] = {
    "d": DIGITS,
    "w": WORD,
    "s": SPACE,
    "D": inverted([*DIGITS, BEYOND_ASCII]),
    "W": inverted([*WORD, BEYOND_ASCII]),
    "S": inverted([*SPACE, BEYOND_ASCII]),
}
CONTROLS: Final = {"n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "b": 0x08}
JSON_ESCAPES: Final = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x0C: "\\f", 0x08: "\\b"}
"""Characters that a JSON string can hold only in this spelling."""
PLAIN: Final[Ranges] = ((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0xD7FF), (0xE000, MAX_POINT))


def from_pattern(pattern: str, any_character: str, refuse: Callable[[str], NoReturn]) -> str:
    """The expression of the strings (without their quotes) that match. Without anchors, anything may stand around."""
    if len(pattern) > MAX_PATTERN:
        refuse(f"a pattern is longer than {MAX_PATTERN} characters")
    reader = _Reader(pattern, refuse)
    expression = reader.alternatives(0)
    if reader.at < len(pattern):
        refuse("a pattern's brackets do not match")
    before = "" if reader.anchored_start else f"{any_character}* "
    after = "" if reader.anchored_end else f" {any_character}*"
    return f"{before}({expression}){after}"


class _Reader:
    def __init__(self, pattern: str, refuse: Callable[[str], NoReturn]) -> None:
        self.text, self.refuse, self.at = pattern, refuse, 0
        self.anchored_start = pattern.startswith("^")
        self.anchored_end = pattern.endswith("$") and not pattern.endswith("\\$")
        if self.anchored_start:
            self.at = 1
        self.end = len(pattern) - self.anchored_end

    def peek(self) -> str:
        return self.text[self.at] if self.at < self.end else ""

    def take(self) -> str:
        sign = self.peek()
        if not sign:
            self.refuse("a pattern ends too soon")
        self.at += 1
        return sign

    def alternatives(self, depth: int) -> str:
        if depth > MAX_NESTING:
            self.refuse("a pattern is nested too deeply")
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence(depth))
        if depth == 0:
            if len(found) > 1 and (self.anchored_start or self.anchored_end):
                self.refuse("an anchor beside alternatives needs brackets: ^(a|b)$")
            self.at += self.at == self.end and self.anchored_end
        return " | ".join(found)

    def sequence(self, depth: int) -> str:
        found: list[str] = []
        while (sign := self.peek()) and sign not in "|)":
            atom = self.atom(depth)
            found.append(atom + self.quantifier())
        return " ".join(found) or '""'

    def atom(self, depth: int) -> str:
        sign = self.take()
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return self.spelled(self.character_class())
        if sign == ".":
            return self.spelled(inverted(LINE_ENDS))
        if sign == "\\":
            return self.spelled(self.escape())
        if sign in "^$*+?{":
            self.refuse(f"{sign!r} stands where a pattern cannot have it")
        return self.spelled(((ord(sign), ord(sign)),))

    def group(self, depth: int) -> str:
        if self.peek() == "?":
            self.at += 1
            if self.take() != ":":
                self.refuse("a pattern looks around or names a group")
        inner = self.alternatives(depth + 1)
        if self.take() != ")":
            self.refuse("a pattern's brackets do not match")
        return f"({inner})"

    def quantifier(self) -> str:
        sign = self.peek()
        if not sign or sign not in "*+?{":
            return ""
        self.at += 1
        if sign == "{":
            close = self.text.find("}", self.at, self.end)
            numbers = self.text[self.at : close].split(",") if close > 0 else [""]
            if len(numbers) > 2 or not numbers[0].isdecimal() or not all(n.isdecimal() or not n for n in numbers):
                self.refuse("a pattern's count is not one")
            sign = "{" + ",".join(numbers) + "}"
            self.at = close + 1
        if self.peek() == "?":  # lazy: the same strings match
            self.at += 1
        return sign

    def escape(self) -> Ranges:
        sign = self.take()
        if sign in CLASSES:
            return CLASSES[sign]
        if sign in CONTROLS and sign != "b":
            return ((CONTROLS[sign], CONTROLS[sign]),)
        width = {"x": 2, "u": 4}.get(sign)
        if width:
            digits = self.text[self.at : min(self.at + width, self.end)]
            if len(digits) < width or any(c not in "0123456789abcdefABCDEF" for c in digits):
                self.refuse("a pattern's escape is not one")
            self.at += width
            return ((int(digits, 16), int(digits, 16)),)
        if sign.isalnum():
            self.refuse(f"the pattern's \\{sign} is not supported")
        return ((ord(sign), ord(sign)),)

    def character_class(self) -> Ranges:
        negated = self.peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        beyond = [BEYOND_ASCII] if re.search(r"\\[dws]", self.text[self.at : self.end]) else []
        while (sign := self.take()) != "]":
            start = self.escape() if sign == "\\" else ((ord(sign), ord(sign)),)
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "") and len(start) == 1:
                self.at += 1
                sign = self.take()
                stop = self.escape() if sign == "\\" else ((ord(sign), ord(sign)),)
                if len(stop) != 1 or stop[0][1] < start[0][0]:
                    self.refuse("a pattern's range is not one")
                start = ((start[0][0], stop[0][1]),)
            found += start
        return inverted(found + beyond) if negated else apart(found)

    def spelled(self, ranges: Ranges) -> str:
        """As a JSON string spells these characters: most as they are, some only escaped."""
        parts = []
        plain = [(max(a, c), min(b, d)) for a, b in ranges for c, d in PLAIN if max(a, c) <= min(b, d)]
        if plain:
            spans = "".join(_point(a) if a == b else f"{_point(a)}-{_point(b)}" for a, b in plain)
            parts.append(f"[{spans}]")
        for point, text in JSON_ESCAPES.items():
            if any(low <= point <= high for low, high in ranges):
                parts.append('"' + "".join(_point(ord(c)) for c in text) + '"')
        if not parts:
            self.refuse("a pattern asks for characters that cannot be written")
        return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


def _point(point: int) -> str:
    return f"\\U{point:08x}"
