"""What the engine is asked, from what the client named and what the agent's file says; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.agent.ask import Ask
from core.engine.records import GenerationRequest, Sampling
from core.errors import BadRequest
from core.records import Agent, Message, Tool


def sampling(ask: Ask, agent: Agent, most_tokens: int) -> Sampling:
    """The client's word first, then the agent's, then the engine's defaults. Raises BadRequest naming the parameter."""
    named = {name: value for name, value in ask.sampling.items() if value is not None}
    chosen: dict[str, Any] = {"max_tokens": most_tokens, **agent.parameters, **named}
    try:
        return msgspec.convert(chosen, Sampling)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$.")
        raise BadRequest(f"{reason}.", param=where.rstrip("`") or None) from error


def generation(
    ask: Ask,
    chosen: Sampling,
    variant: str,
    messages: list[Message],
    tools: list[dict[str, Any]],
) -> GenerationRequest:
    """One request to the engine; a raw prompt goes as it is."""
    raw = ask.prompt is not None
    schema, json_object = (None, False) if raw else answer_format(ask.response_format)
    return GenerationRequest(
        variant=variant,
        messages=None if raw else messages,
        prompt=ask.prompt,
        sampling=chosen,
        json_schema=schema,
        json_object=json_object,
        grammar=ask.grammar,
        tools=tools,
        tool_choice=ask.tool_choice if ask.tools else None,
        logprobs=ask.logprobs,
        top_logprobs=ask.top_logprobs,
        echo=ask.echo,
    )


def answer_format(response_format: Mapping[str, Any] | None) -> tuple[dict[str, Any] | None, bool]:
    """(JSON schema, any JSON object) of OpenAI's `response_format`. Raises BadRequest."""
    kind = response_format.get("type", "text") if response_format else "text"
    if response_format is None or kind == "text":
        return None, False
    if kind == "json_object":
        return None, True
    described = response_format.get("json_schema")
    schema = described.get("schema") if isinstance(described, Mapping) else None
    if kind != "json_schema" or not isinstance(schema, Mapping):
        raise BadRequest("response_format is text, json_object, or json_schema with a schema.", param="response_format")
    return dict(schema), False


def offered(ask: Ask, built_in: Sequence[Tool]) -> tuple[list[dict[str, Any]], frozenset[str]]:
    """All tools in OpenAI's shape, and which of them run on this side: a client's own tool hides ours of its name."""
    if ask.prompt is not None:
        return [], frozenset()
    theirs = {tool.get("function", {}).get("name") for tool in ask.tools}
    ours = [tool for tool in built_in if tool.name not in theirs]
    return [*ask.tools, *map(described, ours)], frozenset(tool.name for tool in ours)


def described(tool: Tool) -> dict[str, Any]:
    """A built-in tool in OpenAI's shape: one string argument."""
    parameters = {
        "type": "object",
        "properties": {tool.argument: {"type": "string"}},
        "required": [tool.argument],
        "additionalProperties": False,
    }
    function = {"name": tool.name, "description": tool.description, "parameters": parameters}
    return {"type": "function", "function": function}
