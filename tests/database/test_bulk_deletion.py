"""Deleting many: in batches, with one cleaning at the end, an honest count, and nothing left in any byte."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from bench.filling import fill
from core.database import Database
from core.database import deletion as deleting
from core.database.backup import Backups
from core.database.deletion import BATCH, DIRECTLY, UNFINISHED, delete_rows
from core.errors import NotFound
from core.paths import Home
from tests.database.making import correction, thumb, trace
from tests.database.test_deletion import SECRETS, holding, others, tell_everything


def take_backup(home: Home, database: Database) -> None:
    Backups(home.backups, delete_rows).take(database._connections.get(), version=2, stamp="2026-01-01T00:00:00.000000Z")


def many(database: Database, count: int) -> list[str]:
    with database.transaction():
        for number in range(count):
            database.traces.add(trace(f"t{number}", f"Where is item{number}?", f"North of place{number}."))
    return [f"t{number}" for number in range(count)]


@pytest.mark.parametrize("directly", [True, False], ids=["word by word", "merged at the end"])
def test_nothing_of_many_is_left_in_any_byte(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch, directly: bool
) -> None:
    others(database)
    for number in range(5):
        tell_everything(database, f"secret{number}")
    take_backup(home, database)
    monkeypatch.setattr(deleting, "DIRECTLY", 100 if directly else 0)
    assert holding(home.root, SECRETS)
    report = database.traces.delete_many([f"secret{number}" for number in range(5)])
    assert (report.asked, report.deleted, report.missing, report.cancelled) == (5, 5, 0, False)
    assert report.log_emptied and report.backups_cleaned == 1
    assert report.rows["traces"] == report.rows["exemplars"] == report.rows["reviews"] == 5
    assert report.rows["feedback"] == 10
    assert holding(home.root, SECRETS) == []
    assert database.integrity_check() == []
    assert database.counts().traces == database.counts().exemplars == 40
    secure = database._connections.value("SELECT v FROM trace_fts_config WHERE k = 'secure-delete'")
    assert secure == 1, "the next single deletion takes its words out at once"


def test_the_log_and_the_backups_are_cleaned_once(
    home: Home, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = many(database, 2 * BATCH + 1)
    take_backup(home, database)
    calls: list[str] = []
    forget, scrub = Backups.forget, deleting.Deletion.scrub
    monkeypatch.setattr(Backups, "forget", lambda self, gone: calls.append("backups") or forget(self, gone))
    monkeypatch.setattr(deleting.Deletion, "scrub", lambda self: calls.append("log") or scrub(self))
    told: list[tuple[int, int]] = []
    report = database.traces.delete_many(ids, progress=lambda done, total: told.append((done, total)))
    assert calls == ["backups", "log"]
    assert told == [(BATCH, len(ids)), (2 * BATCH, len(ids)), (len(ids), len(ids))]
    assert report.deleted == len(ids)
    assert database.counts().traces == 0


def test_cancelled_between_batches_it_says_what_was_done(home: Home, database: Database) -> None:
    ids = many(database, 3 * BATCH)
    take_backup(home, database)
    done: list[int] = []
    report = database.traces.delete_many(ids, progress=lambda n, _: done.append(n), cancelled=lambda: bool(done))
    assert (report.asked, report.deleted, report.missing, report.cancelled) == (3 * BATCH, BATCH, 0, True)
    assert report.backups_cleaned == 1, "what is gone is gone everywhere, cancelled or not"
    assert database.counts().traces == 2 * BATCH
    assert database.traces.get(ids[BATCH]).id == ids[BATCH]
    assert database.integrity_check() == []
    nothing = database.traces.delete_many(ids, cancelled=lambda: True)
    assert (nothing.deleted, nothing.missing, nothing.cancelled) == (0, 0, True)


def test_unknown_and_repeated_ids_are_counted(database: Database) -> None:
    many(database, 3)
    report = database.traces.delete_many(["t0", "no such", "t0", "t1"])
    assert (report.asked, report.deleted, report.missing) == (3, 2, 1)
    assert database.traces.delete_many([]).asked == 0
    assert [change.trace_id for change in database.changes_since(0) if change.kind == "delete"] == ["t0", "t1"]
    for trace_id in ("t0", "t1"):
        with pytest.raises(apsw.ConstraintError, match="was deleted"):
            database.traces.add(trace(trace_id))


def test_followers_hear_which_exemplar_went(database: Database) -> None:
    many(database, DIRECTLY + 1)
    database.feedback.add(thumb("f", "t7", True))
    database.feedback.add(correction("g", "t8", "Better."))
    rows = {one.trace_id: one.row for one in database.exemplars.all()}
    database.traces.delete_all()
    heard = {change.trace_id: change.row for change in database.changes_since(0) if change.kind == "delete"}
    assert {trace_id: row for trace_id, row in heard.items() if row is not None} == rows
    assert len(heard) == DIRECTLY + 1


def test_a_range_of_time(database: Database) -> None:
    for number, day in enumerate(("20", "21", "21", "22")):
        database.traces.add(trace(f"t{number}", created_at=f"2026-11-{day}T00:00:00.000000Z", origin="user"))
    database.traces.add(trace("exam", created_at="2026-11-21T12:00:00.000000Z", origin="benchmark"))
    start, end = "2026-11-21T00:00:00.000000Z", "2026-11-22T00:00:00.000000Z"
    assert database.traces.ids_between(start, end) == ["t1", "t2", "exam"]
    assert database.traces.ids_between(end, start) == []


class TestDrafts:
    """What the person was writing goes with the conversation that it was written in."""

    def kept(self, database: Database) -> list[str]:
        return [name for (name,) in database._connections.rows("SELECT name FROM app_state ORDER BY name")]

    def fill(self, database: Database) -> None:
        database.traces.add(trace("t1", conversation_id="c"))
        database.traces.add(trace("t2", conversation_id="d"))
        for name in ("draft:c", "draft:c:edit", "draft:t1:correction", "draft:d", "draft:cc", "draft:new", "window:c"):
            database.state.set(name, "xq1question")

    def test_of_a_conversation(self, home: Home, database: Database) -> None:
        self.fill(database)
        report = database.conversations.delete("c")
        assert report.rows["drafts"] == 3
        assert self.kept(database) == ["draft:cc", "draft:d", "draft:new", "window:c"]

    def test_of_one_trace_in_it(self, database: Database) -> None:
        self.fill(database)
        database.traces.delete("t1")
        assert self.kept(database) == ["draft:cc", "draft:d", "draft:new", "window:c"]

    def test_of_all(self, database: Database) -> None:
        self.fill(database)
        database.traces.delete_all()
        assert self.kept(database) == ["window:c"]

    def test_they_leave_no_bytes_and_are_in_no_backup(self, home: Home, database: Database) -> None:
        database.traces.add(trace("t1", conversation_id="c"))
        database.state.set("draft:c", "xq1question " * 1000)
        database.state.set("draft:c", "wv2answer")
        take_backup(home, database)
        assert [found for found in holding(home.root, SECRETS) if found.startswith("nightschool-v2")] == []
        assert holding(home.root, SECRETS)
        database.conversations.delete("c")
        assert holding(home.root, SECRETS) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from core.database import Database
from core.paths import Home
database = Database.open(Home(Path(sys.argv[1])))
ids = [f"secret{n}" for n in range(5)] + [f"t{n}" for n in range(600)]
database.traces.delete_many(ids, progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_killed_between_two_batches_it_is_cleaned_up_by_the_next_to_open(home: Home) -> None:
    with Database.open(home) as database:
        others(database)
        for number in range(5):
            tell_everything(database, f"secret{number}")
        many(database, 600)
        take_backup(home, database)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home.root)], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert holding(home.root, SECRETS), "the test can fail: what was killed had not cleaned up"
    with Database.open(home) as database:
        assert database.counts().traces == 40 + 600 - (BATCH - 5)
        assert database._connections.rows("SELECT 1 FROM app_state WHERE name GLOB ?", (f"{UNFINISHED}*",)) == []
        assert database.integrity_check() == []
        assert holding(home.root, SECRETS) == []


def test_what_a_living_process_is_deleting_is_left_to_it(database: Database, home: Home) -> None:
    many(database, 3)
    found: list[object] = []

    def meanwhile(done: int, total: int) -> None:
        with Database.open(home) as other:
            found.extend(
                other._connections.rows("SELECT substr(name, 1, length(?1)) = ?1 FROM app_state", (UNFINISHED,))
            )

    database.traces.delete_many(["t0"], progress=meanwhile)
    assert found == [(1,)]
    assert database._connections.rows("SELECT name FROM app_state") == []


def test_others_can_write_between_the_batches(home: Home, database: Database) -> None:
    ids = many(database, 2 * BATCH)

    def meanwhile(done: int, total: int) -> None:
        with Database.open(home) as other:
            other.traces.add(trace(f"new{done}"))

    database.traces.delete_many(ids, progress=meanwhile)
    assert database.counts().traces == 2


def test_deleting_nothing_that_is_there_is_still_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        database.traces.delete("never")


@pytest.mark.slow
def test_a_large_home_is_emptied_in_seconds(home: Home) -> None:
    """10,000 here, at most 15 s on a slow machine; word by word it was minutes, and the cost grew with the square."""
    with Database.open(home) as database:
        fill(database, 10_000)
        started = time.monotonic()
        report = database.traces.delete_all()
        assert report.deleted == 10_000
        assert time.monotonic() - started < 15
        assert database.integrity_check() == []
        assert (home.root / "nightschool.db-wal").stat().st_size == 0
