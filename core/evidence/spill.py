"""Records that were read, sorted piece by piece and set aside, so that a corpus of any size and order can be filed.

Each process appends to a file of its own; what was written is told as runs (where, how long) and read again block
by block. A run is sorted by key; a killed run's files are swept.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

KEY = itemgetter(0)
HEAD = struct.Struct("<II")
IN_MEMORY = 32 << 20
"""Bytes that are sorted at once; more are merged block by block."""
FRAME = 64 << 10
"""Bytes that are read of each run at a time where they are merged; a longer line is a frame of its own."""
MOST_ROWS = 1_000
SIZE = array("I").itemsize
Keyed = tuple[bytes, bytes]
"""A sort key, and the line that it belongs to."""


class Run(NamedTuple):
    """One sorted stretch of a spill file."""

    file: str
    offset: int
    size: int


class Spill:
    """The folder of what is set aside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sweep(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, filed: dict[str, list[Keyed]]) -> dict[str, Run]:
        """Appends what one piece gave, by the output that it belongs to. Of equal keys the first stays the first."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{os.getpid()}.spill"
        runs = {}
        with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab", buffering=0) as file:
            start = file.seek(0, os.SEEK_END)
            for target, rows in sorted(filed.items()):
                rows.sort(key=KEY)
                size = sum(_write(file, frame) for frame in _frames(rows))
                runs[target] = Run(str(path), start, size)
                start += size
        return runs

    def keep(self, hashes: frozenset[str]) -> str:
        """Sets hashes of source rows aside for the workers; "" where there are none. `hashes_in` reads them."""
        if not hashes:
            return ""
        text = "".join(f"{one}\n" for one in sorted(hashes)).encode()
        path = self.folder / f"hashes-{hashlib.sha256(text).hexdigest()}"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(text)
        return str(path)


@lru_cache(maxsize=1)
def hashes_in(path: str) -> frozenset[str]:
    """The name follows from what stands there, so it is read once in each process."""
    return frozenset(Path(path).read_text().split()) if path else frozenset()


def _frames(rows: list[Keyed]) -> Iterator[list[Keyed]]:
    """What is written, and later read, at once."""
    frame: list[Keyed] = []
    size = 0
    for row in rows:
        if frame and (size + len(row[1]) > FRAME or len(frame) == MOST_ROWS):
            yield frame
            frame, size = [], 0
        frame.append(row)
        size += len(row[1])
    if frame:
        yield frame


def _write(file: BinaryIO, frame: list[Keyed]) -> int:
    """Head, lengths of keys and lines, keys, lines. Returns how many bytes that was."""
    keys, lines = zip(*frame, strict=True)
    sizes = array("I", map(len, keys + lines))
    body = b"".join((sizes.tobytes(), *keys, *lines))
    whole = memoryview(HEAD.pack(len(frame), len(body)) + body)
    done = 0
    while done < len(whole):  # a file without a buffer may take less than it is given
        done += file.write(whole[done:])
    return len(whole)


def ordered(runs: Sequence[Run]) -> Iterator[Keyed]:
    """What stands in all of them, in order of key; equal keys in the order of the runs."""
    if sum(run.size for run in runs) <= IN_MEMORY:
        rows = [row for run in runs for frame in _read(run, run.size) for row in frame]
        rows.sort(key=KEY)
        return iter(rows)
    return _merged([_Reader(run) for run in runs])


class _Reader:
    """One run, a frame at a time."""

    def __init__(self, run: Run) -> None:
        self._frames = _read(run, FRAME)
        self.rows: list[Keyed] = []

    def fill(self) -> bool:
        """Whether there is anything left of it."""
        while not self.rows:
            frame = next(self._frames, None)
            if frame is None:
                return False
            self.rows = list(frame)
        return True

    def take(self, bound: bytes) -> list[Keyed]:
        """Those up to this key."""
        cut = bisect_right(self.rows, bound, key=KEY)
        taken, self.rows = self.rows[:cut], self.rows[cut:]
        return taken


def _merged(readers: list[_Reader]) -> Iterator[Keyed]:
    """Everything up to the least of the last keys at hand is at hand: it is sorted at once, which is far quicker than
    choosing row by row."""
    while readers := [reader for reader in readers if reader.fill()]:
        bound = min(reader.rows[-1][0] for reader in readers)
        rows = [row for reader in readers for row in reader.take(bound)]
        rows.sort(key=KEY)
        yield from rows


def _read(run: Run, step: int) -> Iterator[Iterator[Keyed]]:
    """Opens the file only while it reads: there may be more runs than files that a process can have open."""
    left, at, end = b"", run.offset, run.offset + run.size
    while at < end:
        got = _bytes_of(run.file, at, min(step, end - at))
        left, at, place = left + got, at + len(got), 0
        while (stop := _frame_end(left, place)) is not None:
            yield _frame(left, place)
            place = stop
        left = left[place:]


def _frame_end(block: bytes, place: int) -> int | None:
    """None when the frame that begins here is not whole yet."""
    if place + HEAD.size > len(block):
        return None
    stop = place + HEAD.size + int(HEAD.unpack_from(block, place)[1])
    return stop if stop <= len(block) else None


def _frame(block: bytes, place: int) -> Iterator[Keyed]:
    rows, _ = HEAD.unpack_from(block, place)
    start = place + HEAD.size
    sizes = array("I", block[start : start + 2 * rows * SIZE])
    edges = list(accumulate(sizes, initial=start + 2 * rows * SIZE))
    parts = [block[first:last] for first, last in pairwise(edges)]
    return zip(parts[:rows], parts[rows:], strict=True)


def _bytes_of(path: str, offset: int, size: int) -> bytes:
    with Path(path).open("rb", buffering=0) as file:
        file.seek(offset)
        got = file.read(size)
    if not got:
        raise OSError(f"{path} is shorter than it was written")
    return got
