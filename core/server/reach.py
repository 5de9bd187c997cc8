"""Reaching a running server over loopback: one way to read its events and errors, and the client for an event loop.

httpx2 is imported at first use: a program that only waits for a server does not pay for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.records import Message, Record, Validation
from core.server import token

if TYPE_CHECKING:
    import httpx2

CHAT = "/v1/chat/completions"
CONNECT_S = 5.0
CALL_S = 60.0
HEALTH_S = 10.0
DONE = "[DONE]"


class RemoteError(NightschoolError):
    """The server answered with an error; its words are passed on."""

    code, title = "server_error", "The server refused"


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
    """Calls to one server from an event loop. Raises RemoteError for its refusals, ModelUnavailable when it is gone."""

    def __init__(self, url: str, key: str, *, name: str = "desktop") -> None:
        """name: what the traces say who asked."""
        self.url = url
        self._headers = {"authorization": f"Bearer {key}", "x-nightschool-client": name}
        self._made: httpx2.AsyncClient | None = None

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
        body = question(messages, conversation_id, options)
        async with self._stream(CHAT, body) as response:
            answer: Reading | None = None
            refused: RemoteError | None = None
            # Read to its end even after an error: leaving httpx's nested generators half-way lets the garbage
            # collector close them, in another task, which anyio refuses ("not holding this lock").
            async for line in response.aiter_lines():
                try:
                    event = document(line)
                except RemoteError as error:
                    refused = error
                    continue
                if event is None or refused is not None:
                    continue
                if answer is None:
                    answer = Reading(event, response.headers)
                    yield answer.opened
                for part in answer.parts(event):
                    yield part
            if refused is not None:
                raise refused
            if answer is None or not answer.ended:
                raise RemoteError("The answer stopped without an end.")

    async def health(self) -> dict[str, Any]:
        """What /health says, whatever its status: it answers 503 while the model loads."""
        with reaching(self.url):
            return as_object(await self._client().get("/health", timeout=HEALTH_S))

    async def delete(self, trace_id: str) -> None:
        """Delete an answer everywhere: database, index, what was made of it."""
        with reaching(self.url):
            checked(await self._client().delete(f"{CHAT}/{trace_id}"))

    async def aclose(self) -> None:
        made, self._made = self._made, None
        if made is not None:
            await made.aclose()

    @contextlib.asynccontextmanager
    async def _stream(self, path: str, body: Mapping[str, Any]) -> AsyncIterator[httpx2.Response]:
        with reaching(self.url):
            async with self._client().stream("POST", path, json=body, timeout=endless()) as response:
                if response.status_code >= 400:
                    await response.aread()
                    checked(response)
                yield response

    def _client(self) -> httpx2.AsyncClient:
        if self._made is None:
            import httpx2

            self._made = httpx2.AsyncClient(
                base_url=self.url,
                headers=self._headers,
                timeout=httpx2.Timeout(CALL_S, connect=CONNECT_S),
                trust_env=False,  # a proxy of the environment must never see loopback traffic or the key
                verify=False,  # plain HTTP: no bundle of certificates is loaded for nothing
            )
        return self._made


class Reading:
    """Turns the events of one chat stream into what a person sees."""

    def __init__(self, first: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.ended = False
        self.opened = Opened(
            trace_id=headers.get("x-nightschool-trace-id", ""),
            model=str(first.get("model") or ""),
            variant=headers.get("x-nightschool-variant", ""),
            retrieved=tuple(one for one in headers.get("x-nightschool-retrieved", "").split(",") if one),
        )

    def parts(self, event: Mapping[str, Any]) -> Iterator[Text | Ended]:
        for text in texts(event):
            yield Text(text=text)
        told = event.get("nightschool")
        if isinstance(told, Mapping) and not self.ended:
            self.ended = True
            yield self._end(told)

    def _end(self, told: Mapping[str, Any]) -> Ended:
        return Ended(
            trace_id=self.opened.trace_id,
            finish_reason=told.get("finish_reason"),
            model=self.opened.model,
            variant=str(told.get("variant") or self.opened.variant),
            retrieved=tuple(told.get("retrieved") or self.opened.retrieved),
            validation=msgspec.convert(told["validation"], Validation) if told.get("validation") else None,
            stored=bool(told.get("stored")),
            storage_error=told.get("storage_error"),
            escalated=bool(told.get("escalated")),
            error=told.get("error"),
        )


# ---- shared with the command line ---------------------------------------------------------------------


def question(
    messages: Sequence[Message], conversation_id: str | None, options: Mapping[str, Any], **sampling: Any
) -> dict[str, Any]:
    """The body of a chat request that streams."""
    return {
        "model": "nightschool",
        "messages": [plain(message) for message in messages],
        "stream": True,
        "metadata": {"conversation_id": conversation_id} if conversation_id else {},
        "nightschool": dict(options),
        **sampling,
    }


def plain(message: Message) -> dict[str, Any]:
    """Only the fields that the message has."""
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not None}


def document(line: str) -> dict[str, Any] | None:
    """The JSON document in one line of a stream, None for a line without. Raises RemoteError for a told error."""
    data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
    if not data or data == DONE:
        return None
    event = msgspec.json.decode(data, type=dict[str, Any])
    if "error" in event:
        raise error_of(event)
    return event


def texts(event: Mapping[str, Any]) -> Iterator[str]:
    """What of the answer stands in one event of a chat stream."""
    for choice in event.get("choices", ()):
        if text := (choice.get("delta") or {}).get("content"):
            yield text


def checked(response: httpx2.Response) -> dict[str, Any]:
    body = as_object(response)
    if response.status_code >= 400:
        raise error_of(body)
    return body


def as_object(response: httpx2.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise RemoteError(f"The server answered with status {response.status_code} and no JSON.") from error


def error_of(body: Mapping[str, Any]) -> RemoteError:
    told = body.get("error")
    told = told if isinstance(told, Mapping) else {}
    error = RemoteError(str(told.get("message") or "It gave no reason."))
    error.code = str(told.get("code") or error.code)
    return error


@contextlib.contextmanager
def reaching(url: str) -> Iterator[None]:
    """httpx2's exceptions, converted at this one boundary."""
    import httpx2

    try:
        yield
    except httpx2.TransportError as error:
        raise ModelUnavailable(
            f"The server at {url} stopped answering ({type(error).__name__}).",
            hint="`nightschool status` says whether it runs; what was said until then is kept.",
        ) from error


def endless() -> httpx2.Timeout:
    """For a stream: a student may think as long as it wants to."""
    import httpx2

    return httpx2.Timeout(None, connect=CONNECT_S)


def key_of(token_file: str) -> str:
    """The key of a running server. Raises ConfigError when its file was taken away."""
    try:
        return token.read(Path(token_file))
    except FileNotFoundError as error:
        raise ConfigError(
            f"A server is running, but the file with its key is gone: {token_file}.",
            hint="Start the server again: it makes a new one.",
        ) from error
