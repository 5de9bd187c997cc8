"""Runs the desk for a request: waits for the engine, gathers what comes, and stops it when the client is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.types import Receive

from core.agent.ask import Ask, Delta, Event, Finished, Started, ToolUse
from core.engine.records import TokenLogprob
from core.records import Trace
from core.server.parts import Parts

T = TypeVar("T")


class ClientGone(Exception):
    """Nobody is there to be answered any more; the work was stopped."""


@dataclass
class Answer:
    """One whole answer. `storage_error`: why it was not kept, where it should have been."""

    trace: Trace
    logprobs: list[TokenLogprob] = field(default_factory=list)
    storage_error: str | None = None


async def begin(parts: Parts, ask: Ask) -> tuple[Started, AsyncGenerator[Event, None]]:
    """The start, and the events after it. Returns with the first piece at hand, so that refusals are HTTP errors."""
    events = aiter(parts.desk.answer(ask))
    try:
        started = await anext(events)
        assert isinstance(started, Started)
        first = await anext(events)
    except BaseException:
        await close(events)
        raise
    return started, rest(parts, first, events)


async def rest(parts: Parts, first: Event, events: AsyncIterator[Event]) -> AsyncGenerator[Event, None]:
    try:
        yield measured(parts, first)
        async for event in events:
            yield measured(parts, event)
    finally:
        await close(events)


async def close(events: AsyncIterator[Event]) -> None:
    if isinstance(events, AsyncGenerator):
        await events.aclose()


def measured(parts: Parts, event: Event) -> Event:
    if isinstance(event, Finished):
        trace, meters = event.trace, parts.meters
        meters.answers.labels(trace.finish_reason or "unknown").inc()
        meters.tokens.labels("prompt").inc(trace.usage.prompt_tokens)
        meters.tokens.labels("cached").inc(trace.usage.cached_tokens)
        meters.tokens.labels("completion").inc(trace.usage.completion_tokens)
        if trace.ttft_ms is not None:
            meters.first_token.observe(trace.ttft_ms / 1000)
        if trace.duration_ms is not None:
            meters.duration.observe(trace.duration_ms / 1000)
    return event


async def whole(parts: Parts, ask: Ask) -> Answer:
    """The answer at once."""
    _, events = await begin(parts, ask)
    logprobs: list[TokenLogprob] = []
    async with contextlib.aclosing(events):
        async for event in events:
            match event:
                case Delta():
                    logprobs += event.logprobs or []
                case Finished():
                    return Answer(event.trace, logprobs, event.storage_error)
                case Started() | ToolUse():
                    pass
    raise RuntimeError("the desk ended without a finished trace")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The work's result; the work is cancelled when the client hangs up. Raises ClientGone then."""
    task = asyncio.ensure_future(work)
    watcher = asyncio.ensure_future(hung_up(request.receive))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return await task
    finally:
        for each in (task, watcher):
            each.cancel()
        await asyncio.gather(task, watcher, return_exceptions=True)


async def hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
