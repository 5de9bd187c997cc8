"""Every row that may hold a text: read whole to look for it, and cleaned where no trace owns the row.

What belongs to a trace goes with its trace (`core.database.deletion`); this is for the rest: jobs, reviews, drafts,
the web cache, and what stands of an import. The same is done to the backups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import apsw
import msgspec

from core.database.backup import Backups
from core.database.connection import Connections, told
from core.database.deletion import tables_naming_traces

Holds = Callable[[str], bool]
GONE = "[forgotten]"
ROWS_GO = ("reviews", "notices", "app_state", "web_cache", "pairs")
"""Tables whose rows say nothing once the text is out of them."""
VALUES_GO: dict[str, tuple[str, ...]] = {
    "reviews": ("title", "body", "reason"),
    "jobs": ("payload", "evidence", "reason"),
    "imports": ("source_file", "counts"),
}
"""Tables whose rows are kept: what was done, where traces came from, that a person approved an import."""
OWNED = "trace_id"


class Wording:
    """Reads and cleans. Text is looked at as it is stored, so JSON with its escapes."""

    def __init__(self, connections: Connections, backups: Backups) -> None:
        self._connections = connections
        self._backups = backups

    def of_traces(self) -> Iterator[tuple[str, str]]:
        """(trace id, text) of every row that belongs to a trace: record, metadata, feedback, signals, reviews …"""
        connection = self._connections.get()
        with told(self._connections.path):
            for table in tables_naming_traces(connection):
                for row in _rows(connection, table, f"WHERE {OWNED} IS NOT NULL"):
                    yield str(row.pop(OWNED)), _text(row)

    def of_others(self) -> Iterator[tuple[str, str]]:
        """(table, text) of the rows that `clean` would change."""
        with told(self._connections.path):
            yield from _others(self._connections.get())

    def clean(self, holds: Holds) -> dict[str, int]:
        """Takes the text out, here and in the backups. Returns table → rows; `backups` counts the files rewritten."""
        with self._connections.transaction():
            counts = _clean(self._connections.get(), holds)
        rewritten = self._backups.rewrite(lambda copy: bool(_clean(copy, holds)))
        return dict(counts) | ({"backups": rewritten} if rewritten else {})


def without(value: Any, holds: Holds) -> Any:
    """A JSON value with every text that holds it replaced as a whole."""
    if isinstance(value, str):
        return GONE if holds(value) else value
    if isinstance(value, list):
        return [without(one, holds) for one in value]
    if isinstance(value, dict):
        return {without(key, holds): without(one, holds) for key, one in value.items()}
    return value


def _others(connection: apsw.Connection) -> Iterator[tuple[str, str]]:
    for table in dict.fromkeys((*ROWS_GO, *VALUES_GO)):
        for row in _rows(connection, table):
            if row.pop(OWNED, None) is None:
                yield table, _text(row)


def _clean(connection: apsw.Connection, holds: Holds) -> Counter[str]:
    counts: Counter[str] = Counter()
    for table in ROWS_GO:
        found = [row["rowid"] for row in _rows(connection, table, key=True) if _goes(row) and holds(_text(row))]
        connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(one,) for one in found])
        counts[table] += len(found)
    for table in VALUES_GO:
        for row in [row for row in _rows(connection, table, key=True) if not row.get(OWNED) and holds(_text(row))]:
            _replace(connection, table, row, holds)
            counts[table] += 1
    return +counts


def _goes(row: dict[str, Any]) -> bool:
    """The approval of an import outlives what is said of it."""
    return not row.get(OWNED) and row.get("kind") != "import"


def _replace(connection: apsw.Connection, table: str, row: dict[str, Any], holds: Holds) -> None:
    for column in VALUES_GO[table]:
        if isinstance(row[column], str) and holds(row[column]):
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (_cleaned(row[column], holds), row["rowid"])
            ).fetchall()


def _cleaned(text: str, holds: Holds) -> str:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return GONE
    cleaned = msgspec.json.encode(without(value, holds)).decode()
    if holds(cleaned):  # it stands across two values
        cleaned = "{}" if isinstance(value, dict) else f'"{GONE}"'
    return cleaned


def _rows(connection: apsw.Connection, table: str, where: str = "", *, key: bool = False) -> Iterator[dict[str, Any]]:
    """Each row by the names of its columns; none where an older schema has no such table."""
    columns = [
        name
        for (name,) in connection.execute(
            "SELECT c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
            " WHERE t.type = 'table' AND t.name = ?",
            (table,),
        )
        if name not in ("rowid", "row")
    ]
    if columns:
        names = ["rowid", *columns] if key else columns
        for row in connection.execute(f"SELECT {', '.join(names)} FROM {table} {where}"):
            yield dict(zip(names, row, strict=True))


def _text(row: dict[str, Any]) -> str:
    return "\n".join(value for value in row.values() if isinstance(value, str))
