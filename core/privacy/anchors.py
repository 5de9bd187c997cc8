"""Finds what a pattern finds, but tries it only where it can begin: a hundred patterns at every character take long.

Each pattern has parts without which it matches nothing. Finding fixed texts is cheap, trying a pattern is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

WORDS = bytes(ord("w") if chr(byte).isalnum() or chr(byte) in "_-" or byte > 127 else ord(" ") for byte in range(256))
"""A to Z, digits, `_`, `-`, and (to be careful) every byte of a character beyond ASCII, are `w`; all else is a gap."""
FOLDED = (("\u0130", "i"), ("\u0131", "i"), ("\u017f", "s"), ("\u212a", "k"))
"""What patterns that ignore case take for these letters, and `lower` does not."""


def matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """What `pattern.finditer(text)` gives, if each match begins at one of `starts` (ascending) and none is empty."""
    at = 0
    for start in starts:
        if start >= at and (match := pattern.match(text, start)):
            yield match
            at = match.end()


def occurrences(text: str, *parts: str) -> list[int]:
    """Where any of them begins, ascending."""
    found: list[int] = []
    for part in parts:
        at = text.find(part)
        while at >= 0:
            found.append(at)
            at = text.find(part, at + 1)
    if len(parts) > 1:
        found.sort()
    return found


def folded(text: str) -> str:
    """In small letters as patterns that ignore case see them, character by character: places stay the same."""
    if not text.isascii():
        for odd, letter in FOLDED:
            text = text.replace(odd, letter)
    return text.lower()


def utf8(text: str) -> bytes:
    """Of any text at all, half characters too."""
    return text.encode("utf-8", "surrogatepass")


def words(raw: bytes) -> bytes:
    """The words and gaps of UTF-8 (`WORDS`): `b"w" * 20 in words(…)` tells whether any word can be that long."""
    return raw.translate(WORDS)
