"""The data contracts: frozen msgspec Structs, unknown fields refused, versioned.

Every clock reading, id and seed is given to these, never made in them (DESIGN law 4).
Times are UTC ISO-8601 strings with a `Z`, so that they sort and serialise as they are.
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION = 1

Role = Literal["assistant", "coder", "fixer", "judge"]
Origin = Literal["user", "simulated", "benchmark", "import", "replay"]
QueryClass = Literal["code", "math", "writing", "lookup", "chat"]
Complexity = Literal["easy", "medium", "hard"]
FinishReason = Literal["stop", "length", "tool_calls", "cancelled", "interrupted", "error"]
Unit = Annotated[float, Meta(ge=0, le=1)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything stored: immutable, and an unknown field is an error, not a silent loss."""


class Message(Record, frozen=True):
    """One chat message. `content` is plain text (parts are flattened at the server's door)."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class Retrieved(Record, frozen=True):
    """One piece of past work that replay considered, with how near it was."""

    trace_id: str
    kind: Literal["accepted", "partial"]
    distance: float | None = None
    """Cosine distance in [0, 2]; None while retrieval is lexical only."""
    score: float = 0.0
    """Reciprocal-rank-fusion score."""
    injected: bool = False
    """True when it passed the strict threshold and was put before the student."""


class Validation(Record, frozen=True):
    """What the deterministic checks said of an answer. `not_checked` when there was no bundle."""

    status: Literal["passed", "failed", "not_checked"]
    reasons: tuple[str, ...] = ()
    grounded: Unit | None = None
    """Share of the answer's specific claims that stand in the question or the bundle."""
    ungrounded: tuple[str, ...] = ()


class Escalation(Record, frozen=True):
    """A failed answer handed to the teacher, by the person's leave."""

    provider: str
    model: str
    outcome: Literal["answered", "failed"]
    error: str | None = None
    local_response: str | None = None


class Usage(Record, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


class Trace(Record, frozen=True):
    """One request and its answer, as recorded, with how it was made (DESIGN §5)."""

    id: str
    """Also the response id that the OpenAI client sees."""
    created_at: str
    client: str = "unknown"
    conversation_id: str | None = None
    role: Role = "assistant"
    agent: str = "direct"
    query_class: QueryClass = "chat"
    complexity: Complexity = "easy"
    messages: list[Message] = msgspec.field(default_factory=list)
    """As the client sent them; what replay added stands in `bundle`."""
    response: str = ""
    tool_calls: list[dict[str, Any]] | None = None
    finish_reason: FinishReason | None = None
    """None while the answer is still being made."""
    model: str = ""
    adapter: str | None = None
    variant: str = "base"
    propensity: Unit = 1.0
    prompt_id: str = "default"
    retrieved: list[Retrieved] = msgspec.field(default_factory=list)
    retrieval_mode: Literal["hybrid", "lexical", "off", "none"] = "none"
    """`lexical` while the embedder is loading; `off` by explicit flag; `none` when the agent has no replay."""
    task_hash: str = ""
    bundle: str = ""
    """The text that replay put before the student, whole."""
    validation: Validation | None = None
    escalation: Escalation | None = None
    usage: Usage = Usage()
    ttft_ms: float | None = None
    duration_ms: float | None = None
    cost_usd: float = 0.0
    retries: int = 0
    error: str | None = None
    origin: Origin = "user"
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    stored: bool = True
    """False: kept only in memory, never written (`store: false`)."""
    schema_version: int = SCHEMA_VERSION


class Feedback(Record, frozen=True):
    """One statement of a person or a test run about a trace; append-only, the latest of the person wins."""

    id: str
    trace_id: str
    created_at: str
    source: Literal["user", "test", "simulated"] = "user"
    metric: str = "thumb"
    """`thumb` (bool), `score` (0..1), `comment`, `demonstration` (a correction), or a client's own name."""
    value: bool | float | str | None = None
    """None takes the person's earlier statement of this metric back."""
    comment: str | None = None
    correction: str | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


class Signals(Record, frozen=True):
    """What tools said of the work of a trace (seed 002's `signals` table)."""

    trace_id: str
    created_at: str
    compile_pass: bool | None = None
    tests_passed: Annotated[int, Meta(ge=0)] | None = None
    tests_total: Annotated[int, Meta(ge=0)] | None = None
    lint_errors: Annotated[int, Meta(ge=0)] | None = None
    type_errors: Annotated[int, Meta(ge=0)] | None = None
    schema_errors: Annotated[int, Meta(ge=0)] | None = None
    boundary_errors: Annotated[int, Meta(ge=0)] | None = None
    coverage_pct: Annotated[float, Meta(ge=0, le=100)] | None = None


class Exemplar(Record, frozen=True):
    """Past work as replay sees it: the question, and the answer that may be shown."""

    row: int
    """Integer key: the label in HNSW."""
    trace_id: str
    kind: Literal["accepted", "partial"]
    task: str
    answer: str
    """The correction where there is one, else the response."""


class Agent(Record, frozen=True):
    """A file under the home: how requests to this agent are answered. Read at each request."""

    name: str
    description: str = ""
    system_prompt: str = ""
    replay: bool = False
    tools: tuple[str, ...] = ()
    max_tool_rounds: Annotated[int, Meta(ge=0, le=20)] = 4
    parameters: dict[str, float | int] = msgspec.field(default_factory=dict)
    """Default sampling: temperature, top_p, top_k, min_p, max_tokens, repeat_penalty..."""
    exemplars: tuple[str, ...] = ()
    """Trace ids of fixed few-shot exemplars: never their text."""
    models: dict[str, str] = msgspec.field(default_factory=dict)
    """query class → variant or model that serves it."""


class Tool(Record, frozen=True):
    """A file under the home: what the student is told of a built-in tool."""

    name: str
    description: str
    argument: str = "input"


Op = Literal[
    "set_model_for_query_class",
    "set_model_param",
    "set_agent_param",
    "add_tool_to_agent",
    "remove_tool_from_agent",
    "edit_tool_description",
    "patch_system_prompt",
    "replace_system_prompt",
    "set_agent_class",
    "edit_few_shot_exemplars",
    "lora_finetune",
]
Tier = Literal["auto", "review", "manual"]
Count = Annotated[int, Meta(ge=0)]
Cost = Annotated[float, Meta(ge=0, le=1e6)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]


class EvidenceNote(Record, frozen=True):
    """One thing that speaks for an edit; with a trace where it was seen there."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    trace_id: str | None = None


class GateFigures(Record, frozen=True):
    """What the gate measured, both sides on the same tasks. Scores are means in [0, 1]."""

    before: Unit
    after: Unit
    tasks: Count
    wins: Count
    losses: Count
    ties: Count
    verdict: Literal["keep", "refuse", "not enough evidence"]
    e_value: Annotated[float, Meta(ge=0)] | None = None
    worst_cluster: Annotated[str, Meta(max_length=200)] | None = None
    """The group of tasks that fell most, None when none fell."""
    worst_fall: Unit | None = None


class EditProposal(Record, frozen=True):
    """The body of a review of kind `edit`."""

    op: Op
    target: Line
    """What it changes, as `agents/coder.toml`."""
    summary: Line
    """One sentence for the person."""
    tier: Tier = "review"
    diff: Annotated[str, Meta(max_length=200_000)] = ""
    """Unified diff of the file as it would become."""
    evidence: Annotated[tuple[EvidenceNote, ...], Meta(max_length=100)] = ()
    gate: GateFigures | None = None
    """None: not measured yet."""
    session_id: str | None = None
    cost_usd: Cost = 0.0
    """What the teacher was paid to think of it."""


class SessionOutcome(Record, frozen=True):
    """The evidence of a finished job of kind `session`, `night`, `training` or `rollback`."""

    outcome: Line
    """One sentence: what came of it."""
    cost_usd: Cost = 0.0
    changes: Annotated[tuple[Line, ...], Meta(max_length=1_000)] = ()
    """What is different now, a line each; () when nothing is."""
    score_before: Unit | None = None
    score_after: Unit | None = None
    """On the personal benchmark, of what serves afterwards."""
    checkpoint: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """Present: it can be rolled back to what was before."""


def settle_types() -> None:
    """Let msgspec learn every Struct that is imported, now, in one thread. To be called before threads start.

    msgspec 0.22 builds its knowledge of a type at first use without a lock; two threads that do so at once read it
    half-built, and the process dies by SIGSEGV (seen in the engine child on its first two requests).
    """
    waiting = list(msgspec.Struct.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("core.", "desktop.")):
            with contextlib.suppress(TypeError):  # one that msgspec cannot decode is never decoded
                msgspec.json.Decoder(kind)
