"""What a text may look like among bytes: its encodings, escapes and spellings, all looked for at once.

Bytes are looked at twice. As they are, for every form that the text may have been written in. And, where they read
like text, unescaped and folded (Unicode NFKC, no case, one space for any white space), so that "Zoë\\n Müller" is
found as `ZOE\\u0308 m\\u00fcLLER`.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import numpy as np

MAX_TEXT = 512
"""Characters of one text; of a longer one its pieces are looked for."""
GRAM = 4
TABLE_BITS = 20
SPREAD = np.uint32(2_654_435_761)
BINARY = 0.05
"""Share of control characters from which bytes are no text: noise has a tenth, text none."""
CONTROL = bytes(sorted({*range(1, 32), 127} - set(b"\t\n\r\f\v\x1b")))
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
SPACE = re.compile(r"\s")
WHITE = bytes(32 if bytes([byte]).isspace() or 28 <= byte < 32 else byte for byte in range(256))
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
ESCAPE = re.compile(rb'\\\\*(?:u([0-9a-fA-F]{4})(?:\\\\*u([dD][c-fC-F][0-9a-fA-F]{2}))?|([nrtbf"/]))')
PLAIN_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Hit(NamedTuple):
    """text: its number among those looked for; how: the encoding; offset in bytes."""

    text: int
    how: str
    offset: int


def fold(text: str, *, ignore_case: bool = True) -> str:
    """A text as it is compared. Idempotent."""
    return _folded(text, ignore_case).decode()


def _folded(text: str, ignore_case: bool) -> bytes:
    """Its white space as single spaces, none at its ends. Letter by letter only where they are not ASCII."""
    if not text.isascii():
        text = "".join(_normalised(text, ignore_case))
    data = text.encode("utf-8", "replace").translate(WHITE)
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data.strip().lower() if ignore_case else data.strip()


def _normalised(text: str, ignore_case: bool) -> Iterator[str]:
    done = 0
    for match in BEYOND_ASCII.finditer(text):
        start = match.start()
        if start > done and unicodedata.combining(text[start]):
            start -= 1  # the letter that the mark belongs to
        found = text[start : match.end()]
        yield text[done:start]
        yield _normal_form(found, ignore_case) if len(found) < 20 else _normal_form.__wrapped__(found, ignore_case)
        done = match.end()
    yield text[done:]


@lru_cache(maxsize=4096)
def _normal_form(text: str, ignore_case: bool) -> str:
    """NFKC, and caseless as Unicode defines it (D145, D146)."""
    found = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if ignore_case:
        found = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", found).casefold())
    return SPACE.sub(" ", found)


def unescape(data: bytes) -> bytes:
    """JSON's escapes as what they stand for, however often they were escaped again."""
    return ESCAPE.sub(_unescaped, data) if b"\\" in data else data


def _unescaped(match: re.Match[bytes]) -> bytes:
    first, second, plain = match.groups()
    if plain is not None:
        return PLAIN_ESCAPES.get(plain, plain)
    code = int(first, 16)
    if second is not None and 0xD800 <= code < 0xDC00:
        code = 0x10000 + ((code - 0xD800) << 10) + int(second, 16) - 0xDC00
        return chr(code).encode()
    rest = chr(int(second, 16)) if second is not None else ""
    return (chr(code) + rest).encode("utf-8", "replace")


class Forms:
    """Every form of some texts; `find` tells which of them stand in a piece of bytes."""

    def __init__(self, texts: Sequence[str], *, ignore_case: bool = True) -> None:
        """Raises ValueError for a text that is empty once folded, or longer than MAX_TEXT."""
        self.texts = tuple(texts)
        self._ignore_case = ignore_case
        raw: dict[bytes, set[tuple[int, str]]] = defaultdict(set)
        folded: dict[bytes, set[tuple[int, str]]] = defaultdict(set)
        for number, text in enumerate(self.texts):
            if len(text) > MAX_TEXT or not fold(text):
                raise ValueError("a text to be looked for has 1 to 512 characters")
            folded[_folded(text, ignore_case)].add((number, "text"))
            for how, form in _written(text, ignore_case=ignore_case):
                raw[form.lower() if ignore_case else form].add((number, how))
        self._raw, self._folded = _Grams(raw), _Grams(folded)
        self.reach = 16 * max(map(len, self.texts), default=0) + 256
        """Bytes that the longest form may take: so much of the end of one piece is looked at with the next."""

    def find(self, data: bytes) -> Iterator[Hit]:
        """At most one hit for each text and form. Offsets in folded text are about right only."""
        seen: set[tuple[int, str]] = set()
        for which, offset in self._raw.find(data.lower() if self._ignore_case else data):
            if which not in seen:
                seen.add(which)
                yield Hit(*which, offset)
        if reads_like_text(data):
            text = unescape(data).decode("utf-8", "replace")
            for which, offset in self._folded.find(_folded(text, self._ignore_case)):
                if which not in seen:
                    seen.add(which)
                    yield Hit(*which, offset)

    def in_text(self, text: str) -> set[int]:
        """The same for a text that was decoded already."""
        return {number for (number, _), _ in self._folded.find(_folded(text, self._ignore_case))}


def reads_like_text(data: bytes) -> bool:
    return len(data) - len(data.translate(None, CONTROL)) <= BINARY * len(data)


def _written(text: str, *, ignore_case: bool) -> Iterator[tuple[str, bytes]]:
    spellings = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC"))}
    if ignore_case:
        spellings |= {
            form for one in list(spellings) for form in (one.lower(), one.upper(), one.casefold(), one.title())
        }
    for one in spellings:
        once = (json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1])
        twice = [json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in once for ascii_only in (True, False)]
        escaped = {("json", form) for form in (*once, *twice)} | {("html", html.escape(one))}
        escaped |= {("percent", quote(one, errors="replace")), ("percent", quote_plus(one, errors="replace"))}
        for how, form in (("text", one), *sorted(escaped)):
            yield "text" if form == one else how, form.encode("utf-8", "replace")
            yield "utf-16-le", form.encode("utf-16-le", "replace")
            yield "utf-16-be", form.encode("utf-16-be", "replace")
        if not one.isascii():
            yield "latin-1", one.encode("cp1252", "replace")


class _Grams:
    """Many byte strings at once: those places whose four bytes begin one are found by a table, and then compared."""

    def __init__(self, wanted: dict[bytes, set[tuple[int, str]]]) -> None:
        self._short = {form: names for form, names in wanted.items() if len(form) < GRAM}
        self._by_gram: dict[int, list[tuple[bytes, set[tuple[int, str]]]]] = defaultdict(list)
        self._table = np.zeros(1 << TABLE_BITS, dtype=np.bool_)
        for form, names in wanted.items():
            if len(form) >= GRAM:
                self._by_gram[int.from_bytes(form[:GRAM], "little")].append((form, names))
        grams = np.fromiter(self._by_gram, dtype=np.uint32, count=len(self._by_gram))
        self._table[_place(grams)] = True

    def find(self, data: bytes) -> Iterator[tuple[tuple[int, str], int]]:
        for form, names in self._short.items():
            if (at := data.find(form)) >= 0:
                yield from ((name, at) for name in sorted(names))
        if len(data) < GRAM or not self._by_gram:
            return
        grams = np.ndarray(shape=(len(data) - GRAM + 1,), dtype="<u4", buffer=data, strides=(1,)).astype(np.uint32)
        places = np.flatnonzero(self._table[_place(grams)])
        for at, gram in zip(places.tolist(), grams[places].tolist(), strict=True):
            for form, names in self._by_gram.get(gram, ()):
                if data.startswith(form, at):
                    yield from ((name, at) for name in sorted(names))


def _place(grams: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return (grams * SPREAD) >> np.uint32(32 - TABLE_BITS)
