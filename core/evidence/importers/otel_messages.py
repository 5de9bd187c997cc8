"""What was asked and answered in one span, in whichever of the conventions' forms it was recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.evidence.importers.files import parsed
from core.evidence.importers.turns import as_name, as_object, as_text
from core.records import Message

NUMBERED = re.compile(r"gen_ai\.(prompt|completion)\.(\d+)\.(role|content|finish_reason|tool_calls\.\d+\.name)")
SPEAKERS = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "model": "assistant"}
TOOL_ENDINGS = ("tool_call", "tool_calls", "function_call")


class Event(NamedTuple):
    """An event of a span, or a log record that belongs to it."""

    name: str
    facts: dict[str, Any]
    at: Any = None


class Exchange(NamedTuple):
    """`messages` without what tools said."""

    messages: list[Message]
    answer: str = ""
    finish_reason: str = ""
    tools: tuple[str, ...] = ()

    @property
    def asked_for_tools(self) -> bool:
        return bool(self.tools) or self.finish_reason in TOOL_ENDINGS


def exchange(facts: dict[str, Any], events: Sequence[Event]) -> Exchange:
    """The newest form that is there wins; an empty one when no text was recorded."""
    everywhere = [facts, *(event.facts for event in events)]
    forms = (_whole(everywhere), _by_event(events), _numbered(facts), _as_one_text(everywhere))
    return next((found for found in forms if found.messages or found.answer), Exchange([]))


def _whole(everywhere: Sequence[dict[str, Any]]) -> Exchange:
    """`gen_ai.input.messages` and `gen_ai.output.messages`."""
    asked = _first(everywhere, "gen_ai.input.messages")
    answered = _first(everywhere, "gen_ai.output.messages")
    system = _text(_first(everywhere, "gen_ai.system_instructions"))
    start = [Message(role="system", content=system)] if system else []
    return _exchange([*start, *_messages(asked)], answered)


def _by_event(events: Sequence[Event]) -> Exchange:
    """`gen_ai.<role>.message`, each an event, and `gen_ai.choice`."""
    asked, answered = [], []
    for event in events:
        middle = event.name.removeprefix("gen_ai.").removesuffix(".message")
        if event.name == "gen_ai.choice":
            answered.append({**as_object(parsed(event.facts.get("message"))), **event.facts})
        elif event.name.endswith(".message") and middle in (*SPEAKERS, "tool"):
            asked.append({"role": middle, **event.facts})
    return _exchange(_messages(asked), answered)


def _numbered(facts: dict[str, Any]) -> Exchange:
    """`gen_ai.prompt.0.role`, `gen_ai.prompt.0.content` and so on."""
    found: dict[str, dict[int, dict[str, Any]]] = {"prompt": {}, "completion": {}}
    for name, said in facts.items():
        match = NUMBERED.fullmatch(name)
        if match is not None:
            message = found[match[1]].setdefault(int(match[2]), {})
            if match[3].startswith("tool_calls"):
                message.setdefault("tool_calls", []).append({"name": said})
            else:
                message[match[3]] = said
    asked, answered = ([rows[number] for number in sorted(rows)] for rows in (found["prompt"], found["completion"]))
    return _exchange(_messages(asked), answered)


def _as_one_text(everywhere: Sequence[dict[str, Any]]) -> Exchange:
    """`gen_ai.prompt` and `gen_ai.completion`: messages as JSON, or the bare text."""
    asked = _rows(_first(everywhere, "gen_ai.prompt"), "user")
    answered = _rows(_first(everywhere, "gen_ai.completion"), "assistant")
    return _exchange(_messages(asked), answered)


def _rows(given: Any, role: str) -> list[dict[str, Any]]:
    """Messages as JSON, or one message of a text that is none."""
    found = parsed(given)
    rows = [as_object(one) for one in (found if isinstance(found, list) else [found])]
    if all("role" in row or "content" in row or "message" in row for row in rows):
        return [as_object(row.get("message")) or row for row in rows]
    return [{"role": role, "content": given}] if isinstance(given, str) else []


def _first(everywhere: Sequence[dict[str, Any]], name: str) -> Any:
    return next((facts[name] for facts in everywhere if facts.get(name) not in (None, "", [])), None)


def _messages(given: Any) -> list[Message]:
    given = parsed(given)
    rows = [as_object(one) for one in given] if isinstance(given, list) else [as_object(given)]
    said = [(SPEAKERS.get(as_name(row.get("role"))), _text(row)) for row in rows]
    return [Message(role=role, content=text) for role, text in said if role is not None and text]  # type: ignore[arg-type]


def _exchange(messages: list[Message], answered: Any) -> Exchange:
    """Of several choices the first is the answer."""
    answered = parsed(answered)
    row = as_object(answered[0]) if isinstance(answered, list) and answered else as_object(answered)
    calls = [*_objects(row.get("tool_calls")), *(p for p in _objects(row.get("parts")) if p.get("type") == "tool_call")]
    names = [as_name(call.get("name")) or as_name(as_object(call.get("function")).get("name")) for call in calls]
    return Exchange(messages, _text(row), as_name(row.get("finish_reason")), tuple(names))


def _objects(given: Any) -> list[dict[str, Any]]:
    return [as_object(one) for one in given] if isinstance(given, list) else []


def _text(given: Any) -> str:
    """The text of a message, of its parts, or of a list of parts that may stand there as JSON."""
    content = given.get("parts", given.get("content")) if isinstance(given, dict) else given
    if isinstance(content, str) and content.startswith("["):
        inner = parsed(content)
        if isinstance(inner, list) and inner and all("type" in as_object(part) for part in inner):
            content = inner
    return as_text(content).strip()
