"""Whether a specific claim stands in the sources: the question, the bundle, and what tools answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.replay import quantities
from core.replay.claims import Claim
from core.replay.terms import normal, stands, stem

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_NAME_RUN = re.compile(r"\b[A-Z]\w{0,40}(?: (?:of |and |for |the )?[A-Z]\w{0,40}){1,6}")
SHORT_QUOTATION = 2
"""Up to so many quoted words may be words of the source in any place; longer ones must stand as they are."""
MOST_FIGURES = 40
TINY = 1e-9
DISTINCT = 2
"""Significant digits from which a bare number of a source may ground a percentage, or a rounding."""


class Sources:
    """All that an answer may rest on, read once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = flat("\n".join(texts))
        self._joined = set(_joined(self._text))
        self._digits = re.sub(r"\D", "", self._text)
        self._words = {normal(word) for text in texts for word in _WORD.findall(text)}
        self._words |= {part for word in self._words for part in word.split("_") if part}
        self._stems = {stem(word) for word in self._words}
        self._days = [reading for text in texts for day in quantities.dates(text) for reading in day.readings]
        self._words |= {name for reading in self._days if (name := quantities.weekday(reading))}
        self._words |= {quantities.MONTHS[month - 1] for _, month, _ in self._days}
        self._words |= set(_acronyms(texts))
        self._times = {reading for text in texts for moment in quantities.times(text) for reading in moment.readings}
        self._numbers: dict[float, set[str]] = {}
        for text in texts:
            for number in (*quantities.numbers(_loosened(text)), *quantities.number_words(text)):
                for value in number.values:
                    self._numbers.setdefault(value, set()).add(number.unit)

    def hold(self, claim: Claim) -> bool:
        """Whether this claim stands here."""
        value = claim.value
        if isinstance(value, quantities.Day):
            return any(self._holds_day(reading) for reading in value.readings)
        if isinstance(value, quantities.Moment):
            return bool(self._times.intersection(value.readings))
        if isinstance(value, quantities.Number):
            return self._holds_number(value)
        match claim.kind:
            case "name":
                return stands(normal(claim.text), self._words)
            case "quotation":
                return self._holds_quotation(claim.text)
            case "path" | "address":
                return self._holds_whole(flat(claim.text).removeprefix("./").rstrip("/"))
            case _:
                return self._holds_code(claim.text)

    def _holds_day(self, reading: tuple[int | None, int, int | None]) -> bool:
        year, month, day = reading
        for known_year, known_month, known_day in self._days:
            if month != known_month or (day is not None and day != known_day):
                continue
            if year is None or year == known_year or (known_year is None and float(year) in self._numbers):
                return True
        return False

    def _holds_number(self, number: quantities.Number) -> bool:
        return any(self._holds_value(v, number) or self._is_worked_out(v, number.unit) for v in number.values)

    def _is_worked_out(self, value: float, unit: str) -> bool:
        """The sum or difference of two figures of the sources in this unit, or the time between two times."""
        if unit in ("", "%"):
            return False
        minutes = {"min": 1.0, "h": 60.0}.get(unit)
        if minutes is not None and any(value * minutes == abs(a - b) for a in self._times for b in self._times):
            return True
        known = [found for found, units in self._numbers.items() if unit in units][:MOST_FIGURES]
        return any(abs(a - b - value) < TINY or abs(a + b - value) < TINY for a in known for b in known if a != b)

    def _holds_value(self, value: float, number: quantities.Number) -> bool:
        if value in self._numbers and _units_agree(number, self._numbers[value]):
            return True
        if number.unit == "%" and round(value / 100, 8) in self._numbers:
            return True
        if "%" in self._numbers.get(round(value * 100, 6), ()):
            return True
        return number.significant >= DISTINCT and self._holds_rounded(value, number)

    def _holds_rounded(self, value: float, number: quantities.Number) -> bool:
        """The claim may be coarser than a source, never finer."""
        digits = re.sub(r"[^\d.]", "", number.text)
        decimals = len(digits.partition(".")[2])
        zeros = len(digits) - len(digits.rstrip("0")) if not decimals and "." not in digits else 0
        places = decimals or -zeros
        return any(
            known != value and round(known, places) == value and _units_agree(number, units)
            for known, units in self._numbers.items()
        )

    def _holds_quotation(self, text: str) -> bool:
        wanted = flat(text).strip(" .,;:!?…")
        if self._holds_whole(wanted):
            return True
        words = _WORD.findall(wanted)
        return 0 < len(words) <= SHORT_QUOTATION and all(stem(normal(word)) in self._stems for word in words)

    def _holds_code(self, text: str) -> bool:
        """As a whole, or as words that all stand: `port = 80` needs `port` and `80`."""
        wanted = flat(text).removesuffix("()")
        if self._holds_whole(wanted):
            return True
        if not text.isalpha() and re.sub(r"[\s\-_]", "", wanted) in self._joined:
            return True
        if re.fullmatch(r"[\d\s()+/-]{7,}", text):
            return re.sub(r"\D", "", text) in self._digits
        parts = _WORD.findall(wanted)
        return len(parts) > 1 and all(part in self._words for part in parts)

    def _holds_whole(self, wanted: str) -> bool:
        return bool(wanted) and _bounded(wanted, self._text)


def flat(text: str) -> str:
    """Lower case, single spaces, plain quotation marks and slashes."""
    plain = text.casefold().replace("\\", "/").replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(plain.split())


def _joined(text: str) -> Iterable[str]:
    """Up to three neighbouring words as one: `K-47`, `K 47` and `K47` are the same code."""
    words = re.findall(r"[^\W_]+", text)
    for size in (1, 2, 3):
        for start in range(len(words) - size + 1):
            yield "".join(words[start : start + size])


def _bounded(wanted: str, text: str) -> bool:
    """`wanted` stands in `text`, not inside a longer word or number."""
    start = text.find(wanted)
    while start >= 0:
        before, after = text[start - 1 : start] if start else "", text[start + len(wanted) : start + len(wanted) + 1]
        if not (_is_word(before) or _is_word(after)):
            return True
        start = text.find(wanted, start + 1)
    return False


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _loosened(text: str) -> str:
    """The text with letters and digits parted and joints opened, so that `store.py:412` and `v4.2` give numbers."""
    return re.sub(r"(?<=[A-Za-z_/:#-])(?=\d)", " ", text)


def _units_agree(number: quantities.Number, units: Iterable[str]) -> bool:
    """A known unit in the claim excludes only other known units; a percentage wants its sign, or a distinct number."""
    if not number.unit or number.unit in units:
        return True
    return "" in units and (number.unit != "%" or number.significant >= DISTINCT)


def _acronyms(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for run in _NAME_RUN.findall(text):
            yield "".join(word[0] for word in run.split() if word[0].isupper()).casefold()
