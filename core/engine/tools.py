"""Tool calls in plain text: how tools are described to the student, and how its calls are read and forced.

The form is one that a small model can learn: `TOOL name {"argument": "value"}` on a line of its own. Tools come from
a client, so their sizes and names are bounded; what they say is data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core import clock
from core.engine.grammar import Converter, bounded, literal
from core.errors import BadRequest

MAX_TOOLS: Final = 128
MAX_DESCRIPTION: Final = 1024
MAX_ARGUMENTS: Final = 64
MAX_CALLS: Final = 32
MAX_CALL: Final = 256 * 1024
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
CALL: Final = re.compile(r"^[ \t]*TOOL[ \t]+([A-Za-z0-9_-]{1,64})[ \t]*(?=\{)", re.MULTILINE)
HOW: Final = 'To use a tool, answer with one line: TOOL name {"argument": "value"}'

Tool = Mapping[str, Any]


def describe(tools: Sequence[Tool]) -> str:
    """The block that is appended to the system message; each description on one line. Raises BadRequest."""
    return "\n".join(["Tools:", *(_line(function) for function in _functions(tools)), HOW])


def parse(text: str, tools: Sequence[Tool], new_id: Callable[[str], str] = clock.new_id) -> list[dict[str, Any]] | None:
    """The calls in an answer in OpenAI's shape, or None when it holds none that is whole and of a known tool.

    Anything else on the lines of a call makes it plain text: half a call is never run.
    """
    known = {function["name"] for function in _functions(tools)}
    calls: list[dict[str, Any]] = []
    at = 0
    while (found := CALL.search(text, at)) is not None:
        arguments, at = _arguments(text, found.end())
        if arguments is None or found[1] not in known or len(calls) >= MAX_CALLS:
            return None
        function = {"name": found[1], "arguments": json.dumps(arguments, ensure_ascii=False)}
        calls.append({"id": new_id("call_"), "type": "function", "function": function})
    return calls or None


def grammar_for(tools: Sequence[Tool], choice: str | Mapping[str, Any] | None) -> str | None:
    """A grammar that leaves no other answer than a call, for `required` or a named tool; else None.

    Raises BadRequest for an unknown choice, or for parameters that are not a usable schema.
    """
    functions = _functions(tools)
    if choice in (None, "auto", "none"):
        return None
    wanted = functions if choice == "required" else [f for f in functions if f["name"] == _chosen(choice)]
    if not wanted:
        raise BadRequest("tool_choice names a tool that is not among the tools.", param="tool_choice")
    converter = Converter({})
    parts = []
    for function in wanted:
        parameters = function.get("parameters") or {"type": "object"}
        bounded(parameters)
        converter.document = parameters
        converter.references.clear()
        start = literal(f"TOOL {function['name']} ")
        parts.append(f"{start} {converter.visit(parameters, 0)}")
    converter.rules["root"] = " | ".join(parts)
    return converter.grammar()


def _chosen(choice: object) -> object:
    """The name in `{"type": "function", "function": {"name": ...}}`, in `{"name": ...}`, or plain."""
    if isinstance(choice, Mapping):
        function = choice.get("function", choice)
        return function.get("name") if isinstance(function, Mapping) else None
    return choice


def _functions(tools: Sequence[Tool]) -> list[Mapping[str, Any]]:
    """The function part of each tool, checked; both of OpenAI's shapes (chat completions, responses) are taken."""
    if len(tools) > MAX_TOOLS:
        raise BadRequest(f"There are more than {MAX_TOOLS} tools.", param="tools")
    functions: list[Mapping[str, Any]] = []
    for tool in tools:
        function = tool.get("function", tool) if isinstance(tool, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(name, str) or not NAME.fullmatch(name):
            raise BadRequest("A tool's name must be 1 to 64 of A-Z a-z 0-9 _ -.", param="tools")
        if any(name == other["name"] for other in functions):
            raise BadRequest(f"There are two tools named {name}.", param="tools")
        if not isinstance(function.get("parameters") or {}, Mapping):
            raise BadRequest(f"The parameters of the tool {name} are not a JSON schema.", param="tools")
        functions.append(function)
    return functions


def _line(function: Mapping[str, Any]) -> str:
    properties = (function.get("parameters") or {}).get("properties") or {}
    if not isinstance(properties, Mapping) or len(properties) > MAX_ARGUMENTS:
        raise BadRequest(f"A tool has more than {MAX_ARGUMENTS} arguments.", param="tools")
    arguments = ", ".join(_one_line(str(name), 64) for name in properties)
    return f"- {function['name']}({arguments}): {_one_line(str(function.get('description') or ''), MAX_DESCRIPTION)}"


def _one_line(text: str, limit: int) -> str:
    """Line breaks would let a description add lines of its own to the block."""
    return " ".join(text[: 4 * limit].split())[:limit]


def _arguments(text: str, at: int) -> tuple[dict[str, Any] | None, int]:
    """The JSON object at this place, and where it ends; None unless the line ends with it too."""
    try:
        value, used = json.JSONDecoder(parse_constant=_no_number).raw_decode(text[at : at + MAX_CALL])
    except (ValueError, RecursionError):
        return None, len(text)
    end = at + used
    rest = text[end:].split("\n", 1)[0].strip()
    return (value if isinstance(value, dict) and not rest else None), end


def _no_number(name: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)
