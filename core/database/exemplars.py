"""Exemplars: past work that may be shown to the student, found again by its words."""

from __future__ import annotations

from collections.abc import Sequence

from core.database.connection import Connections, Row
from core.database.fulltext import any_word, words
from core.records import Exemplar


class Exemplars:
    """Read only: labels decide what is here. A row's task never changes; a row that left never comes back."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, rows: Sequence[int]) -> dict[int, Exemplar]:
        """Those of `rows` that are still exemplars."""
        marks = ",".join("?" * len(rows))
        found = self._connections.rows(
            f"SELECT row, trace_id, kind, task, answer FROM exemplar_text WHERE row IN ({marks})", tuple(rows)
        )
        return {row[0]: _exemplar(row) for row in found}

    def all(self, after_row: int = 0, limit: int = 1000) -> list[Exemplar]:
        """A page in order of `row`."""
        found = self._connections.rows(
            "SELECT row, trace_id, kind, task, answer FROM exemplar_text WHERE row > ? ORDER BY row LIMIT ?",
            (after_row, limit),
        )
        return [_exemplar(row) for row in found]

    def count(self) -> int:
        return int(self._connections.value("SELECT count(*) FROM exemplars"))

    def search(self, text: str, limit: int = 24) -> list[tuple[int, float]]:
        """(row, score) of the tasks that share words with `text`, best first; the score is BM25, larger is nearer."""
        terms = words(text)
        if not terms:
            return []
        found = self._connections.rows(
            "SELECT rowid, -rank FROM exemplar_fts WHERE exemplar_fts MATCH ? ORDER BY rank LIMIT ?",
            (any_word(terms), limit),
        )
        return [(row, score) for row, score in found]


def _exemplar(row: Row) -> Exemplar:
    return Exemplar(row=row[0], trace_id=row[1], kind=row[2], task=row[3], answer=row[4])
