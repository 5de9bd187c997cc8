"""The two halves of the index as one: rows found by words and rows found by meaning, fused by reciprocal rank."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.database import Database
from core.replay.terms import query
from core.replay.vectors import VectorIndex, Vectors

RANK_CONSTANT = 60
"""k of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009)."""
READ = 4000
"""Characters of a question whose words are looked up."""
DEPTH = 24
"""Rows that each half is asked for."""


class Candidate(msgspec.Struct, frozen=True):
    """A row that either half found. distance: cosine, None where only words were compared."""

    row: int
    score: float
    distance: float | None = None


class HybridIndex:
    """Full-text search in the database beside the vector index. `nearest` may be replaced while it is in use."""

    def __init__(self, database: Database, nearest: VectorIndex | None = None) -> None:
        self._database = database
        self.nearest = nearest

    def search(self, task: str, vector: Vectors | None, limit: int) -> list[Candidate]:
        """The `limit` best rows. vector: the embedded task [dim], None for words only. Blocks for milliseconds."""
        by_words = [row for row, _ in self._database.exemplars.search(query(task[:READ]), DEPTH)]
        by_meaning: list[tuple[int, float]] = []
        if vector is not None and self.nearest is not None:
            by_meaning = self.nearest.search(vector, DEPTH)
        distances = dict(by_meaning)
        if vector is not None and self.nearest is not None:
            distances |= self.nearest.distances(vector, [row for row in by_words if row not in distances])
        fused = fuse([by_words, [row for row, _ in by_meaning]])
        return [Candidate(row, score, distances.get(row)) for row, score in fused[:limit]]


def fuse(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: Σ 1 / (60 + rank), best first; equal scores by the newer row."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1.0 / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))
