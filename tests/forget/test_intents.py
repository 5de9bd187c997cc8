"""What is begun stands on the disk before anything of it goes, and is gone once its receipt stands."""

from __future__ import annotations

from core.database import Database
from core.forget.forget import Forgetting
from core.forget.intents import Intents
from core.forget.records import Target
from core.paths import Home
from tests.evidence.making import files
from tests.forget.making import NOW, everything


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
