"""Beside a real server: what is forgotten leaves its index, and what was interrupted is finished at its start."""

from __future__ import annotations

import time

import pytest

from core.database import Database
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.records import Target
from core.paths import Home
from core.replay.saved_index import rows_on_disk
from tests.forget import making
from tests.forget.dying import killer
from tests.forget.making import NOW, TEXTS, standing
from tests.running import running

pytestmark = pytest.mark.slow


def test_it_leaves_the_index_of_a_running_server(home: Home) -> None:
    with Database.open(home) as database:
        making.the_secret(database)
        making.others(database)
        (of_it,) = [one.row for one in database.exemplars.of_traces(["t1"]).values()]
        with running(home.root) as server:
            server.wait_until_hybrid()
            assert of_it in rows_on_disk(home.index)
            receipt = Forgetting(home, database).forget(Target(kind="trace", value="t1"), now=NOW)
            assert receipt.state == "gone everywhere" and of_it not in rows_on_disk(home.index)
            assert standing(home) == set()
        assert standing(home) == set() and len(rows_on_disk(home.index)) == 8


def test_a_server_finishes_what_was_interrupted(home: Home) -> None:
    with Database.open(home) as database:
        making.everything(home, database)
    with killer() as program:
        assert not program.forget(home.root, "trace", "t1", 30)
    assert Intents(home).pending() != []
    with running(home.root):
        deadline = time.monotonic() + 60
        while Intents(home).pending():
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert not any(TEXTS[0].encode() in path.read_bytes() for path in home.datasets.rglob("*.jsonl"))
    with Database.open(home) as database:
        assert database.traces.is_deleted("t1")
