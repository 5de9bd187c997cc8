"""The client for an event loop: it reads a real server's answers, cancels them, and passes its words on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from core.database import Database
from core.errors import ModelUnavailable
from core.paths import Home
from core.records import Message, Trace
from core.server.reach import Ended, Opened, RemoteError, ServerClient, Text
from tests.running import Running
from tests.server.conftest import serving

pytestmark = pytest.mark.slow


@pytest.fixture
async def reached(server: Running) -> AsyncIterator[ServerClient]:
    client = ServerClient(server.url, server.token)
    yield client
    await client.aclose()


@pytest.fixture
async def slowly(slow_server: Running) -> AsyncIterator[ServerClient]:
    client = ServerClient(slow_server.url, slow_server.token)
    yield client
    await client.aclose()


def asked(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def trace_of(server: Running, trace_id: str) -> Trace:
    with Database.open(Home(server.home)) as database:
        return database.traces.get(trace_id)


async def whole(client: ServerClient, text: str, **options: object) -> tuple[Opened, str, Ended]:
    events = [event async for event in client.chat(asked(text), conversation_id="c1", **options)]  # type: ignore[arg-type]
    opened, *texts, ended = events
    assert isinstance(opened, Opened) and isinstance(ended, Ended)
    assert all(isinstance(text, Text) for text in texts)
    return opened, "".join(text.text for text in texts if isinstance(text, Text)), ended


async def test_an_answer_is_opened_said_and_ended_as_it_is_recorded(server: Running, reached: ServerClient) -> None:
    opened, said, ended = await whole(reached, "What is the capital?")
    trace = trace_of(server, opened.trace_id)
    assert (trace.response, trace.conversation_id, trace.client) == (said, "c1", "desktop")
    assert said
    assert (opened.model, opened.variant, opened.retrieved) == (trace.model, "base", ())
    assert (ended.trace_id, ended.finish_reason) == (trace.id, trace.finish_reason)
    assert (ended.stored, ended.storage_error, ended.escalated, ended.error) == (True, None, False, None)


async def test_past_work_is_named_and_can_be_left_out(server: Running, reached: ServerClient) -> None:
    question = "Which colour has the lighthouse of Norderoog?"
    first, _, _ = await whole(reached, question)
    with server.http() as http:
        body = {"inference_id": first.trace_id, "metric_name": "demonstration", "value": "It is painted green."}
        http.post("/v1/feedback", json=body).raise_for_status()
    opened, _, ended = await whole(reached, question, agent="grounded")
    assert opened.retrieved == ended.retrieved == (first.trace_id,)
    assert ended.validation is not None
    assert ended.validation == trace_of(server, opened.trace_id).validation
    bare, _, _ = await whole(reached, question, agent="grounded", use_retrieval=False)
    assert bare.retrieved == ()


async def talking(client: ServerClient) -> tuple[str, str, AsyncGenerator[Opened | Text | Ended, None]]:
    """A stream in its middle: its trace, what it said so far, the stream. A random model may end early: ask again."""
    for number in range(8):
        stream, said = client.chat(asked(f"Tell me everything. {number}"), conversation_id=f"c{number}"), ""
        opened = await anext(stream)
        assert isinstance(opened, Opened)
        for _ in range(25):
            event = await anext(stream)
            if not isinstance(event, Text):
                break
            said += event.text
        else:
            return opened.trace_id, said, stream
        await stream.aclose()
    raise AssertionError("the model never talked for long")


async def test_closing_the_answer_cancels_it(slow_server: Running, slowly: ServerClient) -> None:
    trace_id, said, stream = await talking(slowly)
    await stream.aclose()
    deadline = time.monotonic() + 5
    while (trace := trace_of(slow_server, trace_id)).finish_reason is None:
        assert time.monotonic() < deadline, "the answer goes on for nobody"
        await asyncio.sleep(0.05)
    assert trace.finish_reason == "cancelled"
    assert trace.response.startswith(said[:10])


async def test_the_engine_dies_in_mid_answer_then_words_come_not_a_broken_connection(
    tmp_path_factory: pytest.TempPathFactory, slow: object
) -> None:
    server = serving(tmp_path_factory.mktemp("dying") / "home", slow)  # type: ignore[arg-type]
    client = ServerClient(server.url, server.token)
    try:
        trace_id, said, stream = await talking(client)
        server.child("core.engine").kill()
        with pytest.raises(RemoteError, match="engine"):
            async for event in stream:
                assert isinstance(event, Text)
                said += event.text
        kept = trace_of(server, trace_id)
        assert (kept.finish_reason, kept.response) == ("interrupted", said)
        _, _, again = await talking(client)
        await again.aclose()
    finally:
        await client.aclose()
        server.stop()


async def test_the_server_dies_in_mid_answer(tmp_path_factory: pytest.TempPathFactory, slow: object) -> None:
    server = serving(tmp_path_factory.mktemp("killed") / "home", slow)  # type: ignore[arg-type]
    client = ServerClient(server.url, server.token)
    _, _, stream = await talking(client)
    server.kill_everything()
    with pytest.raises(ModelUnavailable, match="stopped answering"):
        async for _ in stream:
            pass
    with pytest.raises(ModelUnavailable):
        await client.health()
    await client.aclose()


async def test_refusals_are_told_in_the_servers_words(server: Running, reached: ServerClient) -> None:
    with pytest.raises(RemoteError, match="nobody-here") as refused:
        await whole(reached, "Hello", agent="nobody-here")
    assert refused.value.code != RemoteError.code
    stranger = ServerClient(server.url, "not-the-key")
    with pytest.raises(RemoteError) as unknown:
        await whole(stranger, "Hello")
    assert "key" in str(unknown.value)
    await stranger.aclose()


async def test_what_is_deleted_is_gone(server: Running, reached: ServerClient) -> None:
    opened, _, _ = await whole(reached, "Forget me.")
    await reached.delete(opened.trace_id)
    with server.http() as http:
        assert http.get(f"/v1/chat/completions/{opened.trace_id}").status_code == 404
    await reached.delete(opened.trace_id)


async def test_a_proxy_of_the_environment_sees_nothing(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = ServerClient(server.url, server.token)
    assert (await client.health())["status"] == "ok"
    await client.aclose()


HTTP_CLIENTS = {"httpx2", "httpcore2", "anyio", "requests", "aiohttp"}


def test_who_only_waits_for_a_server_does_not_load_the_http_client() -> None:
    probe = "import sys, core.server.supervised; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"h11", "numpy", "starlette", "uvicorn", "hnswlib", "core.server.run", "core.replay.replay"}
    assert not (HTTP_CLIENTS | heavy) & set(loaded)


CHATTING = """
import asyncio, json, sys
from pathlib import Path
from core.paths import Home
from core.records import Message
from core.server.reach import Ended, Text
from core.server.supervised import ServerChild

async def main():
    child = ServerChild(Home(Path(sys.argv[1])), on_change=lambda status: None)
    await child.start()
    await child.wait_ready(60)
    chat = child.client().chat([Message(role="user", content="Hello")], conversation_id="c")
    events = [event async for event in chat]
    assert isinstance(events[-1], Ended) and any(isinstance(event, Text) for event in events)
    assert (await child.client().health())["status"] == "ok"
    await child.client().delete(events[-1].trace_id)
    await child.stop()
    print(json.dumps(list(sys.modules)))

asyncio.run(main())
"""


def test_a_whole_chat_loads_no_http_client_but_h11(tmp_path: Path) -> None:
    """A program with a window stays small: httpx2 alone would be a tenth of what it may take."""
    (tmp_path / "home").mkdir(mode=0o700)
    argv = [sys.executable, "-W", "error", "-c", CHATTING, str(tmp_path / "home")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert not HTTP_CLIENTS & loaded
    assert "h11" in loaded
