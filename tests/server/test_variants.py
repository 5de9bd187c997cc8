"""An adapter in the home answers when it is named, and only then."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests import models
from tests.running import Running

CHAT = "/v1/chat/completions"


def ask(http: httpx2.Client, **metadata: str) -> httpx2.Response:
    body = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}], "max_tokens": 24, "temperature": 0}
    return http.post(CHAT, json={**body, "metadata": metadata})


@pytest.mark.slow
def test_an_adapter_of_the_home_is_attached_when_first_named(server: Running, http: httpx2.Client, tiny: Path) -> None:
    folder = server.home / "adapters"
    folder.mkdir(exist_ok=True)
    base = ask(http).json()["choices"][0]["message"]["content"]
    models.make_adapter(folder / "night-1.gguf", tiny, seed=5)
    adapted = ask(http, adapter="night-1")
    assert adapted.status_code == 200, adapted.text
    assert adapted.headers["x-nightschool-variant"] == "night-1"
    assert adapted.json()["choices"][0]["message"]["content"] != base
    again = ask(http)
    assert again.headers["x-nightschool-variant"] == "base"
    assert again.json()["choices"][0]["message"]["content"] == base


@pytest.mark.slow
def test_a_name_is_refused_before_it_is_part_of_a_path(server: Running, http: httpx2.Client, tiny: Path) -> None:
    """A good adapter outside of the folder: only its name speaks against it."""
    (server.home / "adapters").mkdir(exist_ok=True)
    models.make_adapter(server.home / "outside.gguf", tiny, seed=6)
    for field in ("adapter", "agent"):
        answer = ask(http, **{field: "../outside"})
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["param"] == f"metadata.{field}"
        assert "is not a name" in answer.json()["error"]["message"]


@pytest.mark.slow
def test_an_adapter_without_effect_or_broken_is_refused(server: Running, http: httpx2.Client, tiny: Path) -> None:
    folder = server.home / "adapters"
    folder.mkdir(exist_ok=True)
    models.make_adapter(folder / "nothing.gguf", tiny, scale=0.0)
    (folder / "broken.gguf").write_bytes(b"GGUF" + b"\xff" * 64)
    for name in ("nothing", "broken"):
        answer = ask(http, adapter=name)
        assert answer.status_code == 400, answer.text
        assert str(server.home) not in answer.text
    assert ask(http).status_code == 200
