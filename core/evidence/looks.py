"""What is known of a partition that was looked at, and how it is kept beside it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.evidence import shingles
from core.evidence.canonical import sig_hash
from core.evidence.partitions import PART
from core.evidence.records import Sighting
from core.records import Record

ROW = np.dtype(
    [("time", "<i8"), ("whole", "<u8"), ("at", "<u8"), ("category", "u1"), ("looked", "?"), ("found", "?"),
     ("sealed", "?"), ("band", "<i4")]
)  # fmt: skip
"""time in ns; at: where its line begins; band: column of its bands, -1 for a short text or one not looked at."""
TASK = np.dtype([("row", "<u4"), ("key", "<u8"), ("last", "?"), ("band", "<i4")])
"""One line for each thing that a person asked in a row; last: the one that was answered."""


class Look(NamedTuple):
    """What is known of one partition. whole_bands (bands, long rows), task_bands (bands, long tasks)."""

    rows: NDArray[Any]
    tasks: NDArray[Any]
    whole_bands: shingles.Bands
    task_bands: shingles.Bands
    digests: NDArray[np.uint64]
    """(rows, 2): of what was said, to know it again. (0, 2) where only the comparison is wanted."""
    seen: dict[int, tuple[Sighting, ...]]
    """By row, where there is anything."""


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
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0), np.uint32)


def save(path: Path, screen: Screen, look: Look) -> None:
    """Whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    seen = msgspec.json.encode(list(look.seen.items()))
    with part.open("wb") as file:
        np.save(file, np.frombuffer(screen.mark.encode(), np.uint8))
        for array in (*look[:5], np.frombuffer(seen, np.uint8)):
            np.save(file, array)
    part.replace(path)


def load(path: Path, screen: Screen, *, compare_only: bool = False) -> Look | None:
    """None where nothing was kept, or something that follows from other settings.

    compare_only: without what was seen, and without digests.
    """
    with suppress(OSError, ValueError, EOFError, msgspec.MsgspecError), path.open("rb") as file:
        if np.load(file).tobytes() != screen.mark.encode():
            return None
        arrays = [np.load(file) for _ in range(4)]
        if compare_only:
            return Look(arrays[0], arrays[1], arrays[2], arrays[3], np.zeros((0, 2), np.uint64), {})
        digests, seen = np.load(file), _seen(np.load(file).tobytes())
        return Look(arrays[0], arrays[1], arrays[2], arrays[3], digests, dict(seen))
    return None
