"""A desk over a real engine with a tiny random model, a real database and real retrieval by words.

A random model says nothing of use: where a test needs a certain answer, the request carries a grammar that leaves
only this one, so that everything else on the way is real.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from core.agent.ask import Ask, Event, Finished
from core.agent.desk import Desk
from core.clock import new_id, now, stamp
from core.config import Config, EngineConfig
from core.database import Database
from core.engine.client import EngineClient
from core.engine.records import Chunk, GenerationRequest, ModelSpec
from core.paths import Home
from core.process import Backoff
from core.records import Feedback, Message, Trace
from core.replay.embedder import Embedder
from core.replay.replay import Replay
from core.teacher.client import TeacherClient
from tests import models


class DirectedEngine(EngineClient):
    """The real engine; `says` puts a grammar on requests that have none, for what grammars themselves rule out."""

    says: str | None = None

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        if self.says is not None and request.grammar is None:
            request = msgspec.structs.replace(request, grammar=saying(self.says))
        return super().generate(request)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DirectedEngine]:
    """One engine a module; the model's context holds 1,024 tokens."""
    path = models.make_model(tmp_path_factory.mktemp("model") / "tiny.gguf", n_ctx=1024)
    client = DirectedEngine(EngineConfig(), backoff=Backoff(first=0.02, tries=4))
    await client.start(ModelSpec(path=str(path), slots=2))
    yield client
    await client.stop()


@dataclass
class Office:
    """A desk with its surroundings."""

    desk: Desk
    database: Database
    replay: Replay
    engine: DirectedEngine
    home: Home
    make: Callable[..., Desk]

    async def events(self, ask: Ask) -> list[Event]:
        return [event async for event in self.desk.answer(ask)]

    async def finished(self, ask: Ask) -> Trace:
        last = (await self.events(ask))[-1]
        assert isinstance(last, Finished)
        return last.trace

    async def accepted(self, question: str, answer: str, value: float = 1.0, **fields: Any) -> Trace:
        """Past work, rated."""
        trace = Trace(
            id=new_id("chatcmpl-"), created_at=stamp(now()), messages=[Message(role="user", content=question)],
            response=answer, finish_reason="stop", **fields,
        )  # fmt: skip
        self.database.traces.add(trace)
        await self.rate(trace.id, value)
        return trace

    async def rate(self, trace_id: str, value: float, correction: str | None = None) -> None:
        self.database.feedback.add(
            Feedback(
                id=new_id("fb-"),
                trace_id=trace_id,
                created_at=stamp(now()),
                metric="score",
                value=value,
                correction=correction,
            )
        )
        await self.replay.catch_up()


@pytest_asyncio.fixture(loop_scope="module")
async def office(home: Home, engine: DirectedEngine) -> AsyncIterator[Office]:
    database = Database.open(home)
    config = Config()
    replay = Replay(database, Embedder(config.replay), config.replay, home)
    await replay.start()
    desks: list[Desk] = []

    def make(config: Config = config, teacher: TeacherClient | None = None) -> Desk:
        desks.append(Desk(database, engine, replay, config, home, teacher=teacher))
        return desks[-1]

    yield Office(make(), database, replay, engine, home, make)
    for desk in desks:
        desk.close()
    await replay.stop()
    database.close()


def user(text: str, **fields: Any) -> Ask:
    """A chat of one question; short, so that the random model is soon done."""
    sampling = {"max_tokens": 24, "temperature": 0, **fields.pop("sampling", {})}
    return Ask(messages=[Message(role="user", content=text)], sampling=sampling, **fields)


def saying(answer: str) -> str:
    """A grammar that leaves only this answer."""
    return f"root ::= {json.dumps(answer, ensure_ascii=False)}"


def told(question: str, answer: str, **fields: Any) -> Ask:
    """A question, and what the student will answer."""
    return user(question, grammar=saying(answer), sampling={"max_tokens": 400, **fields.pop("sampling", {})}, **fields)


def write_agent(home: Home, name: str, toml: str, prompt: str | None = None) -> Path:
    path = home.agents / f"{name}.toml"
    path.write_text(toml, encoding="utf-8")
    if prompt is not None:
        path.with_suffix(".md").write_text(prompt, encoding="utf-8")
    return path
