"""What a wire to a teacher is: one API's way to ask, its reply, and its refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import httpx2

from core.records import Message, Record, Usage
from core.teacher.keys import Key

Provider = Literal["anthropic", "openai"]
MAX_REPLY_BYTES = 8 * 1024 * 1024


class TeacherReply(Record, frozen=True):
    """What the teacher answered."""

    text: str
    provider: str
    model: str
    usage: Usage
    finish: Literal["stop", "length"]


class Wire(Protocol):
    """One API's way to ask. Raises `WireFailure` or `httpx2.TransportError`."""

    async def ask(
        self, http: httpx2.AsyncClient, url: str, key: Key, model: str, messages: Sequence[Message], max_tokens: int
    ) -> TeacherReply: ...


class WireFailure(Exception):
    """An endpoint's refusal, by its status; or an answer that cannot be read (`status` is None)."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"status {status}")
        self.status = status

    @property
    def passing(self) -> bool:
        """Worth another try."""
        return self.status in (408, 409, 429) or (self.status or 0) >= 500
