"""Anthropic's Messages API, through its SDK, as a stream: a long answer must not look like a dead connection."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Literal

import anthropic
import httpx2
from anthropic.types import MessageParam
from anthropic.types.assistant_message_param import AssistantMessageParam
from anthropic.types.user_message_param import UserMessageParam

from core.privacy.egress_log import EgressRefused
from core.records import Message, Usage
from core.teacher.keys import Key
from core.teacher.turns import turns
from core.teacher.wire import TeacherReply, WireFailure

logging.getLogger("anthropic").setLevel(logging.WARNING)
"""At DEBUG, which ANTHROPIC_LOG may set, the SDK logs whole requests."""


class AnthropicWire:
    """Retries are the caller's; the SDK makes one request."""

    async def ask(
        self, http: httpx2.AsyncClient, url: str, key: Key, model: str, messages: Sequence[Message], max_tokens: int
    ) -> TeacherReply:
        client = anthropic.AsyncAnthropic(
            api_key=key.reveal(), base_url=url, http_client=http, max_retries=0, open_telemetry=False
        )
        system, said = turns(messages)
        asked = [param(role, text) for role, text in said]
        try:
            async with client.messages.stream(
                model=model, max_tokens=max_tokens, messages=asked, system=system or anthropic.omit
            ) as stream:
                return read(await stream.get_final_message())
        except anthropic.APIStatusError as error:
            # an error event inside a stream that began with 200 is a failure of the service
            raise WireFailure(error.status_code if error.status_code >= 300 else 500) from None
        except anthropic.APIConnectionError as error:
            if isinstance(error.__cause__, EgressRefused):
                raise error.__cause__ from None
            raise httpx2.ConnectError(type(error).__name__) from None
        except (anthropic.AnthropicError, ValueError, AssertionError, LookupError, TypeError, AttributeError):
            raise WireFailure(None) from None


def param(role: Literal["user", "assistant"], text: str) -> MessageParam:
    if role == "user":
        return UserMessageParam(role=role, content=text)
    return AssistantMessageParam(role=role, content=text)


def read(message: anthropic.types.Message) -> TeacherReply:
    """Raises WireFailure for a stream that ended before its answer did, or holds no text."""
    text = "".join(block.text for block in message.content if block.type == "text")
    if message.stop_reason is None or not text:
        raise WireFailure(None)
    finish: Literal["stop", "length"] = "length" if message.stop_reason == "max_tokens" else "stop"
    usage = Usage(
        prompt_tokens=message.usage.input_tokens,
        completion_tokens=message.usage.output_tokens,
        cached_tokens=message.usage.cache_read_input_tokens or 0,
    )
    return TeacherReply(text=text, provider="anthropic", model=message.model, usage=usage, finish=finish)
