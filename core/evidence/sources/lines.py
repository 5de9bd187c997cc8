"""JSONL files, read in place: cut at newlines into pieces, and from where the last reading ended.

A last line that has no newline is taken where it is a whole object, and read again next time; half an object is left
for then. What stands before the cursor is known by two hashes: a file that was replaced is read from its start.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.database import RegisteredSource
from core.evidence.canonical import canonical
from core.evidence.parallel import pause_point
from core.evidence.records import Provenance, Skip
from core.evidence.sources import Item, Plan, Refused, RowMaker, SourceVanished
from core.evidence.sources.cutting import Line, lines
from core.evidence.sources.mapped import MAPPED_VERSION, row_maker
from core.evidence.spill import hashes_in
from core.evidence.stage import FileRef
from core.records import Record

VERSION = "1"
PIECE = 8 << 20
"""Bytes that are read, sorted and set aside at a time, and more of a file that would be cut in more than MOST."""
MOST = 512
LOOK = 500
EDGE = 64 << 10
"""Bytes at the start and before the cursor that a file is known again by."""
BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n"
_decode = msgspec.json.Decoder().decode
_maker: Callable[..., RowMaker] = lru_cache(maxsize=64)(row_maker)
BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Cursor(Record, frozen=True):
    """What was read of a stream. offset: where the next line begins; rows, digest: what was read up to there."""

    path: str
    made: str
    """What records follow from besides the rows: the mapping and versions."""
    reviewed: bool
    offset: int = 0
    size: int = 0
    mtime_ns: int = 0
    start: str = ""
    end: str = ""
    """Hashes of the bytes at the start and before `offset`."""
    rows: int = 0
    digest: str = ""
    """Sum of the rows' hashes: the same rows in another order are the same."""
    tail_rows: int = 0
    tail: str = ""
    """Likewise of a last line without its newline."""


class _Note(Record, frozen=True):
    """What a piece tells of itself. end: after its last whole line, None where none begins in it."""

    end: int | None
    rows: int
    digest: str
    tail_rows: int = 0
    tail: str = ""


class _Seen(Record, frozen=True):
    """The file as it was when the plan was made; `first`: where the reading begins."""

    size: int
    mtime_ns: int
    first: int


class LinesPiece(msgspec.Struct, frozen=True):
    """The lines that begin in a range of bytes."""

    name: str
    path: str
    source_file: str
    """The path as it was given, for the provenance."""
    mapping: str
    reviewed: bool
    recorded_at: str
    forgotten: str
    start: int
    stop: int

    def read(self, note: Callable[[str], None]) -> Iterator[Item]:
        rows = _Rows(self)
        with _opened(self.path) as file:
            for number, line in enumerate(lines(file, self.start, self.stop)):
                if not number % LOOK:
                    pause_point()
                yield from rows.items(line)
        note(msgspec.json.encode(rows.note()).decode())


class _Rows:
    """Makes an item of each line, and keeps the sum of their hashes."""

    def __init__(self, piece: LinesPiece) -> None:
        self._piece = piece
        self._make = _maker(piece.name, piece.mapping, reviewed=piece.reviewed)
        self._forgotten = hashes_in(piece.forgotten)
        self._end: int | None = None
        self._counts = {True: 0, False: 0}
        self._sums = {True: 0, False: 0}

    def items(self, line: Line) -> Sequence[Item]:
        if line.whole:
            self._end = line.end
        if line.raw is None:
            return [self._skip(line, "too_large" if line.whole else "unfinished_line")]
        raw = line.raw.strip(BLANK)
        if raw.startswith(BOM):
            raw = raw.removeprefix(BOM).strip(BLANK)
        if not raw:
            return ()
        try:
            row = _decode(raw)
        except BAD_JSON:
            return [self._unreadable(line, raw)]
        if type(row) is not dict:
            return [self._unreadable(line, raw, "not_an_object")]
        digest = hashlib.sha256(canonical(row))
        sig = digest.hexdigest()
        if sig in self._forgotten:
            return ()
        self._add(line, digest.digest())
        piece = self._piece
        provenance = Provenance(
            source_file=piece.source_file, line_offset=line.offset, sig_hash=sig, recorded_at=piece.recorded_at
        )
        try:
            return self._make(row, provenance)
        except Refused as why:
            return [self._skip(line, why.reason, why.detail)]

    def _unreadable(self, line: Line, raw: bytes, reason: str = "") -> Skip:
        """Half an object at the end of the file is not lost: it is read again once it is whole."""
        if not line.whole:
            return self._skip(line, "unfinished_line")
        self._add(line, hashlib.sha256(raw).digest())
        return self._skip(line, reason or ("not_json" if _is_text(raw) else "not_utf8"))

    def _add(self, line: Line, digest: bytes) -> None:
        self._counts[line.whole] += 1
        self._sums[line.whole] += int.from_bytes(digest, "big")

    def _skip(self, line: Line, reason: str, detail: str = "") -> Skip:
        return Skip(
            source=self._piece.name,
            source_file=self._piece.source_file,
            line_offset=line.offset,
            reason=reason,  # type: ignore[arg-type]
            detail=detail,
        )

    def note(self) -> _Note:
        return _Note(
            end=self._end,
            rows=self._counts[True],
            digest=_hex(self._sums[True]),
            tail_rows=self._counts[False],
            tail=_hex(self._sums[False]),
        )


class LinesSource:
    """One registered stream. Its records stay when its file is rotated away."""

    replaces = False

    def __init__(self, stream: RegisteredSource, *, reviewed: bool, recorded_at: str, forgotten: str = "") -> None:
        """forgotten: where the hashes of rows stand that may not come back (`Spill.keep`)."""
        self.name = stream.name
        self._path = stream.path
        self._source_file = stream.source_file or stream.path
        self._mapping = mapping = stream.mapping
        self._reviewed = reviewed
        self._recorded_at = recorded_at
        self._forgotten = forgotten
        self._made = hashlib.sha256(f"{VERSION}\0{MAPPED_VERSION}\0{mapping}".encode()).hexdigest()
        self.fingerprint = f"{self._made} {reviewed}"

    def plan(self, cursor: str, *, full: bool) -> Plan:
        """Raises NightschoolError for a mapping that is wrong."""
        row_maker(self.name, self._mapping, reviewed=self._reviewed)
        known = _understood(cursor)
        marked = None if known is None or known.reviewed == self._reviewed else self._reviewed
        found = _stat(self._path)
        if found is None:
            return Plan(pieces=[], missing=True, reviewed=marked)
        size, mtime_ns = found
        drop = known is not None and known.made != self._made
        anew = full or drop or known is None or not self._goes_on(known, size)
        first = 0 if anew or known is None else known.offset
        if known is not None and not anew and (known.size, known.mtime_ns) == (size, mtime_ns):
            first = size
        step = max(PIECE, (size - first) // MOST)
        pieces = [self._piece(start, min(start + step, size)) for start in range(first, size, step)]
        seen = msgspec.json.encode(_Seen(size=size, mtime_ns=mtime_ns, first=0 if anew else first)).decode()
        return Plan(pieces=pieces, count=len(pieces), anew=anew, drop=drop, until=seen, reviewed=marked)

    def _piece(self, start: int, stop: int) -> LinesPiece:
        return LinesPiece(
            name=self.name,
            path=self._path,
            source_file=self._source_file,
            mapping=self._mapping,
            reviewed=self._reviewed,
            recorded_at=self._recorded_at,
            forgotten=self._forgotten,
            start=start,
            stop=stop,
        )

    def _goes_on(self, known: _Cursor, size: int) -> bool:
        """Whether this is still the file that was read, perhaps longer."""
        if known.path != self._path or size < known.offset:
            return False
        return (known.size, known.mtime_ns) == _stat(self._path) or _edges(self._path, known.offset) == (
            known.start,
            known.end,
        )

    def settle(self, cursor: str, plan: Plan, notes: Sequence[str]) -> str:
        known = _understood(cursor) or _Cursor(path=self._path, made=self._made, reviewed=self._reviewed)
        known = msgspec.structs.replace(known, reviewed=self._reviewed)
        if plan.missing or not (notes or plan.anew):
            return _text(known)
        seen = msgspec.json.decode(plan.until, type=_Seen)
        if plan.anew:
            known = _Cursor(path=self._path, made=self._made, reviewed=self._reviewed)
        told = [msgspec.json.decode(one, type=_Note) for one in notes]
        offset = max((one.end for one in told if one.end is not None), default=known.offset)
        start, end = _edges(self._path, offset)
        return _text(
            msgspec.structs.replace(
                known,
                offset=offset,
                size=seen.size,
                mtime_ns=seen.mtime_ns,
                start=start,
                end=end,
                rows=known.rows + sum(one.rows for one in told),
                digest=_sum([known.digest, *(one.digest for one in told)]),
                tail_rows=sum(one.tail_rows for one in told),
                tail=_sum([one.tail for one in told]),
            )
        )

    def inputs(self, cursor: str) -> Sequence[FileRef]:
        known = _understood(cursor)
        if known is None or not known.digest:
            return ()
        rows = known.rows + known.tail_rows
        return (FileRef(path=self._source_file, sha256=_sum([known.digest, known.tail]), rows=rows),)


def row_at(path: Path, offset: int) -> dict[str, object] | None:
    """The row whose line begins there, None where none does. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        line = next(lines(file, offset, min(offset + 1, path.stat().st_size)), None)
    if line is None or line.raw is None or line.offset != offset:
        return None
    try:
        row = _decode(line.raw.strip(BLANK).removeprefix(BOM))
    except BAD_JSON:
        return None
    return row if type(row) is dict else None


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _edges(path: str, offset: int) -> tuple[str, str]:
    """Hashes of the first bytes and of the last ones before `offset`."""
    with _opened(path) as file:
        first = hashlib.sha256(file.read(min(EDGE, offset))).hexdigest()
        file.seek(max(offset - EDGE, 0))
        return first, hashlib.sha256(file.read(min(EDGE, offset))).hexdigest()


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb", buffering=0)
    except FileNotFoundError as error:
        raise SourceVanished(
            f"{path} went away while it was read.", hint="The next run reads what is there then."
        ) from error


def _stat(path: str) -> tuple[int, int] | None:
    """Size and time; None where no file can be read."""
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
            return None
        with Path(path).open("rb"):
            return found.st_size, found.st_mtime_ns
    except OSError:
        return None


def _hex(number: int) -> str:
    return f"{number % (1 << 256):064x}"


def _sum(digests: Sequence[str]) -> str:
    return _hex(sum(int(one, 16) for one in digests if one))


def _understood(cursor: str) -> _Cursor | None:
    try:
        return msgspec.json.decode(cursor, type=_Cursor)
    except msgspec.MsgspecError:
        return None


def _text(cursor: _Cursor) -> str:
    return msgspec.json.encode(cursor).decode()
