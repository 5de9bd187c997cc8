"""One file a day and source, the same in every stage: written whole or not at all, and known by its hash.

A partition that is made again from the same input is the same bytes, so a run that was killed anywhere is repeated
without loss or doubling, and an incremental run ends where a full one would.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from core.records import Record

PART = ".part"
BATCH = 256 << 10
"""Bytes."""


class Partition(NamedTuple):
    """`day` as `YYYY-MM-DD` (UTC, of the record's timestamp)."""

    day: str
    source: str

    @property
    def path(self) -> str:
        """Relative: `2026/04/27/traces.jsonl`."""
        return f"{self.day.replace('-', '/')}/{self.source}.jsonl"


class FileFacts(Record, frozen=True):
    """What is known of a file that was written. `size` in bytes; `mtime_ns` only tells whether to read it again."""

    rows: int
    size: int
    sha256: str
    mtime_ns: int


class Tree:
    """A folder of partitions."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, partition: Partition) -> Path:
        return self.root / partition.path

    def all(self) -> list[Partition]:
        """In order of day, then source."""
        found = (path.relative_to(self.root).parts for path in self.root.glob("[0-9]*/[0-9]*/[0-9]*/*.jsonl"))
        return sorted(Partition("-".join(parts[:3]), parts[3].removesuffix(".jsonl")) for parts in found)

    def lines(self, partition: Partition) -> Iterator[bytes]:
        """Without their newline; none where there is no file."""
        with suppress(FileNotFoundError), self.path(partition).open("rb", buffering=1 << 20) as file:
            for line in file:
                yield line.rstrip(b"\n")

    def write(
        self, partition: Partition, lines: Iterable[bytes], *, known: FileFacts | None = None
    ) -> FileFacts | None:
        """Replaces the file as a whole, unless it is `known` and the same. None, and no file, without lines."""
        return write_lines(self.path(partition), lines, known=known)

    def sweep(self) -> None:
        """Takes away what a killed run left half-written."""
        for path in self.root.rglob(f".*{PART}"):
            path.unlink(missing_ok=True)


class HashedLines:
    """The lines of a file with their newlines, and what the file is once they were read. Raises FileNotFoundError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self.rows = self.size = self.begin = 0
        """After each line: of what was given so far, and where that line begins."""

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb", buffering=1 << 20) as file:
            for line in file:
                self._digest.update(line)
                self.begin = self.size
                self.size += len(line)
                self.rows += 1
                yield line

    def facts(self) -> FileFacts:
        mtime_ns = self._path.stat().st_mtime_ns
        return FileFacts(rows=self.rows, size=self.size, sha256=self._digest.hexdigest(), mtime_ns=mtime_ns)


@contextmanager
def replacing(path: Path, *, durable: bool) -> Iterator[BinaryIO]:
    """What is written becomes `path` when the block ends, all at once; after an exception nothing has changed.

    durable: on the disk before it has its name; what is made again at any time does without. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_lines(path: Path, lines: Iterable[bytes], *, known: FileFacts | None = None) -> FileFacts | None:
    """Replaces `path` by these lines, durably and all at once; takes it away when there are none. Raises OSError.

    known: what stands there now; where the lines come to the same, it is left alone.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    rows, size, digest = 0, 0, hashlib.sha256()
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb", buffering=1 << 20) as file:
            for batch in batches(lines):
                batch.append(b"")
                whole = b"\n".join(batch)
                file.write(whole)
                digest.update(whole)
                rows, size = rows + len(batch) - 1, size + len(whole)
            same = known is not None and known.sha256 == digest.hexdigest()
            if not same:
                file.flush()
                os.fsync(file.fileno())
        if same:
            part.unlink()
            return known
        if not rows:
            part.unlink()
            path.unlink(missing_ok=True)
            return None
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return FileFacts(rows=rows, size=size, sha256=digest.hexdigest(), mtime_ns=path.stat().st_mtime_ns)


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """A few lines at a time: what is done to each file and hash is done once for all of them."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def unchanged(path: Path, facts: FileFacts) -> bool:
    """Whether the file looks as it was left: size and time, not the bytes (`acceptance` and `health` read those)."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return found.st_size == facts.size and found.st_mtime_ns == facts.mtime_ns


class Made(Record, frozen=True):
    """One output of a stage, and what it was made from."""

    facts: FileFacts | None
    """None: made, and nothing came of it."""
    inputs: str
    """Hash over everything that it follows from: input files, settings, versions."""
    content: str = ""
    """Hash over what it says, without `recorded_at`; kept by `collect`."""
    tally: dict[str, int] = msgspec.field(default_factory=dict)
    """What stands in it, counted by kind, in the stage's own words: totals without reading it again."""


class StageState:
    """What a stage made, output by output. Saved when it ends; a missing or damaged one costs a full run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.made: dict[str, Made] = {}
        self.cursors: dict[str, str] = {}
        """How far each source was read, in the source's own words."""
        with suppress(OSError, msgspec.MsgspecError):
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
            self.made, self.cursors = kept.made, kept.cursors

    def save(self) -> None:
        kept = _Kept(made=dict(sorted(self.made.items())), cursors=dict(sorted(self.cursors.items())))
        write_lines(self._path, [msgspec.json.encode(kept)])


class _Kept(Record, frozen=True):
    made: dict[str, Made]
    cursors: dict[str, str]
