"""Reads a route's body under the limits of the configuration."""

from __future__ import annotations

from typing import TypeVar

from starlette.requests import Request

from core.server import body
from core.server.parts import Parts

T = TypeVar("T")


async def read(request: Request, schema: type[T]) -> T:
    """The JSON body as `schema`. Raises BadRequest and its kin."""
    parts: Parts = request.app.state.parts
    limits = parts.config.server
    return await body.read(request, schema, max_bytes=limits.max_body_mb * 2**20, timeout_s=limits.read_timeout_s)
