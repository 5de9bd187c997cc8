"""What clients may send: OpenAI's chat, completions and embeddings bodies, as far as a text server honours them.

Fields that a text server can ignore without lying (audio voice, prediction, service_tier, cache hints, ...) are not
declared and so are ignored; what would change the answer and cannot be done is refused where it is read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

MAX_CHOICES = 8
Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Probability = Annotated[float, Meta(ge=0, le=1)]
Bias = Annotated[float, Meta(ge=-100, le=100)]
StopText = Annotated[str, Meta(max_length=1000)]
Stop = StopText | Annotated[list[StopText], Meta(max_length=16)] | None
Metadata = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]], Meta(max_length=16)
]
Name = Annotated[str, Meta(max_length=256)]


class StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool = False


class ChatMessage(msgspec.Struct, frozen=True):
    """`content`: text, a list of parts, or nothing beside tool calls."""

    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None
    name: Name | None = None
    tool_call_id: Name | None = None
    tool_calls: list[dict[str, Any]] | None = None
    function_call: dict[str, Any] | None = None
    refusal: str | None = None


class SamplingFields(msgspec.Struct, frozen=True, kw_only=True):
    """Sampling parameters that chat and raw completions share. top_k, min_p and repeat_penalty are ours."""

    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Probability | None = None
    top_k: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    min_p: Probability | None = None
    repeat_penalty: Annotated[float, Meta(gt=0, le=10)] | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    seed: Int64 | None = None
    stop: Stop = None
    logit_bias: Annotated[dict[str, Bias], Meta(max_length=4096)] | None = None
    max_tokens: Count | None = None
    model: Name = ""
    n: Annotated[int, Meta(ge=1, le=MAX_CHOICES)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: Name | None = None
    store: bool | None = None
    metadata: Metadata | None = None


class ChatBody(SamplingFields, frozen=True, kw_only=True):
    """POST /v1/chat/completions."""

    messages: Annotated[list[ChatMessage], Meta(min_length=1)]
    max_completion_tokens: Count | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    response_format: dict[str, Any] | None = None
    tools: Annotated[list[dict[str, Any]], Meta(max_length=128)] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: Annotated[list[dict[str, Any]], Meta(max_length=128)] | None = None
    function_call: str | dict[str, Any] | None = None
    modalities: list[str] | None = None
    nightschool: Options | None = None


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our own field in a request's body (`extra_body` in the official client)."""

    use_retrieval: bool = True
    allow_escalation: bool | None = None
    agent: Name | None = None
    grammar: Annotated[str, Meta(max_length=64 * 1024)] | None = None
    origin: Literal["user", "replay"] = "user"
    """`replay`: a run that only looks at what replay does; it is recorded, and never learned from."""


class CompletionBody(SamplingFields, frozen=True, kw_only=True):
    """POST /v1/completions. `prompt`: text, texts, or token ids (refused with a reason)."""

    prompt: str | Annotated[list[Any], Meta(min_length=1, max_length=MAX_CHOICES)] = ""
    echo: bool | None = None
    logprobs: Annotated[int, Meta(ge=0, le=5)] | None = None
    best_of: Annotated[int, Meta(ge=0, le=20)] | None = None
    suffix: str | None = None


class EmbeddingBody(msgspec.Struct, frozen=True):
    """POST /v1/embeddings."""

    input: str | Annotated[list[Any], Meta(min_length=1, max_length=2048)]
    model: Name = ""
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class MetadataBody(msgspec.Struct, frozen=True):
    """POST /v1/chat/completions/{id}."""

    metadata: Metadata | None
