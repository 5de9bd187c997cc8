"""Tells one listener, soon after, what any process did to this database; costs next to nothing while nobody does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.database.changes import Change
from core.database.database import Database
from core.errors import DatabaseError

OnChange = Callable[[list[Change], int], None]
OnProblem = Callable[[DatabaseError], None]
PAGE = 1000
RECOUNT_S = 2.0
"""While answers are being made: a process that dies writes nothing, so it must be asked after."""
STOP_WAIT_S = 5.0


class Follower:
    """One daemon thread. `on_change(changes, answering)` is called in it: the changes in order, each once, and how many
    answers are being made now. A listener that raises ends the thread, loudly: that is a bug.

    on_problem: told once for each spell in which the database cannot be read, or its file is gone or another one; the
    thread goes on trying.
    """

    def __init__(
        self,
        database: Database,
        on_change: OnChange,
        every_s: float = 0.25,
        *,
        on_problem: OnProblem | None = None,
    ) -> None:
        self._database = database
        self._on_change = on_change
        self._on_problem = on_problem
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="database follower", daemon=True)
        self._cursor = 0
        self._answering = 0

    def start(self) -> None:
        """What happens from now on is told. What happened before is for the caller to read."""
        self._cursor = self._database.last_change()
        self._thread.start()

    def stop(self) -> None:
        """Returns once the thread has ended; nothing is told afterwards. May be called more than once."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(STOP_WAIT_S)

    def _follow(self) -> None:
        seen, waited, troubled = -1, 0.0, False
        while not self._stop.is_set() and not self._database.closed:
            try:
                self._database.check_file()
                # Changes with every commit of another connection; this one never writes.
                version = self._database.version()
                if version != seen or (self._answering and waited >= RECOUNT_S):
                    self._look()
                    seen, waited = version, 0.0
                troubled = False
            except DatabaseError as error:
                if not troubled and self._on_problem is not None and not self._database.closed:
                    self._on_problem(error)
                troubled = True
            waited += self._every_s
            self._stop.wait(self._every_s)

    def _look(self) -> None:
        answering = self._database.traces.answering()
        changes = self._database.changes_since(self._cursor, PAGE)
        while changes or answering != self._answering:
            if self._stop.is_set():
                return
            self._answering = answering
            if changes:
                self._cursor = changes[-1].seq
            self._on_change(changes, answering)
            changes = self._database.changes_since(self._cursor, PAGE) if len(changes) == PAGE else []
