"""The index follows the database, and what a crash left different is found and repaired."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence

import numpy as np
import pytest

from core.config import ReplayConfig
from core.database import Change, Database
from core.errors import DatabaseError
from core.paths import Home
from core.records import Exemplar
from core.replay import indexer
from core.replay.embedder import Embedder
from core.replay.indexer import Indexer, digest
from core.replay.replay import Replay
from core.replay.vectors import VectorIndex, Vectors
from tests.replay.conftest import Person, until


async def run(database: Database, embedder: Embedder, home: Home) -> Replay:
    replay = Replay(database, embedder, ReplayConfig(), home)
    await replay.start()
    await until(lambda: replay.mode == "hybrid" and replay.status().indexed == database.exemplars.count())
    return replay


async def test_a_restart_embeds_nothing_again(
    database: Database, embedder: Embedder, home: Home, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        person.accepts(f"What is the height of tower {number}?", f"{number} m")
    await (await run(database, embedder, home)).stop()

    async def never(texts: object) -> None:
        raise AssertionError("embedded again")

    monkeypatch.setattr(embedder, "embed", never)
    again = Replay(database, embedder, ReplayConfig(), home)
    await again.start()
    assert (again.status().indexed, again.status().expected, again.mode) == (5, 5, "hybrid")
    await again.stop()


async def test_what_happened_while_it_was_away_is_applied(
    database: Database, embedder: Embedder, home: Home, person: Person
) -> None:
    gone = person.accepts("What is the height of the north tower?", "5 m")
    await (await run(database, embedder, home)).stop()
    person.says(gone, False)
    new = person.accepts("Who painted the south gate?", "Tolrin.")
    again = await run(database, embedder, home)
    assert not (await again.bundle("What is the height of the north tower?")).retrieved
    assert (await again.bundle("Who painted the south gate?")).exemplars[0].trace_id == new
    await again.stop()


@pytest.mark.parametrize("damage", ["deleted", "flipped", "half"])
async def test_a_damaged_index_is_made_anew(
    database: Database, embedder: Embedder, home: Home, person: Person, damage: str
) -> None:
    trace = person.accepts("What is the height of the north tower?", "5 m")
    await (await run(database, embedder, home)).stop()
    if damage == "deleted":
        shutil.rmtree(home.index)
    else:
        graph = next(home.index.glob("*.graph"))
        data = bytearray(graph.read_bytes())
        data[len(data) // 2] ^= 1
        graph.write_bytes(data if damage == "flipped" else data[: len(data) // 2])
    again = await run(database, embedder, home)
    assert (await again.bundle("How high is the north tower?")).exemplars[0].trace_id == trace
    await again.stop()


async def test_a_count_that_differs_is_repaired(
    database: Database, embedder: Embedder, home: Home, person: Person
) -> None:
    for number in range(3):
        person.accepts(f"What is the height of tower {number}?", f"{number} m")
    await (await run(database, embedder, home)).stop()
    index = VectorIndex.load(home.index)
    vector = index.vectors([1])[0]
    index.delete(2)
    index.add_many([900, 901], np.stack([vector, vector]), [1, 2])
    index.save()
    again = await run(database, embedder, home)
    assert again._indexer.index is not None and sorted(again._indexer.index.rows()) == [1, 2, 3]
    assert (await again.bundle("What is the height of tower 1?")).exemplars
    await again.stop()


async def test_rows_that_a_restored_backup_reused_are_noticed(
    database: Database, embedder: Embedder, home: Home, person: Person
) -> None:
    person.accepts("What is the height of the north tower?", "5 m")
    await (await run(database, embedder, home)).stop()
    index = VectorIndex.load(home.index)
    index.add(1, index.vectors([1])[0], digest=12345)  # as if another text had been embedded for this row
    index.save()
    again = Replay(database, embedder, ReplayConfig(), home)
    await again.start()
    expected = digest(database.exemplars.get([1])[1])
    await until(lambda: again._indexer.index is not None and again._indexer.index.digest(1) == expected)
    await again.stop()


async def test_an_index_of_another_embedder_is_never_searched(
    database: Database, embedder: Embedder, home: Home, person: Person
) -> None:
    person.accepts("What is the height of the north tower?", "5 m")
    VectorIndex(home.index, 8, "another/1").save()
    replay = Replay(database, embedder, ReplayConfig(), home)
    replay._indexer._adopt(VectorIndex.load(home.index))
    assert replay.mode == "lexical"
    assert (await replay.bundle("What is the height of the north tower?")).mode == "lexical"
    await replay.start()
    await until(lambda: replay.mode == "hybrid" and replay.status().indexed == 1)
    assert (await replay.bundle("How high is the north tower?")).mode == "hybrid"
    assert VectorIndex.load(home.index).dim == embedder.dim
    await replay.stop()


async def test_a_rebuild_tells_its_progress_and_is_lexical_until_whole(
    database: Database, embedder: Embedder, home: Home, person: Person
) -> None:
    for number in range(indexer.REBUILD_FROM + 40):
        person.accepts(f"What is the height of tower {number}?", f"{number} m")
    replay = Replay(database, embedder, ReplayConfig(), home)
    seen = set()
    await replay.start()
    while replay.mode != "hybrid":
        progress = replay.status().rebuilding
        if progress is not None and progress.total:
            seen.add(progress.done)
            assert progress.total == indexer.REBUILD_FROM + 40 and progress.reason == "first index"
            assert (await replay.bundle("What is the height of tower 7?")).mode in ("lexical", "hybrid")
        await asyncio.sleep(0.01)
    assert len(seen) > 2 and replay.status().indexed == indexer.REBUILD_FROM + 40
    await replay.stop()


async def test_a_full_disk_costs_the_file_never_the_answer(
    replay: Replay, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    index = replay._indexer.index
    assert index is not None
    with monkeypatch.context() as patch:
        patch.setattr(index, "_record", full)
        patch.setattr(index, "save", full)
        trace = person.accepts("Who painted the south gate?", "Tolrin.")
        await replay.catch_up()
        assert (await replay.bundle("Who painted the south gate?")).exemplars[0].trace_id == trace
        assert "No space left" in replay.status().reason
    await replay.catch_up()
    assert replay.status().reason == ""


async def test_what_was_refused_while_it_was_embedded_does_not_come_back(
    replay: Replay, embedder: Embedder, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, trace = embedder.embed, person.accepts("Who painted the south gate?", "Tolrin.")

    async def embed(texts: Sequence[str]) -> Vectors:
        vectors = await real(texts)
        person.says(trace, False)
        await replay.catch_up()  # the "no" is applied before the vector arrives
        return vectors

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed", embed)
        await replay.catch_up()
    await replay.catch_up()
    assert replay.status().indexed == replay.status().expected == 0


def test_the_digest_is_of_the_task_only() -> None:
    first = Exemplar(row=1, trace_id="a", kind="accepted", task="x", answer="y")
    same = Exemplar(row=2, trace_id="b", kind="partial", task="x", answer="z")
    assert digest(first) == digest(same) != digest(Exemplar(row=1, trace_id="a", kind="accepted", task="X", answer="y"))
    assert -(2**63) <= digest(first) < 2**63


async def test_feedback_from_another_process_is_followed(replay: Replay, home: Home) -> None:
    with Database.open(home) as other:
        trace = Person(other).accepts("Who painted the south gate?", "Tolrin.")
    await until(lambda: replay.status().indexed == 1, 10)
    assert (await replay.bundle("Who painted the southern gate?")).exemplars[0].trace_id == trace


def test_the_indexer_without_files_has_no_index(database: Database, embedder: Embedder, home: Home) -> None:
    assert not Indexer(database, embedder, home.index).complete


async def test_a_database_that_cannot_answer_for_a_while_is_told_and_followed_again(
    replay: Replay, database: Database, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(cursor: int, limit: int = 1000) -> list[Change]:
        raise DatabaseError("The database is busy.")

    with monkeypatch.context() as patch:
        patch.setattr(database, "changes_since", busy)
        await until(lambda: replay.status().reason == "The database is busy.", 10)
    trace = person.accepts("Who painted the south gate?", "Tolrin.")
    await until(lambda: replay.status().indexed == 1 and replay.status().reason == "", 10)
    assert (await replay.bundle("Who painted the southern gate?")).exemplars[0].trace_id == trace


async def test_a_bug_that_ends_the_following_is_not_hidden(
    replay: Replay, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(cursor: int, limit: int = 1000) -> list[Change]:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(database, "changes_since", broken)
        await until(lambda: "no longer kept up: ZeroDivisionError" in replay.status().reason, 10)
