"""The engine child: `python -m core.engine --queue N`. Holds the student; everything else asks it over the pipe."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import msgspec

from core.child import Call, serve_calls
from core.engine.generate import Generation, read_request
from core.engine.prompt import prepare
from core.engine.records import AttachReport, EngineStats, ModelInfo, ModelSpec, VariantInfo
from core.engine.scheduler import Scheduler

SPARE_THREADS = 16
"""For calls that are no generations: a full queue must not keep `stats` or `unload` from being answered."""


class Engine:
    """The handlers, each run in a thread of its own; all that touches llama.cpp goes through the scheduler."""

    def __init__(self, queue: int) -> None:
        self._scheduler = Scheduler(queue)

    def load(self, args: Any, call: Call) -> ModelInfo:
        spec = msgspec.convert(args, ModelSpec)
        return self._scheduler.run(lambda student: student.load(spec))

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
        request = read_request(args)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", type=int, default=32, help="requests that may wait for a slot")
    options = parser.parse_args()
    engine = Engine(options.queue)
    names = ("load", "unload", "attach", "detach", "variants", "generate", "logits", "count_tokens", "stats")
    # Every waiting request holds a thread (asleep): threads are made only as they are needed.
    serve_calls({name: getattr(engine, name) for name in names}, workers=options.queue * 2 + 64 + SPARE_THREADS)


if __name__ == "__main__":
    main()
