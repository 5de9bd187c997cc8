"""Finds what points at a person: addresses, numbers of theirs, and the names of their account, folder and machine."""

from __future__ import annotations

import getpass
import ipaddress
import os
import platform
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from core.privacy.anchors import matches, utf8
from core.privacy.spans import Kind, Span
from core.records import Record

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?![0-9]x\.)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
"""`icon@2x.png` is a picture's name."""
CARD = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Za-z])")
IPV4 = re.compile(r"(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])")
IPV6 = re.compile(r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])")
PHONE = re.compile(
    r"(?<![0-9A-Za-z+.])(?:"
    r"(?:\+|00)[1-9](?:[ ./()-]{0,2}[0-9]){6,14}"  # +49 30 1234567
    r"|\(0?[1-9][0-9]{1,4}\) ?[0-9]{3,4}(?:[ .-]?[0-9]{2,4}){1,3}"  # (555) 123-4567
    r"|0[1-9][0-9]{1,4}[ /-] ?[0-9]{3,}(?:[ -]?[0-9]{2,}){0,4}"  # 030 1234567
    r"|[2-9][0-9]{2}[-.][2-9][0-9]{2}[-.][0-9]{4}"  # 555-123-4567
    r")(?![0-9A-Za-z])"
)
HOME = re.compile(
    r"(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)(?!Shared\b|Public\b)[^\s/\\:\"'`<>|*?\[\]]*[^\s/\\:\"'`<>|*?\[\].,;!)]"
)
SHAPE = bytes(
    ord("U" if 65 <= byte <= 90 else "d" if 48 <= byte <= 57 else "s" if chr(byte) in " ./()-" else "x")
    for byte in range(256)
)
"""Capitals, digits, what stands between digits, everything else: by bytes, since that is fast."""
NUMBER = re.compile(rb"d(?:s{0,2}d){3}")
"""The least that a card, a telephone or an address of four numbers has."""
REGION = re.compile(r"[(+0-9][0-9 ./()+-]{5,}")
"""Where such numbers lie: none of them reaches out of one."""
DOMAIN = re.compile(r"@[\w-]{1,63}\.[\w-]")
COLONS = re.compile(r":(?=[0-9A-Fa-f]{0,4}:)")
COMMON = {"root", "user", "admin", "administrator", "guest", "test", "home", "local", "localhost", "system", "nobody"}
"""Names that are words: they tell nothing, and taking them out would make text unreadable."""


class Person(Record, frozen=True):
    """Whose text it is."""

    home: str = ""
    user: str = ""
    machine: str = ""
    names: tuple[str, ...] = ()
    """Names of people and things that the person wants kept private, in any case of their letters."""

    @classmethod
    def here(cls) -> Person:
        """Whoever runs this process."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):  # no entry for this user id, and no variable that names one
            user = ""
        return cls(home=os.path.expanduser("~"), user=user, machine=platform.node())  # noqa: PTH111


def personal_spans(text: str, person: Person) -> Iterator[Span]:
    """May overlap."""
    yield from told(matches(EMAIL, text, mailboxes(text)), "e-mail")
    shape = utf8(text).translate(SHAPE)
    if NUMBER.search(shape):
        yield from numbers(text)
    if b"UUdd" in shape:
        for span in told(IBAN.finditer(text), "iban"):
            yield from whole_iban(text, span)
    yield from addresses(text, matches(IPV6, text, groups(text)))
    if "/home/" in text or "/Users/" in text or ":\\" in text:
        yield from told(HOME.finditer(text), "home")
    for name, pattern, kind in names(person):
        if name in text:
            yield from told(pattern.finditer(text), kind)


def told(found: Iterable[re.Match[str]], kind: Kind) -> Iterator[Span]:
    for match in found:
        yield Span(match.start(), match.end(), kind)


def numbers(text: str) -> Iterator[Span]:
    """Cards, telephones and addresses of four numbers lie within REGION, and look two characters beyond."""
    for region in REGION.finditer(text):
        start, end = region.start(), region.end() + 2
        yield from (span for span in told(CARD.finditer(text, start, end), "card") if luhn(text[span.start : span.end]))
        yield from told(PHONE.finditer(text, start, end), "phone")
        if region[0].count(".") >= 3:
            yield from addresses(text, IPV4.finditer(text, start, end))


def addresses(text: str, found: Iterable[re.Match[str]]) -> Iterator[Span]:
    yield from (span for span in told(found, "ip") if is_address(text[span.start : span.end]))


def mailboxes(text: str) -> Iterator[int]:
    """Where the name before an @ begins."""
    at = text.find("@")
    while at >= 0:
        if DOMAIN.match(text, at):
            yield before(text, at, 65, lambda char: char.isalnum() or char in "_.+-")
        at = text.find("@", at + 1)


def groups(text: str) -> Iterator[int]:
    """Where the first group of an address with colons begins."""
    for colon in COLONS.finditer(text):
        yield before(text, colon.start(), 5, "0123456789abcdefABCDEF".__contains__)


def before(text: str, at: int, most: int, fits: Callable[[str], bool]) -> int:
    """Where the characters that fit, and end before `at`, begin; looks at `most` of them."""
    start = at
    while start and at - start < most and fits(text[start - 1]):
        start -= 1
    return start


@cache
def names(person: Person) -> list[tuple[str, re.Pattern[str], Kind]]:
    """Whole words only, and none that is a common one."""
    found: list[tuple[str, re.Pattern[str], Kind]] = []
    home = person.home.rstrip("/\\")
    if len(home) > 3:
        found.append((home, re.compile(re.escape(home) + r"(?!\w|[.-]\w)"), "home"))
    parts: tuple[tuple[str, Kind], ...] = (
        (person.user, "user"),
        (person.machine, "machine"),
        (person.machine.partition(".")[0], "machine"),
    )
    for name, kind in parts:
        if len(name) > 2 and name.lower() not in COMMON:
            found.append((name, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"), kind))
    for name in person.names:
        if name.strip():
            found.append(("", re.compile(rf"(?i)(?<!\w){re.escape(name.strip())}(?!\w)"), "name"))
    return found


def luhn(text: str) -> bool:
    """The check digit of payment cards; a digit that is only repeated is none."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1


def whole_iban(text: str, span: Span) -> Iterator[Span]:
    """The longest beginning that is one: words in capitals may follow it."""
    for end in range(span.end, span.start + 14, -1):
        if text[end - 1] != " " and (end == len(text) or not text[end].isalnum()) and mod97(text[span.start : end]):
            yield Span(span.start, end, "iban")
            return


def mod97(text: str) -> bool:
    packed = text.replace(" ", "")
    return int("".join(str(int(char, 36)) for char in packed[4:] + packed[:4])) % 97 == 1


def is_address(text: str) -> bool:
    """An address of some machine; those that every machine calls itself by tell nothing."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified)
