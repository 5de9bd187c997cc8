"""POST /v1/chat/completions: one answer or several, at once or as a stream."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from core.agent.ask import Ask, Delta, Event, Finished
from core.records import Trace, Usage
from core.server import views
from core.server.answering import Answer, begin, while_connected, whole
from core.server.asking import from_chat
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.schemas import ChatBody
from core.server.sse import EventStream, data


async def create(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    body = await read(request, ChatBody)
    ask = from_chat(parts, body, request)
    asks = [numbered(ask, at) for at in range(body.n or 1)]
    if body.stream:
        return await stream(parts, request, body, asks)
    answers = await while_connected(request, several(parts, asks))
    traces = [answer.trace for answer in answers]
    tokens = [answer.logprobs if ask.logprobs else None for answer in answers]
    payload = views.completion(traces, tokens, [answer.storage_error for answer in answers])
    return Json(payload, headers=views.headers(traces[0]))


def numbered(ask: Ask, at: int) -> Ask:
    """The at-th of several choices: same request, next seed."""
    seed = ask.sampling.get("seed")
    if at == 0 or seed is None:
        return ask
    return msgspec.structs.replace(ask, sampling={**ask.sampling, "seed": (seed + at) % 2**32})


async def several(parts: Parts, asks: list[Ask]) -> list[Answer]:
    """One after the other, so that one client's `n` does not fill the queue."""
    return [await whole(parts, ask) for ask in asks]


async def stream(parts: Parts, request: Request, body: ChatBody, asks: list[Ask]) -> Response:
    started, events = await while_connected(request, begin(parts, asks[0]))
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    chunks = Chunks(started.trace, logprobs=asks[0].logprobs, with_usage=with_usage)
    return EventStream(run(parts, chunks, events, asks), views.headers(started.trace))


async def run(
    parts: Parts, chunks: Chunks, events: AsyncGenerator[Event, None], asks: list[Ask]
) -> AsyncGenerator[bytes, None]:
    for at, ask in enumerate(asks):
        if at:
            _, events = await begin(parts, ask)
        async with contextlib.aclosing(events):
            yield chunks.first(at)
            async for event in events:
                match event:
                    case Delta():
                        yield chunks.text(at, event)
                    case Finished():
                        for chunk in chunks.last(at, event):
                            yield chunk
                    case _:
                        pass
    if chunks.with_usage:
        yield chunks.usage()


class Chunks:
    """Makes the `chat.completion.chunk` objects of one stream."""

    def __init__(self, trace: Trace, *, logprobs: bool, with_usage: bool) -> None:
        self.with_usage = with_usage
        self._logprobs = logprobs
        self._used: list[Usage] = []
        self._ours: dict[str, Any] = {}
        self._sent = ""
        self._head = {
            "id": trace.id,
            "object": "chat.completion.chunk",
            "created": views.created(trace),
            "model": trace.model,
            "system_fingerprint": None,
        }

    def first(self, index: int) -> bytes:
        self._sent = ""
        return self._chunk(index, {"role": "assistant", "content": "", "refusal": None})

    def text(self, index: int, delta: Delta) -> bytes:
        self._sent += delta.text
        tokens = views.logprobs(delta.logprobs or []) if self._logprobs else None
        return self._chunk(index, {"content": delta.text}, tokens=tokens)

    def last(self, index: int, finished: Finished) -> list[bytes]:
        """Tool calls, what of the answer was not streamed (a teacher's answer in its place), and the ending."""
        trace = finished.trace
        chunks = []
        if trace.tool_calls:
            calls = [{"index": at, **call} for at, call in enumerate(trace.tool_calls)]
            chunks.append(self._chunk(index, {"tool_calls": calls}))
        elif trace.response.startswith(self._sent) and len(trace.response) > len(self._sent):
            chunks.append(self._chunk(index, {"content": trace.response[len(self._sent) :]}))
        self._used.append(trace.usage)
        self._ours = views.ours(trace, finished.storage_error)
        chunks.append(self._chunk(index, {}, ending=views.ending(trace), ours=True))
        return chunks

    def usage(self) -> bytes:
        payload = {**self._head, "choices": [], "usage": views.usage(self._used), "nightschool": self._ours}
        return data(payload)

    def _chunk(
        self,
        index: int,
        delta: dict[str, Any],
        *,
        tokens: dict[str, Any] | None = None,
        ending: str | None = None,
        ours: bool = False,
    ) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": tokens, "finish_reason": ending}
        payload: dict[str, Any] = {**self._head, "choices": [choice]}
        if self.with_usage:
            payload["usage"] = None
        if ours:
            payload["nightschool"] = self._ours
        return data(payload)
