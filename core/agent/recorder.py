"""Writes traces while they are made: begun, appended to, finished, in order, on one thread of its own.

An answer is worth more than its record: where the database cannot be written, the person still gets the answer, and
is told that it was not kept. Nothing here ever says that something was recorded which was not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec

from core.database import Database
from core.errors import DatabaseError
from core.records import Trace

APPEND_EVERY_S = 0.25
"""A process that is killed loses at most what was said in this time."""


class Recorder:
    """The one writer of a desk's traces."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="traces")

    def recording(self, trace: Trace) -> Recording:
        """Starts to write `trace` unless it is not to be stored. To be called in the event loop."""
        return Recording(self, trace)

    def submit(self, write: Callable[[], None]) -> asyncio.Future[None]:
        """Queue one write; it runs after those queued before."""
        return asyncio.get_running_loop().run_in_executor(self._writer, write)

    def close(self) -> None:
        """Waits for what is queued."""
        self._writer.shutdown(wait=True)


class Recording:
    """One trace being written."""

    def __init__(self, recorder: Recorder, trace: Trace) -> None:
        self._recorder = recorder
        self._trace = trace
        self._begun = False
        self._unsaid = ""
        self._last = asyncio.get_running_loop().time()
        self._beginning = recorder.submit(self._begin) if trace.stored else None
        self._appending: asyncio.Future[None] | None = None

    async def begun(self) -> None:
        """Returns when the trace stands in the database, or cannot: `finish` tells which."""
        if self._beginning is None:
            return
        if self._beginning.done():
            self._beginning.result()  # a bug in the writing must not pass in silence
        else:
            await asyncio.shield(self._beginning)

    def said(self, text: str) -> None:
        """A piece of the answer; written about every quarter second."""
        self._unsaid += text
        now = asyncio.get_running_loop().time()
        idle = self._appending is None or self._appending.done()
        if self._trace.stored and idle and self._unsaid and now - self._last >= APPEND_EVERY_S:
            piece, self._unsaid, self._last = self._unsaid, "", now
            self._appending = self._recorder.submit(lambda: self._append(piece))

    async def finish(self, trace: Trace) -> tuple[Trace, str | None]:
        """The trace as it was recorded, and why it was not. Durable when it returns without a reason.

        A cancellation of the caller does not stop the writing.
        """
        if not trace.stored:
            return trace, None
        problems: list[str] = []
        await asyncio.shield(self._recorder.submit(lambda: self._finish(trace, problems)))
        return (msgspec.structs.replace(trace, stored=False), problems[0]) if problems else (trace, None)

    # -- on the writer's thread -----------------------------------------------------------------------

    def _begin(self) -> None:
        with suppress(DatabaseError):  # `_finish` tries again with the whole trace, and tells
            self._recorder.database.traces.begin(self._trace)
            self._begun = True

    def _append(self, piece: str) -> None:
        if self._begun:
            with suppress(DatabaseError):  # only a crash would need this piece; `_finish` writes the whole answer
                self._recorder.database.traces.append(self._trace.id, piece)

    def _finish(self, trace: Trace, problems: list[str]) -> None:
        try:
            self._recorder.database.traces.finish(trace)  # whether it was begun or not
        except DatabaseError as error:
            problems.append(str(error))
