"""The event stream of one response: typed, numbered events, each item opened, filled and closed in order."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from core.agent.ask import Delta, Event, Finished
from core.engine.records import TokenLogprob
from core.errors import NightschoolError
from core.records import Trace
from core.server.errors import body_of
from core.server.response_items import (
    call_item,
    logprobs,
    message_id,
    output_message,
    output_of,
    text_part,
)
from core.server.response_views import Settings, response
from core.server.sse import data


async def run(
    trace: Trace, settings: Settings, events: AsyncGenerator[Event, None], *, with_logprobs: bool
) -> AsyncGenerator[bytes, None]:
    """A failure ends it with `response.failed`, which carries what was said until then."""
    stream = Events(trace, settings)
    yield stream.event("response.created", response=response(trace, settings, output=[]))
    yield stream.event("response.in_progress", response=response(trace, settings, output=[]))
    async with contextlib.aclosing(events):
        try:
            async for event in events:
                if isinstance(event, Delta):
                    for piece in stream.text(event.text, (event.logprobs or []) if with_logprobs else []):
                        yield piece
                elif isinstance(event, Finished):
                    for piece in stream.end(event):
                        yield piece
        except NightschoolError as error:
            told = body_of(error)["error"]["message"]
            for piece in stream.close_message("incomplete"):
                yield piece
            yield stream.event("response.failed", response=response(trace, settings, output=stream.items, error=told))


class Events:
    """Makes the events of one stream and remembers what is open."""

    def __init__(self, trace: Trace, settings: Settings) -> None:
        self.items: list[dict[str, Any]] = []
        self._trace, self._settings = trace, settings
        self._number = 0
        self._said = ""
        self._tokens: list[TokenLogprob] = []
        self._open = False

    def event(self, kind: str, **fields: Any) -> bytes:
        payload = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return data(payload, event=kind)

    def text(self, text: str, tokens: list[TokenLogprob]) -> list[bytes]:
        if not text:
            return []
        pieces = [] if self._open else self._open_message()
        self._said += text
        self._tokens += tokens
        at = {"item_id": message_id(self._trace), "output_index": 0, "content_index": 0}
        return [*pieces, self.event("response.output_text.delta", **at, delta=text, logprobs=logprobs(tokens))]

    def end(self, finished: Finished) -> list[bytes]:
        """What was not streamed, the calls, and the whole response."""
        trace = finished.trace
        pieces = []
        if trace.response.startswith(self._said):
            pieces += self.text(trace.response[len(self._said) :], [])
        if not self._open and not trace.tool_calls:
            pieces += self._open_message()
        whole = response(trace, self._settings, storage_error=finished.storage_error)
        status = "completed" if whole["status"] == "completed" else "incomplete"
        pieces += self.close_message(status)
        for call in trace.tool_calls or []:
            pieces += self._call(call)
        whole["output"] = self.items or output_of(trace, status)
        kind = {"completed": "response.completed", "incomplete": "response.incomplete"}
        return [*pieces, self.event(kind.get(whole["status"], "response.failed"), response=whole)]

    def _open_message(self) -> list[bytes]:
        self._open = True
        item = output_message(message_id(self._trace), None, "in_progress")
        return [
            self.event("response.output_item.added", output_index=0, item=item),
            self.event(
                "response.content_part.added",
                item_id=item["id"],
                output_index=0,
                content_index=0,
                part=text_part(""),
            ),
        ]

    def close_message(self, status: str) -> list[bytes]:
        if not self._open:
            return []
        self._open = False
        item = output_message(message_id(self._trace), self._said, status, self._tokens)
        self.items.append(item)
        at = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        return [
            self.event("response.output_text.done", **at, text=self._said, logprobs=logprobs(self._tokens)),
            self.event("response.content_part.done", **at, part=item["content"][0]),
            self.event("response.output_item.done", output_index=0, item=item),
        ]

    def _call(self, call: dict[str, Any]) -> list[bytes]:
        index, item = len(self.items), call_item(call, "completed")
        self.items.append(item)
        at = {"item_id": item["id"], "output_index": index}
        opened = call_item(call, "in_progress", arguments="")
        return [
            self.event("response.output_item.added", output_index=index, item=opened),
            self.event("response.function_call_arguments.delta", **at, delta=item["arguments"]),
            self.event("response.function_call_arguments.done", **at, arguments=item["arguments"], name=item["name"]),
            self.event("response.output_item.done", output_index=index, item=item),
        ]
