"""One real server over a tiny random model for the whole folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest

from tests import models
from tests.running import Running, start


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers at once, nonsense only."""
    return models.make_model(tmp_path_factory.mktemp("gguf") / "tiny.gguf", n_ctx=2048)


@pytest.fixture(scope="session")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some milliseconds a token, so that there is a middle of an answer."""
    path = tmp_path_factory.mktemp("gguf") / "slow.gguf"
    return models.make_model(path, n_ctx=8192, n_embd=512, n_layers=6, n_heads=8, n_heads_kv=8, n_ff=1536)


def serving(home: Path, model: Path, *arguments: str, **environment: str) -> Running:
    """A server on a new home with generous limits on feedback."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = home / "config.toml"
    if not settings.exists():
        settings.write_text("[server]\nfeedback_per_minute = 10000\n")
    return start(home, ["--port", "0", "--model", str(model), *arguments], environment)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Running]:
    running = serving(tmp_path_factory.mktemp("server") / "home", tiny)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def slow_server(tmp_path_factory: pytest.TempPathFactory, slow: Path) -> Iterator[Running]:
    running = serving(tmp_path_factory.mktemp("slow") / "home", slow)
    yield running
    running.stop()


@pytest.fixture
def http(server: Running) -> Iterator[httpx2.Client]:
    with server.http() as client:
        yield client


@pytest.fixture
def client(server: Running) -> Iterator[openai.OpenAI]:
    with server.openai() as made:
        yield made
