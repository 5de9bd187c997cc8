"""Reaching a running server from an event loop: what a program with a window asks it, and what comes back.

The HTTP below is imported at the first call: a program that only waits for a server does not pay for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from core.records import Message, Record, Validation
from core.server.wire import (
    CALL_S,
    CHAT,
    Event,
    Lines,
    Outcome,
    RemoteError,
    as_object,
    checked,
    event_of,
    gone,
    key_of,
    question,
)

if TYPE_CHECKING:
    from core.server.loopback import Call

__all__ = ["Ended", "Opened", "RemoteError", "ServerClient", "Text", "key_of"]

HEALTH_S = 10.0


class Opened(Record, frozen=True):
    """An answer begins. retrieved: trace ids of the past work that was put before the student."""

    trace_id: str
    model: str
    variant: str
    retrieved: tuple[str, ...] = ()


class Text(Record, frozen=True):
    """A piece of the answer."""

    text: str


class Ended(Record, frozen=True):
    """The answer is over. storage_error: why it could not be kept. error: what went wrong in making it."""

    trace_id: str
    finish_reason: str | None
    model: str
    variant: str
    retrieved: tuple[str, ...] = ()
    validation: Validation | None = None
    stored: bool = False
    storage_error: str | None = None
    escalated: bool = False
    error: str | None = None


class ServerClient:
    """Calls to one server of this machine, from an event loop.

    Raises RemoteError for its refusals, ModelUnavailable when it is gone, ConfigError when it is not on loopback.
    """

    def __init__(self, url: str, key: str, *, name: str = "desktop") -> None:
        """name: what the traces say who asked."""
        self.url = url
        self._headers = {"authorization": f"Bearer {key}", "x-nightschool-client": name}
        self._calls: set[Call] = set()

    async def chat(
        self,
        messages: Sequence[Message],
        *,
        conversation_id: str,
        agent: str | None = None,
        use_retrieval: bool = True,
    ) -> AsyncGenerator[Opened | Text | Ended, None]:
        """One answer as it is made: Opened, Texts, Ended. Closing the generator cancels the answer.

        Raises RemoteError also in mid-answer (the engine died); the Texts until then are kept in the trace.
        """
        options: dict[str, Any] = {} if use_retrieval else {"use_retrieval": False}
        if agent is not None:
            options["agent"] = agent
        body = msgspec.json.encode(question(messages, conversation_id, options))
        async with self._call() as call:
            # No deadline: the head comes with the first word, and a student may think as long as it wants to.
            await call.send("POST", CHAT, self._headers, body)
            if call.status != 200:
                checked(call.status, await call.body())
            lines, answer = Lines(), Reading(call.headers)
            while piece := await call.piece():
                for line in lines.feed(piece):
                    for part in answer.parts(line):
                        yield part
            if not answer.ended:
                raise RemoteError("The answer stopped without an end.")

    async def health(self) -> dict[str, Any]:
        """What /health says, whatever its status: it answers 503 while the model loads."""
        return as_object(*await self._whole("GET", "/health", HEALTH_S))

    async def delete(self, trace_id: str) -> None:
        """Delete an answer everywhere: database, index, what was made of it."""
        checked(*await self._whole("DELETE", f"{CHAT}/{quote(trace_id, safe='')}", CALL_S))

    async def aclose(self) -> None:
        """End every call that is under way; its caller is told that the server is gone."""
        for call in list(self._calls):
            call.abort()

    async def _whole(self, method: str, path: str, within_s: float) -> tuple[int, bytes]:
        """Status and body of what is answered at once."""
        async with self._call() as call:
            try:
                async with asyncio.timeout(within_s):
                    await call.send(method, path, self._headers)
                    return call.status, await call.body()
            except TimeoutError as error:
                raise gone(self.url, f"no answer within {within_s:g} s") from error

    def _call(self) -> Call:
        from core.server.loopback import Call

        return Call(self.url, self._calls)


class Reading:
    """Turns the lines of one chat stream into what a person sees."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.ended = False
        self._headers = headers
        self._opened: Opened | None = None

    def parts(self, line: bytes) -> Iterator[Opened | Text | Ended]:
        """What one line says. Raises RemoteError for a told error."""
        event = event_of(line)
        if event is None:
            return
        if self._opened is None:
            self._opened = self._open(event)
            yield self._opened
        for text in event.texts():
            yield Text(text=text)
        if event.nightschool is not None and not self.ended:
            self.ended = True
            yield end_of(self._opened, event.nightschool)

    def _open(self, first: Event) -> Opened:
        return Opened(
            trace_id=self._headers.get("x-nightschool-trace-id", ""),
            model=first.model,
            variant=self._headers.get("x-nightschool-variant", ""),
            retrieved=tuple(one for one in self._headers.get("x-nightschool-retrieved", "").split(",") if one),
        )


def end_of(opened: Opened, told: Outcome) -> Ended:
    return Ended(
        trace_id=opened.trace_id,
        finish_reason=told.finish_reason,
        model=opened.model,
        variant=told.variant or opened.variant,
        retrieved=told.retrieved or opened.retrieved,
        validation=told.validation,
        stored=told.stored,
        storage_error=told.storage_error,
        escalated=told.escalated,
        error=told.error,
    )
