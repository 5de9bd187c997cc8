"""The engine child: `python -m core.engine`. Holds the student; everything else asks it over the pipe."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from core.child import Call, serve_calls
from core.config import EngineConfig
from core.engine.generate import Generation
from core.engine.prompt import prepare
from core.engine.records import AttachReport, EngineStats, ModelInfo, ModelSpec, VariantInfo, unpack_request
from core.engine.scheduler import Scheduler
from core.engine.template import render
from core.errors import BadRequest
from core.records import Message

CALLS = 1200
"""Calls at once: the longest queue that can be set (1,000), what is being answered, and `stats` or `unload` beside
them. Each call holds a thread, which sleeps while it waits; threads are made only as they are needed."""


class Engine:
    """The handlers, each run in a thread of its own; all that touches llama.cpp goes through the scheduler."""

    def __init__(self) -> None:
        self._scheduler = Scheduler(EngineConfig().queue)

    def configure(self, args: Any, call: Call) -> None:
        self._scheduler.queue = int(args["queue"])

    def load(self, args: Any, call: Call) -> ModelInfo:
        spec = msgspec.convert(args, ModelSpec)
        info = self._scheduler.run(lambda student: student.load(spec))
        threading.Thread(target=warm_up, args=(info.chat_template,), daemon=True).start()
        return info

    def unload(self, args: Any, call: Call) -> None:
        self._scheduler.run(lambda student: student.unload())

    def attach(self, args: Any, call: Call) -> AttachReport:
        return self._scheduler.run(lambda student: student.attach(args["variant"], Path(args["adapter"])))

    def detach(self, args: Any, call: Call) -> None:
        self._scheduler.run(lambda student: student.detach(args))

    def variants(self, args: Any, call: Call) -> list[VariantInfo]:
        return self._scheduler.run(lambda student: student.variants())

    def generate(self, args: Any, call: Call) -> None:
        started = time.perf_counter()
        request = unpack_request(args)
        prompt = prepare(request, self._scheduler.student.model.header)
        generation = Generation(request, prompt, call.emit, started)
        call.on_cancel(generation.abort.raise_)
        self._scheduler.generate(generation)

    def logits(self, args: Any, call: Call) -> list[float]:
        return self._scheduler.run(
            lambda student: student.logits(args["variant"], student.model.vocabulary.tokenize_prompt(args["prompt"]))
        )

    def count_tokens(self, args: Any, call: Call) -> int:
        return self._scheduler.run(lambda student: len(student.model.vocabulary.tokenize(args)))

    def stats(self, args: Any, call: Call) -> EngineStats:
        return self._scheduler.stats()


def warm_up(template: str | None) -> None:
    """Render once: the rendering process takes a fifth of a second to start, which the first answer need not wait."""
    try:
        render(template, [Message(role="user", content="Hello")])
    except BadRequest as error:
        print(f"engine: {error}", file=sys.stderr, flush=True)  # each request with messages will be told so


def main() -> None:
    engine = Engine()
    handlers = (
        engine.configure,
        engine.load,
        engine.unload,
        engine.attach,
        engine.detach,
        engine.variants,
        engine.generate,
        engine.logits,
        engine.count_tokens,
        engine.stats,
    )
    serve_calls({handler.__name__: handler for handler in handlers}, workers=CALLS)


if __name__ == "__main__":
    main()
