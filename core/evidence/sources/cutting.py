"""Cuts a file of lines into pieces that can be read each alone: a line belongs to the piece that it begins in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LONGEST_LINE = 16 << 20
"""Bytes; a longer line is no row, and is never held whole."""
STEP = 1 << 20


class Line(NamedTuple):
    """raw None: longer than may be. whole: it ends with a newline."""

    offset: int
    raw: bytes | None
    end: int
    whole: bool


def lines(file: BinaryIO, start: int, stop: int, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """The lines that begin at `start` or later and before `stop`; the last one may end after it."""
    before = max(start - 1, 0)
    file.seek(before)
    block = _exactly(file, stop - before)
    at = 0 if start == 0 else block.find(b"\n") + 1
    if at == 0 and start > 0:
        return
    while before + at < stop and at < len(block):
        end = block.find(b"\n", at)
        if end < 0:
            yield _last(file, before + at, block[at:], longest)
            return
        raw = block[at:end] if end - at <= longest else None
        yield Line(before + at, raw, before + end + 1, True)
        at = end + 1


def _last(file: BinaryIO, offset: int, begun: bytes, longest: int) -> Line:
    """The line that a piece ends in, read to its end; past what is allowed only its end is looked for."""
    parts, size = [begun], len(begun)
    while True:
        step = file.read(STEP)
        newline = step.find(b"\n")
        step = step if newline < 0 else step[:newline]
        size += len(step)
        if size <= longest:
            parts.append(step)
        if newline >= 0 or not step:
            whole = newline >= 0
            return Line(offset, b"".join(parts) if size <= longest else None, offset + size + whole, whole)


def _exactly(file: BinaryIO, size: int) -> bytes:
    """Less only at the end of the file."""
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
