"""Keeps the vector index equal to the exemplars of the database: follows its changes, repairs what differs.

The database is the truth. A row is embedded when it appears and forgotten (its vector overwritten) when it is gone.
While the embedder is away, deletions are applied at once and additions wait; the saved cursor never passes an
addition that waits. What a crash or a restored backup leaves different is found at start by cursor, count and a
sample of digests, and only the difference is embedded again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core.database import Database
from core.errors import ModelUnavailable, NightschoolError
from core.process import ChildDied
from core.records import Exemplar, Record
from core.replay.embedder import Embedder
from core.replay.vector_files import IndexDamaged
from core.replay.vectors import VectorIndex

log = logging.getLogger(__name__)

SCHEMA = 1
"""Version of what is embedded: the task as `shorten` leaves it."""
BATCH = 16
"""Texts per call to the child: a question that waits behind one waits about 0.1 s."""
SAVE_AFTER = 1000
"""Logged changes before a new snapshot: bounds what a restart applies again to about 1 s at 100 k."""
SAMPLE = 256
REBUILD_FROM = 64
"""Missing rows from which the index is called incomplete, and retrieval is by words until it is whole."""
PAGE = 1000
POLL_SECONDS = 1.0


class Progress(Record, frozen=True):
    """A repair under way: `done` of `total` rows."""

    done: int
    total: int
    reason: str


class Indexer:
    """The only writer of the index. `index` is None until there is one that fits the embedder."""

    def __init__(self, database: Database, embedder: Embedder, folder: Path) -> None:
        self.index: VectorIndex | None = None
        self.progress: Progress | None = None
        self.error: str | None = None
        """Why the files of the index cannot be written, while they cannot."""
        self.on_index: Callable[[VectorIndex], None] | None = None
        self._database = database
        self._embedder = embedder
        self._folder = folder
        self._waiting: dict[int, None] = {}
        self._cursor = 0
        self._save_now = False
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    # ---- life ---------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Load what is on disk and begin to follow the database. Returns at once where nothing is on disk."""
        loaded, reason = await asyncio.to_thread(self._load)
        if loaded is not None:
            self._adopt(loaded)
            await self.catch_up()
        elif reason:
            self.progress = Progress(done=0, total=0, reason=reason)
        self._embedder.on_ready = self._wake.set
        self._worker = asyncio.create_task(self._work(), name="replay indexer")
        self._worker.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Save and stop following."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None
        async with self._lock:
            if self.index is not None and (self.index.logged or self._save_now):
                await self._save()

    @property
    def complete(self) -> bool:
        """Whether a search of the vectors sees (nearly) everything."""
        return self._fits() and self.progress is None

    # ---- following ----------------------------------------------------------------------------------

    async def catch_up(self) -> None:
        """Apply every change up to now: after it, what was accepted is found and what was refused is not."""
        async with self._lock:
            added = await self._apply_changes()
        await self._embed(added)
        await self._settle()

    async def _apply_changes(self) -> list[int]:
        """Delete what is gone; answer the rows that are new. Holds the lock."""
        if self.index is None:
            return []
        new: list[int] = []
        while changes := await asyncio.to_thread(self._database.changes_since, self._cursor, PAGE):
            rows = {change.row for change in changes if change.row is not None}
            there = await asyncio.to_thread(self._read, sorted(rows))
            for row in rows - there.keys():
                self._waiting.pop(row, None)
                self._forget(row)
            # a deleted trace leaves the disk now, a refused one with the next snapshot
            self._save_now |= any(change.kind == "delete" and change.row is not None for change in changes)
            fresh = [row for row, exemplar in there.items() if self.index.digest(row) != digest(exemplar)]
            self._waiting |= dict.fromkeys(fresh)
            new += fresh
            self._cursor = changes[-1].seq
        return new

    async def _embed(self, rows: Sequence[int]) -> None:
        """Embed these waiting rows; on a crash of the child they go on waiting."""
        for start in range(0, len(rows), BATCH):
            batch = [row for row in rows[start : start + BATCH] if row in self._waiting]
            if not (batch and self._embedder.ready and self._fits()):
                return
            texts = await asyncio.to_thread(self._read, batch)
            try:
                vectors = await self._embedder.embed([exemplar.task for exemplar in texts.values()])
            except (ChildDied, ModelUnavailable):
                return
            async with self._lock:
                # read again under the lock: a row deleted meanwhile must not come back
                still = await asyncio.to_thread(self._read, batch)
                kept = [i for i, row in enumerate(texts) if row in still]
                found = [row for row in texts if row in still]
                if self.index is not None and found:
                    digests = [digest(texts[row]) for row in found]
                    await asyncio.to_thread(self._write, self.index.add_many, found, vectors[kept], digests)
                for row in batch:
                    self._waiting.pop(row, None)

    async def _settle(self) -> None:
        """Move the saved cursor up, end a finished repair, and save when it is time."""
        async with self._lock:
            if self.index is None:
                return
            if not self._waiting:
                self._write(self.index.advance, self._cursor)
                self.progress = None
            elif self.progress is not None:
                done = self.progress.total - len(self._waiting)
                self.progress = Progress(done=done, total=self.progress.total, reason=self.progress.reason)
            if self._save_now or self.error is not None or self.index.logged >= SAVE_AFTER:
                await self._save()

    async def _work(self) -> None:
        """Follow until stopped. What a person can be told (a full disk, a busy database) is told, and tried again."""
        while True:
            try:
                await self._step()
            except NightschoolError as error:
                self.error = error.message
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    async def _step(self) -> None:
        if self._embedder.ready and not self._fits():
            await self._begin_anew()
        await self.catch_up()
        while self._waiting and self._embedder.ready and self._fits():
            newest = sorted(self._waiting, reverse=True)[:BATCH]
            await self._embed(newest)
            await self._settle()

    def _ended(self, worker: asyncio.Task[None]) -> None:
        """A bug ended the following: it must not look as if all were well."""
        if not worker.cancelled() and (bug := worker.exception()) is not None:
            self.error = f"The search index is no longer kept up: {type(bug).__name__}."
            log.error("replay indexer ended", exc_info=bug)

    # ---- repair -------------------------------------------------------------------------------------

    def _adopt(self, index: VectorIndex) -> None:
        self.index, self._cursor = index, index.cursor
        if self.on_index is not None:
            self.on_index(index)

    async def _begin_anew(self) -> None:
        """A new index for this embedder; every exemplar waits to be embedded."""
        async with self._lock:
            reason = self.progress.reason if self.progress is not None else "another embedder"
            self._waiting.clear()
            self._adopt(VectorIndex(self._folder, self._embedder.dim, self._key()))
            await self._save()
        await self._compare(reason)

    async def _compare(self, reason: str) -> None:
        """Hold every exemplar against the index: what is missing or changed waits, what is too much goes."""
        async with self._lock:
            if self.index is None:
                return
            cursor, after, seen = await asyncio.to_thread(self._database.last_change), 0, set[int]()
            while page := await asyncio.to_thread(self._database.exemplars.all, after, PAGE):
                after = page[-1].row
                seen.update(exemplar.row for exemplar in page)
                differing = [e.row for e in page if self.index.digest(e.row) != digest(e)]
                self._waiting |= dict.fromkeys(differing)
            for row in set(self.index.rows()) - seen:
                self._forget(row)
            self._cursor = cursor
            if len(self._waiting) >= REBUILD_FROM:
                self.progress = Progress(done=0, total=len(self._waiting), reason=reason)
            else:
                self.progress = None
        self._wake.set()

    async def check(self) -> bool:
        """Hold cursor, count and a sample against the database; where they differ, repair begins. True if alike."""
        reason = await asyncio.to_thread(self._difference)
        if reason is not None:
            await self._compare(reason)
        return reason is None

    def _difference(self) -> str | None:
        assert self.index is not None
        if self.index.cursor > self._database.last_change():
            return "the database is older than the index"
        count, expected = self.index.count + len(self._waiting), self._database.exemplars.count()
        if count != expected:
            return f"{count} indexed, {expected} in the database"
        rows = self.index.rows()
        sample = self._read(rows[:: max(1, len(rows) // SAMPLE)])
        if any(self.index.digest(row) != digest(exemplar) for row, exemplar in sample.items()):
            return "texts differ from those that were indexed"
        return None

    # ---- inside -------------------------------------------------------------------------------------

    def _load(self) -> tuple[VectorIndex | None, str]:
        try:
            return VectorIndex.load(self._folder), ""
        except FileNotFoundError:
            return None, "first index"
        except IndexDamaged as error:
            return None, error.message

    def _key(self) -> str:
        return f"{self._embedder.fingerprint}/{SCHEMA}"

    def _fits(self) -> bool:
        return self.index is not None and self.index.key == self._key()

    def _read(self, rows: Sequence[int]) -> dict[int, Exemplar]:
        return self._database.exemplars.get(rows) if rows else {}

    def _forget(self, row: int) -> None:
        assert self.index is not None
        self._write(partial(self.index.delete, row, forget=True))

    def _write(self, change: Callable[..., object], *args: object) -> None:
        """A change that also goes to the log. A full disk costs the log, never the change."""
        try:
            change(*args)
        except OSError as error:
            self.error, self._save_now = f"The index cannot be written: {error.strerror}.", True

    async def _save(self) -> None:
        assert self.index is not None
        try:
            await asyncio.to_thread(self.index.save)
        except OSError as error:
            self.error = f"The index cannot be written: {error.strerror}."
        else:
            self.error, self._save_now = None, False


def digest(exemplar: Exemplar) -> int:
    """64 bits of SHA-256 of the text that is embedded, signed."""
    return int.from_bytes(hashlib.sha256(exemplar.task.encode()).digest()[:8], "little", signed=True)
