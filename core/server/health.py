"""GET /health, whether it can answer (one word for all; details with the key), and GET /metrics for Prometheus."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from core.engine.client import COMING
from core.process import WORDS
from core.server import token as tokens
from core.server.errors import Json
from core.server.parts import Parts


async def health(request: Request) -> Response:
    """200 when it can answer, 503 while it cannot (`loading`, `failed`)."""
    parts: Parts = request.app.state.parts
    word = condition(parts)
    answer: dict[str, Any] = {"status": word}
    given = request.headers.get("authorization")
    if given is not None and tokens.matches(given.encode("latin-1"), request.app.state.token):
        answer |= details(parts)
    headers = {} if word == "ok" else {"retry-after": "1"}
    return Json(answer, status_code=200 if word == "ok" else 503, headers=headers)


def condition(parts: Parts) -> Literal["ok", "loading", "failed"]:
    """A model that was put away while idle is `ok`: the next request brings it back."""
    state = parts.engine.state
    if state in COMING or (state == "stopped" and parts.problem is None and not parts.stopping.is_set()):
        return "loading"
    return "ok" if state == "ready" or parts.engine.asleep else "failed"


def problem(parts: Parts) -> str | None:
    """Why no model is there, for a person to read; None while one is there or is coming."""
    if condition(parts) != "failed":
        return None
    error = parts.engine.problem or parts.problem
    if error is not None:
        return str(error)
    ending = parts.engine.ending
    return f"The engine {WORDS[ending]} too often and was given up." if ending is not None else "No model is loaded."


def details(parts: Parts) -> dict[str, Any]:
    """For those with the key: which model, and how retrieval stands."""
    info = parts.engine.info
    return {
        "engine": parts.engine.state,
        "model": info.name if info else None,
        "problem": problem(parts),
        "replay": msgspec.to_builtins(parts.replay.status()),
        "embedder": {
            "ready": parts.embedder.ready,
            "error": str(parts.embedder.error) if parts.embedder.error else None,
        },
        "started": parts.started.isoformat(),
    }


async def metrics(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    meters, counts = parts.meters, await asyncio.to_thread(parts.database.counts)
    for name, value in msgspec.to_builtins(counts).items():
        meters.gauge(f"stored_{name}", f"{name.capitalize()} in the database.", value)
    replay = parts.replay.status()
    meters.gauge("indexed", "Pieces of past work in the vector index.", replay.indexed)
    meters.gauge("ready", "1 when a model can answer.", float(condition(parts) == "ok"))
    if parts.engine.state == "ready":
        for name, value in msgspec.to_builtins(await parts.engine.stats()).items():
            meters.gauge(f"engine_{name}", f"The engine's {name.replace('_', ' ')}.", value)
    return Response(meters.render(), media_type=CONTENT_TYPE_LATEST)
