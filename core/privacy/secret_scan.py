"""Finds keys, tokens and passwords: by detect-secrets' plugins, and by the shapes of keys that it does not know.

The plugins are called directly. The library's own way takes fifteen times as long (settings and filters for each line),
and its verification would send what it found over the network; neither is ever touched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from core.privacy.spans import Span

SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{12,}",  # Anthropic, OpenAI, and those that copied them
        r"(?<![A-Za-z0-9])(?:hf|gsk|r8|xai|pplx|ghp|gho|ghu|ghs|ghr|npm|dop_v1)[_-][A-Za-z0-9]{16,}",
        r"(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{22,}",
        r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}",
        r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}",
        r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{8,}",
        r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",  # a JSON web token
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:[^-]{0,20000}-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"
        r"|[A-Za-z0-9+/=\s]*)",
    )
)
NAMED = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|access|auth|private)[_ -]?key)"
ASSIGNED = re.compile(
    rf"(?i){NAMED}[\w-]{{0,20}}[\"']?\s{{0,3}}(?::=|=>?|:)\s{{0,3}}[\"']?(?P<secret>[^\s\"',;<>()]{{4,512}})"
)
BEARER = re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<secret>[A-Za-z0-9._~+/=-]{12,})")
IN_URL = re.compile(
    r"(?i)[?&](?:key|token|secret|sig|signature|password|access_token|api_key)=(?P<secret>[^&\s\"'<>]{4,})"
)
PROSE = re.compile(r"[A-Za-zÀ-ž-]+[.!?]?")
WINDOW, OVERLAP = 2_000, 300
"""Longest piece that a plugin is shown: some of its patterns take time that grows with the square of a line."""
NOT_SECRET = {"IPPublicDetector"}
"""Found as personal data instead, loopback and private addresses told apart."""


def secret_spans(text: str) -> Iterator[Span]:
    """May overlap."""
    for shape in SHAPES:
        for match in shape.finditer(text):
            yield Span(match.start(), match.end(), "secret")
    for pattern in (ASSIGNED, BEARER, IN_URL):
        for match in pattern.finditer(text):
            if pattern is not ASSIGNED or is_value(match):
                yield Span(match.start("secret"), match.end("secret"), "secret")
    for offset, line in pieces(text):
        for secret in known_to_plugins(line):
            yield from places(line, secret, offset)


def is_value(match: re.Match[str]) -> bool:
    """`password: the` is how people write; `password=the` and `password: th3` are not."""
    assignment = match[0][: match.start("secret") - match.start()]
    return "=" in assignment or not PROSE.fullmatch(match["secret"])


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their offsets; a very long one in windows that overlap."""
    at = 0
    for line in text.splitlines(keepends=True):
        for start in range(0, max(len(line) - OVERLAP, 1), WINDOW - OVERLAP):
            yield at + start, line[start : start + WINDOW].rstrip("\r\n")
        at += len(line)


def places(line: str, secret: str, offset: int) -> Iterator[Span]:
    at = line.find(secret)
    while at >= 0:
        yield Span(offset + at, offset + at + len(secret), "secret")
        at = line.find(secret, at + len(secret))


def known_to_plugins(line: str) -> Iterator[str]:
    """The raw secrets that the plugins see in one line."""
    if len(line) < 8:
        return
    plain, entropy, keyword, words = plugins()
    for plugin in plain:
        yield from filter(None, plugin.analyze_string(line))
    if '"' in line or "'" in line:
        for plugin in entropy:
            for found in plugin.analyze_string(line):
                if plugin.calculate_shannon_entropy(found) > plugin.entropy_limit:
                    yield found
        if words.search(line):
            yield from filter(None, keyword.analyze_string(line))


@cache
def plugins() -> tuple[list[Any], list[Any], Any, re.Pattern[str]]:
    """(those of one kind of key, those by entropy, the one by names, the names it looks for)."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin
    from detect_secrets.plugins.keyword import DENYLIST, KeywordDetector

    classes: list[Any] = sorted(get_mapping_from_secret_type_to_class().values(), key=lambda each: each.__name__)
    made = [each() for each in classes if each.__name__ not in NOT_SECRET]
    entropy = [each for each in made if isinstance(each, HighEntropyStringsPlugin)]
    keyword = next(each for each in made if isinstance(each, KeywordDetector))
    plain = [each for each in made if each not in entropy and each is not keyword]
    return plain, entropy, keyword, re.compile("|".join(DENYLIST), re.IGNORECASE)
