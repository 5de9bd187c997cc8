"""POST /v1/completions: raw text continued, without agent, template or retrieval."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.agent.ask import Ask, Delta, Event, Finished
from core.engine.records import TokenLogprob
from core.errors import BadRequest
from core.records import Trace, Usage
from core.server import views
from core.server.answering import Answer, begin, while_connected
from core.server.asking import common, sampling_of
from core.server.chat import numbered, several
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.schemas import MAX_CHOICES, CompletionBody
from core.server.sse import EventStream, data


async def create(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    body = await read(request, CompletionBody)
    asks = asks_of(parts, body, request)
    if body.stream:
        return await stream(parts, request, body, asks)
    answers = await while_connected(request, several(parts, asks))
    first = answers[0].trace
    payload = {
        **head(first),
        "choices": [choice(answer, at, asks[at].logprobs) for at, answer in enumerate(answers)],
        "usage": views.usage([answer.trace.usage for answer in answers]),
        "nightschool": views.ours(first, answers[0].storage_error),
    }
    return Json(payload, headers=views.headers(first))


def asks_of(parts: Parts, body: CompletionBody, request: Request) -> list[Ask]:
    """One Ask for each choice of each prompt, in OpenAI's order."""
    if body.suffix:
        raise BadRequest("This model cannot fill in before a suffix.", param="suffix", code="unsupported_value")
    if (body.best_of or 1) > (body.n or 1):
        raise BadRequest("best_of above n is not done; ask for n answers.", param="best_of", code="unsupported_value")
    prompts = [body.prompt] if isinstance(body.prompt, str) else body.prompt
    choices = body.n or 1
    if len(prompts) * choices > MAX_CHOICES:
        raise BadRequest(f"At most {MAX_CHOICES} answers a request (prompts × n).", param="n")
    shared = common(parts, body.model, body.metadata, body.store, None, request)
    asks = [
        Ask(
            prompt=text_prompt(prompt),
            echo=bool(body.echo),
            sampling=sampling_of(body, 16 if body.max_tokens is None else body.max_tokens),
            logprobs=body.logprobs is not None,
            top_logprobs=body.logprobs or 0,
            trace_id=parts.make_id("cmpl-"),
            **shared,
        )
        for prompt in prompts
        for _ in range(choices)
    ]
    return [numbered(ask, at % choices) for at, ask in enumerate(asks)]


def text_prompt(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    raise BadRequest(
        "Prompts are text: token ids differ from model to model.", param="prompt", code="unsupported_value"
    )


def head(trace: Trace) -> dict[str, Any]:
    return {
        "id": trace.id,
        "object": "text_completion",
        "created": views.created(trace),
        "model": trace.model,
        "system_fingerprint": None,
    }


def choice(answer: Answer, index: int, with_logprobs: bool) -> dict[str, Any]:
    return {
        "index": index,
        "text": answer.trace.response,
        "finish_reason": views.ending(answer.trace),
        "logprobs": logprobs(answer.logprobs) if with_logprobs else None,
    }


def logprobs(tokens: Sequence[TokenLogprob], offset: int = 0) -> dict[str, Any]:
    """The older shape: parallel lists. offset: where in the answer's text the first token starts."""
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.token)
    return {
        "tokens": [token.token for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [{top.token: top.logprob for top in token.top} for token in tokens],
        "text_offset": offsets,
    }


async def stream(parts: Parts, request: Request, body: CompletionBody, asks: list[Ask]) -> Response:
    started, events = await while_connected(request, begin(parts, asks[0]))
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    return EventStream(run(parts, started.trace, events, asks, with_usage), views.headers(started.trace))


async def run(
    parts: Parts, trace: Trace, events: AsyncGenerator[Event, None], asks: list[Ask], with_usage: bool
) -> AsyncGenerator[bytes, None]:
    used: list[Usage] = []
    for at, ask in enumerate(asks):
        if at:
            _, events = await begin(parts, ask)
        offset = 0
        async with contextlib.aclosing(events):
            async for event in events:
                if isinstance(event, Delta):
                    tokens = logprobs(event.logprobs or [], offset) if ask.logprobs else None
                    offset += len(event.text)
                    yield chunk(trace, at, event.text, tokens, None)
                elif isinstance(event, Finished):
                    used.append(event.trace.usage)
                    ours = views.ours(event.trace, event.storage_error)
                    yield chunk(trace, at, "", None, views.ending(event.trace), nightschool=ours)
    if with_usage:
        yield data({**head(trace), "choices": [], "usage": views.usage(used)})


def chunk(
    trace: Trace, index: int, text: str, tokens: dict[str, Any] | None, ending: str | None, **extra: Any
) -> bytes:
    one = {"index": index, "text": text, "finish_reason": ending, "logprobs": tokens}
    return data({**head(trace), "choices": [one], **extra})
