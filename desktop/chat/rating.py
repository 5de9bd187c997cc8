"""What the person says of an answer: each statement in one transaction, in the order in which it was given."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.clock import new_id, now, stamp
from core.records import Feedback

if TYPE_CHECKING:
    from desktop.context import Context


class Ratings:
    """Thumbs and corrections. Raises NightschoolError where a statement could not be kept."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._in_order = asyncio.Lock()

    async def thumb(self, trace_id: str, value: bool | None) -> None:
        """None takes back what was said."""
        await self._say(statement(trace_id, "thumb", value))

    async def correct(self, trace_id: str, text: str | None) -> None:
        """The better answer; None takes the correction back."""
        await self._say(statement(trace_id, "demonstration", text))

    async def _say(self, feedback: Feedback) -> None:
        async with self._in_order:  # two quick clicks must not overtake each other in the threads
            await self._context.run(self._context.database.feedback.add, feedback)


def statement(trace_id: str, metric: str, value: bool | str | None) -> Feedback:
    return Feedback(id=new_id("fb-"), trace_id=trace_id, created_at=stamp(now()), metric=metric, value=value)
