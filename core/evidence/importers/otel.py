"""OpenTelemetry: spans and logs of generative AI as OTLP JSON, one document or one a line (the file exporter's form).

https://opentelemetry.io/docs/specs/semconv/gen-ai/: what was said stands, in order of age, in the attributes
`gen_ai.prompt.<n>.content` and `gen_ai.completion.<n>.content`; in the attributes or events `gen_ai.prompt` and
`gen_ai.completion`; in one event a message (`gen_ai.user.message`, `gen_ai.choice` …, of the span or as log records);
in `gen_ai.input.messages` and `gen_ai.output.messages`. Only spans that ask a model are read; what tools gave back
is left out. Instrumentation records texts only where it was told to.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from core.evidence.importers.files import Document, decoded, documents, files_of, member_of
from core.evidence.importers.otel_messages import Event, Exchange, exchange
from core.evidence.importers.otlp import attributes, value
from core.evidence.importers.turns import (
    ImportedTurn,
    Item,
    Said,
    Skipped,
    as_count,
    as_name,
    as_object,
    moment,
)
from core.records import FinishReason, Usage

ASKS_A_MODEL = ("chat", "text_completion", "generate_content", "completion", "")
ENDINGS: dict[str, FinishReason] = {"length": "length", "max_tokens": "length", "error": "error"}
FAILED = (2, "2", "STATUS_CODE_ERROR")
EVALUATION = "gen_ai.evaluation.result"
SpanId = tuple[str, str]


class Span(NamedTuple):
    """One span, and where it stands."""

    row: dict[str, Any]
    facts: dict[str, Any]
    offset: int
    member: str


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each span that asked a model. The log records are read first: they belong to spans anywhere."""
    logs: dict[SpanId, list[Event]] = {}
    for document in _documents(path):
        if isinstance(document, Document) and isinstance(row := decoded(document), dict):
            for record in _inner(row, "resourceLogs", "scopeLogs", "logRecords"):
                logs.setdefault(_id(record), []).append(_log_event(record))
    number = 0
    for document in _documents(path):
        row = document if isinstance(document, Skipped) else decoded(document)
        if isinstance(row, Skipped):
            yield row
            continue
        if "resourceSpans" not in row and "resourceLogs" not in row:
            yield Skipped(reason="missing_field", offset=document.offset, member=document.member)
        for span in _inner(row, "resourceSpans", "scopeSpans", "spans"):
            number += 1
            whole = Span(span, attributes(span.get("attributes")), document.offset or number, document.member)
            yield _turn(whole, logs.get(_id(span), []))


def _documents(path: Path) -> Iterator[Document | Skipped]:
    for file in files_of(path, "*.json", "*.jsonl"):
        yield from documents(file, member_of(path, file))


def _inner(row: dict[str, Any], outer: str, scope: str, inner: str) -> Iterator[dict[str, Any]]:
    """The spans or records of a document; `instrumentationLibrarySpans` is how scopes were called once."""
    old = scope.replace("scope", "instrumentationLibrary")
    for resource in _list(row.get(outer)):
        for one in _list(resource.get(scope, resource.get(old))):
            yield from _list(one.get(inner))


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _id(row: dict[str, Any]) -> SpanId:
    return as_name(row.get("traceId")), as_name(row.get("spanId"))


def _log_event(record: dict[str, Any]) -> Event:
    """The body of a log record says what a span event says in its attributes."""
    facts = attributes(record.get("attributes"))
    body = value(record.get("body"))
    name = as_name(record.get("eventName")) or as_name(facts.get("event.name"))
    return Event(name, {**facts, **as_object(body)}, record.get("timeUnixNano") or record.get("observedTimeUnixNano"))


def _turn(span: Span, logs: list[Event]) -> Item:
    own = [
        Event(as_name(one.get("name")), attributes(one.get("attributes")), one.get("timeUnixNano"))
        for one in _list(span.row.get("events"))
    ]
    operation = as_name(span.facts.get("gen_ai.operation.name"))
    failed = as_object(span.row.get("status")).get("code") in FAILED or "error.type" in span.facts
    if operation == "execute_tool" and failed:
        return Skipped(reason="tool_error", offset=span.offset, member=span.member)
    if operation not in ASKS_A_MODEL or not (operation or any(name.startswith("gen_ai.") for name in span.facts)):
        return Skipped(reason="other_event", offset=span.offset, member=span.member)
    said = exchange(span.facts, [*own, *logs])
    reason = _why_not(said, failed)
    if reason is not None:
        return Skipped(reason=reason, offset=span.offset, member=span.member)  # type: ignore[arg-type]
    return _made(span, said, tuple(_said(one) for one in (*own, *logs) if one.name == EVALUATION))


def _why_not(said: Exchange, failed: bool) -> str | None:
    if failed:
        return "failed_answer"
    if not said.messages and not said.answer:
        return "missing_field"
    if not any(message.role == "user" for message in said.messages):
        return "no_question"
    if not said.answer.strip():
        return "tool_step" if said.asked_for_tools else "empty_answer"
    return None


def _made(span: Span, said: Exchange, judged: tuple[Said, ...]) -> ImportedTurn:
    facts = span.facts
    begin, end = (as_count(_number(span.row.get(name))) for name in ("startTimeUnixNano", "endTimeUnixNano"))
    reasons = facts.get("gen_ai.response.finish_reasons")
    ending = as_name(reasons[0]) if isinstance(reasons, list) and reasons else said.finish_reason
    prompt = facts.get("gen_ai.usage.input_tokens", facts.get("gen_ai.usage.prompt_tokens"))
    made = facts.get("gen_ai.usage.output_tokens", facts.get("gen_ai.usage.completion_tokens"))
    return ImportedTurn(
        messages=said.messages,
        response=said.answer,
        conversation=as_name(facts.get("gen_ai.conversation.id"))
        or as_name(facts.get("session.id"))
        or as_name(span.row.get("traceId")),
        position=sum(message.role == "assistant" for message in said.messages),
        at=moment(begin),
        offset=span.offset,
        member=span.member,
        model=as_name(facts.get("gen_ai.response.model")) or as_name(facts.get("gen_ai.request.model")),
        finish_reason=ENDINGS.get(ending, "stop"),
        usage=Usage(prompt_tokens=as_count(_number(prompt)), completion_tokens=as_count(_number(made))),
        duration_ms=(end - begin) / 1e6 if end >= begin > 0 else None,
        said=judged,
        tools=said.tools,
    )


def _number(found: Any) -> Any:
    """64-bit numbers are texts in OTLP JSON."""
    return int(found) if isinstance(found, str) and found.isdigit() else found


def _said(event: Event) -> Said:
    """An evaluation is a machine's word: kept, and never taken for a person's."""
    score = event.facts.get("gen_ai.evaluation.score.value")
    return Said(
        metric=f"evaluation: {as_name(event.facts.get('gen_ai.evaluation.name')) or 'unnamed'}"[:200],
        value=float(score)
        if isinstance(score, int | float)
        else as_name(event.facts.get("gen_ai.evaluation.score.label")),
        at=moment(_number(event.at)),
        comment=as_name(event.facts.get("gen_ai.evaluation.explanation")) or None,
        source="test",
    )
