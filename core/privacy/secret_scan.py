"""Finds keys, tokens and passwords: by detect-secrets' plugins, and by the shapes of keys that it does not know.

The plugins are called directly. The library's own way takes fifteen times as long (settings and filters for each line),
and its verification would send what it found over the network; neither is ever touched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from core.privacy.anchors import matches, occurrences
from core.privacy.spans import Span
from core.privacy.triggers import TRIGGERS, VERSION, Look, Trigger

PREFIXES = ("hf", "gsk", "r8", "xai", "pplx", "ghp", "gho", "ghu", "ghs", "ghr", "npm", "dop_v1")
SHAPES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"(?<![A-Za-z0-9]){shape}" if shape[0] != "-" else shape), beginnings)
    for shape, beginnings in (
        (r"sk-[A-Za-z0-9_-]{12,}", ("sk-",)),  # Anthropic, OpenAI, and those that copied them
        (
            rf"(?:{'|'.join(PREFIXES)})[_-][A-Za-z0-9]{{16,}}",
            tuple(f"{name}{gap}" for name in PREFIXES for gap in "_-"),
        ),
        (r"github_pat_[A-Za-z0-9_]{22,}", ("github_pat_",)),
        (r"glpat-[A-Za-z0-9_-]{16,}", ("glpat-",)),
        (r"AIza[A-Za-z0-9_-]{30,}", ("AIza",)),
        (r"xox[abeoprs]-[A-Za-z0-9-]{8,}", ("xox",)),
        (r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", ("eyJ",)),  # a JSON web token
        (
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----(?:[^-]{0,20000}-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"
            r"|[A-Za-z0-9+/=\s]*)",
            ("-----BEGIN ",),
        ),
    )
)
"""Each with what it begins with."""
LONG = re.compile(rb"[_-][A-Za-z0-9]{16}")
"""What a shape with many beginnings has."""
NAMED = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|access|auth|private)[_ -]?key)"
ASSIGNED = re.compile(
    rf"(?i){NAMED}[\w-]{{0,20}}[\"']?\s{{0,3}}(?::=|=>?|:)\s{{0,3}}[\"']?(?P<secret>[^\s\"',;<>()]{{4,512}})"
)
BEARER = re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<secret>[A-Za-z0-9._~+/=-]{12,})")
IN_URL = re.compile(
    r"(?i)[?&](?:key|token|secret|sig|signature|password|access_token|api_key)=(?P<secret>[^&\s\"'<>]{4,})"
)
PROSE = re.compile(r"[A-Za-zÀ-ž-]+[`.!?]*")
COUNTED = re.compile(r"(?i)tokens|tokeni[sz]")
"""Where a model's tokens are spoken of, and not a secret one."""
COUNT = re.compile(r"[0-9_]+[\]}|`.:]*")
NAME = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)*(?:\[[\w.]*\]?)?[\]}|`.:]*")
OF_TYPE = re.compile(r"[A-Za-z_.]+\[[\w.]*\]?[\]}|`.:]*$")
CONSTANT = re.compile(r"(?i)(?:none|null|nil|true|false|undefined|str|string|bytes|bool|int)[\]}|`.:]*")
OWN_NAME = re.compile(rf"(?i)(?:(?:self|cls|this)\.[a-z_.]+|(?:[a-z_]+\.)+[a-z_]*{NAMED}[a-z_]*)[\]}}|`.:]*")
"""`self.x`, `reply.token`: where the secret is, not what it is."""
WINDOW, OVERLAP = 2_000, 300
"""Longest piece that a plugin is shown: some of its patterns take time that grows with the square of a line."""
SHORTEST = 8
"""Characters of a line that a plugin is shown."""
NOT_SECRET = {"IPPublicDetector"}
"""Found as personal data instead, loopback and private addresses told apart."""


ASSIGNED_TO = ("pass", "pwd", "secret", "token", "credential")
KEYS = ("api", "access", "auth", "private")


def secret_spans(text: str) -> Iterator[Span]:
    """May overlap."""
    look = Look(text)
    yield from shaped(look)
    yield from named(look)
    asked = [(plugin, triggers) for plugin, triggers in plugins() if look.holds(triggers)]
    if asked:
        for offset, line in pieces(text):
            for secret in dict.fromkeys(known_to_plugins(line, asked)):
                yield from places(line, secret, offset)


def shaped(look: Look) -> Iterator[Span]:
    for shape, beginnings in SHAPES:
        if len(beginnings) == 1 or LONG.search(look.utf8):
            for match in matches(shape, look.plain, occurrences(look.plain, *beginnings)):
                yield Span(match.start(), match.end(), "secret")


def named(look: Look) -> Iterator[Span]:
    """What stands where secrets stand."""
    text, small = look.plain, look.folded
    names = ASSIGNED_TO + KEYS if "key" in small else ASSIGNED_TO
    for match in matches(ASSIGNED, text, occurrences(small, *names)):
        if is_value(match):
            yield Span(match.start("secret"), match.end("secret"), "secret")
    for pattern, starts in ((BEARER, occurrences(small, "bearer", "basic")), (IN_URL, occurrences(text, "?", "&"))):
        for match in matches(pattern, text, starts):
            yield Span(match.start("secret"), match.end("secret"), "secret")


def is_value(match: re.Match[str]) -> bool:
    """`password: the` is how people write, `tokens=total` how programs do; `password=the`, `password: th3` are not."""
    assignment, value = match[0][: match.start("secret") - match.start()], match["secret"]
    if assignment[-1] not in "\"'" and is_code(assignment, value, match.string[match.end() : match.end() + 1]):
        return False
    return "=" in assignment or not PROSE.fullmatch(value)


def is_code(assignment: str, value: str, following: str) -> bool:
    """Whether an unquoted value is clearly a name, a call, a type or a count, and no text of its own."""
    if COUNTED.match(assignment) and (COUNT.fullmatch(value) or NAME.fullmatch(value)):
        return True
    if following == "(" or OF_TYPE.match(value):
        return NAME.fullmatch(value) is not None
    return CONSTANT.fullmatch(value) is not None or OWN_NAME.fullmatch(value) is not None


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


def known_to_plugins(line: str, asked: list[tuple[Any, tuple[Trigger, ...]]]) -> Iterator[str]:
    """The raw secrets that the plugins see in one line."""
    if len(line) < SHORTEST:
        return
    look = Look(line)
    for plugin, triggers in asked:
        if not look.holds(triggers):
            continue
        limit = getattr(plugin, "entropy_limit", None)
        for found in plugin.analyze_string(line):
            if found and (limit is None or is_random(plugin, found, limit)):
                yield found


def is_random(plugin: Any, found: str, limit: float) -> bool:
    """Two to the power of the limit characters that differ are the least; counting them is cheap."""
    return len(set(found)) >= 2**limit and plugin.calculate_shannon_entropy(found) > limit


@cache
def plugins() -> tuple[tuple[Any, tuple[Trigger, ...]], ...]:
    """Each with what a text must hold for it to find anything."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    known = TRIGGERS if version("detect-secrets") == VERSION else {}
    classes: list[Any] = sorted(get_mapping_from_secret_type_to_class().values(), key=lambda each: each.__name__)
    return tuple((each(), known.get(each.__name__, ())) for each in classes if each.__name__ not in NOT_SECRET)
