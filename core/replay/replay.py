"""Replay: finds accepted past work for a task, and decides by code what of it may be put before the student."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import Literal

import numpy as np

from core.config import ReplayConfig
from core.database import Database
from core.errors import ModelUnavailable, NotFound
from core.paths import Home
from core.process import ChildDied
from core.records import Exemplar, Record, Retrieved
from core.replay import checks
from core.replay.bundle import MAX_CHECKS, Bundle
from core.replay.embedder import Embedder
from core.replay.index import Candidate, HybridIndex
from core.replay.indexer import Indexer, Progress
from core.replay.relevance import compare, relevance, scale_of
from core.replay.task import task_hash
from core.replay.vectors import VectorIndex, Vectors

EMBED_SECONDS = 5.0
"""Longest wait for the vector of a question; then it is answered by words."""
SLACK = 4
"""Rows fetched beyond `top`, for those that may not be shown."""


class ReplayStatus(Record, frozen=True):
    """What the UI and `status` show. indexed and expected agree when all is well."""

    mode: Literal["hybrid", "lexical", "off"]
    indexed: int
    expected: int
    rebuilding: Progress | None = None
    embedder: str = ""
    """State of the child: starting, loading, ready, restarting, failed, stopped."""
    reason: str = ""
    """Why retrieval is by words only, or why the index cannot be written."""


class Judged(Record, frozen=True):
    """One exemplar that was found, and how relevant it is."""

    exemplar: Exemplar
    candidate: Candidate
    relevance: float
    strict: bool
    loose: bool


class Replay:
    """The day's retrieval. `bundle` never waits for a model to load, and never raises for lack of one."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        config: ReplayConfig,
        home: Home,
        *,
        sealed: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        """sealed: trace ids that benchmark requests must not see."""
        self._database = database
        self._embedder = embedder
        self._config = config
        self._sealed = sealed
        self._indexer = Indexer(database, embedder, home.index)
        self._hybrid = HybridIndex(database)
        self._indexer.on_index = self._use

    async def start(self) -> None:
        """Load the index, hold it against the database, then follow it. The embedder may still be loading."""
        await self._indexer.start()
        if self._indexer.index is not None:
            await self._indexer.check()

    async def stop(self) -> None:
        """Save the index. The embedder is stopped by whoever started it."""
        await self._indexer.stop()

    async def catch_up(self) -> None:
        """Apply what changed in the database up to now."""
        await self._indexer.catch_up()

    @property
    def mode(self) -> Literal["hybrid", "lexical", "off"]:
        if not self._config.enabled:
            return "off"
        return "hybrid" if self._embedder.ready and self._indexer.complete else "lexical"

    def status(self) -> ReplayStatus:
        index, embedder = self._indexer.index, self._embedder
        loading = embedder.state == "ready" and not embedder.ready and embedder.error is None
        reason = self._indexer.error or (embedder.error.message if embedder.error is not None else "")
        return ReplayStatus(
            mode=self.mode,
            indexed=index.count if index is not None else 0,
            expected=self._database.exemplars.count(),
            rebuilding=self._indexer.progress,
            embedder="loading" if loading else embedder.state,
            reason=reason,
        )

    async def bundle(self, task: str, *, conversation_id: str | None = None, benchmark: bool = False) -> Bundle:
        """The past work for `task`. Nothing of the same conversation but its corrections: its turns are there already.

        benchmark: also hide what is sealed.
        """
        mode = self.mode
        if mode == "off" or not task.strip():
            return Bundle(mode=mode, task_hash=task_hash(task))
        vector = await self._embed(task) if mode == "hybrid" else None
        hidden = frozenset(self._sealed()) if benchmark else frozenset[str]()
        judged = await asyncio.to_thread(self._find, task, vector, conversation_id, hidden)
        return self._assemble(task, judged, "lexical" if vector is None else "hybrid")

    async def _embed(self, task: str) -> Vectors | None:
        try:
            async with asyncio.timeout(EMBED_SECONDS):
                vectors = await self._embedder.embed([task])
        except (ChildDied, ModelUnavailable, TimeoutError):
            return None
        return np.asarray(vectors[0], dtype=np.float32)

    def _find(
        self, task: str, vector: Vectors | None, conversation_id: str | None, hidden: Collection[str]
    ) -> list[Judged]:
        """The best `top` pieces that may be shown, in fused order; the database has the last word on each."""
        candidates = self._hybrid.search(task, vector, self._config.top + SLACK)
        exemplars = self._database.exemplars.get([candidate.row for candidate in candidates]) if candidates else {}
        unwanted = self._already_said(exemplars.values(), conversation_id)
        found: list[Judged] = []
        for candidate in candidates:
            exemplar = exemplars.get(candidate.row)
            if exemplar is None or exemplar.trace_id in hidden or exemplar.trace_id in unwanted:
                continue
            piece = judge(task, exemplar, candidate)
            if piece.loose:
                found.append(piece)
            if len(found) == self._config.top:
                break
        return found

    def _already_said(self, exemplars: Iterable[Exemplar], conversation_id: str | None) -> set[str]:
        """Trace ids of answers that stand in this conversation as they are; a correction stands nowhere yet."""
        if conversation_id is None:
            return set()
        answers = {exemplar.trace_id: exemplar.answer for exemplar in exemplars}
        conversations = self._database.exemplars.conversations(list(answers)) if answers else {}
        ours = [trace_id for trace_id, found in conversations.items() if found == conversation_id]
        return {trace_id for trace_id in ours if self._said(trace_id, answers[trace_id])}

    def _said(self, trace_id: str, answer: str) -> bool:
        try:
            return self._database.traces.get(trace_id).response == answer
        except NotFound:  # deleted a moment ago
            return True

    def _assemble(self, task: str, judged: list[Judged], mode: Literal["hybrid", "lexical"]) -> Bundle:
        admitted = distinct(sorted((piece for piece in judged if piece.strict), key=lambda piece: -piece.relevance))
        accepted = [piece.exemplar for piece in admitted if piece.exemplar.kind == "accepted"]
        partial = [piece.exemplar for piece in admitted if piece.exemplar.kind == "partial"]
        exemplars, warnings = accepted[: self._config.exemplars], partial[: self._config.warnings]
        shown = {exemplar.row for exemplar in (*exemplars, *warnings)}
        return Bundle(
            exemplars=tuple(exemplars),
            warnings=tuple(warnings),
            checks=checks.steps((exemplar.answer for exemplar in (*exemplars, *warnings)), MAX_CHECKS),
            retrieved=[
                Retrieved(
                    trace_id=piece.exemplar.trace_id,
                    kind=piece.exemplar.kind,
                    distance=piece.candidate.distance,
                    score=piece.candidate.score,
                    injected=piece.exemplar.row in shown,
                )
                for piece in judged
            ],
            mode=mode,
            task_hash=task_hash(task),
        )

    def _use(self, index: VectorIndex) -> None:
        self._hybrid.nearest = index


def judge(task: str, exemplar: Exemplar, candidate: Candidate) -> Judged:
    """Hold one exemplar against both thresholds."""
    likeness = compare(task, exemplar.task, exemplar.answer, candidate.distance)
    value, scale = relevance(likeness), scale_of(likeness)
    return Judged(
        exemplar=exemplar,
        candidate=candidate,
        relevance=value,
        strict=value >= scale.strict,
        loose=value >= scale.loose,
    )


def distinct(pieces: list[Judged]) -> list[Judged]:
    """One piece per task and kind: the newest answer to the same question stands for all."""
    newest: dict[tuple[str, str], Judged] = {}
    for piece in pieces:
        key = (" ".join(piece.exemplar.task.casefold().split()), piece.exemplar.kind)
        if key not in newest or piece.exemplar.row > newest[key].exemplar.row:
            newest[key] = piece
    return list(newest.values())
