"""Reads a partition's three files as cases for the firewall: tolerant of lines, strict with records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

from core.evidence.export.firewall import Case, Policy
from core.evidence.export.index import Trees, short, short_sig
from core.evidence.export.rows import Read
from core.evidence.records import ScoredRun, Screened

Seen = dict[tuple[int, int], Screened]
"""What the screen found, by the short forms of run id and source hash."""
_record = msgspec.json.Decoder(Read).decode
_scored = msgspec.json.Decoder(ScoredRun).decode
_screened = msgspec.json.Decoder(Screened).decode
_tolerant = msgspec.json.Decoder().decode


def cases(
    trees: Trees, policy: Policy, *, forgotten: frozenset[int], outdated: frozenset[int], duplicate: frozenset[int]
) -> Iterator[Case]:
    """Every line of a partition with all that is known of it, valid or not.

    forgotten, outdated, duplicate: numbers of lines.
    """
    seen = screened_by_row(trees.screened)
    with trees.evidence.open("rb", buffering=1 << 20) as lines, trees.scored.open("rb", buffering=1 << 20) as scores:
        for number, (line, score) in enumerate(zip_longest(lines, scores)):
            if line is None:
                return
            case = case_of(line, score, seen, policy, number in forgotten, number in duplicate)
            case.outdated = number in outdated
            yield case


def screened_by_row(path: Path) -> Seen:
    with path.open("rb") as file:
        next(file)
        return {(short(one.run_id), short_sig(one.sig_hash)): one for one in map(_screened, file)}


def case_of(
    line: bytes,
    score: bytes | None,
    seen: Seen,
    policy: Policy,
    forgotten: bool,
    duplicate: bool,
) -> Case:
    """Tolerant of lines, strict with records: what is wrong becomes a matter of the guards, never a crash."""
    try:
        record = _record(line)
        raw, problem = None, ""
    except msgspec.MsgspecError as error:
        record, raw, problem = None, tolerant(line), where(error)
    try:
        scored = _scored(score) if score is not None else None
    except msgspec.MsgspecError:
        scored = None
    problem = problem or ("not scored" if scored is None else "")
    screened = None
    if seen and record is not None:
        screened = seen.get((short(record.run_id), short_sig(record.provenance.sig_hash)))
    category = scored.category if scored is not None else ""
    return Case(record, scored, screened, policy, category, raw, problem, duplicate, forgotten)


def tolerant(line: bytes) -> Any:
    try:
        return _tolerant(line)
    except msgspec.MsgspecError:
        return None


def where(error: msgspec.MsgspecError) -> str:
    """The place; what msgspec quotes may be somebody's text."""
    told = str(error)
    place = told.partition(" - at ")[2].strip("`")
    if place:
        return f"wrong at {place}"
    return "an unknown or missing field" if isinstance(error, msgspec.ValidationError) else "no JSON"
