"""From what a client sent to what the desk is asked: messages flattened to text, names resolved, limits applied."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from starlette.requests import Request

from core.agent.ask import Ask
from core.errors import BadRequest, NotFound
from core.records import Message, Role
from core.server.parts import Parts
from core.server.schemas import ChatBody, ChatMessage, Options, SamplingFields
from core.server.views import HIDDEN_METADATA

ALIASES = {"", "nightschool", "default"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
CONVERSATION = re.compile(r"[ -~]{1,256}")
CLIENT = re.compile(r"[A-Za-z0-9._-]{1,64}")
PRODUCT = re.compile(r"([A-Za-z0-9._-]{1,64})(?:/([A-Za-z0-9._-]{1,64}))?")
SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repeat_penalty",
    "frequency_penalty",
    "presence_penalty",
)


def from_chat(parts: Parts, body: ChatBody, request: Request) -> Ask:
    """One choice of a chat. Raises BadRequest or NotFound for what cannot be honoured."""
    if body.modalities is not None and "text" not in body.modalities:
        raise BadRequest("This model answers in text only.", param="modalities", code="unsupported_value")
    messages = [flatten(message, f"messages[{at}]") for at, message in enumerate(body.messages)]
    tools, choice = tools_of(body)
    return Ask(
        messages=messages,
        tools=tools,
        tool_choice=choice,
        response_format=body.response_format,
        logprobs=bool(body.logprobs),
        top_logprobs=body.top_logprobs or 0,
        sampling=sampling_of(
            body, body.max_completion_tokens if body.max_completion_tokens is not None else body.max_tokens
        ),
        **common(parts, body.model, body.metadata, body.store, body.nightschool, request),
    )


def common(
    parts: Parts,
    model: str,
    metadata: Mapping[str, str] | None,
    store: bool | None,
    options: Options | None,
    request: Request,
) -> dict[str, Any]:
    """The fields of an Ask that do not depend on the kind of request."""
    named = dict(metadata or {})
    options = options or Options()
    if any(key.startswith(HIDDEN_METADATA) for key in named):
        raise BadRequest(f"Metadata keys that begin with {HIDDEN_METADATA} are reserved.", param="metadata")
    role = named.get("role", "assistant")
    if role not in get_args(Role):
        raise BadRequest(f"metadata.role must be one of {', '.join(get_args(Role))}.", param="metadata.role")
    agent = options.agent or named.get("agent") or agent_in(parts, model)
    return {
        "agent": checked(agent, NAME, "metadata.agent"),
        "variant": checked(named.get("adapter"), NAME, "metadata.adapter"),
        "conversation_id": checked(named.get("conversation_id"), CONVERSATION, "metadata.conversation_id"),
        "role": role,
        "client": client_of(request),
        "store": store is not False,
        "metadata": named,
        "use_retrieval": options.use_retrieval,
        "allow_escalation": options.allow_escalation,
        "grammar": options.grammar,
        "origin": options.origin,
    }


def checked(value: str | None, pattern: re.Pattern[str], param: str) -> str | None:
    """A name that may become part of a path or a query is plain, or the request is refused."""
    if value is None or pattern.fullmatch(value):
        return value
    raise BadRequest(f"{param} is not a name.", param=param)


def agent_in(parts: Parts, model: str) -> str | None:
    """The agent in `nightschool:<agent>`; None for the default. Raises NotFound for a model that is not here."""
    prefix, colon, agent = model.partition(":")
    if prefix == "nightschool" and colon:
        return agent
    loaded = parts.engine.info.name if parts.engine.info else None
    if model in ALIASES or model == loaded or parts.config.server.accept_any_model:
        return None
    error = NotFound(f"The model {model!r} is not loaded.", hint="GET /v1/models lists what is.")
    error.code = "model_not_found"
    raise error


def client_of(request: Request) -> str:
    """`x-nightschool-client`, else the product of the User-Agent (`OpenAI/Python` → `openai-python`)."""
    named = request.headers.get("x-nightschool-client", "")
    if CLIENT.fullmatch(named):
        return named
    agent = request.headers.get("user-agent", "")
    product = PRODUCT.match(agent)
    if product is None:
        return "unknown"
    name, version = product.groups()
    return f"{name}-{version}".lower()[:64] if version and version.isalpha() else name.lower()


def sampling_of(body: SamplingFields, max_tokens: int | None) -> dict[str, Any]:
    """Only what the client named, by the engine's field names. Seeds of 64 bits are folded into 32."""
    chosen: dict[str, Any] = {name: value for name in SAMPLING if (value := getattr(body, name)) is not None}
    if body.seed is not None:
        chosen["seed"] = body.seed % 2**32
    if body.stop is not None:
        stops = [body.stop] if isinstance(body.stop, str) else body.stop
        chosen["stop"] = tuple(stop for stop in stops if stop)
    if body.logit_bias:
        chosen["logit_bias"] = biases(body.logit_bias)
    if max_tokens is not None:
        chosen["max_tokens"] = max_tokens
    return chosen


def biases(named: Mapping[str, float]) -> dict[int, float]:
    """Token ids to biases. A bias of zero changes nothing, whatever its key; any other key must be a token id."""
    found = {}
    for key, bias in named.items():
        if bias == 0:
            continue
        if not (key.isascii() and key.isdigit() and len(key) < 10):
            raise BadRequest(f"logit_bias: {key[:40]!r} is not a token id.", param="logit_bias")
        found[int(key)] = bias
    return found


def flatten(message: ChatMessage, param: str) -> Message:
    """A message with its parts joined to plain text. Nothing is ever fetched: image, audio and file parts are 400."""
    role = {"developer": "system", "function": "tool"}.get(message.role, message.role)
    calls = message.tool_calls
    if calls is None and message.function_call is not None:
        calls = [{"id": "call_0", "type": "function", "function": message.function_call}]
    return Message(
        role=role,  # type: ignore[arg-type]
        content=text_of(message.content if message.content is not None else message.refusal, param),
        name=message.name,
        tool_call_id=message.tool_call_id,
        tool_calls=[checked_call(call, param) for call in calls] if calls else None,
    )


def text_of(content: str | Sequence[Mapping[str, Any]] | None, param: str) -> str | None:
    if content is None or isinstance(content, str):
        return content
    pieces = []
    for at, part in enumerate(content):
        kind = part.get("type")
        text = part.get("refusal") if kind == "refusal" else part.get("text")
        if kind not in ("text", "input_text", "output_text", "refusal"):
            raise BadRequest(
                f"Parts of type {str(kind)[:40]!r} cannot be read: this model reads text only, and no URL is fetched.",
                param=f"{param}.content[{at}]",
                code="unsupported_content",
            )
        if not isinstance(text, str):
            raise BadRequest("A text part has no text.", param=f"{param}.content[{at}]")
        pieces.append(text)
    return "\n".join(pieces)


def checked_call(call: Mapping[str, Any], param: str) -> dict[str, Any]:
    """An earlier tool call that the client plays back."""
    function = call.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise BadRequest("Only function calls are understood.", param=f"{param}.tool_calls")
    arguments = function.get("arguments", "")
    if not isinstance(arguments, str):
        raise BadRequest("A call's arguments must be JSON text.", param=f"{param}.tool_calls")
    return {
        "id": str(call.get("id", "")),
        "type": "function",
        "function": {"name": function["name"], "arguments": arguments},
    }


def tools_of(body: ChatBody) -> tuple[list[dict[str, Any]], str | dict[str, Any] | None]:
    """The client's tools and choice; the older `functions` and `function_call` are told as tools."""
    tools, choice = body.tools, body.tool_choice
    if tools is None and body.functions is not None:
        tools = [{"type": "function", "function": function} for function in body.functions]
        choice = body.function_call
        if isinstance(choice, dict):
            choice = {"type": "function", "function": choice}
    return [checked_tool(tool, f"tools[{at}]") for at, tool in enumerate(tools or [])], checked_choice(choice, tools)


def checked_tool(tool: Mapping[str, Any], param: str) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, Mapping):
        raise BadRequest("Only tools of type `function` can be called.", param=param, code="unsupported_tool")
    name = function.get("name")
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        raise BadRequest("A function's name is 1 to 64 letters, digits, _ or -.", param=f"{param}.function.name")
    parameters = function.get("parameters")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise BadRequest("A function's parameters are a JSON schema.", param=f"{param}.function.parameters")
    return {"type": "function", "function": dict(function)}


def checked_choice(choice: str | dict[str, Any] | None, tools: Sequence[Any] | None) -> str | dict[str, Any] | None:
    if choice is None or choice in ("none", "auto"):
        return choice
    if isinstance(choice, str) and choice != "required":
        raise BadRequest("tool_choice is none, auto, required or one function.", param="tool_choice")
    if not tools:
        raise BadRequest("tool_choice asks for a tool, but no tools were given.", param="tool_choice")
    if isinstance(choice, dict):
        function = choice.get("function")
        name = function.get("name") if isinstance(function, Mapping) else None
        offered = {tool["function"]["name"] for tool in tools if isinstance(tool.get("function"), Mapping)}
        if name not in offered:
            raise BadRequest("tool_choice names a function that is not among the tools.", param="tool_choice")
    return choice
