"""Source rows that were forgotten: by hash only, so that they cannot come back and say nothing of what they said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.database.connection import Connections
from core.database.traces import as_json


class Forgotten:
    """Append-only. Deleting an imported trace adds its row by itself."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, sig_hashes: Iterable[str]) -> int:
        """Returns how many were not there yet."""
        added = self._connections.rows(
            "INSERT INTO forgotten_rows SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING 1",
            (as_json(list(sig_hashes)),),
        )
        return len(added)

    def contains(self, sig_hash: str) -> bool:
        return self._connections.row("SELECT 1 FROM forgotten_rows WHERE sig_hash = ?", (sig_hash,)) is not None

    def of(self, sig_hashes: Sequence[str]) -> set[str]:
        """Those of these that were forgotten."""
        rows = self._connections.rows(
            "SELECT sig_hash FROM forgotten_rows WHERE sig_hash IN (SELECT value FROM json_each(?))",
            (as_json(list(sig_hashes)),),
        )
        return {sig_hash for (sig_hash,) in rows}

    def all(self) -> frozenset[str]:
        return frozenset(sig_hash for (sig_hash,) in self._connections.rows("SELECT sig_hash FROM forgotten_rows"))
