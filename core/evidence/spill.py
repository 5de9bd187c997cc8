"""Records that were read, sorted piece by piece and set aside, so that a corpus of any size and order can be filed.

Each process appends to a file of its own; what was written is told as runs (where, how long) and read again block
by block. A run is sorted by key; a killed run's files are swept.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import shutil
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

KEY = itemgetter(0)
HEAD = struct.Struct("<II")
IN_MEMORY = 32 << 20
"""Bytes that are sorted at once; more are merged block by block."""
BLOCK = 1 << 20
SMALLEST_BLOCK = 16 << 10
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
        with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab", buffering=BLOCK) as file:
            start = file.seek(0, os.SEEK_END)
            for target, rows in sorted(filed.items()):
                rows.sort(key=KEY)
                size = sum(_write(file, key, line) for key, line in rows)
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


def _write(file: BinaryIO, key: bytes, line: bytes) -> int:
    file.write(HEAD.pack(len(key), len(line)))
    file.write(key)
    file.write(line)
    return HEAD.size + len(key) + len(line)


def ordered(runs: Sequence[Run]) -> Iterator[Keyed]:
    """What stands in all of them, in order of key; equal keys in the order of the runs."""
    size = sum(run.size for run in runs)
    if size <= IN_MEMORY:
        rows = [row for run in runs for row in _rows(run, max(run.size, 1))]
        rows.sort(key=KEY)
        return iter(rows)
    block = max(SMALLEST_BLOCK, min(BLOCK, IN_MEMORY // len(runs)))
    return heapq.merge(*(_rows(run, block) for run in runs), key=KEY)


def _rows(run: Run, block: int) -> Iterator[Keyed]:
    """Opens the file only while it reads: there may be more runs than files that a process can have open."""
    left, at, end = b"", run.offset, run.offset + run.size
    while at < end:
        got = _bytes_of(run.file, at, min(block, end - at))
        if not got:
            raise OSError(f"{run.file} is shorter than it was written")
        left, at, place = left + got, at + len(got), 0
        while (stop := _row_end(left, place)) is not None:
            key = place + HEAD.size
            line = key + HEAD.unpack_from(left, place)[0]
            yield left[key:line], left[line:stop]
            place = stop
        left = left[place:]


def _row_end(block: bytes, place: int) -> int | None:
    """None when the row that begins here is not whole yet."""
    if place + HEAD.size > len(block):
        return None
    key, line = HEAD.unpack_from(block, place)
    stop = place + HEAD.size + int(key) + int(line)
    return stop if stop <= len(block) else None


def _bytes_of(path: str, offset: int, size: int) -> bytes:
    with Path(path).open("rb", buffering=0) as file:
        file.seek(offset)
        return file.read(size)
