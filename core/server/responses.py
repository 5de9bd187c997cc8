"""POST /v1/responses and reading back: the Responses API over the same desk and the same traces."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from core.agent.ask import Ask
from core.errors import BadRequest, NotFound
from core.records import Message, Trace
from core.server import response_events, stored, views
from core.server.answering import begin, while_connected, whole
from core.server.asking import checked_choice, checked_tool, common
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.response_items import items_of, messages_of
from core.server.response_views import INSTRUCTED, PREVIOUS, Settings, conversation, response
from core.server.schemas import Count, Metadata, Name, Options, Probability
from core.server.sse import EventStream


class ResponseBody(msgspec.Struct, frozen=True, kw_only=True):
    """POST /v1/responses, as far as a text model honours it."""

    input: str | Annotated[list[dict[str, Any]], Meta(min_length=1)]
    model: Name = ""
    instructions: str | None = None
    previous_response_id: Name | None = None
    max_output_tokens: Count | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Probability | None = None
    tools: Annotated[list[dict[str, Any]], Meta(max_length=128)] | None = None
    tool_choice: str | dict[str, Any] | None = None
    text: dict[str, Any] | None = None
    stream: bool | None = None
    store: bool | None = None
    metadata: Metadata | None = None
    include: list[str] | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    background: bool | None = None
    conversation: Any = None
    prompt: Any = None
    nightschool: Options | None = None


async def create(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    body = await read(request, ResponseBody)
    refuse_what_cannot_be_done(body)
    previous = await previous_of(parts, body)
    ask = ask_of(parts, body, previous, request)
    settings = settings_of(body)
    if body.stream:
        started, events = await while_connected(request, begin(parts, ask))
        stream = response_events.run(started.trace, settings, events, with_logprobs=ask.logprobs)
        return EventStream(stream, views.headers(started.trace), done=b"")
    answer = await while_connected(request, whole(parts, ask))
    payload = response(answer.trace, settings, tokens=answer.logprobs, storage_error=answer.storage_error)
    return Json(payload, headers=views.headers(answer.trace))


def refuse_what_cannot_be_done(body: ResponseBody) -> None:
    for name in ("background", "conversation", "prompt"):
        if getattr(body, name):
            raise BadRequest(f"{name} is not offered here.", param=name, code="unsupported_value")


async def previous_of(parts: Parts, body: ResponseBody) -> Trace | None:
    if body.previous_response_id is None:
        return None
    try:
        return await asyncio.to_thread(parts.database.traces.get, body.previous_response_id)
    except NotFound as error:
        raise BadRequest(
            "There is no stored response of that id.",
            param="previous_response_id",
            code="previous_response_not_found",
        ) from error


def ask_of(parts: Parts, body: ResponseBody, previous: Trace | None, request: Request) -> Ask:
    """The conversation so far, then the new input; `instructions` hold for this answer alone."""
    shared = common(parts, body.model, body.metadata, body.store, body.nightschool, request)
    messages = []
    if body.instructions:
        messages.append(Message(role="system", content=body.instructions))
        shared["metadata"] = {**shared["metadata"], INSTRUCTED: "1"}
    if previous is not None:
        messages += [*conversation(previous), said_by(previous)]
        shared["metadata"] = {**shared["metadata"], PREVIOUS: previous.id}
        shared["conversation_id"] = shared["conversation_id"] or previous.conversation_id or previous.id
    tools = [flat_tool(tool, f"tools[{at}]") for at, tool in enumerate(body.tools or [])]
    sampling = {"temperature": body.temperature, "top_p": body.top_p, "max_tokens": body.max_output_tokens}
    return Ask(
        messages=[*messages, *messages_of(body.input)],
        tools=tools,
        tool_choice=checked_choice(nested_choice(body.tool_choice), tools),
        response_format=format_of(body.text),
        sampling={name: value for name, value in sampling.items() if value is not None},
        logprobs=bool(body.top_logprobs) or "message.output_text.logprobs" in (body.include or []),
        top_logprobs=body.top_logprobs or 0,
        trace_id=parts.make_id("resp_"),
        **shared,
    )


def said_by(trace: Trace) -> Message:
    return Message(role="assistant", content=trace.response or None, tool_calls=trace.tool_calls)


def flat_tool(tool: dict[str, Any], param: str) -> dict[str, Any]:
    """The Responses API writes a function's fields beside its type."""
    function = {key: tool[key] for key in ("name", "description", "parameters", "strict") if tool.get(key) is not None}
    return checked_tool({"type": tool.get("type"), "function": function}, param)


def nested_choice(choice: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
    if isinstance(choice, dict) and choice.get("type") == "function":
        return {"type": "function", "function": {"name": choice.get("name")}}
    if isinstance(choice, dict):
        raise BadRequest("Only functions can be chosen.", param="tool_choice", code="unsupported_tool")
    return choice


def format_of(text: dict[str, Any] | None) -> dict[str, Any] | None:
    """`text.format` in the shape of chat's response_format."""
    wanted = (text or {}).get("format")
    if wanted is None:
        return None
    if not isinstance(wanted, dict):
        raise BadRequest("text.format is an object.", param="text.format")
    if wanted.get("type") != "json_schema":
        return wanted
    return {"type": "json_schema", "json_schema": {key: value for key, value in wanted.items() if key != "type"}}


def settings_of(body: ResponseBody) -> Settings:
    return Settings(
        temperature=body.temperature,
        top_p=body.top_p,
        max_output_tokens=body.max_output_tokens,
        tools=[{"strict": None, "parameters": None, **tool} for tool in body.tools or []],
        tool_choice=body.tool_choice or "auto",
        text=body.text if body.text and body.text.get("format") else {"format": {"type": "text"}},
    )


async def get(request: Request) -> Response:
    trace = await stored.find(request)
    return Json(response(trace, Settings()), headers=views.headers(trace))


async def delete(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    trace_id = request.path_params["completion_id"]
    await stored.forget(parts, trace_id)
    return Json({"id": trace_id, "object": "response", "deleted": True})


async def input_items(request: Request) -> Response:
    trace = await stored.find(request)
    query = request.query_params
    items = items_of(conversation(trace), trace.id)
    if stored.direction(query, "desc") == "desc":
        items.reverse()
    left, limit = stored.after_cursor(items, query.get("after")), stored.page_size(query)
    return Json(stored.page(left[:limit], has_more=len(left) > limit))
