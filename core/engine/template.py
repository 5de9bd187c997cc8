"""Renders a model's chat template, and keeps apart what the template wrote from what people wrote.

The result is pieces: `special` ones hold the template's own text, whose control tokens are to be parsed as such;
the others hold text of people, tools and records, in which `<|im_end|>` stays seven characters.

To tell them apart after a template has done what it likes, people's text goes in between unguessable markers. The
same conversation is rendered without markers too: only if taking the markers out gives that same text are they where
they belong. A template that changes what it is given (trims it, cuts off a `</think>` block) is tried again with
trimmed text, then with an opaque placeholder for each text, and at last is believed nothing: the whole prompt is then
plain text. The rendering itself happens in a process that is killed when it takes too long (`template_worker`).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from core import clock
from core.engine.template_process import TIME_LIMIT_S, failure, worker
from core.errors import BadRequest
from core.records import Message, Record

MAX_TEMPLATE: Final = 512 * 1024
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
CHATML: Final = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""What a model without a template of its own is given."""

Json = Any
Change = Callable[[str], str]


class Piece(Record, frozen=True):
    """A run of the prompt. special: written by the template, so its control tokens count as such."""

    text: str
    special: bool


def render(
    template: str | None,
    messages: Sequence[Message],
    tools: Sequence[Mapping[str, Any]] | None = None,
    *,
    bos_token: str = "",
    eos_token: str = "",
    add_generation_prompt: bool = True,
    now: datetime | None = None,
    limit_s: float = TIME_LIMIT_S,
) -> list[Piece]:
    """The prompt of a conversation as pieces. Raises BadRequest (code `template_error`) within about `limit_s`.

    `now` is what a template sees as the current time. Templates that refuse a system message, or roles that do not
    alternate, are given the same text in the form that they accept.
    """
    if template is not None and len(template) > MAX_TEMPLATE:
        raise failure(f"is larger than {MAX_TEMPLATE // 1024} KiB")
    job = _Job(template or CHATML, tools, bos_token, eos_token, add_generation_prompt, now or clock.now(), limit_s)
    try:
        return job.any_way([_as_dict(message) for message in messages])
    except RecursionError:
        raise BadRequest("The messages are nested too deeply.", param="messages") from None


class _Refused(Exception):
    """The template called raise_exception, or failed, on these messages."""


class _Job:
    """One conversation being rendered, in as many ways as it takes."""

    def __init__(
        self,
        template: str,
        tools: Sequence[Mapping[str, Any]] | None,
        bos_token: str,
        eos_token: str,
        add_generation_prompt: bool,
        now: datetime,
        limit_s: float,
    ) -> None:
        self.tools = list(tools) if tools else None
        self.limit_s = limit_s
        self.request: dict[str, Any] = {
            "template": template,
            "bos_token": bos_token,
            "eos_token": eos_token,
            "add_generation_prompt": add_generation_prompt,
            "now": now.isoformat(),
        }

    def any_way(self, messages: list[dict[str, Json]]) -> list[Piece]:
        """As the messages are, else as the strictest templates want them; some need a list of tools to be there."""
        try:
            return self.pieces(messages)
        except _Refused as refused:
            self.tools = self.tools or []
            try:
                return self.pieces(_accommodated(messages))
            except _Refused:
                raise failure(str(refused)) from None

    def pieces(self, messages: list[dict[str, Json]]) -> list[Piece]:
        """Raises _Refused."""
        marks = _Marks()
        plain, wrapped = self._render([(messages, _same), (messages, marks.wrap)])
        found = marks.split(wrapped)
        if found is not None and _joined(found) == plain:
            return found
        (trimmed,) = self._render([(messages, marks.wrap_trimmed)])
        found = marks.split(trimmed)
        if found is not None and _joined(found) == plain:
            return found
        (opaque,) = self._render([(messages, marks.hide)])
        found = marks.reveal(opaque)
        return found if found is not None else [Piece(text=plain, special=False)]

    def _render(self, conversations: list[tuple[list[dict[str, Json]], Change]]) -> list[str]:
        """Each conversation with its people's text changed by the function beside it."""
        changed = [
            {
                "messages": [_changed_message(message, change) for message in messages],
                "tools": _changed(self.tools, change),
            }
            for messages, change in conversations
        ]
        reply = worker.ask({**self.request, "conversations": changed}, self.limit_s)
        if "refused" in reply:
            raise _Refused(f"refuses these messages: {reply['refused']}")
        if "failed" in reply:
            raise _Refused(f"failed: {reply['failed']}")
        return list(reply["texts"])


class _Marks:
    """Markers that nobody outside can know: ASCII letters, so that no escaping or JSON changes them."""

    def __init__(self) -> None:
        key = secrets.token_hex(12)
        self.fragments = {turned[i : i + 8] for turned in (key, key[::-1]) for i in range(len(key) - 7)}
        self.start, self.end, self.hidden = f"ns{key}s", f"ns{key}e", f"ns{key}h"
        self.texts: list[str] = []

    def wrap(self, text: str) -> str:
        return f"{self.start}{text}{self.end}"

    def wrap_trimmed(self, text: str) -> str:
        return self.wrap(text.strip())

    def hide(self, text: str) -> str:
        self.texts.append(text)
        return f"{self.hidden}{len(self.texts) - 1}x"

    def split(self, rendered: str) -> list[Piece] | None:
        """None when the markers do not alternate: the template cut into them."""
        pieces: list[Piece] = []
        inside = False
        for part in re.split(f"({self.start}|{self.end})", rendered):
            if part == (self.end if inside else self.start):
                inside = not inside
            elif part in (self.start, self.end):
                return None
            elif part:
                pieces.append(Piece(text=part, special=not inside))
        return None if inside else pieces

    def reveal(self, rendered: str) -> list[Piece] | None:
        """Placeholders turned back; None when one was damaged."""
        pieces: list[Piece] = []
        for index, part in enumerate(re.split(f"{self.hidden}([0-9]+)x", rendered)):
            if index % 2:
                pieces.append(Piece(text=self.texts[int(part)], special=False))
            elif any(fragment in part.lower() for fragment in self.fragments):
                return None
            elif part:
                pieces.append(Piece(text=part, special=True))
        return pieces


def _same(text: str) -> str:
    return text


def _joined(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _as_dict(message: Message) -> dict[str, Json]:
    """As templates expect it: content is text (templates add to it), a tool call's arguments are an object."""
    out: dict[str, Json] = {"role": message.role, "content": message.content or ""}
    if message.name:
        out["name"] = message.name
    if message.tool_call_id:
        out["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        out["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    return out


def _tool_call(call: Mapping[str, Any]) -> dict[str, Json]:
    function = dict(call.get("function") or {})
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            parsed = json.loads(arguments)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            function["arguments"] = parsed
    return {**call, "function": function}


def _changed_message(message: Mapping[str, Json], change: Change) -> dict[str, Json]:
    return {
        key: value if key == "role" else _changed_text(value, change) if key == "content" else _changed(value, change)
        for key, value in message.items()
    }


def _changed_text(text: str, change: Change) -> str:
    """Empty stays empty: templates ask whether there is any."""
    return change(text) if text else text


def _changed(value: Json, change: Change) -> Json:
    """Structured values: words that can only be names stay, so that a template can still compare them."""
    if isinstance(value, str):
        return value if not value or NAME.fullmatch(value) else change(value)
    if isinstance(value, Mapping):
        return {_changed(str(key), change): _changed(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(item, change) for item in value]
    return value


def _accommodated(messages: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """The same text as user and assistant turns that alternate: what the strictest templates accept."""
    turns: list[dict[str, Json]] = []
    for message in messages:
        role = "assistant" if message["role"] == "assistant" else "user"
        text = str(message["content"])
        if role == "assistant" and message.get("tool_calls"):
            text = "\n".join([text, json.dumps(message["tool_calls"], ensure_ascii=False)]).strip()
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] = f"{turns[-1]['content']}\n\n{text}"
        else:
            turns.append({"role": role, "content": text})
    return turns
