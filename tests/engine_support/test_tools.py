"""The one-line form of tool calls: described, read, and given ids."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from core.engine.tools import describe, grammar_for, parse
from core.errors import BadRequest


def tool(name: str, description: str = "", **arguments: str) -> dict[str, Any]:
    properties = {key: {"type": kind} for key, kind in arguments.items()}
    parameters = {"type": "object", "properties": properties, "required": list(arguments)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


CALCULATOR = tool("calculator", "works out sums", expression="string")
CLOCK = tool("current_time", "tells the time", zone="string", format="string")
TOOLS = [CALCULATOR, CLOCK, {"type": "function", "name": "flat", "description": "of the Responses API"}]


def numbered() -> Any:
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}{next(numbers)}"


def test_the_block_the_student_was_trained_on() -> None:
    assert describe([CALCULATOR]) == (
        "Tools:\n- calculator(expression): works out sums\n"
        'To use a tool, answer with one line: TOOL name {"argument": "value"}'
    )
    assert describe(TOOLS).splitlines()[2:4] == [
        "- current_time(zone, format): tells the time",
        "- flat(): of the Responses API",
    ]


def test_long_descriptions_are_shortened() -> None:
    assert len(describe([tool("f", "word " * 100_000)])) < 1200


def test_a_call_becomes_openais_shape() -> None:
    calls = parse('TOOL calculator {"expression": "1 + 2 é"}', TOOLS, numbered())
    arguments = '{"expression": "1 + 2 é"}'
    assert calls == [
        {"id": "call_1", "type": "function", "function": {"name": "calculator", "arguments": arguments}},
    ]


def test_several_calls_and_text_before() -> None:
    text = 'Let me see.\n  TOOL calculator {"expression": "1"}\nTOOL flat {}\n'
    calls = parse(text, TOOLS, numbered())
    assert calls is not None
    assert [(call["id"], call["function"]["name"]) for call in calls] == [("call_1", "calculator"), ("call_2", "flat")]


def test_arguments_over_several_lines() -> None:
    calls = parse('TOOL calculator {\n  "expression": "a\\nTOOL flat {}"\n}', TOOLS, numbered())
    assert calls is not None
    assert [json.loads(call["function"]["arguments"]) for call in calls] == [{"expression": "a\nTOOL flat {}"}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The answer is 3.",
        "You could use TOOL calculator {} for that.",
        "TOOL calculator",
        "TOOL calculator 1 + 2",
        'TOOL calculator {"expression": "1',
        'TOOL calculator {"expression": "1"} and then',
        'TOOL unknown {"expression": "1"}',
        'TOOL calculator {"expression": "1"}\nTOOL unknown {}',
        "TOOL calculator [1]",
        "tool calculator {}",
        "TOOLcalculator {}",
    ],
)
def test_what_is_no_call_is_text(text: str) -> None:
    assert parse(text, TOOLS, numbered()) is None


def test_ids_are_made_where_none_are_given() -> None:
    calls = parse("TOOL flat {}\nTOOL flat {}", TOOLS)
    assert calls is not None
    assert len({call["id"] for call in calls}) == 2


@pytest.mark.parametrize(
    "tools",
    [
        [CALCULATOR, CALCULATOR],
        [tool(f"t{i}") for i in range(129)],
        [{}],
        [5],
        [{"type": "function", "function": {"name": "f", "parameters": [1]}}],
        [tool("f", **{f"a{i}": "string" for i in range(65)})],
    ],
)
def test_tools_that_cannot_be(tools: Any) -> None:
    with pytest.raises(BadRequest):
        describe(tools)


def test_a_choice_that_is_not_there() -> None:
    for choice in ({"type": "function", "function": {"name": "other"}}, "other", {}, {"function": 5}):
        with pytest.raises(BadRequest, match="tool_choice"):
            grammar_for(TOOLS, choice)
