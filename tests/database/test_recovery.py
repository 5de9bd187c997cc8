"""What a dead process left open is finished as interrupted, with what was said; the living are left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.database import Database, Owner
from core.database.owner import is_dead, this_process
from core.paths import Home
from tests.database.making import opened, trace

CHILD = """
import os, sys
from core.database import Database
from core.paths import home
from tests.database.making import opened
database = Database.open(home())
database.traces.begin(opened("left", "Who was that?"))
for word in ("half ", "an ", "answer"):
    database.traces.append("left", word)
print("ready", flush=True)
sys.stdin.read()
os._exit(9)
"""


def test_open_traces_of_a_dead_process_are_finished_with_what_was_said(home: Home, database: Database) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline() == b"ready\n"
        assert database.traces.recover() == 0, "it is alive, and still speaking"
        child.stdin.close()
        child.wait()
    assert database.traces.recover() == 1
    left = database.traces.get("left")
    assert (left.response, left.finish_reason) == ("half an answer", "interrupted")
    assert [t.id for t in database.traces.search("half answer")] == ["left"]
    assert database.changes_since(0)[-1].kind == "trace"
    assert database.traces.recover() == 0
    assert database.integrity_check() == []


def test_this_process_is_alive_and_another_with_its_pid_is_not() -> None:
    me = this_process()
    assert me.pid == os.getpid()
    assert not is_dead(me)
    assert is_dead(Owner(me.pid, me.started - 3600)), "a pid that is used again"


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    identity = None
    while identity is None or not is_dead(identity):  # nobody waits for it: it stays a zombie
        import psutil

        identity = Owner(child.pid, psutil.Process(child.pid).create_time())
    child.wait()
    assert is_dead(identity)


def test_two_that_recover_at_once_finish_it_once(home: Home, database: Database) -> None:
    database.traces.begin(opened("a"))
    with Database.open(home) as other:
        assert other.traces.recover(lambda owner: True) == 1
        assert database.traces.recover(lambda owner: True) == 0
        assert database.traces._interrupt("a") == 0


def test_a_trace_that_was_finished_is_not_recovered(database: Database) -> None:
    database.traces.begin(opened("a"))
    database.traces.append("a", "partial")
    database.traces.finish(trace("a", answer="whole"))
    assert database.traces.recover(lambda owner: pytest.fail("nothing is open")) == 0
    assert database._connections.value("SELECT count(*) FROM trace_chunks") == 0
