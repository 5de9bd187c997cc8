"""Copies of the database taken before a migration: the last three, and nothing deleted survives in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import apsw

from core.database.connection import connect, told

KEPT = 3
Forget = Callable[[apsw.Connection, str], object]


class Backups:
    """Files `nightschool-v<schema>-<stamp>.db` in `folder`."""

    def __init__(self, folder: Path, forget: Forget) -> None:
        self._folder = folder
        self._forget = forget

    def take(self, source: apsw.Connection, *, version: int, stamp: str) -> Path:
        """A whole, checked copy; appears under its name only when it is complete. `stamp`: UTC ISO-8601."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._folder / f"nightschool-v{version}-{stamp.replace(':', '')}.db"
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        with told(part):
            os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
            copy = apsw.Connection(str(part))
            try:
                with copy.backup("main", source, "main") as work:
                    work.step()
                copy.execute("PRAGMA journal_mode = DELETE").fetchall()
            finally:
                copy.close()
        part.replace(target)
        for old in self.all()[:-KEPT]:
            old.unlink()
        return target

    def all(self) -> list[Path]:
        """Oldest first."""
        return sorted(self._folder.glob("nightschool-v*.db"), key=lambda path: path.stem.split("-", 2)[2])

    def forget(self, trace_id: str) -> int:
        """Takes a trace out of every copy that holds it. Returns how many copies were rewritten."""
        return sum(self._forget_in(path, trace_id) for path in self.all())

    def _forget_in(self, path: Path, trace_id: str) -> bool:
        with told(path):
            copy = connect(path)
            try:
                if not copy.execute("SELECT 1 FROM traces WHERE trace_id = ?", (trace_id,)).fetchall():
                    return False
                copy.execute("BEGIN IMMEDIATE")
                copy.execute("INSERT INTO tombstones (trace_id) VALUES (?)", (trace_id,))
                self._forget(copy, trace_id)
                indexes = copy.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
                ).fetchall()
                for (index,) in indexes:
                    copy.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
                copy.execute("COMMIT")
                # The rebuilt index left its old pages behind.
                copy.execute("VACUUM; PRAGMA journal_mode = DELETE").fetchall()
                return True
            finally:
                copy.close()
