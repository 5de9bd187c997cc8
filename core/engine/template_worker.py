"""The process that renders chat templates: Jinja2's sandbox, under limits of memory and output, killed when it is late.

A chat template comes with the model file, so it is a stranger's program. Jinja2's sandbox keeps it from the machine
but not from looping or doubling a string without end, and no check inside the interpreter stops every such thing; the
end of a process does. Frames on stdin and stdout: 4 bytes little-endian length, then msgpack.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, BinaryIO, NoReturn

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_LIMIT = 1 << 30
MAX_OUTPUT = 16 * 1024 * 1024
"""Characters of one rendered prompt: far over any context, far under the memory limit."""
MAX_MESSAGE = 500
LAST_RESORT_S = 15


class TemplateRefused(Exception):
    """The template itself called raise_exception: these messages do not suit it."""


class Generation(Extension):
    """`{% generation %}` marks what the assistant says, for training; here it is only its content."""

    tags = {"generation"}  # noqa: RUF012  (jinja2 declares it so)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _refuse(message: object) -> NoReturn:
    raise TemplateRefused(str(message)[:MAX_MESSAGE])


def _to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    """As transformers has it: Jinja2's own would escape for HTML."""
    allowed = {k: v for k, v in options.items() if k in ("separators", "sort_keys")}
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **allowed)


@lru_cache(maxsize=8)
def compiled(source: str) -> jinja2.Template:
    """With the settings that models' templates are written for (transformers, llama.cpp)."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols], autoescape=False
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    return environment.from_string(source)


def render(source: str, values: Mapping[str, Any], moment: datetime) -> str:
    """One prompt. Raises TemplateRefused, jinja2.TemplateError, or what the template's own faults raise."""
    pieces, length = [], 0
    for piece in compiled(source).generate(**values, strftime_now=partial(_format_time, moment)):
        length += len(piece)
        if length > MAX_OUTPUT:
            raise OverflowError("the prompt it makes is too large")
        pieces.append(piece)
    return "".join(pieces)


def _format_time(moment: datetime, pattern: str) -> str:
    return moment.strftime(pattern[:100])


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """{"texts": [...]} for each conversation asked for, or {"refused": why} or {"failed": why}."""
    moment = datetime.fromisoformat(request["now"])
    shared = {key: request[key] for key in ("bos_token", "eos_token", "add_generation_prompt")}
    conversations: Sequence[Mapping[str, Any]] = request["conversations"]
    try:
        return {"texts": [render(request["template"], {**shared, **each}, moment) for each in conversations]}
    except TemplateRefused as error:
        return {"refused": str(error)}
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        return {"failed": f"{type(error).__name__}: {error}"[:MAX_MESSAGE]}
    except (MemoryError, RecursionError) as error:
        return {"failed": f"{type(error).__name__}: it is too deep or too large"}


def limit_memory() -> None:
    """Bounds the address space where the system can (not on Windows, nor on macOS, where the clock alone holds)."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(inward: BinaryIO, outward: BinaryIO) -> None:
    """Until stdin closes: one request, one answer.

    The other side kills us when we are late; the alarm is for when that side was itself killed meanwhile.
    """
    alarm = getattr(signal, "alarm", lambda seconds: 0)
    while len(size := inward.read(4)) == 4:
        alarm(LAST_RESORT_S)
        request = msgspec.msgpack.decode(inward.read(int.from_bytes(size, "little")))
        reply = msgspec.msgpack.encode(answer(request))
        alarm(0)
        outward.write(len(reply).to_bytes(4, "little") + reply)
        outward.flush()


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
