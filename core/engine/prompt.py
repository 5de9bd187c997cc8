"""From a request to what the model is given: a rendered prompt, and the grammar that its answer must follow."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from core.engine import grammar as grammars
from core.engine import tools as tool_calls
from core.engine.gguf_check import GgufHeader
from core.engine.records import GenerationRequest
from core.engine.template import Piece, render
from core.engine.vocabulary import Vocabulary
from core.errors import BadRequest
from core.records import Message

ANY_OBJECT: dict[str, Any] = {"type": "object"}


class Prompt(msgspec.Struct, frozen=True):
    """A request made ready, without llama.cpp: this may take long and runs in the request's own thread.

    pieces: of the chat template, or None for a raw prompt, which is `text`.
    """

    pieces: list[Piece] | None
    text: str
    grammar: str | None
    tools: list[dict[str, Any]]

    @property
    def size(self) -> int:
        """Characters: no more than there are bytes."""
        return len(self.text) + sum(len(piece.text) for piece in self.pieces or ())

    def tokens(self, vocabulary: Vocabulary) -> list[int]:
        if self.pieces is None:
            return vocabulary.tokenize_prompt(self.text)
        return vocabulary.tokenize_pieces(self.pieces)


def prepare(request: GenerationRequest, header: GgufHeader) -> Prompt:
    """Render and check a request. Raises BadRequest."""
    if (request.messages is None) == (request.prompt is None):
        raise BadRequest("A request has either messages or a prompt.", param="messages")
    tools = [] if request.tool_choice == "none" else request.tools
    grammar = make_grammar(request, tools)
    if request.prompt is not None:
        return Prompt(pieces=None, text=request.prompt, grammar=grammar, tools=tools)
    assert request.messages is not None
    if not request.messages:
        raise BadRequest("There must be at least one message.", param="messages")
    messages = with_tools([with_calls(message) for message in request.messages], tools)
    pieces = render(header.chat_template, messages, bos_token=header.bos_token, eos_token=header.eos_token)
    return Prompt(pieces=pieces, text="", grammar=grammar, tools=tools)


def make_grammar(request: GenerationRequest, tools: list[dict[str, Any]]) -> str | None:
    """The one grammar that a request asks for. Raises BadRequest where it asks for two."""
    shapes = [request.json_schema is not None, request.json_object, request.grammar is not None]
    if sum(shapes) > 1:
        raise BadRequest("At most one of json_schema, json_object and grammar can be asked for.", param="grammar")
    if request.grammar is not None:
        grammars.check(request.grammar)
        return request.grammar
    if request.json_schema is not None:
        return grammars.from_schema(request.json_schema)
    if request.json_object:
        return grammars.from_schema(ANY_OBJECT)
    return tool_calls.grammar_for(tools, request.tool_choice) if tools else None


def with_tools(messages: list[Message], tools: list[dict[str, Any]]) -> list[Message]:
    """The tools' description stands at the end of the system message, which is made where there is none."""
    if not tools:
        return messages
    block = tool_calls.describe(tools)
    if messages[0].role != "system":
        return [Message(role="system", content=block), *messages]
    first = messages[0].content
    content = f"{first}\n\n{block}" if first else block
    return [msgspec.structs.replace(messages[0], content=content), *messages[1:]]


def with_calls(message: Message) -> Message:
    """A message whose tool calls stand in its text, in the one-line form in which the student writes them.

    Templates that know tool calls have each a form of their own; the student reads and writes this one.
    """
    if not message.tool_calls:
        return message
    lines = [call_line(call) for call in message.tool_calls]
    content = "\n".join([message.content, *lines] if message.content else lines)
    return msgspec.structs.replace(message, content=content, tool_calls=None)


def call_line(call: dict[str, Any]) -> str:
    """`TOOL name {"argument": "value"}`: the inverse of `core.engine.tools.parse`. Raises BadRequest."""
    function = call.get("function")
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise BadRequest("A tool call in the messages has no function name.", param="messages")
    arguments = function.get("arguments") or "{}"
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return f"TOOL {function['name']} {arguments}"
