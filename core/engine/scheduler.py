"""The one thread that calls llama.cpp.

A `Llama` is not thread-safe, and two threads that compute at once slow each other down; so everything that touches
llama.cpp is a job of this thread. Between jobs it goes round the active generations and gives each one step: one
chunk of its prompt or one token. Which steps lie in between changes no number, since each has a context of its own.
Waiting requests are taken first come, first served; one whose variant has no idle slot does not block the others.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from core.engine.generate import Generation
from core.engine.records import EngineStats
from core.engine.student import Student
from core.errors import Busy

Result = TypeVar("Result")


class Scheduler:
    """Owns the student. `run` and `generate` may be called from any thread and block until done."""

    def __init__(self, queue: int) -> None:
        """queue: how many requests may wait for a slot before new ones are refused."""
        self.student = Student()
        self.queue = queue
        self._jobs: deque[tuple[Callable[[Student], Any], Future[Any]]] = deque()
        self._waiting: deque[Generation] = deque()
        self._active: list[Generation] = []
        self._finished: dict[int, threading.Event] = {}
        self._wake = threading.Condition()
        self._counts = {"requests": 0, "cancelled": 0, "refused": 0, "prompt": 0, "cached": 0, "completion": 0}
        self._thread = threading.Thread(target=self._loop, name="llama.cpp", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[Student], Result]) -> Result:
        """Do something with the student between two steps."""
        future: Future[Result] = Future()
        with self._wake:
            self._jobs.append((job, future))
            self._wake.notify()
        return future.result()

    def generate(self, generation: Generation) -> None:
        """Make an answer; its chunks go to its `emit`. Raises Busy, BadRequest, NotFound, ModelUnavailable."""
        done = self._finished[id(generation)] = threading.Event()
        try:
            self.run(lambda student: self._enqueue(generation, student))
            done.wait()
        finally:
            del self._finished[id(generation)]
        if generation.error is not None:
            raise generation.error

    def stats(self) -> EngineStats:
        return self.run(self._stats)

    def _enqueue(self, generation: Generation, student: Student) -> None:
        if len(self._waiting) >= self.queue:
            self._admit()  # those before it in the same round may not have been given their slots yet
        if len(self._waiting) >= self.queue:
            self._counts["refused"] += 1
            raise Busy(f"{len(self._waiting)} requests are waiting already.", hint="Try again in a moment.")
        variant = student.variant(generation.request.variant)
        try:
            generation.place(variant, student.model)
        except BaseException:
            generation.close()
            raise
        variant.users += 1
        self._counts["requests"] += 1
        self._waiting.append(generation)

    def _loop(self) -> None:
        while True:
            with self._wake:
                while not (self._jobs or self._active or self._waiting):
                    self._wake.wait()
            self._run_jobs()
            self._admit()
            for generation in tuple(self._active):
                self._step(generation)
                if self._jobs:
                    self._run_jobs()

    def _run_jobs(self) -> None:
        while self._jobs:
            job, future = self._jobs.popleft()
            try:
                future.set_result(job(self.student))
            except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
                future.set_exception(error)

    def _admit(self) -> None:
        """Give idle slots to those who waited longest; those who were cancelled in the meantime end here."""
        for generation in tuple(self._waiting):
            assert generation.variant is not None
            if generation.abort.raised:
                self._waiting.remove(generation)
                self._guard(generation, partial(generation.finish, "cancelled"))
                continue
            try:
                slot = self.student.borrow(generation.variant, generation.tokens)
            except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
                self._waiting.remove(generation)
                self._end(generation, error)
                continue
            if slot is not None:
                self._waiting.remove(generation)
                self._active.append(generation)
                self._guard(generation, partial(generation.begin, slot))

    def _step(self, generation: Generation) -> None:
        self._guard(generation, generation.step)

    def _guard(self, generation: Generation, work: Callable[[], bool | None]) -> None:
        """Whatever goes wrong in one generation ends that one only."""
        try:
            if work():
                self._end(generation, None)
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            self._end(generation, error)

    def _end(self, generation: Generation, error: BaseException | None) -> None:
        generation.error = error
        generation.close()
        if generation in self._active:
            self._active.remove(generation)
        assert generation.variant is not None
        self.student.leave(generation.variant, generation.slot)
        self._counts["cancelled"] += generation.abort.raised
        self._counts["prompt"] += len(generation.tokens)
        self._counts["cached"] += generation.cached
        self._counts["completion"] += generation.generated
        self._finished[id(generation)].set()

    def _stats(self, student: Student) -> EngineStats:
        counts = self._counts
        return EngineStats(
            tokens_computed=student.tokens_computed,
            prompt_tokens=counts["prompt"],
            cached_tokens=counts["cached"],
            completion_tokens=counts["completion"],
            requests=counts["requests"],
            cancelled=counts["cancelled"],
            refused=counts["refused"],
            active=len(self._active),
            queue_depth=len(self._waiting),
            contexts=student.contexts,
            rss_bytes=student.rss_bytes,
        )
