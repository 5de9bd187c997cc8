"""One output file of `collect` at a time: what stands there and what was read, merged in order, each record once.

Where a record was there before, it keeps the day on which it was first collected; a file that would come out the
same is left alone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.evidence.canonical import file_hash
from core.evidence.parallel import pause_point
from core.evidence.partitions import BATCH, FileFacts, unchanged, write_lines
from core.evidence.records import CORRECTION, EvidenceRecord, Skip
from core.evidence.spill import Keyed, Run, hashes_in, ordered

RECORDED = b'"recorded_at":"'
REVIEWED = (b',"reviewed":false,', b',"reviewed":true,')
SIG = 64
"""Hex digits of the hash that each key ends with."""
_encode = msgspec.json.Encoder().encode


class _Hashed(msgspec.Struct):
    sig_hash: str


class _Place(msgspec.Struct):
    """As much of a line as its key needs."""

    run_id: str
    timestamp: str
    provenance: _Hashed


class _SkipPlace(msgspec.Struct):
    source_file: str
    line_offset: int
    reason: str


_place = msgspec.json.Decoder(_Place).decode
_skip_place = msgspec.json.Decoder(_SkipPlace).decode


def keyed(record: EvidenceRecord) -> Keyed:
    """Key and line of a record: in order of time, run and hash."""
    key = f"{record.timestamp}\0{record.run_id}\0{record.provenance.sig_hash}"
    return key.encode(), _encode(record)


def keyed_skip(skip: Skip) -> Keyed:
    """In order of file and offset."""
    return _skip_key(skip.source_file, skip.line_offset, skip.reason), _encode(skip)


def _skip_key(file: str, offset: int, reason: str) -> bytes:
    return f"{file}\0{offset:020d}\0{reason}".encode()


class Job(NamedTuple):
    """One output file, and what is to become of it."""

    path: str
    runs: tuple[Run, ...] = ()
    known: FileFacts | None = None
    """How it was left; it is looked at anew where it is not as it was."""
    skips: bool = False
    """It holds Skip lines, not records."""
    replaces: bool = False
    """What was read takes the place of what stands under the same run id."""
    anew: bool = False
    """What was read is everything that there is, as it is now."""
    drop: bool = False
    """With `anew`: what was not read again goes."""
    gone: frozenset[str] = frozenset()
    """Run ids of which nothing stays."""
    forgotten: str = ""
    """Where the hashes of source rows stand of which nothing stays (`Spill.keep`)."""
    reviewed: bool | None = None
    """What the lines that stay are to say of that, None: what they say."""
    dry_run: bool = False


class Filed(NamedTuple):
    """What became of it. facts None: nothing is left."""

    facts: FileFacts | None
    content: str = ""
    """Hash over all that it says, without `recorded_at`."""
    sources: str = ""
    """Hash over the hashes of the source rows, whatever their order. What replaces itself says more than its rows'
    hashes (an imported trace keeps that of its line, whatever is said of it): there it is `content`."""
    delta: dict[str, int] = {}  # noqa: RUF012 - never changed
    """`written`: lines that are new or changed; `deduped`: rows that were there already, or were read twice;
    `removed`; `damaged`: old lines that could not be read, and went; `files`: 1 when the file is another now."""
    tally: dict[str, int] = {}  # noqa: RUF012 - never changed
    """Skips by reason."""
    error: str = ""


def file_away(job: Job) -> Filed:
    """Writes it whole, or leaves it. Raises OSError."""
    path = Path(job.path)
    known = standing(path, job.known)
    merge = _Merge(job)
    lines = merge.lines(path)
    facts = _facts_only(lines) if job.dry_run else write_lines(path, lines, known=known)
    same = (facts and facts.sha256) == (known and known.sha256)
    wrong = not (same or job.dry_run or facts is None or file_hash(path) == facts.sha256)
    return Filed(
        facts=known if same else facts,
        content=merge.content.hexdigest() if facts is not None else "",
        sources=merge.content.hexdigest() if job.replaces else f"{merge.sources % (1 << 256):064x}",
        delta={**merge.delta, "files": int(not same)},
        tally=dict(sorted(merge.reasons.items())),
        error=f"{path.name} does not read as it was written" if wrong else "",
    )


def standing(path: Path, known: FileFacts | None) -> FileFacts | None:
    """What is there, looked at where it is not as it was left."""
    if known is not None and unchanged(path, known):
        return known
    try:
        found = path.stat()
        with path.open("rb") as file:
            rows = sum(1 for _ in file)
        return FileFacts(rows=rows, size=found.st_size, sha256=file_hash(path), mtime_ns=found.st_mtime_ns)
    except FileNotFoundError:
        return None


def _facts_only(lines: Iterator[bytes]) -> FileFacts | None:
    """What writing them would leave."""
    rows, size, digest = 0, 0, hashlib.sha256()
    for line in lines:
        digest.update(line + b"\n")
        rows, size = rows + 1, size + len(line) + 1
    return FileFacts(rows=rows, size=size, sha256=digest.hexdigest(), mtime_ns=0) if rows else None


class _Merge:
    """The lines that are to stand there, and counts of what happened to them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.content = hashlib.sha256()
        self.sources = 0
        self._again = set[str]()
        """Run ids whose records were read again, perhaps to say something else."""
        self.reasons: Counter[str] = Counter()
        self.delta = dict.fromkeys(("written", "deduped", "removed", "damaged"), 0)

    def lines(self, path: Path) -> Iterator[bytes]:
        merged = self._merged(self._old(path), ordered(self._job.runs), self._stays())
        for rows in _in_batches(merged):
            pause_point()
            self._count(rows)
            for _, line in rows:
                yield line

    def _count(self, rows: list[Keyed]) -> None:
        if self._job.skips:
            self.content.update(b"\n".join(line for _, line in rows))
            self.reasons.update(key.rpartition(b"\0")[2].decode() for key, _ in rows)
            return
        parts: list[bytes] = []
        for _, line in rows:
            start, stop = recorded(line)
            parts += (line[:start], line[stop:])
        self.content.update(b"".join(parts))
        self.sources += sum(int(key[-SIG:], 16) for key, _ in rows)

    def _old(self, path: Path) -> Iterator[Keyed]:
        if not path.exists():
            return
        with path.open("rb", buffering=1 << 20) as file:
            for raw in file:
                line = raw.rstrip(b"\n")
                try:
                    yield self._key(line), line
                except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
                    self.delta["damaged"] += 1

    def _key(self, line: bytes) -> bytes:
        if self._job.skips:
            skip = _skip_place(line)
            return _skip_key(skip.source_file, skip.line_offset, skip.reason)
        place = _place(line)
        recorded(line)
        return f"{place.timestamp}\0{place.run_id}\0{place.provenance.sig_hash}".encode()

    def _stays(self) -> Callable[[bytes], bool]:
        """Whether a line that stands and was not read again is kept, by its key."""
        job = self._job
        if job.anew and job.drop:
            return lambda key: False
        if job.skips:
            return lambda key: True
        touched: Collection[str] = job.gone
        if job.replaces and not job.anew:
            self._again = {whole_run_of(key) for key, _ in ordered(job.runs)}
            touched = job.gone.union(run.removesuffix(CORRECTION) for run in self._again)
        forgotten = hashes_in(job.forgotten)
        if not touched and not forgotten:
            return lambda key: True
        return lambda key: run_of(key) not in touched and key[-SIG:].decode() not in forgotten

    def _merged(self, old: Iterator[Keyed], new: Iterator[Keyed], stays: Callable[[bytes], bool]) -> Iterator[Keyed]:
        """Both in order; where both have a line, the right one of the two, once."""
        before = next(old, None)
        last = None
        for key, line in new:
            if key == last:
                self.delta["deduped"] += 1
                continue
            last = key
            while before is not None and before[0] < key:
                yield from self._kept(before, stays)
                before = next(old, None)
            if before is not None and before[0] == key:
                yield key, self._of_both(before[1], line)
                before = next(old, None)
            else:
                self.delta["written"] += 1
                yield key, line
        while before is not None:
            yield from self._kept(before, stays)
            before = next(old, None)

    def _kept(self, row: Keyed, stays: Callable[[bytes], bool]) -> Iterator[Keyed]:
        key, line = row
        if not stays(key):
            self.delta["removed"] += whole_run_of(key) not in self._again
            return
        if self._job.reviewed is not None and not self._job.skips:
            marked = line.replace(REVIEWED[not self._job.reviewed], REVIEWED[self._job.reviewed], 1)
            self.delta["written"] += marked != line
            line = marked
        yield key, line

    def _of_both(self, old: bytes, new: bytes) -> bytes:
        """The day on which it was first collected stays; what else it says is what was read now, where that counts."""
        if not self._job.skips:
            new = _recorded_as(new, old)
        if new == old or not (self._job.replaces or self._job.anew or self._job.skips):
            self.delta["deduped"] += 1
            return old
        self.delta["written"] += 1
        return new


def _in_batches(rows: Iterator[Keyed]) -> Iterator[list[Keyed]]:
    batch: list[Keyed] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row[1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def recorded(line: bytes) -> tuple[int, int]:
    """Where the value of `recorded_at` stands. Quotes are escaped in a JSON text, so the first is the field."""
    start = line.index(RECORDED) + len(RECORDED)
    return start, line.index(b'"', start)


def _recorded_as(line: bytes, other: bytes) -> bytes:
    (start, stop), (first, last) = recorded(line), recorded(other)
    return line[:start] + other[first:last] + line[stop:]


def run_of(key: bytes) -> str:
    """The run id in a key, without what marks a correction."""
    return whole_run_of(key).removesuffix(CORRECTION)


def whole_run_of(key: bytes) -> str:
    """The run id in a key."""
    return key[: -SIG - 1].partition(b"\0")[2].decode()
