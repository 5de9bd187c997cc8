"""What every format comes down to: answers, each with all that was said before it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from core.clock import stamp
from core.evidence.canonical import sig_hash
from core.records import FinishReason, Message, Record, Role, Usage

Reason = Literal[
    "not_json",
    "not_an_object",
    "not_utf8",
    "too_large",
    "unfinished_line",
    "missing_field",
    "wrong_type",
    "no_question",
    "no_answer",
    "empty_answer",
    "failed_answer",
    "tool_error",
    "tool_step",
    "other_event",
]
"""Why something in a file became no trace."""
MILLISECONDS_FROM, NANOSECONDS_FROM = 1e11, 1e17
"""Unix times above are in these units: as seconds they would lie in the year 5138."""


class Said(Record, frozen=True):
    """One statement about an answer, as it stood in the source."""

    metric: str = "thumb"
    value: bool | float | str | None = None
    at: str | None = None
    comment: str | None = None
    correction: str | None = None
    source: Literal["user", "test"] = "user"
    tags: dict[str, str] = msgspec.field(default_factory=dict)


class ImportedTurn(Record, frozen=True):
    """One answer. Times are UTC stamps, None where the format has none."""

    messages: list[Message]
    response: str
    conversation: str | None = None
    """The source's own id of the conversation."""
    position: int = 0
    """Which answer of its conversation this is."""
    at: str | None = None
    offset: int = 0
    """Where it stands: byte offset of its line, or number of its row or message."""
    member: str = ""
    """The file in the archive or folder."""
    model: str = ""
    role: Role = "assistant"
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    duration_ms: float | None = None
    said: tuple[Said, ...] = ()
    tools: tuple[str, ...] = ()
    """Names of the tools that were called on the way."""


class Skipped(Record, frozen=True):
    """Something that became no trace."""

    reason: Reason
    offset: int = 0
    member: str = ""


Item = ImportedTurn | Skipped


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a dialogue, as a format's module reads it."""

    role: Literal["system", "user", "assistant"]
    text: str
    at: str | None = None
    offset: int = 0
    member: str = ""
    model: str = ""
    failed: bool = False
    """An error message in place of an answer."""
    finish_reason: FinishReason = "stop"
    usage: Usage = Usage()
    duration_ms: float | None = None
    said: tuple[Said, ...] = ()
    tools: tuple[str, ...] = ()


def turns(
    dialogue: Iterable[Spoken], *, conversation: str | None, began: str | None = None, role: Role = "assistant"
) -> Iterator[Item]:
    """One turn for each answer; what the assistant said in several messages without a word between is one answer.

    conversation: None where the source has no id; then it follows from the first turn. began: the time of a turn
    where no message before or in it has one.
    """
    before: list[Message] = []
    position, at = 0, began
    for put, answer in _exchanges(dialogue):
        before += [Message(role=one.role, content=one.text) for one in put]
        asked = next((one for one in reversed(put) if one.role == "user"), None)
        at = next((one.at for one in (*([asked] if asked else ()), *answer) if one.at), at)
        made = _turn(before, answer, at, role)
        if made is None:
            where = answer[-1] if answer else asked
            if where is not None:
                yield Skipped(reason=_why_not(before, answer), offset=where.offset, member=where.member)
            continue
        if conversation is None:
            conversation = sig_hash([before, made.response])[:32]
        yield msgspec.structs.replace(made, conversation=conversation, position=position)
        before.append(Message(role="assistant", content=made.response))
        position += 1


def _exchanges(dialogue: Iterable[Spoken]) -> Iterator[tuple[list[Spoken], list[Spoken]]]:
    """What was put to the assistant, and what it said to that; either may be empty."""
    put: list[Spoken] = []
    answer: list[Spoken] = []
    for spoken in dialogue:
        if spoken.role == "assistant":
            answer.append(spoken)
        elif spoken.text.strip():
            if answer or (spoken.role == "user" and any(one.role == "user" for one in put)):
                yield put, answer
                put, answer = [], []
            put.append(spoken)
    if put or answer:
        yield put, answer


def _turn(before: Sequence[Message], answer: Sequence[Spoken], at: str | None, role: Role) -> ImportedTurn | None:
    """None when nothing was asked or answered."""
    heard = [one for one in answer if not one.failed]
    text = "\n\n".join(one.text.strip("\n") for one in heard if one.text.strip())
    if not text or answer[-1].failed or not any(message.role == "user" for message in before):
        return None
    last = heard[-1]
    durations = [one.duration_ms for one in heard if one.duration_ms is not None]
    return ImportedTurn(
        messages=list(before),
        response=text,
        at=at,
        offset=last.offset,
        member=last.member,
        model=next((one.model for one in reversed(heard) if one.model), ""),
        role=role,
        finish_reason=last.finish_reason,
        usage=summed([one.usage for one in heard]),
        duration_ms=sum(durations) if durations else None,
        said=tuple(said for one in heard for said in one.said),
        tools=tuple(tool for one in heard for tool in one.tools),
    )


def _why_not(before: Sequence[Message], answer: Sequence[Spoken]) -> Reason:
    if not answer:
        return "no_answer"
    if not any(message.role == "user" for message in before):
        return "no_question"
    return "failed_answer" if answer[-1].failed else "empty_answer"


def summed(usages: Iterable[Usage]) -> Usage:
    """All of them together."""
    usages = list(usages)
    return Usage(
        prompt_tokens=sum(one.prompt_tokens for one in usages),
        completion_tokens=sum(one.completion_tokens for one in usages),
        cached_tokens=sum(one.cached_tokens for one in usages),
    )


def moment(value: Any) -> str | None:
    """The stamp of a Unix time (seconds, milliseconds or nanoseconds) or of an ISO-8601 text; None when it is none.

    A text without a time zone is taken as UTC: no output may depend on where it is read.
    """
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return None
    seconds = value / 1e9 if value >= NANOSECONDS_FROM else value / 1e3 if value >= MILLISECONDS_FROM else value
    try:
        return stamp(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return None


def _of_text(text: str) -> str | None:
    if text.strip().replace(".", "", 1).isdigit():
        return moment(float(text)) if len(text.strip()) > 8 else None
    try:
        found = datetime.fromisoformat(text.strip())
        return stamp(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def as_text(content: Any) -> str:
    """The text of a message's content: a text, or a list of parts of which those of text are taken. "" for others."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return ""
    return "\n".join(text for part in content if (text := _part(part)))


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type") not in ("text", "input_text", "output_text", None):
        return ""
    text = part.get("text", part.get("content"))
    return text if isinstance(text, str) else ""


def as_object(value: Any) -> dict[str, Any]:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_count(value: Any) -> int:
    """A count that makes sense, else 0."""
    sensible = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0
    return int(value) if sensible else 0


def as_name(value: Any) -> str:
    """A short text or number as text, "" for others."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
