"""Reads a GBNF grammar as llama.cpp does, and refuses what would crash, hang or swell it.

llama.cpp segfaults on a grammar that it cannot parse (through llama-cpp-python), overflows its stack on deep nesting,
loops for ever on hidden left recursion, and tries every reading of an ambiguous grammar for every token of the
vocabulary: `("a" | "a")*` doubles the work at each letter. The rules here are those of llama-grammar.cpp.
"""

from __future__ import annotations

from typing import Final, NoReturn

import msgspec

from core.errors import BadRequest

MAX_TEXT: Final = 256 * 1024
MAX_RULES: Final = 4096
MAX_ELEMENTS: Final = 60_000
"""After repetitions are written out, as llama.cpp does."""
MAX_REPEAT: Final = 2000
"""llama.cpp's own threshold."""
MAX_NESTING: Final = 48
MAX_POINT: Final = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]


class Symbol(msgspec.Struct, frozen=True):
    """One step of a rule: a class of characters, or (when `rule` is set) another rule."""

    ranges: Ranges = ()
    rule: int = -1


Sequence = tuple[Symbol, ...]
Rule = tuple[Sequence, ...]
"""Alternatives of sequences."""


def refuse(why: str) -> NoReturn:
    raise BadRequest(f"The grammar cannot be used: {why}.", param="grammar")


def parse(gbnf: str) -> tuple[list[Rule], frozenset[int]]:
    """The rules with repetitions written out, and the numbers of those that are inner copies of one repetition.

    Raises BadRequest (param `grammar`).
    """
    if len(gbnf) > MAX_TEXT:
        refuse(f"it is longer than {MAX_TEXT // 1024} KiB")
    if "\0" in gbnf:
        refuse("it contains a zero character")
    return _Parser(gbnf).parse()


class _Parser:
    """Recursive descent over the text; the nesting of brackets is bounded."""

    def __init__(self, text: str) -> None:
        self.text = text + "\0"
        self.at = 0
        self.names: dict[str, int] = {}
        self.rules: dict[int, Rule] = {}
        self.elements = 0
        self.copies: set[int] = set()

    def parse(self) -> tuple[list[Rule], frozenset[int]]:
        self.space(True)
        while self.text[self.at] != "\0":
            self.rule()
        if self.names.get("root") not in self.rules:
            refuse("it has no rule named root")
        for name, number in self.names.items():
            if number not in self.rules:
                refuse(f"the rule {name[:64]!r} is not defined")
        return [self.rules[number] for number in range(len(self.names))], frozenset(self.copies)

    def fail(self, expected: str) -> NoReturn:
        line = self.text.count("\n", 0, self.at) + 1
        refuse(f"line {line}: {expected} expected at {self.text[self.at : self.at + 20]!r}")

    def space(self, newline: bool) -> None:
        text, at = self.text, self.at
        while True:
            if text[at] in " \t" or (newline and text[at] in "\r\n"):
                at += 1
            elif text[at] == "#":
                while text[at] not in "\r\n\0":
                    at += 1
            else:
                self.at = at
                return

    def number_of(self, name: str) -> int:
        if name not in self.names and len(self.names) >= MAX_RULES:
            refuse(f"it has more than {MAX_RULES} rules")
        return self.names.setdefault(name, len(self.names))

    def made(self, rule: Rule) -> int:
        """A rule without a name of its own, as brackets and repetitions make them."""
        number = self.number_of(f"\n{len(self.names)}")
        self.rules[number] = rule
        return number

    def count(self, elements: int) -> None:
        self.elements += elements
        if self.elements > MAX_ELEMENTS:
            refuse("it is too large once its repetitions are written out")

    def name(self) -> str:
        start = self.at
        while self.text[self.at].isascii() and (self.text[self.at].isalnum() or self.text[self.at] == "-"):
            self.at += 1
        if start == self.at:
            self.fail("a name")
        return self.text[start : self.at]

    def rule(self) -> None:
        number = self.number_of(self.name())
        self.space(False)
        if self.text[self.at : self.at + 3] != "::=":
            self.fail("'::='")
        self.at += 3
        self.space(True)
        if number in self.rules:
            refuse("a rule is defined twice")
        self.rules[number] = self.alternatives(0)
        if self.text[self.at] not in "\r\n\0":
            self.fail("the end of the line")
        self.space(True)

    def alternatives(self, depth: int) -> Rule:
        if depth > MAX_NESTING:
            refuse(f"its brackets are nested deeper than {MAX_NESTING}")
        found = [self.sequence(depth)]
        while self.text[self.at] == "|":
            self.at += 1
            self.space(True)
            found.append(self.sequence(depth))
        self.count(len(found))
        return tuple(found)

    def sequence(self, depth: int) -> Sequence:
        found: list[Symbol] = []
        last = 0
        while True:
            sign = self.text[self.at]
            if sign in "*+?{":
                least, most = self.repetition(depth > 0)
                if last == len(found):
                    self.fail("something to repeat before it")
                self.repeat(found, last, least, most)
                continue
            step = self.step(sign, depth)
            if step is None:
                return tuple(found)
            last = len(found)
            found += step
            self.count(len(step))
            self.space(depth > 0)

    def step(self, sign: str, depth: int) -> list[Symbol] | None:
        if sign == '"':
            return self.literal()
        if sign == "[":
            return [Symbol(ranges=self.characters())]
        if sign == ".":
            self.at += 1
            return [Symbol(ranges=((0, MAX_POINT),))]
        if sign == "(":
            self.at += 1
            self.space(True)
            number = self.made(self.alternatives(depth + 1))
            if self.text[self.at] != ")":
                self.fail("')'")
            self.at += 1
            return [Symbol(rule=number)]
        if sign in "<!":
            refuse("it names tokens, which is not supported")
        if sign.isascii() and (sign.isalnum() or sign == "-"):
            return [Symbol(rule=self.number_of(self.name()))]
        return None

    def literal(self) -> list[Symbol]:
        self.at += 1
        found = []
        while self.text[self.at] != '"':
            point = self.character()
            found.append(Symbol(ranges=((point, point),)))
        self.at += 1
        return found

    def characters(self) -> Ranges:
        self.at += 1
        negated = self.text[self.at] == "^"
        self.at += negated
        found = []
        while self.text[self.at] != "]":
            low = high = self.character()
            if self.text[self.at] == "-" and self.text[self.at + 1] != "]":
                self.at += 1
                high = self.character()
            if high < low:
                self.fail("a range in order")
            found.append((low, high))
        self.at += 1
        if not found:
            self.fail("a character between the brackets")
        self.count(len(found))
        allowed = inverted(found) if negated else apart(found)
        if not allowed:
            self.fail("a class that allows something")
        return allowed

    def character(self) -> int:
        sign = self.text[self.at]
        if sign == "\0":
            self.fail("the end of a literal")
        self.at += 1
        if sign != "\\":
            return ord(sign)
        sign = self.text[self.at]
        self.at += 1
        if sign in "tnr":
            return ord({"t": "\t", "n": "\n", "r": "\r"}[sign])
        if sign in '\\"[]-':
            return ord(sign)
        width = {"x": 2, "u": 4, "U": 8}.get(sign)
        digits = self.text[self.at : self.at + (width or 0)]
        if width is None or len(digits) < width or any(c not in "0123456789abcdefABCDEF" for c in digits):
            self.fail("a known escape")
        self.at += width
        if int(digits, 16) > MAX_POINT:
            self.fail("a Unicode character")
        return int(digits, 16)

    def repetition(self, newline: bool) -> tuple[int, int | None]:
        sign = self.text[self.at]
        self.at += 1
        self.space(newline)
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        least = self.integer(newline)
        most: int | None = least
        if self.text[self.at] == ",":
            self.at += 1
            self.space(newline)
            most = self.integer(newline) if self.text[self.at].isdigit() else None
        if self.text[self.at] != "}":
            self.fail("'}'")
        self.at += 1
        self.space(newline)
        if least > MAX_REPEAT or (most is not None and (most > MAX_REPEAT or most < least)):
            refuse(f"a repetition runs from {least} to {most} (at most {MAX_REPEAT})")
        return least, most

    def integer(self, newline: bool) -> int:
        start = self.at
        while self.text[self.at] in "0123456789" and self.at - start < 10:
            self.at += 1
        if start == self.at:
            self.fail("a number")
        value = int(self.text[start : self.at])
        self.space(newline)
        return value

    def repeat(self, found: list[Symbol], last: int, least: int, most: int | None) -> None:
        """As llama.cpp rewrites it: the least number of copies, then a chain of optional ones, or a loop."""
        body = tuple(found[last:])
        optional = 1 if most is None else most - least
        self.count(len(body) * (max(least, 1) + optional) + 2 * optional)
        if least == 0:
            del found[last:]
        for _ in range(1, least):
            found += body
        tail = -1
        if most is None:
            tail = self.made(())
            self.rules[tail] = ((*body, Symbol(rule=tail)), ())
        for _ in range(optional if most is not None else 0):
            rest = (Symbol(rule=tail),) if tail >= 0 else ()
            self.copies.update((tail,) if tail >= 0 else ())
            tail = self.made(((*body, *rest), ()))
        if tail >= 0:
            found.append(Symbol(rule=tail))


def apart(ranges: list[tuple[int, int]]) -> Ranges:
    """The same characters, in order and without overlaps."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def inverted(ranges: list[tuple[int, int]]) -> Ranges:
    """All other characters."""
    found, start = [], 0
    for low, high in apart(ranges):
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    return (*found, (start, MAX_POINT)) if start <= MAX_POINT else tuple(found)
