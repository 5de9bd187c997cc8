"""What goes into the desk and what comes out of it: `Ask` in, a stream of `Event` out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.engine.records import TokenLogprob
from core.records import Message, Origin, Record, Role, Trace


class Ask(Record, frozen=True):
    """One request, whoever makes it. Exactly one of `messages` (a chat) and `prompt` (a raw completion) is given."""

    messages: list[Message] = msgspec.field(default_factory=list)
    prompt: str | None = None
    """Continued as it is: no agent, no template, no retrieval."""
    echo: bool = False
    """Give the raw prompt back before its continuation."""
    agent: str | None = None
    """Name of an agent file; None takes the configured default."""
    variant: str | None = None
    """None lets the agent's `models` decide by query class, else the base."""
    sampling: dict[str, Any] = msgspec.field(default_factory=dict)
    """Only what the client named, by the field names of `core.engine.records.Sampling`."""
    tools: list[dict[str, Any]] = msgspec.field(default_factory=list)
    """The client's own, in OpenAI's shape; calls of these are handed back to the client."""
    tool_choice: str | dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    """OpenAI's: `{"type": "text" | "json_object" | "json_schema", ...}`."""
    grammar: str | None = None
    logprobs: bool = False
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] = 0
    use_retrieval: bool = True
    """False is the explicit baseline; the trace says `off`."""
    allow_escalation: bool | None = None
    """None follows `teacher.escalate`; False forbids it for this request."""
    role: Role = "assistant"
    client: str = "unknown"
    conversation_id: str | None = None
    origin: Origin = "user"
    store: bool = True
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    trace_id: str | None = None
    """The id to record under; None makes one."""


class Started(Record, frozen=True):
    """The request was understood and its trace begun; `trace.stored` is False where nothing will be kept."""

    trace: Trace


class Delta(Record, frozen=True):
    """A piece of the answer."""

    text: str = ""
    logprobs: list[TokenLogprob] | None = None


class ToolUse(Record, frozen=True):
    """A built-in tool was used by the student, on this side."""

    call_id: str
    name: str
    arguments: str
    """JSON text, as the student wrote it."""
    result: str


class Finished(Record, frozen=True):
    """The whole trace. A failed validation stands in `trace.validation`: such an answer is unverified."""

    trace: Trace
    storage_error: str | None = None
    """Why this answer could not be recorded; None when it was, or was not to be."""


Event = Started | Delta | ToolUse | Finished
