"""Imports: which file was read in, what came of it, and from which of its rows each trace was made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.database.connection import Connections, Row
from core.database.labelling import IMPORT_REVIEW
from core.database.traces import as_json
from core.errors import NotFound
from core.records import Record

COLUMNS = "import_id, format, source_file, sha256, recorded_at, counts"
ORIGIN = "trace_id, import_id, source_file, line_offset, sig_hash"


class Import(Record, frozen=True):
    """One file that was read in. counts: `read`, `new`, `known`, `unlabelled`, and `skipped:<reason>` for each."""

    import_id: str
    format: str
    source_file: str
    sha256: str
    recorded_at: str
    counts: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def review_id(self) -> str:
        return f"{IMPORT_REVIEW}{self.import_id}"


class TraceSource(Record, frozen=True):
    """Where an imported trace came from. line_offset: byte offset of its line, or number of its row or message."""

    trace_id: str
    import_id: str
    source_file: str
    line_offset: int
    sig_hash: str


class Imports:
    """What was imported. Traces themselves are added by `database.traces`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, one: Import) -> None:
        """The same id again changes nothing."""
        self._connections.rows(
            f"INSERT INTO imports ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (import_id) DO NOTHING",
            (one.import_id, one.format, one.source_file, one.sha256, one.recorded_at, as_json(one.counts)),
        )

    def count(self, import_id: str, counts: dict[str, int]) -> None:
        """What came of it so far. Raises NotFound."""
        if not self._connections.rows(
            "UPDATE imports SET counts = ? WHERE import_id = ? RETURNING 1", (as_json(counts), import_id)
        ):
            raise NotFound(f"There is no import {import_id}.")

    def add_source(self, source: TraceSource) -> None:
        """The trace and the import must be there, and the row must not be forgotten (apsw.ConstraintError)."""
        self._connections.rows(
            f"INSERT INTO trace_sources ({ORIGIN}) VALUES (?, ?, ?, ?, ?)", msgspec.structs.astuple(source)
        )

    def get(self, import_id: str) -> Import:
        """Raises NotFound."""
        row = self._connections.row(f"SELECT {COLUMNS} FROM imports WHERE import_id = ?", (import_id,))
        if row is None:
            raise NotFound(f"There is no import {import_id}.")
        return _import(row)

    def all(self) -> list[Import]:
        """Oldest first."""
        return [_import(row) for row in self._connections.rows(
            f"SELECT {COLUMNS} FROM imports ORDER BY recorded_at, import_id"
        )]  # fmt: skip

    def trace_ids(self, import_id: str) -> list[str]:
        """Its traces that are still there, in order of id."""
        rows = self._connections.rows(
            "SELECT trace_id FROM trace_sources WHERE import_id = ? ORDER BY trace_id", (import_id,)
        )
        return [trace_id for (trace_id,) in rows]

    def sources_of(self, trace_ids: Sequence[str]) -> dict[str, TraceSource]:
        """trace id → where it came from, for those that were imported."""
        rows = self._connections.rows(
            f"SELECT {ORIGIN} FROM trace_sources WHERE trace_id IN (SELECT value FROM json_each(?))",
            (as_json(list(trace_ids)),),
        )
        return {row[0]: TraceSource(**dict(zip(TraceSource.__struct_fields__, row, strict=True))) for row in rows}

    def known(self, trace_ids: Sequence[str]) -> set[str]:
        """Those of these traces that are there."""
        rows = self._connections.rows(
            "SELECT trace_id FROM traces WHERE trace_id IN (SELECT value FROM json_each(?))",
            (as_json(list(trace_ids)),),
        )
        return {trace_id for (trace_id,) in rows}

    def reviewed(self, trace_ids: Sequence[str]) -> set[str]:
        """Those of these traces that a person approved: each alone, or its whole import."""
        rows = self._connections.rows(
            "SELECT r.trace_id FROM reviews AS r JOIN json_each(?1) AS j ON r.trace_id = j.value"
            " WHERE r.kind = 'import' AND r.state = 'approved'"
            " UNION SELECT s.trace_id FROM json_each(?1) AS j JOIN trace_sources AS s ON s.trace_id = j.value"
            f" JOIN reviews AS r ON r.review_id = '{IMPORT_REVIEW}' || s.import_id"
            " WHERE r.kind = 'import' AND r.state = 'approved'",
            (as_json(list(trace_ids)),),
        )
        return {trace_id for (trace_id,) in rows}

    def forget(self, import_id: str) -> bool:
        """Takes the import and its review away, once none of its traces is left (else apsw.ConstraintError). False
        when there was none."""
        with self._connections.transaction():
            self._connections.rows("DELETE FROM reviews WHERE review_id = ?", (f"{IMPORT_REVIEW}{import_id}",))
            gone = self._connections.rows("DELETE FROM imports WHERE import_id = ? RETURNING 1", (import_id,))
        return bool(gone)


def _import(row: Row) -> Import:
    values = dict(zip(Import.__struct_fields__, row, strict=True))
    return Import(**{**values, "counts": msgspec.json.decode(values["counts"])})
