"""What is known of a partition that was looked at, and how it is kept beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.evidence import shingles
from core.evidence.canonical import sig_hash
from core.evidence.partitions import replacing
from core.evidence.records import Sighting
from core.records import Record

ROW = np.dtype(
    [("time", "<i8"), ("whole", "<u8"), ("at", "<u8"), ("category", "u1"), ("looked", "?"), ("found", "?"),
     ("sealed", "?"), ("band", "<i4")]
)  # fmt: skip
"""time in ns; at: where its line begins; band: column of its bands, -1 for a short text or one not looked at."""
TASK = np.dtype([("row", "<u4"), ("key", "<u8"), ("last", "?"), ("band", "<i4")])
"""One line for each thing that a person asked in a row; last: the one that was answered."""


class OnDisk(NamedTuple):
    """Bands that stay in their file: one is read when it is asked for."""

    path: Path
    start: int
    columns: int

    def band(self, number: int) -> shingles.Bands:
        return np.fromfile(self.path, "<u4", self.columns, offset=self.start + 4 * self.columns * number)


class Look(NamedTuple):
    """What is known of one partition. whole_bands (bands, long rows), task_bands (bands, long tasks)."""

    rows: NDArray[Any]
    tasks: NDArray[Any]
    whole_bands: shingles.Bands
    task_bands: shingles.Bands
    digests: NDArray[np.uint64]
    """(rows, 2): of what was said, to know it again."""
    seen: dict[int, tuple[Sighting, ...]]
    """By row, where there is anything."""


class Outline(NamedTuple):
    """As much of a look as a comparison needs. The bands are given by number, each (long rows,) or (long tasks,)."""

    rows: NDArray[Any]
    tasks: NDArray[Any]
    whole_band: Callable[[int], shingles.Bands]
    task_band: Callable[[int], shingles.Bands]


class Screen(Record, frozen=True):
    """What a look follows from, beside its partition."""

    threshold: float
    include_review: bool
    names: tuple[str, ...] = ()
    version: str = ""

    @property
    def mark(self) -> str:
        """Stands for all of it, and tells no name."""
        return sig_hash(self)

    @property
    def rows(self) -> int:
        """Numbers in a band of whole rows."""
        return shingles.rows_for(self.threshold)


_seen = msgspec.json.Decoder(list[tuple[int, tuple[Sighting, ...]]]).decode


def stacked(columns: list[shingles.Bands]) -> shingles.Bands:
    return np.ascontiguousarray(np.stack(columns, axis=1), "<u4") if columns else np.zeros((0, 0), np.uint32)


def save(path: Path, screen: Screen, look: Look) -> None:
    """Whole or not at all."""
    seen = msgspec.json.encode(list(look.seen.items()))
    with replacing(path, durable=False) as file:
        np.save(file, np.frombuffer(screen.mark.encode(), np.uint8))
        for array in (*look[:5], np.frombuffer(seen, np.uint8)):
            np.save(file, array)


def load(path: Path, screen: Screen) -> Look | None:
    """None where nothing was kept, or something that follows from other settings."""
    with suppress(OSError, ValueError, EOFError, msgspec.MsgspecError), path.open("rb") as file:
        if np.load(file).tobytes() == screen.mark.encode():
            rows, tasks, whole, asked, digests, seen = (np.load(file) for _ in range(6))
            return Look(rows, tasks, whole, asked, digests, dict(_seen(seen.tobytes())))
    return None


def outline(path: Path, screen: Screen) -> Outline | None:
    """The same, with bands that are read when they are asked for."""
    with suppress(OSError, ValueError, EOFError), path.open("rb") as file:
        if np.load(file).tobytes() == screen.mark.encode():
            rows, tasks = np.load(file), np.load(file)
            return Outline(rows, tasks, _passed(path, file).band, _passed(path, file).band)
    return None


def _passed(path: Path, file: BinaryIO) -> OnDisk:
    """Where an array begins; the file stands behind it. Raises ValueError where it is not whole."""
    np.lib.format.read_magic(file)
    (bands, columns), _, _ = np.lib.format.read_array_header_1_0(file)
    start = file.tell()
    if file.seek(4 * bands * columns, os.SEEK_CUR) > os.fstat(file.fileno()).st_size:
        raise ValueError
    return OnDisk(path, start, columns)
