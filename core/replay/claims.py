"""The specific claims of an answer: what can be true or false by itself, and so must stand somewhere.

Numbers, dates, times, paths, addresses, identifiers, codes, quotations and proper names. General words claim
nothing. Each match is blanked out before the next kind is looked for, so nothing counts twice. Inside fenced code
only addresses and paths are claims: a program may name its own variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from core.replay import quantities
from core.replay.terms import STOPWORDS, is_rare, normal

Kind = Literal["number", "date", "time", "path", "address", "identifier", "code", "quotation", "name"]

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'`)\]]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE
)
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_QUOTATIONS = re.compile(
    r"\"([^\"\n]{1,300})\"|“([^”\n]{1,300})”|«([^»\n]{1,300})»|(?<!\w)['‘]([^'’\n]{3,300})['’](?!\w)"
)
_EXTENSIONS = """
py rs ts js tsx jsx md toml yaml yml json jsonl csv tsv txt pdf doc docx xls xlsx ppt pptx html htm
css sh bat ps1 c h cpp hpp cc go java kt swift rb php sql ini cfg conf log xml lock ipynb png jpg
jpeg gif svg zip tar gz exe dll so gguf service env db sqlite
""".split()  # noqa: SIM905
_FILE = r"[\w-]{1,100}(?:\.[\w-]{1,100}){0,5}\.(?:" + "|".join(_EXTENSIONS) + r")"
_PATHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\w/.])(?:[A-Za-z]:\\|~?/|\.{1,2}/)[\w.@%+~-]{1,100}(?:[/\\][\w.@%+~-]{1,100}){0,30}",
        rf"(?<![\w/.])(?:[\w.@+~-]{{1,100}}/){{1,30}}{_FILE}\b",
        r"(?<![\w/.])[\w.@+~-]{1,100}(?:/[\w.@+~-]{1,100}){2,30}",
        rf"(?<![\w/.-]){_FILE}\b(?!\.\w)",
    )
)
_FLAG = re.compile(r"(?<![\w-])--[A-Za-z][\w-]{1,60}")
_IDENTIFIER = re.compile(
    r"(?<![\w.])(?:[A-Za-z_]\w{1,80}(?:\.[A-Za-z_]\w{1,80}){1,10}(?=\()|[A-Za-z_]\w{0,80}(?:::[A-Za-z_]\w{0,80}){1,10})"
    r"|\b(?:[A-Za-z]\w{0,80}_\w{1,80}|_{1,3}[a-z]\w{1,80}|[a-z]{1,80}[A-Z]\w{0,80}|(?:[A-Z][a-z0-9]{1,40}){2,10}\w{0,80}"
    r"|[A-Za-z_]\w{1,80}(?=\(\)))"
)
_VERSION = re.compile(r"(?<![\w.])v?\d+(?:\.\d+){2,}[\w.-]*\b|(?<!\w)v\d+(?:\.\d+)*\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+?\d{1,4}(?:[ ()/-]{1,2}\d{2,}){2,}(?!\w)")
_CODE = re.compile(
    r"\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Za-z])[A-Za-z0-9]{1,60}(?:[-_][A-Za-z0-9]{1,60}){0,10}\b|\b[A-Z]{1,6}-\d{1,20}\b"
)
_MARKER = re.compile(r"^[ \t*+>-]*\(?\d{1,3}[.)](?=\s)|\(\d{1,2}\)(?=\s)", re.MULTILINE)
_ORDER = re.compile(r"\b(?:step|option|point|part)\s+\d{1,2}\b", re.IGNORECASE)
_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\(?\d{1,3}[.)])\s", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_LABEL = re.compile(r"^[ \t*+•>#_-]*(?:\d{1,3}[.)][ \t*_]*)?[^.:\n]{1,60}:", re.MULTILINE)
_VALUE = re.compile(
    r"(?<=[:=] )[*_]{0,2}[A-Z][\w'’-]{0,40}(?:[ ,]{1,2}[A-Z][\w'’-]{0,40}){0,3}[*_]{0,2}\.?[ ]*$", re.MULTILINE
)
"""A short capitalised value after a label, to the end of its line: "Owner: Anna"."""
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}\s.*|\*\*[^*\n]+\*\*:?[ \t]*)$", re.MULTILINE)
_OPENING = re.compile(r"(?:\A|[.!?:;\n])[\s\"'“‘(\[*_#>\-–—•+]*(?:\d+[.)]\s*)?[\"'“‘(*_]*$")

_GENERIC = """
a an i ok okay todo note api url uri http https json sql html css cpu gpu ram id ids pdf csv utc gmt xml yaml
toml ui cli os ip dns ssh tls ssl tcp udp usb am pm faq ceo cto cfo hr it pr ci cd ai ml llm etc eg ie vs tv
dvd ascii utf not must only always never all and or no yes do pass fail warning important done new please stop
mr mrs ms dr prof sir clause section room table figure step page chapter part line article appendix version
"""
_AFTER_VERB = re.compile(
    r"\s+(?:(?:the|an?|your|my|our|its|their|this|that|these|all|any|each|every|it|them|with)\b|\0)", re.IGNORECASE
)
GENERIC_CAPITALS = frozenset(_GENERIC.split())
"""Written in capitals, or before a name or number, without naming anything by themselves."""


LOOK_BACK = 60
"""Letters before a word in which the end of the sentence before it is looked for."""


class Claim(msgspec.Struct, frozen=True):
    """One specific claim. value: its meaning, where the kind has one."""

    kind: Kind
    text: str
    value: quantities.Number | quantities.Day | quantities.Moment | None = None


def claims(answer: str) -> list[Claim]:
    """Every specific claim of the answer, kinds one after another, duplicates included."""
    text = _Text(answer)
    found = [*text.take(_ADDRESS, "address", trim=".,;:!?")]
    found += [claim for block in _FENCED.findall(text.left) for claim in _in_code(block)]
    text.blank(_FENCED)
    found += [*text.take_quotations()]
    found += [*text.take_code_spans()]
    text.left = _MARKER.sub(lambda match: " " * len(match.group()), text.left)
    text.blank(_ORDER)
    for pattern in _PATHS:
        found += [*text.take(pattern, "path", trim=".,;:")]
    found += [*text.take(_FLAG, "identifier")]
    found += [*text.take_values(quantities.dates, "date"), *text.take_values(quantities.times, "time")]
    found += [*text.take(_VERSION, "code")]
    found += [*text.take(_PHONE, "code")]
    items = len(_ITEM.findall(answer))
    found += [c for c in text.take_values(quantities.numbers, "number") if not _counts_items(c, items)]
    found += [*text.take(_IDENTIFIER, "identifier"), *text.take(_CODE, "code")]
    found += [c for c in text.take_values(quantities.number_words, "number") if _is_quantity(c)]
    found += names(text.left)
    return found


def names(text: str) -> list[Claim]:
    """Capitalised words, but those that only open a sentence, a label or a heading (these must be rare to count)."""
    loose, values = _covered(text, _LABEL, _HEADING), _covered(text, _VALUE)
    found = []
    for match in _WORD.finditer(text):
        word, plain, start = match.group(), normal(match.group()), match.start()
        if not word[0].isupper() or plain in STOPWORDS or plain in GENERIC_CAPITALS or len(plain) < 2:
            continue
        opening = loose[start] or _OPENING.search(text[max(0, start - LOOK_BACK) : start]) is not None
        if opening and not values[start] and not _opens_with_name(text, match, plain):
            continue
        found.append(Claim("name", word))
    return found


def _opens_with_name(text: str, match: re.Match[str], plain: str) -> bool:
    """Weekdays, and rare words; but "Unplug the cable" begins with a verb."""
    if plain in quantities.WEEKDAYS:
        return True
    return is_rare(plain) and _AFTER_VERB.match(text, match.end()) is None


def _covered(text: str, *patterns: re.Pattern[str]) -> bytearray:
    """1 for each letter that lies in a match."""
    marks = bytearray(len(text) + 1)
    for pattern in patterns:
        for match in pattern.finditer(text):
            marks[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return marks


class _Text:
    """A text that is read kind by kind; what was read is blanked."""

    def __init__(self, text: str) -> None:
        self.left = text

    def blank(self, pattern: re.Pattern[str]) -> None:
        self.left = pattern.sub(lambda match: _hole(match.group()), self.left)

    def take(self, pattern: re.Pattern[str], kind: Kind, *, trim: str = "") -> Iterator[Claim]:
        found = [(match.start(), match.group().rstrip(trim)) for match in pattern.finditer(self.left)]
        self._hide(found)
        for _, text in found:
            yield Claim(kind, text)

    def take_values(self, read: quantities.Reader, kind: Kind) -> Iterator[Claim]:
        found = list(read(self.left))
        self._hide([(value.start, value.text) for value in found])
        for value in found:
            yield Claim(kind, value.text, value)

    def take_quotations(self) -> Iterator[Claim]:
        found = [next(filter(None, groups)) for groups in _QUOTATIONS.findall(self.left)]
        self.blank(_QUOTATIONS)
        for text in found:
            yield Claim("quotation", text)

    def take_code_spans(self) -> Iterator[Claim]:
        found = _CODE_SPAN.findall(self.left)
        self.blank(_CODE_SPAN)
        for text in found:
            is_path = any(pattern.fullmatch(text.strip()) for pattern in _PATHS)
            yield Claim("path" if is_path else "code", text.strip())

    def _hide(self, found: list[tuple[int, str]]) -> None:
        letters = list(self.left)
        for start, text in found:
            letters[start : start + len(text)] = _hole(text)
        self.left = "".join(letters)


def _hole(text: str) -> str:
    """As long as `text`, and a word to those who look what stands before: a sentence does not begin after it."""
    return "".join("\n" if letter == "\n" else "\0" for letter in text)


def _in_code(block: str) -> Iterator[Claim]:
    text = _Text(block)
    yield from text.take(_ADDRESS, "address", trim=".,;:!?")
    yield from text.take(_PATHS[0], "path", trim=".,;:")


def _counts_items(claim: Claim, items: int) -> bool:
    """ "Here are the 4 steps" counts the answer's own list."""
    return isinstance(claim.value, quantities.Number) and not claim.value.unit and claim.value.values[0] == items > 1


def _is_quantity(claim: Claim) -> bool:
    value = claim.value
    return isinstance(value, quantities.Number) and (bool(value.unit) or value.values[0] > quantities.PLAIN_UP_TO)
