"""A trace as clients see it: OpenAI's chat completion, our `nightschool` object, our headers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.engine.records import TokenLogprob
from core.records import Trace, Usage

KNOWN_ENDINGS = {"stop", "length", "tool_calls"}
HIDDEN_METADATA = "_nightschool_"
"""Keys that begin so are ours and are not shown."""


def created(trace: Trace) -> int:
    """Unix seconds."""
    return int(datetime.fromisoformat(trace.created_at).timestamp())


def ending(trace: Trace) -> str:
    """OpenAI's word. It has none for a cut-off answer but `length`; ours stands in `nightschool.finish_reason`."""
    return trace.finish_reason if trace.finish_reason in KNOWN_ENDINGS else "length"


def grounded_in(trace: Trace) -> list[str]:
    """Ids of the past work that was put before the student."""
    return [piece.trace_id for piece in trace.retrieved if piece.injected]


def headers(trace: Trace) -> dict[str, str]:
    """At the start of a stream nobody knows yet whether it will be stored: its last chunks tell."""
    told = {
        "x-nightschool-trace-id": trace.id,
        "x-nightschool-variant": trace.variant,
        "x-nightschool-retrieved": ",".join(grounded_in(trace)),
    }
    if trace.finish_reason is not None:
        told["x-nightschool-stored"] = "true" if trace.stored else "false"
    return told


def ours(trace: Trace, storage_error: str | None = None) -> dict[str, Any]:
    """What OpenAI's shape has no place for."""
    validation = trace.validation
    return {
        "trace_id": trace.id,
        "stored": trace.stored and storage_error is None,
        "storage_error": storage_error,
        "finish_reason": trace.finish_reason,
        "agent": trace.agent,
        "query_class": trace.query_class,
        "complexity": trace.complexity,
        "variant": trace.variant,
        "conversation_id": trace.conversation_id,
        "retrieval_mode": trace.retrieval_mode,
        "retrieved": grounded_in(trace),
        "validation": {
            "status": validation.status if validation else "not_checked",
            "reasons": list(validation.reasons) if validation else [],
            "grounded": validation.grounded if validation else None,
            "ungrounded": list(validation.ungrounded) if validation else [],
        },
        "escalated": trace.escalation is not None and trace.escalation.outcome == "answered",
        "error": trace.error,
        "ttft_ms": trace.ttft_ms,
        "duration_ms": trace.duration_ms,
    }


def usage(parts: Sequence[Usage]) -> dict[str, Any]:
    """The sum of several answers' usage, in OpenAI's shape."""
    prompt = sum(part.prompt_tokens for part in parts)
    completion = sum(part.completion_tokens for part in parts)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": sum(part.cached_tokens for part in parts), "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def message(trace: Trace) -> dict[str, Any]:
    """The answer as an assistant's message."""
    answer: dict[str, Any] = {
        "role": "assistant",
        "content": trace.response if trace.response or not trace.tool_calls else None,
        "refusal": None,
    }
    if trace.tool_calls:
        answer["tool_calls"] = trace.tool_calls
    return answer


def logprobs(tokens: Sequence[TokenLogprob]) -> dict[str, Any]:
    return {
        "content": [
            {
                "token": token.token,
                "bytes": token.bytes,
                "logprob": token.logprob,
                "top_logprobs": [msgspec.to_builtins(top) for top in token.top],
            }
            for token in tokens
        ],
        "refusal": None,
    }


def metadata(trace: Trace) -> dict[str, str]:
    return {key: value for key, value in trace.metadata.items() if not key.startswith(HIDDEN_METADATA)}


def choice(trace: Trace, index: int, tokens: Sequence[TokenLogprob] | None) -> dict[str, Any]:
    return {
        "index": index,
        "message": message(trace),
        "finish_reason": ending(trace),
        "logprobs": logprobs(tokens) if tokens is not None else None,
    }


def completion(
    traces: Sequence[Trace],
    tokens: Sequence[Sequence[TokenLogprob] | None],
    storage_errors: Sequence[str | None],
) -> dict[str, Any]:
    """One chat completion from the traces of its choices; it goes by the first one's id."""
    first = traces[0]
    extra = ours(first, storage_errors[0])
    if len(traces) > 1:
        extra["choices"] = [ours(trace, error) for trace, error in zip(traces, storage_errors, strict=True)]
    return {
        "id": first.id,
        "object": "chat.completion",
        "created": created(first),
        "model": first.model,
        "choices": [choice(trace, at, tokens[at]) for at, trace in enumerate(traces)],
        "usage": usage([trace.usage for trace in traces]),
        "metadata": metadata(first),
        "system_fingerprint": None,
        "nightschool": extra,
    }


def stored(trace: Trace) -> dict[str, Any]:
    """A chat completion as it is read back later."""
    return completion([trace], [None], [None])
