"""Append-only numbered migrations, each in one transaction with its record; a newer database is refused."""

from __future__ import annotations

from collections.abc import Sequence

import apsw
import msgspec

from core.database import schema_v1, schema_v2, schema_v3
from core.database.backup import Backups
from core.errors import DatabaseError

APPLICATION_ID = 0x4E534348  # "NSCH", so that another program's file is recognised


class Migration(msgspec.Struct, frozen=True):
    """`sql` may hold several statements; it runs inside a transaction and must not open one."""

    number: int
    name: str
    sql: str


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "first", schema_v1.SQL),
    Migration(2, "conversations and what the app remembers", schema_v2.SQL),
    Migration(3, "imports, forgotten rows and pairs", schema_v3.SQL),
)


def version(connection: apsw.Connection) -> int:
    """0 for an empty file."""
    return int(str(connection.execute("PRAGMA user_version").fetchall()[0][0]))


def migrate(
    connection: apsw.Connection,
    *,
    backups: Backups,
    applied_at: str,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> int:
    """Brings the file to the newest schema, a backup first. Returns how many migrations ran. The caller holds
    the home's migration lock. Raises DatabaseError for a newer or a foreign file, and changes nothing then."""
    found, newest = version(connection), migrations[-1].number
    _refuse_foreign(connection, found)
    if found > newest:
        raise DatabaseError(
            f"This database was written by a newer Nightschool (schema {found}; this one knows {newest}).",
            hint="Install the newer version again, or put back a copy from the home's backups folder.",
        )
    todo = [migration for migration in migrations if migration.number > found]
    if todo and found:
        backups.take(connection, version=found, stamp=applied_at)
    for migration in todo:
        _apply(connection, migration, applied_at)
    return len(todo)


def _apply(connection: apsw.Connection, migration: Migration, applied_at: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations"
            " (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT"
        )
        connection.execute(migration.sql).fetchall()
        connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (migration.number, migration.name, applied_at))
        connection.execute(
            f"PRAGMA user_version = {migration.number}; PRAGMA application_id = {APPLICATION_ID}"
        ).fetchall()
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _refuse_foreign(connection: apsw.Connection, found: int) -> None:
    mark = connection.execute("PRAGMA application_id").fetchall()[0][0]
    empty = not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    if mark != APPLICATION_ID and not (found == 0 and empty):
        raise DatabaseError(
            "The file nightschool.db was not written by Nightschool.", hint="Move it away, or choose another home."
        )
