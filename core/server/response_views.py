"""A trace as the Responses API shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from core.engine.records import TokenLogprob
from core.records import Message, Trace
from core.server import views
from core.server.response_items import output_of

INSTRUCTED = f"{views.HIDDEN_METADATA}instructed"
"""Set when the first message of the trace is the request's `instructions`, which do not carry over."""
PREVIOUS = f"{views.HIDDEN_METADATA}previous"


class Settings(msgspec.Struct, frozen=True):
    """What of a request is shown again in its response; a response read back later has the defaults."""

    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    tools: Sequence[dict[str, Any]] = ()
    tool_choice: Any = "auto"
    parallel_tool_calls: bool = False
    text: dict[str, Any] = msgspec.field(default_factory=lambda: {"format": {"type": "text"}})


def instructions(trace: Trace) -> str | None:
    return trace.messages[0].content if INSTRUCTED in trace.metadata and trace.messages else None


def conversation(trace: Trace) -> list[Message]:
    """What was said before the answer, without the instructions."""
    return trace.messages[1:] if INSTRUCTED in trace.metadata else trace.messages


def status_of(trace: Trace) -> str:
    match trace.finish_reason:
        case None:
            return "in_progress"
        case "stop" | "tool_calls":
            return "completed"
        case "cancelled":
            return "cancelled"
        case "length":
            return "incomplete"
        case _:
            return "failed"


def response(
    trace: Trace,
    settings: Settings,
    *,
    output: list[dict[str, Any]] | None = None,
    tokens: Sequence[TokenLogprob] = (),
    storage_error: str | None = None,
    error: str | None = None,
) -> dict[str, Any]:
    """The response object. output: what there is so far, where it is not the whole trace's."""
    status = "failed" if error else status_of(trace)
    item_status = "completed" if status == "completed" else "incomplete"
    told = error or (trace.error if status == "failed" else None)
    return {
        "id": trace.id,
        "object": "response",
        "created_at": views.created(trace),
        "status": status,
        "error": {"code": "server_error", "message": told or "The answer was cut off."} if status == "failed" else None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": instructions(trace),
        "max_output_tokens": settings.max_output_tokens,
        "model": trace.model,
        "output": output if output is not None else output_of(trace, item_status, tokens),
        "parallel_tool_calls": settings.parallel_tool_calls,
        "previous_response_id": trace.metadata.get(PREVIOUS),
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "tool_choice": settings.tool_choice,
        "tools": list(settings.tools),
        "text": settings.text,
        "truncation": "disabled",
        "background": False,
        "metadata": views.metadata(trace),
        "usage": usage(trace) if trace.finish_reason is not None else None,
        "nightschool": views.ours(trace, storage_error),
    }


def usage(trace: Trace) -> dict[str, Any]:
    used = trace.usage
    return {
        "input_tokens": used.prompt_tokens,
        "input_tokens_details": {"cached_tokens": used.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": used.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.prompt_tokens + used.completion_tokens,
    }
