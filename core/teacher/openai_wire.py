"""Any OpenAI-compatible endpoint: one POST to `chat/completions`, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import httpx2
import msgspec

from core.records import Message, Usage
from core.teacher.keys import Key
from core.teacher.turns import turns
from core.teacher.wire import MAX_REPLY_BYTES, TeacherReply, WireFailure


class Said(msgspec.Struct):
    content: str | None = None


class Choice(msgspec.Struct):
    message: Said
    finish_reason: str | None = None


class Tokens(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Completion(msgspec.Struct):
    """The part of a chat completion that is read; other fields are ignored."""

    choices: list[Choice]
    model: str = ""
    usage: Tokens | None = None


class OpenAIWire:
    async def ask(
        self, http: httpx2.AsyncClient, url: str, key: Key, model: str, messages: Sequence[Message], max_tokens: int
    ) -> TeacherReply:
        system, said = turns(messages)
        asked = [{"role": "system", "content": system}] if system else []
        asked += [{"role": role, "content": text} for role, text in said]
        body = {"model": model, "messages": asked, "max_tokens": max_tokens}
        headers = {"Authorization": f"Bearer {key.reveal()}"}
        async with http.stream("POST", f"{url}/chat/completions", json=body, headers=headers) as response:
            answer = await bounded(response)
        if response.status_code != 200:
            raise WireFailure(response.status_code)
        return read(answer, model)


async def bounded(response: httpx2.Response) -> bytes:
    """The body; one that grows beyond all measure is a failure."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_REPLY_BYTES:
            raise WireFailure(None)
    return bytes(body)


def read(body: bytes, model: str) -> TeacherReply:
    """Raises WireFailure for anything that is not an answer with text."""
    try:
        completion = msgspec.json.decode(body, type=Completion)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WireFailure(None) from None
    choice = completion.choices[0] if completion.choices else None
    if choice is None or not choice.message.content:
        raise WireFailure(None)
    finish: Literal["stop", "length"] = "length" if choice.finish_reason == "length" else "stop"
    tokens = completion.usage or Tokens()
    usage = Usage(prompt_tokens=tokens.prompt_tokens, completion_tokens=tokens.completion_tokens)
    return TeacherReply(
        text=choice.message.content, provider="openai", model=completion.model or model, usage=usage, finish=finish
    )
