"""Deleting a trace: every row that names it, its full text, the write-ahead log and the backups."""

from __future__ import annotations

import apsw

from core.database.backup import Backups
from core.database.changes import ChangeLog
from core.database.connection import BUSY_MS, Connections, told
from core.database.labelling import Labelling
from core.errors import NotFound
from core.records import Record

SCRUB_WAIT_MS = 1_000
KEEP_THE_ID = frozenset({"tombstones", "changes"})
"""Tables that hold the bare id of what was deleted, so that it cannot come back and followers hear of it."""


class DeletionReport(Record, frozen=True):
    """What was taken away, and whether any copy of it may remain."""

    trace_id: str
    rows: dict[str, int]
    """Table → rows deleted."""
    backups_cleaned: int = 0
    log_emptied: bool = True
    """False: another process was reading; the old pages leave the log at the next `scrub` or checkpoint."""


class Deletion:
    """`scrub` empties the write-ahead log; `delete` calls it."""

    def __init__(self, connections: Connections, changes: ChangeLog, labelling: Labelling, backups: Backups) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling
        self._backups = backups

    def is_deleted(self, trace_id: str) -> bool:
        return self._connections.row("SELECT 1 FROM tombstones WHERE trace_id = ?", (trace_id,)) is not None

    def delete(self, trace_id: str) -> DeletionReport:
        """Raises NotFound. Zeroes what it frees (secure_delete), in the file and in the full-text index."""
        with self._connections.transaction():
            if not self._connections.row("SELECT 1 FROM traces WHERE trace_id = ?", (trace_id,)):
                raise NotFound(f"There is no trace {trace_id}.")
            self._connections.rows("INSERT INTO tombstones (trace_id) VALUES (?)", (trace_id,))
            exemplar = self._labelling.forget_exemplar(trace_id)
            self._connections.rows(
                "INSERT INTO trace_fts (trace_fts, rowid, asked, answered) SELECT 'delete', row, asked, answered"
                " FROM trace_text WHERE row = (SELECT row FROM traces WHERE trace_id = ?)",
                (trace_id,),
            )
            rows = delete_rows(self._connections.get(), trace_id)
            if exemplar is not None:
                rows["exemplars"] = 1
            self._changes.note("delete", trace_id, row=exemplar)
        return DeletionReport(
            trace_id=trace_id, rows=rows, backups_cleaned=self._backups.forget(trace_id), log_emptied=self.scrub()
        )

    def scrub(self) -> bool:
        """Folds the write-ahead log into the file and truncates it. False when a reader was in the way."""
        connection = self._connections.get()
        with told(self._connections.path):
            connection.set_busy_timeout(SCRUB_WAIT_MS)
            try:
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except (apsw.BusyError, apsw.LockedError):
                return False
            finally:
                connection.set_busy_timeout(BUSY_MS)
            return True


def tables_naming_traces(connection: apsw.Connection) -> list[str]:
    """Every table with a column `trace_id`, children before `traces` itself."""
    found = connection.execute(
        "SELECT t.name FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c"
        " WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'trace_id'"
    ).fetchall()
    names = {str(name) for (name,) in found} - KEEP_THE_ID
    last = [name for name in ("labels", "feedback", "open_traces", "traces") if name in names]
    return [*sorted(names - set(last)), *last]


def delete_rows(connection: apsw.Connection, trace_id: str) -> dict[str, int]:
    """Deletes from each of them; returns how many rows went, table by table."""
    counts: dict[str, int] = {}
    for table in tables_naming_traces(connection):
        connection.execute(f"DELETE FROM {table} WHERE trace_id = ?", (trace_id,))
        if connection.changes():
            counts[table] = connection.changes()
    return counts
