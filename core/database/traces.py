"""Traces: written before the first token, appended to while it speaks, final once finished."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from core.database.changes import ChangeLog
from core.database.connection import Connections, Row
from core.database.deletion import BulkDeletion, Cancelled, Deletion, DeletionReport, Progress
from core.database.fulltext import every_word
from core.database.labelling import Labelling
from core.database.owner import Owner, OwnerIsDead, WhoOwns, is_dead
from core.errors import NotFound
from core.records import Origin, Trace

TraceList = list[Trace]
Ids = list[str]

SELECT = """
SELECT t.record, (SELECT m.metadata FROM trace_metadata AS m
                  WHERE m.trace_id = t.trace_id ORDER BY m.row DESC LIMIT 1) AS newer_metadata
FROM traces AS t
"""
FINISHED = "t.trace_id NOT IN (SELECT trace_id FROM open_traces)"
_decode = msgspec.json.Decoder(Trace).decode
_decode_metadata = msgspec.json.Decoder(dict[str, str]).decode


class Traces:
    """The repository of traces. Every write is one transaction, durable when the call returns."""

    def __init__(
        self, connections: Connections, changes: ChangeLog, labelling: Labelling, deletion: Deletion, owner: WhoOwns
    ) -> None:
        self._connections = connections
        self._changes = changes
        self._labelling = labelling
        self._deletion = deletion
        self._owner = owner

    def begin(self, trace: Trace) -> None:
        """Writes the request before its first token, owned by this process until `finish`."""
        owner = self._owner()
        with self._connections.transaction():
            self._insert(trace)
            self._connections.rows("INSERT INTO open_traces VALUES (?, ?, ?)", (trace.id, owner.pid, owner.started))

    def append(self, trace_id: str, text: str) -> None:
        """Keeps a further piece of an answer that is being made; without effect once it is finished or deleted."""
        with self._connections.transaction():
            self._connections.rows(
                "INSERT INTO trace_chunks (trace_id, text) SELECT trace_id, ? FROM open_traces WHERE trace_id = ?",
                (encodable(text), trace_id),
            )

    def finish(self, trace: Trace) -> bool:
        """Writes the final record. The first finish wins; False when the trace was deleted meanwhile."""
        if trace.finish_reason is None:
            raise ValueError("a finished trace has a finish_reason")
        with self._connections.transaction():
            if self._deletion.is_deleted(trace.id):
                return False
            if not self._exists(trace.id):
                self._insert(trace)
            elif not self._close(trace):
                return True
            self._index(trace.id)
            self._changes.note("trace", trace.id, row=self._labelling.relabel(trace.id).exemplar)
        return True

    def add(self, trace: Trace) -> None:
        """A trace that is complete already: begin and finish at once."""
        with self._connections.transaction():
            self._insert(trace)
            self._index(trace.id)
            self._changes.note("trace", trace.id)

    def recover(self, owner_is_dead: OwnerIsDead = is_dead) -> int:
        """Open traces of dead processes become `interrupted`, with what they had said. Returns how many."""
        opened = self._connections.rows("SELECT trace_id, pid, started FROM open_traces")
        return sum(self._interrupt(trace_id) for trace_id, pid, started in opened if owner_is_dead(Owner(pid, started)))

    def get(self, trace_id: str) -> Trace:
        """The trace, also while it is open. Raises NotFound."""
        row = self._connections.row(f"{SELECT} WHERE t.trace_id = ?", (trace_id,))
        if row is None:
            raise NotFound(f"There is no trace {trace_id}.", hint="`nightschool traces list` shows those there are.")
        return _trace(row)

    def list(
        self,
        *,
        limit: int = 20,
        after: str | None = None,
        before: str | None = None,
        order: Literal["asc", "desc"] = "desc",
        conversation_id: str | None = None,
        client: str | None = None,
        model: str | None = None,
        metadata: dict[str, str] | None = None,
        origin: Origin | None = None,
        include_open: bool = False,
    ) -> TraceList:
        """A page in order of creation. `after` and `before` are trace ids; raises NotFound for an unknown one."""
        where, values = _matching(
            {"conversation_id": conversation_id, "client": client, "model": model, "origin": origin}, metadata or {}
        )
        if not include_open:
            where.append(FINISHED)
        for cursor, later in ((after, order == "asc"), (before, order == "desc")):
            if cursor is not None:
                where.append(f"(t.created_at, t.row) {'>' if later else '<'} (?, ?)")
                values += self._place(cursor)
        # What stands just before the cursor is found by walking from it, against the order asked for.
        against = before is not None and after is None
        way = "ASC" if (order == "asc") != against else "DESC"
        rows = self._connections.rows(
            f"{SELECT} {'WHERE ' + ' AND '.join(where) if where else ''}"
            f" ORDER BY t.created_at {way}, t.row {way} LIMIT ?",
            (*values, max(limit, 0)),
        )
        traces = [_trace(row) for row in rows]
        return traces[::-1] if against else traces

    def last(self, client: str | None = None) -> Trace:
        """The newest finished trace that somebody asked for here (of `client`). Raises NotFound when there is none."""
        row = self._connections.row(
            f"{SELECT} WHERE {FINISHED} AND t.origin NOT IN ('benchmark', 'replay', 'import')"
            f" {'AND t.client = ?' if client is not None else ''} ORDER BY t.created_at DESC, t.row DESC LIMIT 1",
            () if client is None else (client,),
        )
        if row is None:
            raise NotFound("There is no trace yet.", hint="Ask something first.")
        return _trace(row)

    def search(self, text: str, limit: int = 20) -> TraceList:
        """Traces that hold every word of `text`, best first; any text is safe.

        Where no word matches, a plain search for the text as it stands: parts of words, and scripts without spaces.
        """
        query = every_word(text)
        rows: list[Row] = []
        if query:
            rows = self._connections.rows(
                f"{SELECT} JOIN trace_fts AS f ON f.rowid = t.row WHERE trace_fts MATCH ? ORDER BY f.rank LIMIT ?",
                (query, limit),
            )
        if not rows and text.strip():
            rows = self._connections.rows(
                f"{SELECT} JOIN trace_text AS x ON x.row = t.row"
                " WHERE instr(lower(x.asked), lower(?1)) OR instr(lower(x.answered), lower(?1))"
                " ORDER BY t.created_at DESC, t.row DESC LIMIT ?2",
                (encodable(text.strip()), limit),
            )
        return [_trace(row) for row in rows]

    def update_metadata(self, trace_id: str, metadata: dict[str, str]) -> Trace:
        """Replaces the metadata by a newer statement; the trace's own row never changes. Raises NotFound."""
        with self._connections.transaction():
            self.get(trace_id)
            self._connections.rows(
                "INSERT INTO trace_metadata (trace_id, metadata) VALUES (?, ?)",
                (trace_id, as_json(metadata)),
            )
            self._changes.note("metadata", trace_id)
            return self.get(trace_id)

    def delete(self, trace_id: str) -> DeletionReport:
        """Everything of this trace, everywhere in the home's database and its backups. Raises NotFound."""
        return self._deletion.delete(trace_id)

    def delete_many(
        self, trace_ids: Sequence[str], *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> BulkDeletion:
        """The same for many, in batches; unknown ids are counted. `cancelled` is asked before each batch."""
        return self._deletion.delete_many(trace_ids, progress=progress, cancelled=cancelled)

    def delete_all(self, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> BulkDeletion:
        """Every trace that there is when it is called, whoever asked, and every draft."""
        with self._connections.transaction():
            self._connections.rows("DELETE FROM app_state WHERE name GLOB 'draft:*'")
            every = self._connections.rows("SELECT trace_id FROM traces ORDER BY row")
        return self.delete_many([trace_id for (trace_id,) in every], progress=progress, cancelled=cancelled)

    def ids_between(self, start: str, end: str) -> Ids:
        """Those begun at or after `start` and before `end` (UTC ISO-8601), of every origin, oldest first."""
        rows = self._connections.rows(
            "SELECT trace_id FROM traces WHERE created_at >= ? AND created_at < ? ORDER BY created_at, row",
            (start, end),
        )
        return [trace_id for (trace_id,) in rows]

    def answering(self, owner_is_dead: OwnerIsDead = is_dead) -> int:
        """How many answers are being made now, by all processes together that still live."""
        rows = self._connections.rows("SELECT pid, started, count(*) FROM open_traces GROUP BY pid, started")
        return sum(count for pid, started, count in rows if not owner_is_dead(Owner(pid, started)))

    def is_deleted(self, trace_id: str) -> bool:
        """True when there was such a trace and it was deleted: a repeated deletion is no error."""
        return self._deletion.is_deleted(trace_id)

    def deleted_ids(self) -> frozenset[str]:
        """Of everything that was ever deleted here."""
        return frozenset(trace_id for (trace_id,) in self._connections.rows("SELECT trace_id FROM tombstones"))

    def deleted_since(self, seq: int) -> tuple[str, ...]:
        """What was deleted after this change (`Database.last_change`), in that order."""
        rows = self._connections.rows(
            "SELECT trace_id FROM changes WHERE seq > ? AND kind = 'delete' ORDER BY seq", (seq,)
        )
        return tuple(trace_id for (trace_id,) in rows)

    def _insert(self, trace: Trace) -> None:
        if not trace.stored:
            raise ValueError("store: false records nothing")
        self._connections.rows("INSERT INTO traces (trace_id, record) VALUES (?, ?)", (trace.id, as_json(trace)))

    def _close(self, trace: Trace) -> bool:
        """False when it was finished already. The order matters: the triggers let only open traces change."""
        if not self._connections.row("SELECT 1 FROM open_traces WHERE trace_id = ?", (trace.id,)):
            return False
        self._connections.rows("UPDATE traces SET record = ? WHERE trace_id = ?", (as_json(trace), trace.id))
        self._connections.rows("DELETE FROM trace_chunks WHERE trace_id = ?", (trace.id,))
        self._connections.rows("DELETE FROM open_traces WHERE trace_id = ?", (trace.id,))
        return True

    def _index(self, trace_id: str) -> None:
        self._connections.rows(
            "INSERT INTO trace_fts (rowid, asked, answered) SELECT row, asked, answered FROM trace_text"
            " WHERE row = (SELECT row FROM traces WHERE trace_id = ?)",
            (trace_id,),
        )

    def _interrupt(self, trace_id: str) -> int:
        """1 when this call finished it, 0 when another process was quicker."""
        with self._connections.transaction():
            if not self._connections.row("SELECT 1 FROM open_traces WHERE trace_id = ?", (trace_id,)):
                return 0
            said = self._connections.rows("SELECT text FROM trace_chunks WHERE trace_id = ? ORDER BY row", (trace_id,))
            response = "".join(text for (text,) in said)
            self.finish(msgspec.structs.replace(self.get(trace_id), response=response, finish_reason="interrupted"))
            return 1

    def _exists(self, trace_id: str) -> bool:
        return self._connections.row("SELECT 1 FROM traces WHERE trace_id = ?", (trace_id,)) is not None

    def _place(self, trace_id: str) -> Row:
        row = self._connections.row("SELECT created_at, row FROM traces WHERE trace_id = ?", (trace_id,))
        if row is None:
            raise NotFound(f"There is no trace {trace_id} to continue from.")
        return row


def _matching(columns: dict[str, str | None], metadata: dict[str, str]) -> tuple[list[str], list[Any]]:
    """SQL conditions and their values; a column that is None is not asked about."""
    where, values = [], list[Any]()
    for column, wanted in columns.items():
        if wanted is not None:
            where.append(f"t.{column} = ?")
            values.append(wanted)
    for pair in metadata.items():
        where.append(
            "EXISTS (SELECT 1 FROM json_each(coalesce(newer_metadata, t.record -> '$.metadata')) AS pair"
            " WHERE pair.key = ? AND pair.value = ?)"
        )
        values += pair
    return where, values


def as_json(record: Any) -> str:
    """JSON text. A lone surrogate (half an emoji from a broken client) becomes `?`: UTF-8 cannot hold it."""
    try:
        return msgspec.json.encode(record).decode()
    except UnicodeEncodeError:
        return encodable(json.dumps(msgspec.to_builtins(record), ensure_ascii=False))


def encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _trace(row: Row) -> Trace:
    trace: Trace = _decode(row[0])
    return trace if row[1] is None else msgspec.structs.replace(trace, metadata=_decode_metadata(row[1]))
