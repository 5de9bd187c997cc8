"""The Responses API's items and our messages, both ways; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.errors import BadRequest
from core.records import Message, Trace
from core.server.asking import flatten, text_of
from core.server.body import convert
from core.server.schemas import ChatMessage

SILENT_ITEMS = {"reasoning"}
"""Items that a client plays back and that a model without reasoning has no use for."""


def messages_of(given: str | Sequence[Mapping[str, Any]]) -> list[Message]:
    """`input` as messages. Raises BadRequest for items that a text model cannot take; nothing is fetched."""
    if isinstance(given, str):
        return [Message(role="user", content=given)]
    found = [message for at, item in enumerate(given) if (message := message_of(item, f"input[{at}]")) is not None]
    if not found:
        raise BadRequest("The input is empty.", param="input")
    return found


def message_of(item: Mapping[str, Any], param: str) -> Message | None:
    kind = item.get("type", "message")
    if kind == "message":
        return flatten(convert({**item, "content": item.get("content")}, ChatMessage), param)
    if kind == "function_call":
        call = {"name": _text(item, "name", param), "arguments": _text(item, "arguments", param)}
        calls = [{"id": _text(item, "call_id", param), "type": "function", "function": call}]
        return Message(role="assistant", tool_calls=calls)
    if kind == "function_call_output":
        output = item.get("output")
        text = output if isinstance(output, str) else text_of(output if isinstance(output, list) else [], param)
        return Message(role="tool", content=text, tool_call_id=_text(item, "call_id", param))
    if kind in SILENT_ITEMS:
        return None
    raise BadRequest(
        f"Items of type {str(kind)[:40]!r} cannot be taken: this model works on text and functions only.",
        param=param,
        code="unsupported_content",
    )


def _text(item: Mapping[str, Any], key: str, param: str) -> str:
    value = item.get(key)
    if isinstance(value, str) and value:
        return value
    raise BadRequest(f"{key} is missing.", param=f"{param}.{key}")


def items_of(messages: Sequence[Message], trace_id: str) -> list[dict[str, Any]]:
    """Messages as input items, each with an id of its own."""
    items: list[dict[str, Any]] = []
    for at, message in enumerate(messages):
        name = f"{trace_id}-{at}"
        if message.role == "tool":
            items.append(
                {
                    "id": f"fco_{name}",
                    "type": "function_call_output",
                    "call_id": message.tool_call_id or "",
                    "output": message.content or "",
                    "status": "completed",
                }
            )
            continue
        if message.content is not None or not message.tool_calls:
            items.append(_message_item(message, f"msg_{name}"))
        items += [call_item(call, "completed") for call in message.tool_calls or []]
    return items


def _message_item(message: Message, item_id: str) -> dict[str, Any]:
    if message.role == "assistant":
        return output_message(item_id, message.content or "", "completed")
    part = {"type": "input_text", "text": message.content or ""}
    return {"id": item_id, "type": "message", "role": message.role, "status": "completed", "content": [part]}


def output_message(item_id: str, text: str | None, status: str, tokens: Sequence[Any] = ()) -> dict[str, Any]:
    """The answer's message; without its part while `text` is None."""
    content = [] if text is None else [text_part(text, tokens)]
    return {"id": item_id, "type": "message", "role": "assistant", "status": status, "content": content}


def text_part(text: str, tokens: Sequence[Any] = ()) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs(tokens)}


def logprobs(tokens: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "token": token.token,
            "bytes": token.bytes,
            "logprob": token.logprob,
            "top_logprobs": [msgspec.to_builtins(top) for top in token.top],
        }
        for token in tokens
    ]


def call_item(call: Mapping[str, Any], status: str, arguments: str | None = None) -> dict[str, Any]:
    function = call["function"]
    return {
        "id": f"fc_{call['id']}",
        "type": "function_call",
        "call_id": call["id"],
        "name": function["name"],
        "arguments": function["arguments"] if arguments is None else arguments,
        "status": status,
    }


def output_of(trace: Trace, status: str, tokens: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The items that an answer consists of."""
    items = []
    if trace.response or not trace.tool_calls:
        items.append(output_message(message_id(trace), trace.response, status, tokens))
    return items + [call_item(call, "completed") for call in trace.tool_calls or []]


def message_id(trace: Trace) -> str:
    return "msg_" + trace.id.partition("_")[2]
