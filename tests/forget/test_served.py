"""Beside a real server: what is forgotten leaves its index, and what was interrupted is finished at its start."""

from __future__ import annotations

import time

import pytest

from core.database import Database
from core.evidence.run import alone
from core.forget import made_files
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.made_files import Gone
from core.forget.records import Target
from core.paths import Home
from core.replay.saved_index import rows_on_disk
from tests.forget import making
from tests.forget.dying import killer
from tests.forget.making import NOW, QUESTION, TEXTS, standing
from tests.running import running

pytestmark = pytest.mark.slow


def test_it_leaves_the_index_of_a_running_server(home: Home) -> None:
    with Database.open(home) as database:
        making.the_secret(database)
        making.others(database)
        (of_it,) = [one.row for one in database.exemplars.of_traces(["t1"]).values()]
        with running(home.root) as server:
            server.wait_until_hybrid()
            deadline = time.monotonic() + 30
            while of_it not in rows_on_disk(home.index):  # it is searched before it is saved
                assert time.monotonic() < deadline
                time.sleep(0.05)
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


def test_a_deletion_over_http_leaves_what_was_made_of_it(home: Home) -> None:
    """By either name of the answer, before the server answers; twice is no error."""
    with Database.open(home) as database:
        making.the_secret(database)
        making.others(database)
        making.made(home, database)
        assert standing(home) != set()
        (evidence,) = home.evidence.glob("2*/*/*/traces.jsonl")
        ballast = home.datasets / "sft" / "train" / "ballast.jsonl"
        with ballast.open("wb") as file:
            file.truncate(400 << 20)  # looked through before the evidence: what came after the answer would be seen
        with running(home.root) as server, server.http() as http:
            http.delete("/v1/chat/completions/t1").raise_for_status()
            assert QUESTION.encode() not in evidence.read_bytes()
            ballast.unlink()
            for path in ("/v1/chat/completions/t1", "/v1/chat/completions/t1", "/v1/responses/t20"):
                assert http.delete(path).json()["deleted"]
                assert standing(home) == set()
            gone = Gone.of_traces(["t1", "t20"])
            assert sum(made_files.count(home, gone).values()) == 0
            assert sum(made_files.count(home, Gone.of_traces(["t21"])).values()) > 0


def test_a_deletion_beside_a_run_is_followed_as_soon_as_that_has_ended(home: Home) -> None:
    with Database.open(home) as database:
        making.the_secret(database)
        making.others(database)
        making.made(home, database)
    with running(home.root) as server, server.http() as http:
        with alone(home):
            assert http.delete("/v1/chat/completions/t1").json()["deleted"]
            assert standing(home) != set()
        deadline = time.monotonic() + 20
        while standing(home):
            assert time.monotonic() < deadline
            time.sleep(0.2)
