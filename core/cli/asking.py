"""One question to the server: builds the request, streams the answer, reads back what was recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from core.cli.local import opened
from core.cli.output import for_stdout, note
from core.cli.remote import Remote, RemoteError
from core.database import Database
from core.errors import ModelUnavailable
from core.paths import Home
from core.records import Message, Trace

CHAT = "/v1/chat/completions"


class Question:
    """What the options of `ask` and `replay` say, as a request body."""

    def __init__(self, text: str, *, history: list[Message] | None = None, conversation: str | None = None) -> None:
        self.messages = [*(history or []), Message(role="user", content=text)]
        self.metadata = {"conversation_id": conversation} if conversation else {}
        self.options: dict[str, Any] = {}
        self.sampling: dict[str, Any] = {}

    def body(self) -> dict[str, Any]:
        return {
            "model": "nightschool",
            "messages": [plain(message) for message in self.messages],
            "stream": True,
            "metadata": self.metadata,
            "nightschool": {name: value for name, value in self.options.items() if value is not None},
            **{name: value for name, value in self.sampling.items() if value is not None},
        }


def plain(message: Message) -> dict[str, Any]:
    """Only the fields that the message has."""
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not None}


def history(database: Database, conversation: str) -> list[Message]:
    """What was said so far in a conversation; empty for a new one."""
    latest = database.traces.list(limit=1, conversation_id=conversation)
    if not latest:
        return []
    return [*latest[0].messages, Message(role="assistant", content=latest[0].response)]


def ask(remote: Remote, question: Question, show: Callable[[str], None]) -> str:
    """Send it, show each piece as it comes; returns the trace id. Ctrl-C closes the stream, which cancels it.

    Raises RemoteError also for an answer that could not be recorded: it was shown, but there is nothing to rate.
    """
    lost: str | None = None
    with remote.stream(CHAT, question.body()) as (trace_id, events):
        try:
            for event in events:
                for choice in event.get("choices", ()):
                    if text := (choice.get("delta") or {}).get("content"):
                        show(text)
                lost = lost or (event.get("nightschool") or {}).get("storage_error")
        except (KeyboardInterrupt, ModelUnavailable, RemoteError):
            note(f"\nWhat was said until then is kept as {trace_id}.")
            raise
    if lost:
        raise RemoteError(f"The answer could not be recorded, so it cannot be rated: {lost}")
    return trace_id


def show_piece(text: str) -> None:
    sys.stdout.write(for_stdout(text))
    sys.stdout.flush()


def recorded(home: Home, trace_id: str) -> Trace:
    """The trace as the database holds it."""
    with opened(home) as database:
        return database.traces.get(trace_id)
