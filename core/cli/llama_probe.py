"""`python -m core.cli.llama_probe`: whether llama.cpp loads here and how it would place a model. For `doctor`.

A process of its own, because a llama.cpp built for another processor ends with SIGILL at its first instruction.
Reads a ModelSpec as JSON on stdin; prints one JSON document.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

import msgspec

from core.cli.findings import LlamaFindings
from core.engine import devices, gguf_check
from core.engine.llama import lib
from core.engine.model import make_plan
from core.engine.records import ModelSpec
from core.errors import NightschoolError


def main() -> None:
    spec = msgspec.json.decode(sys.stdin.buffer.read(), type=ModelSpec)
    free = devices.free_memory()
    plan, problem, hint = None, None, ""
    try:
        plan = make_plan(gguf_check.check(spec.path), spec, free)
    except NightschoolError as error:
        problem, hint = error.message, error.hint
    found = LlamaFindings(
        version=version("llama-cpp-python"),
        gpu_offload=bool(lib.llama_supports_gpu_offload()),
        threads=devices.threads(spec.threads),
        free_ram=free.ram,
        free_gpu=free.gpu,
        plan=plan,
        problem=problem,
        hint=hint,
    )
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
