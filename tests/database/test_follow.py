"""The follower: what any thread or process did is told once, in order, soon; nothing is done while nothing changes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.database import Change, Database
from core.database.follow import PAGE, Follower
from core.errors import DatabaseError
from core.paths import Home
from tests.database.making import opened, thumb, trace

SOON_S = 10.0


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[Change], int]] = []
        self.threads: set[str] = set()

    def __call__(self, changes: list[Change], answering: int) -> None:
        self.calls.append((changes, answering))
        self.threads.add(threading.current_thread().name)

    @property
    def changes(self) -> list[Change]:
        return [change for changes, _ in self.calls for change in changes]

    @property
    def ids(self) -> list[str | None]:
        return [change.trace_id for change in self.changes]

    @property
    def answering(self) -> list[int]:
        return [count for _, count in self.calls]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < deadline, "it was never told"
        time.sleep(0.005)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def follower(database: Database, heard: Heard) -> Iterator[Follower]:
    follower = Follower(database, heard, 0.01)
    yield follower
    follower.stop()


def test_it_tells_what_happens_from_the_start_on(database: Database, heard: Heard, follower: Follower) -> None:
    database.traces.add(trace("before"))
    follower.start()
    database.traces.add(trace("a"))
    database.feedback.add(thumb("f", "a", True))
    until(lambda: len(heard.changes) == 2)
    assert [(c.kind, c.trace_id) for c in heard.changes] == [("trace", "a"), ("feedback", "a")]
    assert heard.threads == {"database follower"}


def test_what_another_process_does_is_told(home: Home, database: Database, heard: Heard, follower: Follower) -> None:
    follower.start()
    script = (
        "import sys; from pathlib import Path; from core.database import Database; from core.paths import Home\n"
        "from tests.database.making import trace\n"
        "with Database.open(Home(Path(sys.argv[1]))) as database: database.traces.add(trace('theirs'))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(home.root)], cwd=Path(__file__).parents[2], check=True)
    until(lambda: heard.ids == ["theirs"])


def test_more_than_a_page_is_told_whole_and_in_order(database: Database, heard: Heard, follower: Follower) -> None:
    follower.start()
    ids = [f"t{number}" for number in range(PAGE * 2)]
    with database.transaction():
        for trace_id in ids:
            database.traces.add(trace(trace_id))
    until(lambda: len(heard.changes) >= len(ids))
    assert heard.ids == ids


def test_answers_being_made_are_counted(database: Database, heard: Heard, follower: Follower) -> None:
    follower.start()
    database.traces.begin(opened("a"))
    until(lambda: heard.answering[-1:] == [1])
    database.traces.begin(opened("b"))
    until(lambda: heard.answering[-1:] == [2])
    database.traces.append("b", "more")
    for trace_id in ("a", "b"):
        database.traces.finish(trace(trace_id))
    until(lambda: heard.answering[-1:] == [0])
    assert heard.ids == ["a", "b"]
    assert [count for changes, count in heard.calls if not changes] == heard.answering[:2], "a piece is no news"


def test_an_answer_of_a_process_that_was_killed_is_not_being_made(
    home: Home, database: Database, heard: Heard, follower: Follower
) -> None:
    follower.start()
    script = (
        "import sys; from pathlib import Path; from core.database import Database; from core.paths import Home\n"
        "from tests.database.making import opened\n"
        "Database.open(Home(Path(sys.argv[1]))).traces.begin(opened('theirs'))\n"
        "print(flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home.root)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        try:
            until(lambda: heard.answering == [1])
            assert database.traces.answering() == 1
        finally:
            child.kill()
    until(lambda: heard.answering == [1, 0])
    assert database.traces.answering() == 0
    assert database.counts().traces == 0, "nobody wrote: it was asked after"


def test_nothing_is_read_while_nothing_changes(database: Database, heard: Heard, follower: Follower) -> None:
    database.traces.add(trace("a"))
    counts = 0
    real = database.traces.answering

    def counted() -> int:
        nonlocal counts
        counts += 1
        return real()

    database.traces.answering = counted  # type: ignore[method-assign]
    follower.start()
    time.sleep(0.3)
    assert (counts, heard.calls) == (1, []), "one look at the start, then only the version is asked"
    database.traces.add(trace("b"))
    until(lambda: heard.ids == ["b"])
    assert counts == 2


def test_stopped_it_tells_nothing_more(database: Database, heard: Heard, follower: Follower) -> None:
    follower.start()
    follower.stop()
    follower.stop()
    database.traces.add(trace("a"))
    time.sleep(0.1)
    assert heard.calls == []
    assert "database follower" not in {thread.name for thread in threading.enumerate()}


def test_a_listener_may_stop_it(database: Database) -> None:
    told: list[int] = []

    def stop(changes: list[Change], answering: int) -> None:
        told.append(len(changes))
        follower.stop()

    follower = Follower(database, stop, 0.01)
    follower.start()
    with database.transaction():
        for number in range(PAGE + 1):
            database.traces.add(trace(f"t{number}"))
    until(lambda: "database follower" not in {thread.name for thread in threading.enumerate()})
    assert told == [PAGE]


def test_it_ends_with_the_database(database: Database, heard: Heard, follower: Follower) -> None:
    follower.start()
    database.close()
    until(lambda: "database follower" not in {thread.name for thread in threading.enumerate()})
    assert heard.calls == []


def test_trouble_is_told_once_and_it_goes_on(database: Database, heard: Heard) -> None:
    problems: list[DatabaseError] = []
    follower = Follower(database, heard, 0.01, on_problem=problems.append)
    follower.start()
    real = database.changes_since
    broken = threading.Event()

    def refused(cursor: int, limit: int = 1000) -> list[Change]:
        if not broken.is_set():
            raise DatabaseError("The disk refused a read.")
        return real(cursor, limit)

    database.changes_since = refused  # type: ignore[method-assign]
    database.traces.add(trace("a"))
    until(lambda: len(problems) == 1)
    time.sleep(0.1)
    assert len(problems) == 1
    broken.set()
    until(lambda: heard.ids == ["a"])
    follower.stop()


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be taken away elsewhere")
@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_taken_away_is_told_once(home: Home, database: Database, heard: Heard, replaced: bool) -> None:
    problems: list[DatabaseError] = []
    follower = Follower(database, heard, 0.01, on_problem=problems.append)
    follower.start()
    time.sleep(0.05)
    assert problems == []
    home.database.rename(home.database.with_name("elsewhere"))
    if replaced:
        home.database.touch()
    until(lambda: len(problems) == 1)
    time.sleep(0.1)
    follower.stop()
    assert [(error.code, "deleted or replaced" in str(error)) for error in problems] == [("database_error", True)]
    assert "backups folder" in problems[0].hint
