"""Numbers, dates and times as values, however they are written: 1,200 = 1200 = 1.2k; 5 March 2024 = 2024-03-05."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import msgspec

MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_MONTH = r"(?P<month>" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in MONTHS) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|2[01])\d{2})"
_DATES = tuple(
    re.compile(rf"(?<![\w.]){pattern}(?![\w])", re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})",
        rf"{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?",
        rf"{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)
_TIME = re.compile(
    r"(?<![\w:.])(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?)?\s?(?P<half>[ap]\.?m\b\.?)?(?![\w:]|\.\d)",
    re.IGNORECASE,
)
UNITS = {
    spelling: unit
    for unit, spellings in {
        "%": "% percent pct",
        "ms": "ms millisecond milliseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
        "mg": "mg milligram milligrams",
        "g": "g gram grams",
        "kg": "kg kilo kilos kilogram kilograms",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "l": "l litre litres liter liters",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "km": "km kilometre kilometres kilometer kilometers",
        "°": "° °c °f c degree degrees celsius fahrenheit",
        "kb": "kb kib kilobyte kilobytes",
        "mb": "mb mib megabyte megabytes",
        "gb": "gb gib gigabyte gigabytes",
        "tb": "tb tib terabyte terabytes",
        "mpa": "mpa megapascal megapascals",
        "$": "$ usd dollar dollars",
        "€": "€ eur euro euros",
        "£": "£ gbp pound pounds",
    }.items()
    for spelling in spellings.split()
}
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mio": 1e6, "mn": 1e6,
    "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<money>[$€£]\s?)?(?P<digits>\d{1,3}(?:[,'’\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:(?:\s|-)?(?P<scale>hundred|thousand|million|billion|trillion|mio|mn|bn|k|m|b)\b)?"
    r"(?:(?:\s|-)?(?P<unit>" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + r")(?![\w]))?"
    r"(?:st|nd|rd|th)?(?!\w)",
    re.IGNORECASE,
)
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501, SIM905
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 20 + 10 * n for n, word in enumerate(_TENS)}
_NUMBER_WORDS = re.compile(
    rf"\b(?P<first>{'|'.join(_WORDS)})(?:[- ](?P<second>{'|'.join(_ONES[1:10])}))?\b"
    r"(?:\s(?P<scale>hundred|thousand|million|billion))?"
    rf"(?:[\s-](?P<unit>{'|'.join(u for u in UNITS if len(u) > 2)})\b)?",
    re.IGNORECASE,
)
PLAIN_UP_TO = 10
"""Number words up to ten say a quantity only with a unit: "one of them" claims nothing."""


class Number(msgspec.Struct, frozen=True):
    """A number as written. values: what it may mean, most literal first (1,234 is 1234, or 1.234 elsewhere)."""

    text: str
    start: int
    end: int
    values: tuple[float, ...]
    unit: str = ""
    significant: int = 1
    """Digits that are not leading or trailing zeros."""


class Day(msgspec.Struct, frozen=True):
    """A date, or the part of one that was written. readings: (year, month, day); None where it is not said."""

    text: str
    start: int
    end: int
    readings: tuple[tuple[int | None, int, int | None], ...]


class Moment(msgspec.Struct, frozen=True):
    """A time of day in minutes; both halves of the day where none is said."""

    text: str
    start: int
    end: int
    readings: tuple[int, ...]


Value = Number | Day | Moment
Reader = Callable[[str], Iterator[Value]]


def numbers(text: str) -> Iterator[Number]:
    """Every numeral, with its scale and unit."""
    for match in _NUMBER.finditer(text):
        digits = match["digits"]
        values, significant = _readings(digits), len(re.sub(r"\D", "", digits).strip("0")) or 1
        if match["scale"]:
            factor = SCALES[match["scale"].lower()]
            # "5 m" may be metres; and a sum worked out in millions is a bare "16.2"
            scaled = tuple(value * factor for value in values)
            values = scaled + (values if len(match["scale"]) == 1 or significant > 1 or "." in digits else ())
        unit = (match["money"] or match["unit"] or "").strip().lower()
        yield Number(match.group(), match.start(), match.end(), values, UNITS.get(unit, ""), significant)


def _readings(digits: str) -> tuple[float, ...]:
    if re.fullmatch(r"\d+,\d{1,2}|\d+,\d{4,}", digits):
        return (float(digits.replace(",", ".")),)
    plain = float(re.sub(r"[^\d.]", "", digits))
    if re.fullmatch(r"\d{1,3},\d{3}", digits):
        return (plain, float(digits.replace(",", ".")))
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits):
        return (plain, float(digits.replace(".", "")))
    return (plain,)


def number_words(text: str) -> Iterator[Number]:
    """Numbers written out: "three weeks", "forty-two", "two million"."""
    for match in _NUMBER_WORDS.finditer(text):
        first, second = _WORDS[match["first"].lower()], match["second"]
        value = float(first + _WORDS[second.lower()] if second and first >= 20 else first)
        if match["scale"]:
            value *= SCALES[match["scale"].lower()]
        unit = UNITS.get((match["unit"] or "").lower(), "")
        yield Number(match.group(), match.start(), match.end(), (value,), unit, 1)


def dates(text: str) -> Iterator[Day]:
    """Every date, and every month with a day or a year."""
    taken: list[range] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() in span or match.end() - 1 in span for span in taken):
                continue
            if readings := _day_readings(match.groupdict()):
                taken.append(range(match.start(), match.end()))
                yield Day(match.group(), match.start(), match.end(), readings)


def _day_readings(parts: dict[str, str | None]) -> tuple[tuple[int | None, int, int | None], ...]:
    year, day = (int(parts.get(name) or 0) or None for name in ("year", "day"))
    written = (parts["month"] or "").lower()
    if not written.isdigit():
        month = next(i for i, name in enumerate(MONTHS, 1) if name.startswith(written[:3]))
        return ((year, month, day),) if day is None or 1 <= day <= 31 else ()
    options = {(year, int(written), day), (year, day, int(written))}
    return tuple((y, m, d) for y, m, d in options if m is not None and d is not None and 1 <= m <= 12 and 1 <= d <= 31)


def times(text: str) -> Iterator[Moment]:
    """Times of day: 14:30, 2:30 pm, 9am."""
    for match in _TIME.finditer(text):
        hour, half = int(match["hour"]), (match["half"] or "").lower()[:1]
        if not (match["minute"] or half) or hour > 24 or int(match["minute"] or 0) > 59:
            continue
        minutes = int(match["minute"] or 0)
        if half:
            hours: tuple[int, ...] = (hour % 12 + (12 if half == "p" else 0),)
        else:
            hours = (hour, hour + 12) if 1 <= hour < 12 else (hour,)
        yield Moment(match.group(), match.start(), match.end(), tuple(60 * h + minutes for h in hours))


def weekday(reading: tuple[int | None, int, int | None]) -> str | None:
    """The weekday of a whole date: an answer may say it though no source does."""
    year, month, day = reading
    if year is None or day is None:
        return None
    try:
        return WEEKDAYS[date(year, month, day).weekday()]
    except ValueError:
        return None
