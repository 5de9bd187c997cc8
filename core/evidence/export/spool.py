"""Lines that are written in the order of their names, which is known only when all are there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import IO

IN_MEMORY = 32 << 20
"""Bytes that wait in memory; more wait in a nameless file."""


class Spool:
    """Add, then `lines`, then `close`."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, bytes]] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._spilt: list[tuple[str, int, int]] = []

    def add(self, name: str, line: bytes) -> None:
        self._waiting.append((name, line))
        self._size += len(line)
        if self._size > IN_MEMORY:
            self._spill()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._spilt)

    def lines(self) -> Iterator[bytes]:
        if self._file is None:
            self._waiting.sort()
            yield from (line for _, line in self._waiting)
            return
        self._spill()
        for _, start, length in sorted(self._spilt):
            self._file.seek(start)
            yield self._file.read(length)

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `close`
        self._file.seek(0, os.SEEK_END)
        at = self._file.tell()
        for name, line in self._waiting:
            self._spilt.append((name, at, len(line)))
            at += len(line)
        self._file.writelines(line for _, line in self._waiting)
        self._waiting.clear()
        self._size = 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
