"""One SQLite connection a thread, one way into a transaction, and foreign errors told in our words."""

from __future__ import annotations

import os
import shutil
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from core.errors import DatabaseError, StorageFull

BUSY_MS = 15_000
CLOSE_WAIT_S = 10.0
NEARLY_FULL = 1 << 20
CACHE_KB = 16_000
"""Of one connection, and each thread has one: a process that only looks should ask for less."""
Row = tuple[Any, ...]

PRAGMAS = f"""
PRAGMA busy_timeout = {BUSY_MS};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA recursive_triggers = ON;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
"""
# recursive_triggers: without it INSERT OR REPLACE would delete behind the append-only triggers.
# temp_store: a sort that spills must not leave text in /tmp.


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns SQLite's complaints about the environment into ours; a misuse of SQL stays a bug."""
    try:
        yield
    except apsw.FullError as error:
        raise StorageFull("There is no room left to write this down.", hint="Free some disk space.") from error
    except apsw.IOError as error:
        if _nearly_full(path):
            raise StorageFull("There is no room left to write this down.", hint="Free some disk space.") from error
        raise DatabaseError(f"The disk refused a read or a write of the database ({error}).") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise DatabaseError(
            "The database file is damaged.", hint="Put back a copy from the home's backups folder."
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise DatabaseError(f"The database was in use by another program for more than {BUSY_MS // 1000} s.") from error
    except apsw.ConnectionClosedError as error:
        raise DatabaseError("The database is closed.") from error
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise DatabaseError(
            "The database file cannot be opened for writing.", hint="Check the permissions of the home folder."
        ) from error


def _nearly_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < NEARLY_FULL
    except OSError:
        return False


def connect(path: Path, *, vfs: str | None = None, cache_kb: int = CACHE_KB) -> apsw.Connection:
    """A connection with the pragmas that every promise of this room rests on."""
    connection = apsw.Connection(str(path), vfs=vfs)
    # fetchall: apsw stops at the first row that a statement gives, and the rest would never run.
    connection.execute(f"{PRAGMAS}PRAGMA cache_size = {-cache_kb};").fetchall()
    return connection


class Connections:
    """The connections of one process to one database file: SQLite wants one a thread.

    `vfs` names a registered SQLite VFS, None for the system's.
    """

    def __init__(self, path: Path, *, vfs: str | None = None, cache_kb: int = CACHE_KB) -> None:
        self.path = path
        self._vfs = vfs
        self._cache_kb = cache_kb
        self._local = threading.local()
        self._all: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False
        with told(path):
            _create_private(path)
            self.get()
        self._file = _identity(path)

    def get(self) -> apsw.Connection:
        """This thread's connection. Raises DatabaseError once closed."""
        if self._closed:
            raise DatabaseError("The database is closed.")
        connection = getattr(self._local, "connection", None)
        if connection is None:
            with told(self.path):
                connection = connect(self.path, vfs=self._vfs, cache_kb=self._cache_kb)
            self._local.connection = connection
            with self._lock:
                self._all.add(connection)
        return connection

    @property
    def closed(self) -> bool:
        return self._closed

    def check_file(self) -> None:
        """Raises DatabaseError when the file was deleted or replaced: what SQLite writes then is gone at the end."""
        if _identity(self.path) != self._file:
            raise DatabaseError(
                "The database file was deleted or replaced while Nightschool is running; nothing new is kept.",
                hint="Quit Nightschool and put it back from the backups folder, or start anew.",
            )

    def rows(self, sql: str, bindings: Any = ()) -> list[Row]:
        with told(self.path):
            return list(self.get().execute(sql, bindings))

    def row(self, sql: str, bindings: Any = ()) -> Row | None:
        """The first row, None when there is none."""
        with told(self.path):
            return next(iter(self.get().execute(sql, bindings).fetchall()), None)

    def value(self, sql: str, bindings: Any = ()) -> Any:
        """The first column of the first row, None when there is no row."""
        row = self.row(sql, bindings)
        return row[0] if row is not None else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and on disk once it returns. Nested ones are savepoints of the outermost."""
        connection = self.get()
        with told(self.path):
            if connection.in_transaction:
                with connection:
                    yield
                return
            # IMMEDIATE: a deferred one that turns into a writer fails at once instead of waiting for its turn.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Closes every thread's connection, each after the transaction that it is in; new ones are refused at once.

        The last process to close folds the log into the file. Raises DatabaseError when a thread does not let go.
        """
        self._closed = True
        with self._lock:
            waiting = list(self._all)
            deadline = time.monotonic() + CLOSE_WAIT_S
            while waiting := [connection for connection in waiting if not _closes(connection)]:
                if time.monotonic() > deadline:
                    raise DatabaseError("A part of the program is still writing to the database.")
                time.sleep(0.005)
            self._all.clear()


def _closes(connection: apsw.Connection) -> bool:
    """False while its thread is inside a statement or a transaction."""
    try:
        if connection.in_transaction:
            return False
        connection.close()
    except apsw.ThreadingViolationError:
        return False
    except apsw.ConnectionClosedError:
        pass
    return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _create_private(path: Path) -> None:
    """SQLite would create the file readable by all; -wal and -shm take their mode from it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseError(
            f"The database {path} cannot be opened: {error.strerror}.",
            hint="Check the permissions of the home folder and the space on its disk.",
        ) from error
