"""What crosses the pipe between the server and the engine child."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.engine.memory import MemoryEstimate
from core.errors import BadRequest
from core.records import FinishReason, Message, Record, Usage

BASE = "base"
"""Name of the variant without an adapter."""
Probability = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Int32 = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""What llama.cpp takes; ctypes would cut off what is larger without a word."""


class ModelSpec(Record, frozen=True):
    """Which GGUF to load and how; 0 or -1 lets the engine choose."""

    path: str
    n_ctx: Annotated[int, Meta(ge=0)] = 0
    gpu_layers: Annotated[int, Meta(ge=-1)] = -1
    threads: Annotated[int, Meta(ge=0)] = 0
    slots: Annotated[int, Meta(ge=0, le=16)] = 0
    """Answers made at once per variant."""


class ModelInfo(Record, frozen=True):
    """The model that is loaded, as it really is."""

    name: str
    path: str
    fingerprint: str
    """SHA-256 that names these weights (`core.engine.fingerprint`); adapters carry their base's."""
    architecture: str
    n_params: int
    n_ctx: int
    n_ctx_train: int
    gpu_layers: int
    threads: int
    slots: int
    vocab_size: int
    chat_template: str | None
    size_bytes: int
    memory: MemoryEstimate


class Sampling(Record, frozen=True):
    """How the next token is chosen. Ranges are those of the OpenAI API where it has the parameter."""

    temperature: Annotated[float, Meta(ge=0, le=10)] = 0.8
    """0 is greedy."""
    top_p: Probability = 0.95
    top_k: Int32 = 40
    """0 is off."""
    min_p: Probability = 0.05
    repeat_penalty: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """Over the last 64 tokens, the prompt's too; 1 is off."""
    frequency_penalty: Penalty = 0.0
    """Over what was generated, as is `presence_penalty`."""
    presence_penalty: Penalty = 0.0
    seed: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    logit_bias: dict[Int32, Annotated[float, Meta(ge=-100, le=100)]] = msgspec.field(default_factory=dict)
    stop: tuple[str, ...] = ()
    max_tokens: Int32 | None = None
    """None: as far as the context reaches."""


class GenerationRequest(Record, frozen=True):
    """One answer to make: `messages` through the chat template, or `prompt` as it is."""

    variant: str = BASE
    messages: list[Message] | None = None
    prompt: str | None = None
    sampling: Sampling = Sampling()
    json_schema: dict[str, Any] | None = None
    json_object: bool = False
    grammar: str | None = None
    """GBNF; at most one of json_schema, json_object, grammar."""
    tools: list[dict[str, Any]] = msgspec.field(default_factory=list)
    tool_choice: str | dict[str, Any] | None = None
    logprobs: bool = False
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] = 0
    echo: bool = False


def pack_request(request: GenerationRequest) -> bytes:
    """A request for the pipe. Raises BadRequest for what msgpack cannot hold: huge integers, half characters, depth."""
    try:
        return msgspec.msgpack.encode(request)
    except (OverflowError, RecursionError, UnicodeEncodeError, TypeError) as error:
        raise BadRequest(f"The request holds a value that cannot be used: {error}.") from error


def unpack_request(data: bytes) -> GenerationRequest:
    """A request from the pipe. Raises BadRequest for values out of range."""
    try:
        return msgspec.msgpack.decode(data, type=GenerationRequest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest(f"The request is wrong: {error}.") from error


class TopLogprob(Record, frozen=True):
    token: str
    bytes: list[int]
    logprob: float


class TokenLogprob(Record, frozen=True):
    """One generated token: log-probability (natural) under the model, before any sampling parameter."""

    token: str
    bytes: list[int]
    logprob: float
    top: list[TopLogprob] = msgspec.field(default_factory=list)


class Chunk(Record, frozen=True):
    """A piece of an answer. Only the last one has finish_reason, usage and the times (milliseconds)."""

    text: str = ""
    tool_calls: list[dict[str, Any]] | None = None
    logprobs: list[TokenLogprob] | None = None
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    ttft_ms: float | None = None
    duration_ms: float | None = None


class ProbeEffect(Record, frozen=True):
    """How far an adapter moved the probe logits from the base's."""

    max_difference: float
    mean_difference: float
    noise: float
    """Largest difference between two runs of the base: zero where the backend is deterministic."""
    argmax_changed: int
    positions: int


class VariantInfo(Record, frozen=True):
    """One variant and what it costs, in bytes."""

    name: str
    adapter: str | None
    adapter_bytes: int
    contexts: int
    kv_bytes: int
    """KV cache of one context."""
    compute_bytes: int
    """Compute buffer of one context, as measured when its first context was made."""


class AttachReport(Record, frozen=True):
    """Proof that an adapter works: what it moved."""

    variant: str
    adapter: str
    fingerprint: str
    effect: ProbeEffect
    memory: VariantInfo


class EngineStats(Record, frozen=True):
    """Counters since the child started."""

    tokens_computed: int = 0
    """Tokens that llama.cpp evaluated: prompt and generated, not those reused from the cache."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0
    cancelled: int = 0
    refused: int = 0
    """Requests refused because the queue was full."""
    active: int = 0
    queue_depth: int = 0
    contexts: int = 0
    rss_bytes: int = 0
