"""What was handed over to train with: anonymised pairs, and the ledger that no run is counted twice for a role."""

from __future__ import annotations

from collections.abc import Sequence

from core.database.connection import Connections
from core.database.traces import as_json
from core.records import Record, Role, Unit

COLUMNS = "task_slug, role, prompt_json, output_json, label, run_id, exported_at, trace_id"


class Pair(Record, frozen=True):
    """One row that went out. prompt_json and output_json are JSON texts without secrets or personal data."""

    task_slug: str
    role: Role
    prompt_json: str
    output_json: str
    label: Unit
    run_id: str
    exported_at: str
    trace_id: str | None = None
    """The trace that it was made from: deleting it deletes this. None for a row of another program's stream."""


class Pairs:
    """Added once, never changed; gone with their trace."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, pairs: Sequence[Pair]) -> int:
        """In one transaction; what went out before, or whose trace is gone, is left out. Returns how many were new."""
        with self._connections.transaction():
            return sum(self._add(pair) for pair in pairs)

    def _add(self, pair: Pair) -> bool:
        added = self._connections.rows(
            f"INSERT INTO pairs ({COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"
            " WHERE ?8 IS NULL OR EXISTS (SELECT 1 FROM traces WHERE trace_id = ?8)"
            " ON CONFLICT (role, run_id) DO NOTHING RETURNING 1",
            tuple(getattr(pair, name) for name in COLUMNS.split(", ")),
        )
        return bool(added)

    def exported(self, role: Role, run_ids: Sequence[str]) -> set[str]:
        """Those of these runs that went out for this role."""
        rows = self._connections.rows(
            "SELECT run_id FROM pairs WHERE role = ? AND run_id IN (SELECT value FROM json_each(?))",
            (role, as_json(list(run_ids))),
        )
        return {run_id for (run_id,) in rows}

    def page(self, role: Role | None = None, *, after_id: int = 0, limit: int = 1000) -> list[tuple[int, Pair]]:
        """(id, pair) in order of id."""
        rows = self._connections.rows(
            f"SELECT id, {COLUMNS} FROM pairs WHERE id > ?1 AND (?2 IS NULL OR role = ?2) ORDER BY id LIMIT ?3",
            (after_id, role, limit),
        )
        return [(row[0], Pair(**dict(zip(COLUMNS.split(", "), row[1:], strict=True)))) for row in rows]

    def count(self, role: Role | None = None) -> int:
        return int(self._connections.value("SELECT count(*) FROM pairs WHERE ?1 IS NULL OR role = ?1", (role,)))

    def forget(self, run_ids: Sequence[str]) -> int:
        """Takes away what was made from these runs. Returns how many rows went."""
        gone = self._connections.rows(
            "DELETE FROM pairs WHERE run_id IN (SELECT value FROM json_each(?)) RETURNING 1", (as_json(list(run_ids)),)
        )
        return len(gone)
