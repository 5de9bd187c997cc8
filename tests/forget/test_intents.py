"""What is begun stands on the disk before anything of it goes, and is gone once its receipt stands."""

from __future__ import annotations

import pytest

from core.database import Database
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.records import Target
from core.paths import Home
from tests.evidence.making import files
from tests.forget.making import NOW, everything

NEWER = b'{"id":"forget_1","kind":"trace","at":"2026-05-01T02:00:00Z","of_a_newer_version":true'


def test_the_intent_stands_before_anything_goes(home: Home, database: Database) -> None:
    everything(home, database)
    logs, seen = files(home.logs), dict[str, list[str]]()

    def progress(about: str, done: int, of: int) -> None:
        if about not in seen:
            seen[about] = [one.id for one in Intents(home).pending()]
            if seen[about] and len([name for name, ids in seen.items() if ids]) == 1:
                assert files(home.logs) == logs and database.imports.known(["t1"]) == {"t1"}

    receipt = Forgetting(home, database, progress=progress).forget(Target(kind="trace", value="t1"), now=NOW)
    assert seen.pop("looking for it") == []
    assert set(map(tuple, seen.values())) == {(receipt.id,)}
    assert Intents(home).pending() == []
    assert [one.id for one in Intents(home).receipts()] == [receipt.id]


@pytest.mark.parametrize("what", [NEWER, NEWER + b"}", b"", b"\xff\0"])
def test_one_that_cannot_be_read_is_kept_aside(home: Home, database: Database, what: bytes) -> None:
    everything(home, database)
    begun = home.receipts / "forget/.pending/forget_1.json"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(what)
    forgetting = Forgetting(home, database)
    forgetting.plan(Target(kind="trace", value="t1"), now=NOW)
    assert begun.read_bytes() == what and Intents(home).wait() and Intents(home).unreadable() == []
    assert forgetting.finish(now=NOW) == []
    (kept,) = Intents(home).unreadable()
    assert (kept.name, kept.read_bytes()) == ("forget_1.unreadable", what) and not Intents(home).wait()
    forgetting.forget(Target(kind="trace", value="t1"), now=NOW)
    assert Intents(home).unreadable() == [kept]
