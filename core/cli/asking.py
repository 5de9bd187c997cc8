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
from core.server.wire import CHAT, question


class Question:
    """What the options of `ask` and `replay` say, as a request body."""

    def __init__(self, text: str, *, history: list[Message] | None = None, conversation: str | None = None) -> None:
        self.messages = [*(history or []), Message(role="user", content=text)]
        self.conversation = conversation
        self.options: dict[str, Any] = {}
        self.sampling: dict[str, Any] = {}

    def body(self) -> dict[str, Any]:
        options = {name: value for name, value in self.options.items() if value is not None}
        sampling = {name: value for name, value in self.sampling.items() if value is not None}
        return question(self.messages, self.conversation, options, **sampling)


def history(database: Database, conversation: str) -> list[Message]:
    """What was said so far in a conversation; empty for a new one."""
    latest = database.traces.list(limit=1, conversation_id=conversation)
    if not latest:
        return []
    return [*latest[0].messages, Message(role="assistant", content=latest[0].response)]


def ask(remote: Remote, asked: Question, show: Callable[[str], None]) -> str:
    """Send it, show each piece as it comes; returns the trace id. Ctrl-C closes the stream, which cancels it.

    Raises RemoteError also for an answer that could not be recorded: it was shown, but there is nothing to rate.
    """
    lost: str | None = None
    with remote.stream(CHAT, asked.body()) as (trace_id, events):
        try:
            for event in events:
                for text in event.texts():
                    show(text)
                if event.nightschool is not None:
                    lost = lost or event.nightschool.storage_error
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
