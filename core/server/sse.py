"""Server-sent events: a stream that ends cleanly whatever happens, and stops its work when nobody reads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.errors import NightschoolError
from core.server.answering import hung_up
from core.server.errors import UNKNOWN, body_of

log = logging.getLogger(__name__)
READER_TIMEOUT_S = 30.0
"""A client that takes nothing for so long is treated as gone: it holds a slot of the engine."""


class ReaderGone(Exception):
    """The client does not take what is sent."""


DONE = b"data: [DONE]\n\n"


def data(payload: Mapping[str, Any], event: str | None = None) -> bytes:
    """One event. JSON has no raw newlines, so it is one `data:` line."""
    head = f"event: {event}\n".encode() if event else b""
    return head + b"data: " + msgspec.json.encode(payload) + b"\n\n"


class EventStream(Response):
    """Sends what `events` yields. An error becomes a last event in OpenAI's shape; `[DONE]` always ends it."""

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        headers: Mapping[str, str],
        *,
        done: bytes = DONE,
    ) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no", **headers})
        del self.headers["content-length"]
        self._events = events
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pump = asyncio.ensure_future(self._pump(send))
        watcher = asyncio.ensure_future(hung_up(receive))
        try:
            await asyncio.wait({pump, watcher}, return_when=asyncio.FIRST_COMPLETED)
            if pump.done():
                pump.result()
        finally:
            for task in (pump, watcher):
                task.cancel()
            await asyncio.gather(pump, watcher, return_exceptions=True)
            await self._events.aclose()

    async def _pump(self, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            try:
                async for event in self._events:
                    await put(send, event)
            except NightschoolError as error:
                await put(send, data(body_of(error)))
            except (ReaderGone, asyncio.CancelledError):
                raise
            except BaseException:
                # The client must see an end; the bug itself goes on to uvicorn's log.
                await put(send, data(UNKNOWN) + self._done, more=False)
                raise
            await put(send, self._done, more=False)
        except ReaderGone:
            log.warning("a client stopped reading its stream; its request was cancelled")


async def put(send: Send, body: bytes, *, more: bool = True) -> None:
    """Send a piece. Raises ReaderGone when it is not taken in time."""
    try:
        async with asyncio.timeout(READER_TIMEOUT_S):
            await send({"type": "http.response.body", "body": body, "more_body": more})
    except (TimeoutError, OSError) as error:
        raise ReaderGone from error
