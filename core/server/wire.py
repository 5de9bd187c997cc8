"""What every client of a server shares: the body of a question, the events of an answer, the words of a refusal.

No HTTP here: bytes and records only, so that each client brings the transport that suits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.records import Message, Validation
from core.server import token

CHAT = "/v1/chat/completions"
CONNECT_S = 5.0
CALL_S = 60.0
DONE = b"[DONE]"
MAX_LINE = 2**20
"""Bytes of one event; the largest ours makes is a teacher's whole answer."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class RemoteError(NightschoolError):
    """The server answered with an error; its words are passed on."""

    code, title = "server_error", "The server refused"


# ---- the question -------------------------------------------------------------------------------------


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


# ---- the answer ---------------------------------------------------------------------------------------


class Delta(msgspec.Struct, frozen=True):
    content: str | None = None


class Choice(msgspec.Struct, frozen=True):
    delta: Delta | None = None


class Outcome(msgspec.Struct, frozen=True):
    """The object `nightschool` in the last events of an answer."""

    finish_reason: str | None = None
    variant: str | None = None
    retrieved: tuple[str, ...] | None = None
    validation: Validation | None = None
    stored: bool = False
    storage_error: str | None = None
    escalated: bool = False
    error: str | None = None


class Event(msgspec.Struct, frozen=True):
    """One event of a chat stream. What nobody here reads is skipped."""

    model: str = ""
    choices: tuple[Choice, ...] = ()
    nightschool: Outcome | None = None
    error: Any = msgspec.UNSET

    def texts(self) -> Iterator[str]:
        """What of the answer stands in it."""
        for choice in self.choices:
            if choice.delta is not None and choice.delta.content:
                yield choice.delta.content


class Lines:
    """Puts lines together from pieces that end anywhere, in the middle of a character too.

    Only a line feed ends a line: JSON may carry U+2028 and its like, which `str.splitlines` would break it at.
    """

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that are whole now. Raises RemoteError for one that never ends."""
        self._rest += piece
        if b"\n" not in piece:
            whole: list[bytes] = []
        else:
            *parts, self._rest = self._rest.split(b"\n")
            whole = [bytes(part).removesuffix(b"\r") for part in parts]
        if len(self._rest) > MAX_LINE:
            raise RemoteError(f"The server sent an event of more than {MAX_LINE // 2**20} MiB.")
        return whole


def event_of(line: bytes) -> Event | None:
    """The event in one line of a stream, None for a line without. Raises RemoteError for a told error."""
    data = line.removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
    if not data or data == DONE:
        return None
    try:
        event = msgspec.json.decode(data, type=Event)
    except UNREADABLE as error:
        raise RemoteError("The server sent a piece of an answer that cannot be read.") from error
    if event.error is not msgspec.UNSET:
        raise error_of({"error": event.error})
    return event


# ---- refusals -----------------------------------------------------------------------------------------


def checked(status: int, content: bytes) -> dict[str, Any]:
    """The body of a success. Raises RemoteError with the server's words for anything else; nothing is redirected."""
    body = as_object(status, content)
    if not 200 <= status < 300:
        raise error_of(body)
    return body


def as_object(status: int, content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except UNREADABLE as error:
        raise RemoteError(f"The server answered with status {status} and no JSON.") from error


def error_of(body: Mapping[str, Any]) -> RemoteError:
    told = body.get("error")
    told = told if isinstance(told, Mapping) else {}
    error = RemoteError(str(told.get("message") or "It gave no reason."))
    error.code = str(told.get("code") or error.code)
    return error


def gone(url: str, why: str) -> ModelUnavailable:
    """The server is there no more, or does not speak."""
    return ModelUnavailable(
        f"The server at {url} stopped answering ({why}).",
        hint="`nightschool status` says whether it runs; what was said until then is kept.",
    )


def key_of(token_file: str) -> str:
    """The key of a running server. Raises ConfigError when its file was taken away."""
    try:
        return token.read(Path(token_file))
    except FileNotFoundError as error:
        raise ConfigError(
            f"A server is running, but the file with its key is gone: {token_file}.",
            hint="Start the server again: it makes a new one.",
        ) from error
