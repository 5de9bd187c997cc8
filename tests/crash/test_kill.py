"""kill -9 at random moments under load: nothing acknowledged is lost (must-show 7, the database's part)."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading

import pytest

from core.database import Database
from core.paths import Home
from tests.crash.workload import Ledger


def killed_writer(seed: int, number: int, ledger: Ledger, after_s: float) -> None:
    """Runs the writer, kills it `after_s` seconds after its first acknowledgement, hears all that it had said."""
    argv = [sys.executable, "-m", "tests.crash.writer", str(seed), str(number)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        clock: threading.Timer | None = None
        for line in child.stdout:
            if not line.endswith(b"\n"):
                break
            ledger.hear(json.loads(line))
            if clock is None:
                clock = threading.Timer(after_s, child.kill)
                clock.start()
        assert child.wait() == -signal.SIGKILL, "it wrote until it was killed"


def kill_many(home: Home, times: int, seed: int) -> Ledger:
    """The same home each time: what the first kill left behind must survive the last."""
    chance, ledger = random.Random(seed), Ledger()
    for number in range(times):
        ledger.doing.clear()
        killed_writer(seed + number, number, ledger, chance.uniform(0.02, 0.8))
        with Database.open(home) as database:
            ledger.hold_against(database)
            database.traces.recover()
            ledger.hold_recovered(database)
            settle(ledger, database)
    return ledger


def settle(ledger: Ledger, database: Database) -> None:
    """What was on its way at the kill has by now happened or not: the ledger takes over what is found."""
    for note in ledger.doing.values():
        if note["op"] == "delete" and not any(t.id == note["trace_id"] for t in database.traces.list(limit=10**6)):
            ledger.deleted.add(note["trace_id"])
    ledger.begun.clear()
    for trace in database.traces.list(limit=10**6):
        ledger.finished[trace.id] = trace


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_killed_8_times(home: Home) -> None:
    assert kill_many(home, 8, seed=7).acknowledged > 100


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_when_killed_50_times(home: Home) -> None:
    assert kill_many(home, 50, seed=70).acknowledged > 1000
