"""Stored completions are the traces: list, read, change metadata, delete, and the messages they were made from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from core.errors import BadRequest, NotFound
from core.forget.deleted import WAIT_S, clean_deleted
from core.records import Trace
from core.server import views
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.schemas import MetadataBody

MAX_PAGE = 100


async def list_all(request: Request) -> Response:
    """GET /v1/chat/completions. A cursor that is gone ends the list: its trace may have been deleted meanwhile."""
    parts: Parts = request.app.state.parts
    query = request.query_params
    limit, order = page_size(query), direction(query, "desc")
    wanted = {key[9:-1]: value for key, value in query.items() if key.startswith("metadata[") and key.endswith("]")}
    try:
        found = await asyncio.to_thread(
            parts.database.traces.list,
            limit=limit + 1,
            after=query.get("after"),
            order=order,
            model=query.get("model"),
            metadata=wanted or None,
            conversation_id=query.get("conversation_id"),
        )
    except NotFound:
        found = []
    shown = [views.stored(trace) for trace in found[:limit] if trace.finish_reason is not None]
    return Json(page(shown, has_more=len(found) > limit))


async def get(request: Request) -> Response:
    """GET /v1/chat/completions/{id}."""
    trace = await find(request)
    return Json(views.stored(trace), headers=views.headers(trace))


async def update(request: Request) -> Response:
    """POST /v1/chat/completions/{id}: metadata is replaced; nothing else of a trace ever changes."""
    parts: Parts = request.app.state.parts
    body = await read(request, MetadataBody)
    trace = await find(request)
    kept = {key: value for key, value in trace.metadata.items() if key.startswith(views.HIDDEN_METADATA)}
    chosen = {**(body.metadata or {}), **kept}
    return Json(views.stored(await asyncio.to_thread(parts.database.traces.update_metadata, trace.id, chosen)))


async def delete(request: Request) -> Response:
    """DELETE /v1/chat/completions/{id}: everywhere, the index and what was made of it too, before this answers."""
    parts: Parts = request.app.state.parts
    trace_id = request.path_params["completion_id"]
    await forget(parts, trace_id)
    return Json({"id": trace_id, "object": "chat.completion.deleted", "deleted": True})


async def forget(parts: Parts, trace_id: str) -> None:
    """Idempotent, so that a client may retry a delete whose answer was lost. Raises NotFound for what never was."""
    try:
        await asyncio.to_thread(parts.database.traces.delete, trace_id)
    except NotFound:
        if not await asyncio.to_thread(parts.database.traces.is_deleted, trace_id):
            raise
    await parts.replay.catch_up()
    await asyncio.to_thread(clean_deleted, parts.home, parts.database, wait_s=WAIT_S)
    parts.deleted.set()  # who works on the evidence just now is waited for elsewhere


async def messages(request: Request) -> Response:
    """GET /v1/chat/completions/{id}/messages: what the answer was asked with."""
    trace = await find(request)
    limit, order = page_size(request.query_params), direction(request.query_params, "asc")
    found = [
        {
            "id": f"{trace.id}-{at}",
            "role": message.role,
            "content": message.content,
            "name": message.name,
            "tool_calls": message.tool_calls,
            "content_parts": None,
        }
        for at, message in enumerate(trace.messages)
    ]
    if order == "desc":
        found.reverse()
    left = after_cursor(found, request.query_params.get("after"))
    return Json(page(left[:limit], has_more=len(left) > limit))


async def find(request: Request) -> Trace:
    parts: Parts = request.app.state.parts
    return await asyncio.to_thread(parts.database.traces.get, request.path_params["completion_id"])


def page(shown: Sequence[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """OpenAI's cursor page."""
    return {
        "object": "list",
        "data": list(shown),
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": has_more,
    }


def after_cursor(items: list[dict[str, Any]], cursor: str | None) -> list[dict[str, Any]]:
    if cursor is None:
        return items
    at = next((at for at, item in enumerate(items) if item["id"] == cursor), None)
    return [] if at is None else items[at + 1 :]


def page_size(query: QueryParams) -> int:
    """`limit`, 0 to MAX_PAGE, 20 by default."""
    text = query.get("limit", "20")
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadRequest(f"limit is a number from 0 to {MAX_PAGE}.", param="limit")
    return min(int(text), MAX_PAGE)


def direction(query: QueryParams, default: str) -> Any:
    order = query.get("order", default)
    if order not in ("asc", "desc"):
        raise BadRequest("order is asc or desc.", param="order")
    return order
