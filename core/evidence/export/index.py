"""What an export must know of a partition before it reads it: who is in it, from where to where, and what it says.

Eight bytes of a hash stand for each id: two ids that share them by chance (1 in 10⁷ for a million rows) cost a row,
never let one through. One file a partition, so that a corpus of any size is looked through in little memory.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from core.evidence.canonical import combined
from core.evidence.partitions import FileFacts, HashedLines, Partition, replacing
from core.evidence.records import CORRECTION
from core.records import Record

COLUMNS = ("run", "trace", "sig", "task", "digest", "evidence", "scored", "category", "seen")
ROW = np.dtype([(name, "<u8") for name in COLUMNS])
"""evidence, scored: byte offsets of its lines. category: its number in CATEGORIES.

seen: 1 when the screen found something."""
CATEGORIES = ("unreadable", "accepted", "partially_accepted", "rejected", "needs_human_review")
_NUMBER = {name: number for number, name in enumerate(CATEGORIES)}
RECORDED = b'"recorded_at":"'
Rows = np.ndarray[Any, Any]


class Trees(NamedTuple):
    """Where a partition's three files stand."""

    evidence: Path
    scored: Path
    screened: Path


class Header(msgspec.Struct, frozen=True):
    """First line of a screened partition: what was screened, by whom, under which rules."""

    evidence_sha256: str = ""
    scored_sha256: str = ""
    screen_version: str = ""
    policy: str = ""


class Indexed(Record, frozen=True):
    """What is known of a partition. `content`: hash over what its files say, without when it was collected."""

    evidence: FileFacts | None
    scored: FileFacts | None
    screened: FileFacts | None
    header: Header | None
    content: str
    index: str
    """SHA-256 of its index: a damaged one might not tell who was forgotten."""

    @property
    def screened_as_it_stands(self) -> bool:
        """False: not screened, or screened when it was another one. Nothing of it may be exported then."""
        header, evidence, scored = self.header, self.evidence, self.scored
        if header is None or evidence is None or scored is None:
            return False
        return (header.evidence_sha256, header.scored_sha256) == (evidence.sha256, scored.sha256)


def read_column(index: Path, name: str, into: Rows) -> None:
    """One column of an index, as long as `into`. Raises OSError."""
    with index.open("rb", buffering=0) as file:
        file.seek(COLUMNS.index(name) * into.nbytes)
        file.readinto(into)  # type: ignore[arg-type]  # an array is a buffer


class Found(msgspec.Struct, frozen=True):
    """Whom a screened line speaks of."""

    run_id: str
    sig_hash: str


class Glance(msgspec.Struct, frozen=True):
    """As much of a scored line as an index needs."""

    run_id: str
    sig_hash: str
    task_id: str
    category: str


_glance = msgspec.json.Decoder(Glance).decode
_header = msgspec.json.Decoder(Header).decode
_found = msgspec.json.Decoder(Found).decode


def short(text: str) -> int:
    """Eight bytes that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def short_sig(sig_hash: str) -> int:
    """The same for what is a hash already, in hex; 0 for what is none."""
    try:
        return int(sig_hash[:16], 16)
    except ValueError:
        return 0


def index_partition(partition: Partition, trees: Trees, target: Path) -> Indexed:
    """Reads a partition once, writes its rows to `target` and says what the files are. Raises OSError."""
    screened = _Screened(trees.screened)
    evidence, scored = HashedLines(trees.evidence), HashedLines(trees.scored)
    flat = array("Q")
    for line, score in zip_longest(_there(evidence), _there(scored)):
        if line is not None:
            run, trace, sig, task, category = _said(score)
            seen = screened.seen.get((run, sig), b"")
            at = evidence.size - len(line), scored.size - len(score or b"")
            flat.extend((run, trace, sig, task, _digest(line, score or b"", seen), *at, category, bool(seen)))
    rows = np.frombuffer(flat, "<u8").view(ROW) if flat else np.zeros(0, ROW)
    index = b"".join(rows[name].tobytes() for name in COLUMNS)
    with replacing(target, durable=True) as file:
        file.write(index)
    content = combined([partition.path, hashlib.sha256(rows["digest"].tobytes()).hexdigest(), str(scored.rows)])
    return Indexed(
        evidence=_facts(evidence),
        scored=_facts(scored),
        screened=_facts(screened.lines),
        header=screened.header,
        content=content,
        index=hashlib.sha256(index).hexdigest(),
    )


def _there(lines: HashedLines) -> Iterator[bytes]:
    """None where there is no file."""
    with suppress(FileNotFoundError):
        yield from lines


def _facts(lines: HashedLines) -> FileFacts | None:
    """None where there is no file."""
    try:
        return lines.facts()
    except FileNotFoundError:
        return None


class _Screened:
    """What the screen found in a partition; small, as most rows have nothing."""

    def __init__(self, path: Path) -> None:
        self.lines = HashedLines(path)
        self.header: Header | None = None
        self.seen: dict[tuple[int, int], bytes] = {}
        for number, line in enumerate(_there(self.lines)):
            try:
                if number == 0:
                    self.header = _header(line)
                else:
                    found = _found(line)
                    self.seen[short(found.run_id), short_sig(found.sig_hash)] = line
            except msgspec.MsgspecError:
                self.header = None  # a screen that cannot be read has not screened
                return


def _said(score: bytes | None) -> tuple[int, int, int, int, int]:
    """(run, trace, sig, task, category) of a scored line; zeros for one that says nothing."""
    if score is None:
        return 0, 0, 0, 0, 0
    try:
        glance = _glance(score)
    except msgspec.MsgspecError:
        return 0, 0, 0, 0, 0
    run = short(glance.run_id)
    trace = short(glance.run_id.removesuffix(CORRECTION)) if glance.run_id.endswith(CORRECTION) else run
    return run, trace, short_sig(glance.sig_hash), short(glance.task_id), _NUMBER.get(glance.category, 0)


def _digest(line: bytes, score: bytes, seen: bytes) -> int:
    """Eight bytes for all that is said of a record, but for when it was collected."""
    start = line.find(RECORDED) + len(RECORDED)
    if start >= len(RECORDED):
        line = line[:start] + line[line.find(b'"', start) :]
    return int.from_bytes(hashlib.sha256(line + score + seen).digest()[:8], "little")
