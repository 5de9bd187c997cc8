"""Exemplars: past work that may be shown to the student, found again by its words."""

from __future__ import annotations

from collections.abc import Sequence

from core.database.connection import Connections, Row
from core.database.fulltext import all_words, any_word, words
from core.records import Exemplar

MAX_WORDS = 6
COMMON_SHARE = 0.02
ALWAYS_RARE, ALWAYS_COMMON = 200, 500
"""A word in more tasks than that says little about any of them, however large the library; counting on costs time."""


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

    def of_traces(self, trace_ids: Sequence[str]) -> dict[str, Exemplar]:
        """trace id → exemplar, for those whose labels and origin let them be one."""
        marks = ",".join("?" * len(trace_ids))
        found = self._connections.rows(
            f"SELECT row, trace_id, kind, task, answer FROM exemplar_text WHERE trace_id IN ({marks})",
            tuple(trace_ids),
        )
        return {row[1]: _exemplar(row) for row in found}

    def all(self, after_row: int = 0, limit: int = 1000) -> list[Exemplar]:
        """A page in order of `row`."""
        found = self._connections.rows(
            "SELECT row, trace_id, kind, task, answer FROM exemplar_text WHERE row > ? ORDER BY row LIMIT ?",
            (after_row, limit),
        )
        return [_exemplar(row) for row in found]

    def count(self) -> int:
        return int(self._connections.value("SELECT count(*) FROM exemplars"))

    def conversations(self, trace_ids: Sequence[str]) -> dict[str, str | None]:
        """trace id → conversation id, for those that are there."""
        marks = ",".join("?" * len(trace_ids))
        found = self._connections.rows(
            f"SELECT trace_id, conversation_id FROM traces WHERE trace_id IN ({marks})", tuple(trace_ids)
        )
        return dict(found)

    def search(self, text: str, limit: int = 24) -> list[tuple[int, float]]:
        """(row, score) of the tasks that share words with `text`, best first; the score is BM25, larger is nearer.

        Only the rarest words are looked up, so that "what is the" does not rank the whole library.
        """
        common = min(ALWAYS_COMMON, max(ALWAYS_RARE, int(self._last_row() * COMMON_SHARE))) + 1
        spread = {term: self._spread(term, common) for term in words(text)}
        rare = sorted((term for term in spread if 0 < spread[term] < common), key=lambda term: spread[term])
        if rare:
            return self._ranked(any_word(rare[:MAX_WORDS]), limit)
        return self._newest(all_words([term for term in spread if spread[term]][:MAX_WORDS]), limit)

    def _last_row(self) -> int:
        """About how many there are, without the scan that counting costs: rows are numbered upwards."""
        return int(self._connections.value("SELECT coalesce(max(row), 0) FROM exemplars"))

    def _ranked(self, query: str, limit: int) -> list[tuple[int, float]]:
        found = self._connections.rows(
            "SELECT rowid, -rank FROM exemplar_fts WHERE exemplar_fts MATCH ? ORDER BY rank LIMIT ?", (query, limit)
        )
        return [(row, score) for row, score in found]

    def _newest(self, query: str, limit: int) -> list[tuple[int, float]]:
        """Words that stand in so many tasks say nothing about which is near: no ranking, a score of 0."""
        if not query:
            return []
        found = self._connections.rows(
            "SELECT rowid FROM exemplar_fts WHERE exemplar_fts MATCH ? ORDER BY rowid DESC LIMIT ?", (query, limit)
        )
        return [(row, 0.0) for (row,) in found]

    def _spread(self, term: str, up_to: int) -> int:
        """In how many tasks the word stands, counted no further than `up_to`."""
        return int(
            self._connections.value(
                "SELECT count(*) FROM (SELECT 1 FROM exemplar_fts WHERE exemplar_fts MATCH ? LIMIT ?)",
                (any_word([term]), up_to),
            )
        )


def _exemplar(row: Row) -> Exemplar:
    return Exemplar(row=row[0], trace_id=row[1], kind=row[2], task=row[3], answer=row[4])
