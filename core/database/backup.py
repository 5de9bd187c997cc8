"""Copies of the database taken before a migration: the last three, and nothing deleted survives in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import msgspec

from core.database.connection import connect, told

KEPT = 3
Forget = Callable[[apsw.Connection, Sequence[str]], object]


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
                _without_drafts(copy)
            finally:
                copy.close()
        part.replace(target)
        for old in self.all()[:-KEPT]:
            old.unlink()
        return target

    def all(self) -> list[Path]:
        """Oldest first."""
        return sorted(self._folder.glob("nightschool-v*.db"), key=lambda path: path.stem.split("-", 2)[2])

    def forget(self, trace_ids: Sequence[str]) -> int:
        """Takes traces out of every copy that holds one of them. Returns how many copies were rewritten."""
        these = (msgspec.json.encode(trace_ids).decode(),)

        def take_out(copy: apsw.Connection) -> bool:
            found = "FROM traces WHERE trace_id IN (SELECT value FROM json_each(?))"
            if not copy.execute(f"SELECT 1 {found} LIMIT 1", these).fetchall():
                return False
            copy.execute(f"INSERT INTO tombstones (trace_id) SELECT trace_id {found}", these)
            self._forget(copy, trace_ids)
            return True

        return self.rewrite(take_out)

    def rewrite(self, change: Callable[[apsw.Connection], bool]) -> int:
        """Does the same to every copy; where it changed something, no old page is left. Returns how many it did."""
        return sum(_rewritten(path, change) for path in self.all())


def _rewritten(path: Path, change: Callable[[apsw.Connection], bool]) -> bool:
    with told(path):
        copy = connect(path)
        try:
            # Off: nothing is left that could dangle, and the first schema has no index for one of the checks.
            copy.execute("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").fetchall()
            if not change(copy):
                copy.execute("ROLLBACK")
                return False
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


def _without_drafts(copy: apsw.Connection) -> None:
    """What was being written is no part of what happened, and deleting its conversation must not have to look here."""
    if copy.execute("SELECT 1 FROM sqlite_schema WHERE name = 'app_state'").fetchall():
        copy.execute("PRAGMA secure_delete = ON; DELETE FROM app_state WHERE name GLOB 'draft:*'").fetchall()
