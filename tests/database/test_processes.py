"""Several processes write at once: every acknowledged write is there, and the cursor has no gap."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.database import Database, HomeLock
from core.errors import DatabaseError
from core.paths import Home
from tests.database.making import thumb, trace

WRITER = """
import sys
from core.database import Database
from core.paths import home
from tests.database.making import opened, thumb, trace
name, many = sys.argv[1], int(sys.argv[2])
with Database.open(home()) as database:
    for n in range(many):
        key = f"{name}-{n}"
        database.traces.begin(opened(key))
        database.traces.append(key, "some")
        database.traces.finish(trace(key))
        database.feedback.add(thumb(key, key, n % 3 != 0))
    print(many, flush=True)
"""
HOLDER = """
import sys
from core.database import HomeLock
from core.paths import home
lock = HomeLock(home().lock("server"))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_processes_writing_at_once_lose_nothing(home: Home) -> None:
    """They also race to create the file: one of them makes the schema, the others find it."""
    names, many = ["p", "q", "r", "s"], 25
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, name, str(many)], stdout=subprocess.PIPE) for name in names
    ]
    written = [child.communicate(timeout=100)[0].decode().strip() for child in children]
    assert written == [str(many)] * len(names)
    with Database.open(home) as database:
        assert database.integrity_check() == []
        counts = database.counts()
        assert (counts.traces, counts.feedback) == (many * len(names), many * len(names))
        assert (counts.accepted, counts.rejected) == (16 * len(names), 9 * len(names))
        changes = database.changes_since(0)
        assert [c.seq for c in changes] == list(range(1, 2 * many * len(names) + 1))
        assert {e.trace_id for e in database.exemplars.all()} == {
            f"{name}-{n}" for name in names for n in range(many) if n % 3 != 0
        }


def test_threads_share_one_database(database: Database) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for n in range(20):
                database.traces.add(trace(f"{name}-{n}"))
                database.feedback.add(thumb(f"{name}-{n}", f"{name}-{n}", True))
        except BaseException as error:  # noqa: BLE001 - a thread has nobody else to tell
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert database.counts().accepted == 80
    assert len(database._connections._all) == 1, "the connections of ended threads are gone"
    assert database.integrity_check() == []


def test_a_reader_sees_a_whole_state_while_another_writes(home: Home, database: Database) -> None:
    with Database.open(home) as reader, database.transaction():
        database.traces.add(trace("a"))
        assert reader.traces.list() == []
    with Database.open(home) as reader:
        assert len(reader.traces.list()) == 1


def test_a_closed_database_says_so(home: Home) -> None:
    database = Database.open(home)
    database.close()
    with pytest.raises(DatabaseError, match="closed"):
        database.traces.list()


def test_closing_under_load_loses_nothing_acknowledged(home: Home) -> None:
    database = Database.open(home)
    acknowledged: set[str] = set()
    endings: list[str] = []

    def write(name: str) -> None:
        try:
            for number in itertools.count():
                database.traces.add(trace(f"{name}-{number}"))
                acknowledged.add(f"{name}-{number}")
        except DatabaseError as error:
            endings.append(error.message)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 10:
        time.sleep(0.01)
    database.close()
    for thread in threads:
        thread.join()
    assert endings == ["The database is closed."] * 3
    with Database.open(home) as again:
        assert {t.id for t in again.traces.list(limit=10**6)} == acknowledged


def test_one_holder_a_lock_and_it_dies_with_its_holder(home: Home) -> None:
    mine = HomeLock(home.lock("server"))
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"True\n"
        assert not mine.acquire()
        assert mine.holder() == child.pid
        child.kill()
        child.wait()
        assert mine.acquire(timeout_s=5)
    assert mine.held
    other = HomeLock(home.lock("server"))
    assert not other.acquire(timeout_s=0.05)
    mine.release()
    with other:
        assert other.held
    assert not other.held
    assert Path(mine.path).exists()
