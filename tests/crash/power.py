"""A disk whose power can fail: what was not synced is lost, torn or kept, as chance will have it.

Modelled on what SQLite itself assumes of a disk (sqlite.org/atomiccommit.html, test_vfs crash tests): after a
sync everything before it is safe; writes since then may each arrive or not, in any order, one of them torn.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class Disk:
    """What would be found after a power cut now. `on_event` is called before each write, truncation and sync."""

    def __init__(self) -> None:
        self.safe: dict[Path, bytearray] = {}
        self.pending: dict[Path, list[tuple[str, int, bytes]]] = {}
        self.events = 0
        self.on_event: Callable[[int], None] = lambda event: None

    def event(self) -> None:
        self.events += 1
        self.on_event(self.events)

    def opened(self, path: Path) -> None:
        """A file that was there before the first open is safe as it is; a new one is not even named yet."""
        if path not in self.pending:
            self.pending[path] = []
            if path.exists() and path.stat().st_size:
                self.safe[path] = bytearray(path.read_bytes())

    def wrote(self, path: Path, offset: int, data: bytes) -> None:
        self.event()
        self.pending[path].append(("write", offset, data))

    def truncated(self, path: Path, size: int) -> None:
        self.event()
        self.pending[path].append(("truncate", size, b""))

    def synced(self, path: Path) -> None:
        self.event()
        content = self.safe.setdefault(path, bytearray())
        for operation in self.pending[path]:
            _apply(content, operation)
        self.pending[path] = []

    def deleted(self, path: Path) -> None:
        self.event()
        self.safe.pop(path, None)
        self.pending.pop(path, None)

    def cut(self, chance: random.Random, *, keep: float) -> dict[Path, bytes]:
        """What each file holds after a power cut: each unsynced operation arrives with probability `keep`."""
        found: dict[Path, bytes] = {}
        for path in sorted(set(self.safe) | set(self.pending)):
            content = bytearray(self.safe.get(path, b""))
            waiting = self.pending.get(path, [])
            torn = len(waiting) - 1 if waiting and chance.random() < 0.5 else -1
            for number, operation in enumerate(waiting):
                if number == torn:
                    _apply(content, _tear(operation, chance))
                elif chance.random() < keep:
                    _apply(content, operation)
            if path in self.safe or content:
                found[path] = bytes(content)
        return found


def _tear(operation: tuple[str, int, bytes], chance: random.Random) -> tuple[str, int, bytes]:
    kind, offset, data = operation
    whole = max(len(data) // SECTOR, 1)
    return kind, offset, data[: SECTOR * chance.randrange(whole)] + data[:0] if kind == "write" else data


def _apply(content: bytearray, operation: tuple[str, int, bytes]) -> None:
    kind, offset, data = operation
    if kind == "truncate":
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class PowerVFS(apsw.VFS):
    """Passes everything on to the real disk and tells `disk` of it. Registered under `name` while it lives."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name) if name else None
        if path is not None:
            self._disk.opened(path)
        return PowerFile(name, flags, path, self._disk)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self._disk.deleted(Path(filename))


class PowerFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], path: Path | None, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if self._path is not None:
            self._disk.wrote(self._path, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        if self._path is not None:
            self._disk.truncated(self._path, newsize)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        if self._path is not None:
            self._disk.synced(self._path)
