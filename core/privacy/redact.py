"""Takes secrets and personal data out of a text, and says what it took and from where.

Deterministic: the same text, person and version give the same answer. What is found is replaced by its kind in
brackets; redacting once more changes nothing. It is careful rather than sparing: what looks like a secret goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import get_args

from core.privacy.personal import Person, personal_spans
from core.privacy.secret_scan import secret_spans
from core.privacy.spans import Kind, Span
from core.records import Record

RULES = "2"
"""Counted up with every change of what is found: then evidence is searched again."""
PLACEHOLDER = re.compile(r"\[(?:" + "|".join(map(re.escape, get_args(Kind))) + r")\]")
PRECEDENCE: tuple[Kind, ...] = get_args(Kind)
"""Where spans overlap, they are one of the kind that stands first."""


class Finding(Record, frozen=True):
    """What was found, as a slice of the text that was given."""

    kind: Kind
    start: int
    end: int


class Redacted(Record, frozen=True):
    text: str
    findings: tuple[Finding, ...] = ()


def redact(text: str, person: Person | None = None, *, without: frozenset[Kind] = frozenset()) -> Redacted:
    """The text without what it found. person: whose names and home folder go, too; by default whoever runs this.

    without: kinds that this text cannot hold, though something in it may look like one.
    """
    owner = person or Person.here()

    def scan(piece: str) -> Iterator[Span]:
        yield from (span for span in secret_spans(piece) if span.kind not in without)
        yield from (span for span in personal_spans(piece, owner) if span.kind not in without)

    return settle(text, scan)


def sightings(text: str, person: Person) -> tuple[Finding, ...]:
    """What `redact` would take out, where nothing is to be replaced. person: `Person()` finds the same anywhere."""
    return redact(text, person).findings


def settle(text: str, scan: Callable[[str], Iterator[Span]]) -> Redacted:
    """Scan, replace, and scan what came of it, until nothing new is found: a gap may bring strangers together."""
    found: list[Span] = []
    while True:
        shown, pieces = rendered(text, found)
        protected = [match.span() for match in PLACEHOLDER.finditer(shown)]
        new = [span for span in scan(shown) if span.end > span.start and not inside(span, protected)]
        if not new:
            return Redacted(text=shown, findings=tuple(Finding(kind=k, start=s, end=e) for s, e, k in found))
        found = merged([*found, *(original(span, pieces) for span in new)])


def rendered(text: str, found: list[Span]) -> tuple[str, list[tuple[int, int, int, int]]]:
    """The text with placeholders; and for each piece of it (start, end) here and (start, end) in the original."""
    shown, pieces, at, length = [], [], 0, 0
    for span in [*found, Span(len(text), len(text), "secret")]:
        for piece, start, end in ((text[at : span.start], at, span.start), (f"[{span.kind}]", span.start, span.end)):
            if start < end:
                shown.append(piece)
                pieces.append((length, length + len(piece), start, end))
                length += len(piece)
        at = span.end
    return "".join(shown), pieces


def original(span: Span, pieces: list[tuple[int, int, int, int]]) -> Span:
    """The same place in the text as it was given; a placeholder that is touched is meant as a whole."""
    touched = [piece for piece in pieces if piece[0] < span.end and piece[1] > span.start]
    first, last = touched[0], touched[-1]
    start = first[2] + span.start - first[0] if is_plain(first) else first[2]
    end = last[2] + span.end - last[0] if is_plain(last) else last[3]
    return Span(min(max(start, first[2]), first[3]), max(min(end, last[3]), last[2]), span.kind)


def is_plain(piece: tuple[int, int, int, int]) -> bool:
    """False for a placeholder; one that is as long as what it stands for is mapped the same way."""
    return piece[1] - piece[0] == piece[3] - piece[2]


def inside(span: Span, protected: list[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in protected)


def merged(spans: list[Span]) -> list[Span]:
    """In order, without overlaps."""
    result: list[Span] = []
    for span in sorted(spans):
        last = result[-1] if result else None
        if last is None or span.start >= last.end:
            result.append(span)
        else:
            kind = min(last.kind, span.kind, key=PRECEDENCE.index)
            result[-1] = Span(last.start, max(last.end, span.end), kind)
    return result
