"""The scan without any shortcut: every pattern at every character, every plugin on every line. Slow, and the oracle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
from detect_secrets.plugins.keyword import KeywordDetector

from core.privacy import personal, secret_scan
from core.privacy.personal import Person
from core.privacy.redact import Redacted, settle
from core.privacy.spans import Kind, Span

PLUGINS: list[Any] = [
    each() for each in get_mapping_from_secret_type_to_class().values() if each.__name__ not in secret_scan.NOT_SECRET
]


def plain_redact(text: str, person: Person) -> Redacted:
    return settle(text, lambda piece: iter([*plain_secrets(piece), *plain_personal(piece, person)]))


def plain_secrets(text: str) -> Iterator[Span]:
    for shape, _ in secret_scan.SHAPES:
        yield from every(shape, text, "secret")
    for pattern in (secret_scan.ASSIGNED, secret_scan.BEARER, secret_scan.IN_URL):
        for match in pattern.finditer(text):
            if pattern is not secret_scan.ASSIGNED or secret_scan.is_value(match):
                yield Span(match.start("secret"), match.end("secret"), "secret")
    for offset, line in secret_scan.pieces(text):
        if len(line) >= secret_scan.SHORTEST:
            for secret in seen(line):
                yield from secret_scan.places(line, secret, offset)


def seen(line: str) -> Iterator[str]:
    for plugin in PLUGINS:
        if isinstance(plugin, KeywordDetector) and not ('"' in line or "'" in line):
            continue
        for found in filter(None, plugin.analyze_string(line)):
            entropy = isinstance(plugin, HighEntropyStringsPlugin)
            if not entropy or plugin.calculate_shannon_entropy(found) > plugin.entropy_limit:
                yield found


def plain_personal(text: str, person: Person) -> Iterator[Span]:
    yield from every(personal.EMAIL, text, "e-mail")
    yield from (span for span in every(personal.CARD, text, "card") if personal.luhn(text[span.start : span.end]))
    for span in every(personal.IBAN, text, "iban"):
        yield from personal.whole_iban(text, span)
    for pattern in (personal.IPV4, personal.IPV6):
        spans = every(pattern, text, "ip")
        yield from (span for span in spans if personal.is_address(text[span.start : span.end]))
    yield from every(personal.PHONE, text, "phone")
    yield from every(personal.HOME, text, "home")
    for _, pattern, kind in personal.names(person):
        yield from every(pattern, text, kind)


def every(pattern: re.Pattern[str], text: str, kind: Kind) -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield Span(match.start(), match.end(), kind)
