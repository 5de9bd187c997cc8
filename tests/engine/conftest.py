"""One tiny model and two adapters for the whole session, and a real engine child over them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.config import EngineConfig
from core.engine.client import EngineClient
from core.engine.records import Chunk, GenerationRequest, ModelSpec
from core.process import Backoff
from tests import models


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def model(folder: Path) -> Path:
    return models.make_model(folder / "tiny.gguf")


@pytest.fixture(scope="session")
def adapters(folder: Path, model: Path) -> dict[str, Path]:
    return {name: models.make_adapter(folder / f"{name}.gguf", model, seed=seed) for seed, name in ((1, "a"), (2, "b"))}


@pytest.fixture(scope="session")
def slow_model(folder: Path) -> Path:
    """Takes some milliseconds a token, so that a test can do something meanwhile."""
    return models.make_model(folder / "slow.gguf", n_embd=512, n_layers=4, n_heads=8, n_ff=1024, n_ctx=2048)


@pytest.fixture
async def slow(slow_model: Path) -> AsyncIterator[EngineClient]:
    made = EngineClient(EngineConfig(queue=4), backoff=Backoff(first=0.02, tries=4))
    await made.start(ModelSpec(path=str(slow_model), slots=2))
    yield made
    await made.stop()


@pytest.fixture
async def client(model: Path) -> AsyncIterator[EngineClient]:
    made = EngineClient(EngineConfig(queue=4), backoff=Backoff(first=0.02, tries=4))
    await made.start(ModelSpec(path=str(model), slots=2))
    yield made
    await made.stop()


async def collect(client: EngineClient, request: GenerationRequest) -> tuple[str, Chunk, list[Chunk]]:
    """The whole text, the last chunk, and all of them."""
    chunks = [chunk async for chunk in client.generate(request)]
    return "".join(chunk.text for chunk in chunks), chunks[-1], chunks
