"""What the person says of an answer: each statement in one transaction, in the order in which it was given."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.clock import new_id, now, stamp
from core.records import Feedback

if TYPE_CHECKING:
    from core.database import Database
    from desktop.context import Context


class Ratings:
    """Thumbs and corrections. Raises NightschoolError where a statement could not be kept."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._in_order = asyncio.Lock()
        """Two quick clicks must not overtake each other in the threads."""

    async def thumb(self, trace_id: str, value: bool | None) -> None:
        """None takes back what was said."""
        async with self._in_order:
            await self._context.run(say_thumb, self._context.database, trace_id, value)

    async def correct(self, trace_id: str, text: str | None) -> None:
        """The better answer; None takes the correction back."""
        async with self._in_order:
            await self._context.run(self._context.database.feedback.add, statement(trace_id, "demonstration", text))


def say_thumb(database: Database, trace_id: str, value: bool | None) -> None:
    """None takes back what was said; a score too, which is shown as the thumb that it amounts to. Blocks."""
    with database.transaction():
        database.feedback.add(statement(trace_id, "thumb", value))
        said = [one for one in database.feedback.for_trace(trace_id) if one.source == "user"]
        if value is None and any(one.metric == "score" for one in said):
            database.feedback.add(statement(trace_id, "score", None))


def statement(trace_id: str, metric: str, value: bool | str | None) -> Feedback:
    return Feedback(id=new_id("fb-"), trace_id=trace_id, created_at=stamp(now()), metric=metric, value=value)
