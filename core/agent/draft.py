"""An answer while it is made: what was said, the turns with tools, the times; in the end, its trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from core.agent.tools import read_call
from core.engine.records import Chunk, TokenLogprob
from core.records import Escalation, FinishReason, Message, Retrieved, Trace, Usage, Validation


class Draft:
    """Grows with each chunk; `done` or `failed` turns it into the final trace."""

    def __init__(self, trace: Trace, elapsed: Callable[[], float]) -> None:
        """elapsed: seconds of a monotonic clock."""
        self._trace = trace
        self._elapsed = elapsed
        self._started = elapsed()
        self._first: float | None = None
        self._usage = Usage()
        self._turn_start = 0
        self._calls: list[dict[str, Any]] = []
        self.text = ""
        self.logprobs: list[TokenLogprob] = []
        self.turns: list[Message] = []
        """What happened between the client's messages and the answer: calls of built-in tools and their results."""
        self.finish_reason: FinishReason | None = None
        self.retrieved: tuple[Retrieved, ...] = ()
        self.validation: Validation | None = Validation(status="not_checked")
        self.escalation: Escalation | None = None

    def begin_turn(self) -> None:
        self._turn_start, self._calls = len(self.text), []

    def add(self, chunk: Chunk) -> None:
        """One chunk of the engine's."""
        if self._first is None and (chunk.text or chunk.tool_calls):
            self._first = self._elapsed()
        self.text += chunk.text
        self._calls += chunk.tool_calls or []
        self.logprobs += chunk.logprobs or []
        self.finish_reason = chunk.finish_reason or self.finish_reason
        if chunk.usage is not None:
            self._usage = added(self._usage, chunk.usage)

    def built_in_calls(self, names: frozenset[str]) -> list[dict[str, Any]]:
        """The calls of this turn when all are of our tools; else none, and the client is given its own."""
        ours = [call for call in self._calls if read_call(call)[1] in names]
        everything = len(self._calls)
        self._calls = [call for call in self._calls if read_call(call)[1] not in names]
        return ours if len(ours) == everything else []

    def take_turn_text(self) -> str:
        """What was said in this turn beside its calls."""
        return self.text[self._turn_start :]

    def done(self) -> Trace:
        """The trace of an answer that ended by itself."""
        return self._final(self.finish_reason or "stop", None)

    def failed(self, reason: FinishReason, error: str | None) -> Trace:
        """The trace of an answer that was cancelled or broke off, with what was said until then."""
        return self._final(reason, error)

    def _final(self, reason: FinishReason, error: str | None) -> Trace:
        trace = self._trace
        now = self._elapsed()
        return msgspec.structs.replace(
            trace,
            messages=[*trace.messages, *self.turns],
            response=self.text,
            tool_calls=self._calls or None,
            finish_reason=reason,
            retrieved=[*trace.retrieved, *self.retrieved],
            validation=self.validation,
            escalation=self.escalation,
            usage=self._usage,
            ttft_ms=None if self._first is None else (self._first - self._started) * 1000,
            duration_ms=(now - self._started) * 1000,
            error=error,
        )


def added(one: Usage, other: Usage) -> Usage:
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
    )
