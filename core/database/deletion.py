"""Deleting traces: every row that names them, their full text, drafts, the write-ahead log and the backups."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence

import apsw
import msgspec

from core.database.backup import Backups
from core.database.changes import ChangeLog
from core.database.connection import BUSY_MS, Connections, told
from core.database.fulltext import merge_away, take_out
from core.database.labelling import Labelling
from core.database.owner import Owner, WhoOwns, is_dead
from core.errors import NotFound
from core.records import Record

BATCH = 500
"""Traces a transaction: others may write between two of them."""
PAUSE_S = 0.005
DIRECTLY = 100
"""Up to so many are taken out of the full text word by word; more are marked, and the index is merged at the end."""
SCRUB_WAIT_MS = 1_000
KEEP_THE_ID = frozenset({"tombstones", "changes"})
"""Tables that hold the bare id of what was deleted, so that it cannot come back and followers hear of it."""
UNFINISHED = "unfinished deletion:"
THESE = "trace_id IN (SELECT value FROM json_each(?1))"
_numbers = itertools.count()

Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many."""
Cancelled = Callable[[], bool]


class DeletionReport(Record, frozen=True):
    """What was taken away, and whether any copy of it may remain."""

    trace_id: str
    rows: dict[str, int]
    """Table → rows deleted."""
    backups_cleaned: int = 0
    log_emptied: bool = True
    """False: another process was reading; the old pages leave the log at the next `scrub` or checkpoint."""


class BulkDeletion(Record, frozen=True):
    """The same of many. asked = deleted + missing + what was left because somebody cancelled."""

    asked: int
    deleted: int
    missing: int
    """Not there (any more)."""
    rows: dict[str, int]
    backups_cleaned: int = 0
    log_emptied: bool = True
    cancelled: bool = False


class Deletion:
    """`scrub` empties the write-ahead log; whatever deletes calls it once, at its end."""

    def __init__(
        self, connections: Connections, changes: ChangeLog, labelling: Labelling, backups: Backups, owner: WhoOwns
    ) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling
        self._backups = backups
        self._owner = owner

    def is_deleted(self, trace_id: str) -> bool:
        return self._connections.row("SELECT 1 FROM tombstones WHERE trace_id = ?", (trace_id,)) is not None

    def delete(self, trace_id: str) -> DeletionReport:
        """Raises NotFound. Zeroes what it frees (secure_delete), in the file and in the full-text index."""
        done = self.delete_many([trace_id])
        if done.missing:
            raise NotFound(f"There is no trace {trace_id}.")
        return DeletionReport(
            trace_id=trace_id, rows=done.rows, backups_cleaned=done.backups_cleaned, log_emptied=done.log_emptied
        )

    def delete_many(
        self, trace_ids: Sequence[str], *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> BulkDeletion:
        """In transactions of BATCH; the log and the backups are cleaned once at the end, also after a cancel.

        What is killed half-way is finished by the next process that opens this home.
        """
        wanted = list(dict.fromkeys(trace_ids))
        owner = self._owner()
        mark = f"{UNFINISHED}{owner.pid}:{owner.started}:{next(_numbers)}"
        many = len(wanted) > DIRECTLY
        gone, rows, tried = list[str](), Counter[str](), 0
        while tried < len(wanted) and not (cancelled is not None and cancelled()):
            time.sleep(PAUSE_S if tried else 0)
            batch = wanted[tried : tried + BATCH]
            found, counts = self._batch(batch, mark, merge_later=many)
            gone += found
            rows.update(counts)
            tried += len(batch)
            if progress is not None:
                progress(tried, len(wanted))
        cleaned, emptied = self._clean(gone, [mark], merge=many) if gone else (0, True)
        return BulkDeletion(
            asked=len(wanted),
            deleted=len(gone),
            missing=tried - len(gone),
            rows=dict(rows),
            backups_cleaned=cleaned,
            log_emptied=emptied,
            cancelled=tried < len(wanted),
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

    def finish_unfinished(self) -> int:
        """Cleans up after processes that died while they deleted. Returns how many deletions were finished."""
        marks = self._connections.rows("SELECT name FROM app_state WHERE name GLOB ?", (f"{UNFINISHED}*",))
        dead: list[str] = [name for (name,) in marks if is_dead(_owner(name))]
        if dead:
            gone = [trace_id for (trace_id,) in self._connections.rows("SELECT trace_id FROM tombstones")]
            self._clean(gone, dead, merge=True)
        return len(dead)

    def _clean(self, gone: Sequence[str], marks: Sequence[str], *, merge: bool) -> tuple[int, bool]:
        if merge:
            merge_away(self._connections)
        cleaned = self._backups.forget(gone)
        with self._connections.transaction():
            for mark in marks:
                self._connections.rows("DELETE FROM app_state WHERE name = ?", (mark,))
        return cleaned, self.scrub()

    def _batch(self, trace_ids: Sequence[str], mark: str, *, merge_later: bool) -> tuple[list[str], dict[str, int]]:
        """Those that were there, and how many rows went, table by table."""
        with self._connections.transaction():
            there = self._connections.rows(f"SELECT trace_id FROM traces WHERE {THESE}", (_list(trace_ids),))
            found = [trace_id for (trace_id,) in there]
            if not found:
                return [], {}
            these = (_list(found),)
            self._connections.rows("INSERT INTO app_state VALUES (?, '') ON CONFLICT DO NOTHING", (mark,))
            self._connections.rows("INSERT INTO tombstones (trace_id) SELECT value FROM json_each(?1)", these)
            exemplars = self._labelling.forget_exemplars(found)
            take_out(self._connections, found, merge_later=merge_later)
            rows = {"drafts": drafts} if (drafts := self._forget_drafts(found)) else {}
            rows |= delete_rows(self._connections.get(), found)
            if exemplars:
                rows["exemplars"] = len(exemplars)
            for trace_id in found:
                self._changes.note("delete", trace_id, row=exemplars.get(trace_id))
        return found, rows

    def _forget_drafts(self, trace_ids: Sequence[str]) -> int:
        """What the person was writing about these traces, or in their conversations."""
        deleted = self._connections.rows(
            "DELETE FROM app_state WHERE name IN (SELECT d.name FROM app_state AS d JOIN"
            f" (SELECT 'draft:' || trace_id AS name FROM traces WHERE {THESE}"
            f"  UNION SELECT 'draft:' || conversation FROM traces WHERE {THESE}) AS of_these"
            " ON d.name = of_these.name OR substr(d.name, 1, length(of_these.name) + 1) = of_these.name || ':'"
            " WHERE d.name GLOB 'draft:*') RETURNING 1",
            (_list(trace_ids),),
        )
        return len(deleted)


def _list(trace_ids: Sequence[str]) -> str:
    return msgspec.json.encode(trace_ids).decode()


def _owner(mark: str) -> Owner:
    pid, started = mark.removeprefix(UNFINISHED).split(":")[:2]
    return Owner(int(pid), float(started))


def tables_naming_traces(connection: apsw.Connection) -> list[str]:
    """Every table with a column `trace_id`, children before `traces` itself."""
    found = connection.execute(
        "SELECT t.name FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c"
        " WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'trace_id'"
    ).fetchall()
    names = {str(name) for (name,) in found} - KEEP_THE_ID
    last = [name for name in ("labels", "feedback", "open_traces", "traces") if name in names]
    return [*sorted(names - set(last)), *last]


def delete_rows(connection: apsw.Connection, trace_ids: Sequence[str]) -> dict[str, int]:
    """Deletes from each of them; returns how many rows went, table by table."""
    counts: dict[str, int] = {}
    for table in tables_naming_traces(connection):
        connection.execute(f"DELETE FROM {table} WHERE {THESE}", (_list(trace_ids),)).fetchall()
        if connection.changes():
            counts[table] = connection.changes()
    return counts
