"""Streams end cleanly whatever happens, and a reader that is gone or stuck stops the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from core.errors import ModelUnavailable
from core.server import sse
from core.server.sse import EventStream, data


class Source:
    """Events for as long as they are asked for, or a failure after some."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.given = 0
        self.closed = False

    async def events(self) -> AsyncGenerator[bytes, None]:
        try:
            while True:
                if self.failure is not None and self.given == 3:
                    raise self.failure
                self.given += 1
                yield data({"n": self.given})
                await asyncio.sleep(0)
        finally:
            self.closed = True


async def stay() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


def collector(into: list[dict[str, Any]]) -> Any:
    async def send(message: dict[str, Any]) -> None:
        into.append(message)

    return send


async def test_a_told_failure_is_the_last_event_before_done() -> None:
    source, sent = Source(ModelUnavailable("The engine in /home/me/x stopped.")), []  # type: tuple[Source, list[Any]]
    await EventStream(source.events(), {})({"type": "http"}, stay, collector(sent))
    body = b"".join(message.get("body", b"") for message in sent)
    assert body.endswith(b'"code":"model_unavailable"}}\n\ndata: [DONE]\n\n')
    assert b"/home/me" not in body
    assert sent[-1]["more_body"] is False
    assert source.closed


async def test_a_bug_ends_the_stream_too_and_is_raised_for_the_log() -> None:
    source, sent = Source(ZeroDivisionError("secret detail")), []  # type: tuple[Source, list[Any]]
    with pytest.raises(ZeroDivisionError):
        await EventStream(source.events(), {})({"type": "http"}, stay, collector(sent))
    body = b"".join(message.get("body", b"") for message in sent)
    assert b"internal_error" in body and body.endswith(b"data: [DONE]\n\n")
    assert b"secret detail" not in body


async def test_a_client_that_hangs_up_stops_the_work() -> None:
    source = Source()

    async def hang_up() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    await asyncio.wait_for(EventStream(source.events(), {})({"type": "http"}, hang_up, collector([])), 5)
    assert source.closed
    given = source.given
    await asyncio.sleep(0.05)
    assert source.given == given


async def test_a_client_that_takes_nothing_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "READER_TIMEOUT_S", 0.05)
    source = Source()

    async def stuck(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body" and source.given > 2:
            await asyncio.Event().wait()

    await asyncio.wait_for(EventStream(source.events(), {})({"type": "http"}, stay, stuck), 5)
    assert source.closed
    assert source.given == 3
