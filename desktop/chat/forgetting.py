"""Forgets a whole conversation: through the server where it runs, so that its index follows at once, else by hand."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from core.errors import ModelUnavailable, NotFound
from core.server.reach import RemoteError
from desktop.chat.drafts import correction, draft, unsent

if TYPE_CHECKING:
    from desktop.context import Context


async def forget(context: Context, conversation_id: str) -> int:
    """How many answers went, with all that was said and made of them.

    Raises NightschoolError; what went until then is gone.
    """
    from core.forget.deleted import WAIT_S, clean_deleted

    database = context.database
    trace_ids = await context.run(database.conversations.trace_ids, conversation_id)
    gone = 0
    if context.server.status.state == "ready":
        gone = await _through_server(context, trace_ids)
    if gone < len(trace_ids):
        with contextlib.suppress(NotFound):  # somebody else may have forgotten the rest of it meanwhile
            gone += (await context.run(database.conversations.delete, conversation_id)).deleted
    await context.run(clean_deleted, context.home, database, wait_s=WAIT_S)
    names = [draft(conversation_id), unsent(conversation_id), *map(correction, trace_ids)]
    for name in names:
        await context.run(database.state.set, name, None)
    return gone


async def _through_server(context: Context, trace_ids: list[str]) -> int:
    """As many as it takes; the rest is deleted in the database itself, which the server follows."""
    gone = 0
    for trace_id in trace_ids:
        try:
            await context.server.client().delete(trace_id)
        except (ModelUnavailable, RemoteError):
            break
        gone += 1
    return gone


async def made_later(context: Context) -> bool:
    """Whether what was made of it goes only when somebody's work on the evidence ends."""
    from core.forget.deleted import behind

    return await context.run(behind, context.database)
