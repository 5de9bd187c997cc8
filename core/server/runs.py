"""POST /v1/runs: a run that was made elsewhere, with what tools and its maker said of it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from core.clock import stamp
from core.database.runs import RunReport
from core.server.asking import client_of
from core.server.body import convert
from core.server.errors import Json
from core.server.feedback import caught_up
from core.server.parts import Parts
from core.server.reading import read


async def record(request: Request) -> Response:
    """The report's own ranges hold; an unknown field is refused, so that nothing is lost unseen."""
    parts: Parts = request.app.state.parts
    report = convert(await read(request, dict[str, Any]), RunReport)
    parts.feedback_limit.take("all", "Too many runs in a short time.")
    trace_id = parts.make_id("run-")
    label = await asyncio.to_thread(
        parts.database.runs.record,
        report,
        trace_id=trace_id,
        created_at=stamp(parts.clock()),
        client=client_of(request),
    )
    await caught_up(parts)
    return Json({"run_id": trace_id, "label": msgspec.to_builtins(label)})
