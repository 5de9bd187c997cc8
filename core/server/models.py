"""GET /v1/models: the loaded model by its own name, and the names that choose an agent."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.agent.files import list_agents
from core.errors import NotFound
from core.server.asking import ALIASES
from core.server.errors import Json, Refused
from core.server.parts import Parts


async def list_all(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    return Json({"object": "list", "data": [describe(parts, name) for name in names(parts)]})


async def get(request: Request) -> Response:
    """The model that would answer to this name; its id tells which one that is."""
    parts: Parts = request.app.state.parts
    asked = request.path_params["model"]
    known = names(parts)
    if asked in known:
        return Json(describe(parts, asked))
    if known and (asked in ALIASES or (parts.config.server.accept_any_model and not asked.startswith("nightschool:"))):
        return Json(describe(parts, known[0]))
    error = NotFound(f"The model {asked[:200]!r} is not here.", hint="GET /v1/models lists what is.")
    error.code = "model_not_found"
    raise error


async def delete(request: Request) -> Response:
    raise Refused(403, "not_permitted", "Models are not deleted over the API.", "`nightschool models remove` does it.")


def names(parts: Parts) -> list[str]:
    loaded = [parts.engine.info.name] if parts.engine.info else []
    return [*loaded, "nightschool", *(f"nightschool:{agent}" for agent in list_agents(parts.home))]


def describe(parts: Parts, name: str) -> dict[str, Any]:
    info = parts.engine.info
    model: dict[str, Any] = {
        "id": name,
        "object": "model",
        "created": int(parts.started.timestamp()),
        "owned_by": "nightschool",
    }
    if info is not None:
        model["nightschool"] = {
            "answered_by": info.name,
            "architecture": info.architecture,
            "parameters": info.n_params,
            "context_length": info.n_ctx,
            "size_bytes": info.size_bytes,
        }
    return model
