"""Opens the home's database and hands out its repositories."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from functools import cache
from types import TracebackType
from typing import Self

from core.clock import Clock, now, stamp
from core.database.backup import Backups
from core.database.changes import Change, ChangeLog
from core.database.connection import CACHE_KB, Connections, told
from core.database.conversations import Conversations
from core.database.deletion import Deletion, delete_rows
from core.database.exemplars import Exemplars
from core.database.feedback import FeedbackLog, SignalLog
from core.database.forgotten import Forgotten
from core.database.history import History
from core.database.imports import Imports
from core.database.integrity import problems
from core.database.jobs import Jobs
from core.database.labelling import Labelling
from core.database.migrations import migrate
from core.database.owner import this_process
from core.database.pairs import Pairs
from core.database.reviews import Reviews
from core.database.runs import Runs
from core.database.sources import Sources
from core.database.state import AppState, Notices
from core.database.states import TraceStates
from core.database.traces import Traces
from core.database.wording import Wording
from core.errors import ConfigError, DatabaseError
from core.lock import HomeLock
from core.paths import Home
from core.records import Record


class Counts(Record, frozen=True):
    """`accepted` and `rejected` each count a corrected trace: its correction is the one, its original the other."""

    traces: int
    feedback: int
    accepted: int
    partial: int
    rejected: int
    exemplars: int


class Database:
    """One home's database. Several processes and threads may have it open; each thread gets its own connection."""

    def __init__(self, connections: Connections, backups: Backups, *, simulated: bool, clock: Clock = now) -> None:
        self._connections = connections
        self.simulated = simulated
        """True in a home created as simulated: only there do simulated traces and feedback count."""
        self._changes = ChangeLog(connections)
        self._labelling = Labelling(connections, simulated=simulated)
        owner = cache(this_process)
        self._deletion = Deletion(connections, self._changes, self._labelling, backups, owner)
        self.traces = Traces(connections, self._changes, self._labelling, self._deletion, owner)
        self.feedback = FeedbackLog(connections, self._changes, self._labelling)
        self.signals = SignalLog(connections, self._changes, self._labelling)
        self.exemplars = Exemplars(connections)
        self.runs = Runs(connections, self.traces, self.feedback, self.signals)
        self.jobs = Jobs(connections, self._changes)
        self.reviews = Reviews(connections, self._changes, self._labelling)
        self.imports = Imports(connections)
        self.sources = Sources(connections)
        self.forgotten = Forgotten(connections)
        self.pairs = Pairs(connections)
        self.states = TraceStates(connections)
        self.wording = Wording(connections, backups)
        self.conversations = Conversations(connections, self._deletion, simulated=simulated)
        self.history = History(connections, self.jobs, simulated=simulated)
        self.state = AppState(connections)
        self.notices = Notices(connections, clock)

    @classmethod
    def open(
        cls,
        home: Home,
        *,
        simulated: bool | None = None,
        clock: Clock = now,
        vfs: str | None = None,
        cache_kb: int = CACHE_KB,
    ) -> Database:
        """Creates or migrates it. Raises DatabaseError (newer, foreign, damaged, unwritable), StorageFull.

        simulated: what a new home is created as (None: not simulated); ConfigError where an existing home is the
        other kind. vfs: a registered SQLite VFS to go through. cache_kb: memory that each thread's connection may
        keep pages in.
        """
        backups = Backups(home.backups, delete_rows)
        connections = Connections(home.database, vfs=vfs, cache_kb=cache_kb)
        try:
            with told(home.database), HomeLock(home.lock("migration")):
                migrate(connections.get(), backups=backups, applied_at=stamp(clock()))
                database = cls(connections, backups, simulated=_settle_kind(connections, simulated), clock=clock)
                with suppress(DatabaseError):  # where a backup cannot be written now, the next one to open tries again
                    database._deletion.finish_unfinished()
            return database
        except BaseException:
            connections.close()
            raise

    def close(self) -> None:
        self._connections.close()

    @property
    def closed(self) -> bool:
        return self._connections.closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Several calls as one: all or nothing. Never await inside."""
        return self._connections.transaction()

    def changes_since(self, cursor: int, limit: int = 1000) -> list[Change]:
        return self._changes.since(cursor, limit)

    def last_change(self) -> int:
        """The newest sequence number, 0 when nothing ever happened."""
        return self._changes.last()

    def check_file(self) -> None:
        """Raises DatabaseError when the file is gone, or is another one, since it was opened."""
        self._connections.check_file()

    def version(self) -> int:
        """A number that is another one after somebody else (a process, or a thread of this one) wrote something."""
        return int(self._connections.value("PRAGMA data_version"))

    def counts(self) -> Counts:
        row = self._connections.row(
            "SELECT (SELECT count(*) FROM traces) - (SELECT count(*) FROM open_traces),"
            " (SELECT count(*) FROM feedback),"
            " (SELECT count(*) FROM labels WHERE verdict = 'accepted' OR correction IS NOT NULL),"
            " (SELECT count(*) FROM labels WHERE verdict = 'partially_accepted'),"
            " (SELECT count(*) FROM labels WHERE verdict = 'rejected'),"
            " (SELECT count(*) FROM exemplars)"
        )
        assert row is not None
        return Counts(**dict(zip(Counts.__struct_fields__, row, strict=True)))

    def scrub(self) -> bool:
        """Empties the write-ahead log of deleted text that a reader kept there. False while one is reading."""
        return self._deletion.scrub()

    def integrity_check(self) -> list[str]:
        """What is wrong, [] when nothing is: pages, keys, full text, and every label worked out again."""
        return problems(self._connections, self._labelling)


def _settle_kind(connections: Connections, wanted: bool | None) -> bool:
    """A home is simulated or real from its first day: what was learned in one must not leak into the other."""
    with connections.transaction():
        connections.rows(
            "INSERT INTO home_facts VALUES ('simulated', ?) ON CONFLICT DO NOTHING", ("1" if wanted else "0",)
        )
        simulated = bool(connections.value("SELECT value FROM home_facts WHERE name = 'simulated'") == "1")
    if wanted is not None and wanted != simulated:
        kind = "a simulated" if simulated else "a real"
        raise ConfigError(f"This is {kind} home and stays one.", hint="Choose another NIGHTSCHOOL_HOME.")
    return simulated
