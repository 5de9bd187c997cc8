"""One real embedder child for the whole room: it takes seconds to load. Every asynchronous test shares its loop."""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio

from core.config import ReplayConfig
from core.database import Database
from core.paths import Home
from core.records import Feedback, Message, Origin, Trace
from core.replay.embedder import Embedder
from core.replay.replay import Replay

MOMENT = "2026-01-01T00:00:00.000000Z"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/replay/" in item.nodeid:
            item.add_marker(pytest.mark.timeout(300))  # on a busy machine, loading the model alone takes a minute
        ours = "tests/replay/" in item.nodeid and isinstance(item, pytest.Function)
        if ours and inspect.iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedder() -> AsyncIterator[Embedder]:
    found = Embedder(ReplayConfig())
    await found.start()
    await found.wait_ready()
    yield found
    await found.stop()


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as found:
        yield found


class Person:
    """Asks and rates, directly in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids = itertools.count(1)

    def asked(self, question: str, answer: str, *, conversation: str | None = None, origin: Origin = "user") -> str:
        trace = Trace(
            id=f"trace{next(self._ids)}",
            created_at=MOMENT,
            messages=[Message(role="user", content=question)],
            response=answer,
            finish_reason="stop",
            conversation_id=conversation,
            origin=origin,
        )
        self._database.traces.add(trace)
        return trace.id

    def says(self, trace_id: str, value: bool | float | None = True, *, correction: str | None = None) -> None:
        metric = "score" if isinstance(value, float) else "thumb" if correction is None else "demonstration"
        self._database.feedback.add(
            Feedback(
                id=f"feedback{next(self._ids)}",
                trace_id=trace_id,
                created_at=MOMENT,
                metric=metric,
                value=correction if correction is not None else value,
            )
        )

    def accepts(self, question: str, answer: str, **more: str) -> str:
        trace_id = self.asked(question, answer, **more)  # type: ignore[arg-type]
        self.says(trace_id)
        return trace_id


@pytest.fixture
def person(database: Database) -> Person:
    return Person(database)


@pytest_asyncio.fixture(loop_scope="session")
async def replay(database: Database, embedder: Embedder, home: Home) -> AsyncIterator[Replay]:
    """Replay over an empty database, with its first (empty) index made."""
    found = Replay(database, embedder, ReplayConfig(), home)
    await found.start()
    await until(lambda: found.mode == "hybrid")
    yield found
    await found.stop()


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that happens in the background. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)
