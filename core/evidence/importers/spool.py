"""Turns in order, whatever order the file had, without holding them all: kept in a file that has no name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from core.evidence.canonical import canonical
from core.evidence.importers.turns import ImportedTurn, Said

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ImportedTurn).decode


def _by_time(said: Said) -> tuple[str, bytes]:
    return said.at or "", canonical(said)


_said = msgspec.json.Decoder(Said).decode


class Key(NamedTuple):
    """What a turn is filed under; equal turns have equal keys."""

    at: str
    conversation: str
    position: int
    sig_hash: str


class Spool:
    """Nothing of it is left when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._places: dict[Key, tuple[int, int]] = {}
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def add(self, key: Key, turn: ImportedTurn) -> bool:
        """False when the same turn is there already; what was said of it is put together."""
        known = self._places.get(key)
        if known is not None:
            kept = self._at(*known)
            said = tuple(sorted({*map(_by_time, kept.said), *map(_by_time, turn.said)}))
            if len(said) == len(kept.said):
                return False
            turn = msgspec.structs.replace(kept, said=tuple(_said(raw) for _, raw in said))
        raw = _encode(turn)
        self._file.seek(self._end)
        self._file.write(raw)
        self._places[key] = (self._end, len(raw))
        self._end += len(raw)
        return known is None

    def inorder(self) -> Iterator[tuple[Key, ImportedTurn]]:
        """By time, then conversation and position in it."""
        for key in sorted(self._places):
            yield key, self._at(*self._places[key])

    def _at(self, begin: int, size: int) -> ImportedTurn:
        self._file.seek(begin)
        return _decode(self._file.read(size))
