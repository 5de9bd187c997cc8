"""One generation as a machine of small steps: a chunk of the prompt, or one token."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.engine import logprobs
from core.engine.answer import Answer
from core.engine.context import Aborted
from core.engine.llama import AbortFlag
from core.engine.model import Model
from core.engine.prompt import Prompt
from core.engine.records import Chunk, GenerationRequest
from core.engine.sampling import Sampler
from core.engine.student import Slot, Variant
from core.errors import BadRequest
from core.records import FinishReason, Usage

Emit = Callable[[Chunk], None]


class Generation:
    """The state of one answer. `abort` may be raised from any thread; the rest is the scheduler's."""

    def __init__(self, request: GenerationRequest, prompt: Prompt, emit: Emit, started: float) -> None:
        """started: `time.perf_counter()` when the request arrived."""
        self.request, self.prompt, self._emit, self._started = request, prompt, emit, started
        self.abort = AbortFlag()
        self.error: BaseException | None = None
        self.tokens: list[int] = []
        self.cached = 0
        self.generated = 0
        self.variant: Variant | None = None
        self.slot: Slot | None = None
        self._answer = Answer(request.sampling.stop, prompt.tools)
        self._sampler: Sampler | None = None
        self._last = -1
        self._prefilled = False
        self._first: float | None = None

    def place(self, variant: Variant, model: Model) -> None:
        """Tokenise, and refuse what cannot fit, before anything is computed. Raises BadRequest."""
        self.variant, self._model = variant, model
        if self.prompt.size > model.info.n_ctx * model.vocabulary.longest:  # not counted: that would hold up the others
            raise too_long(model.info.n_ctx, "far more")
        self.tokens = self.prompt.tokens(model.vocabulary)
        room = model.info.n_ctx - len(self.tokens)
        if room < 1:
            raise too_long(model.info.n_ctx, str(len(self.tokens)))
        wanted = self.request.sampling.max_tokens
        self._budget = room if wanted is None else min(wanted, room)
        self._sampler = Sampler(
            self.request.sampling, model.vocabulary, self.tokens, model.info.n_ctx, self.prompt.grammar
        )

    def begin(self, slot: Slot) -> None:
        """Take a slot; keep what it knows of the prompt."""
        self.slot = slot
        if self.request.echo and self.request.prompt is not None:
            self._send(Chunk(text=self.request.prompt))
        self.cached = slot.context.begin(self.tokens)

    def step(self) -> bool:
        """Compute one piece; True when the answer is finished."""
        assert self.slot is not None
        if self.abort.raised:
            return self.finish("cancelled")
        if self._budget == 0:
            return self.finish("length")
        try:
            if self._prefilled:
                self.slot.context.advance(self._last, self.abort)
            elif not self.slot.context.prefill(self.tokens, self.abort):
                return False
        except Aborted:
            return self.finish("cancelled")
        self._prefilled = True
        return self._choose(self.slot)

    def _choose(self, slot: Slot) -> bool:
        assert self._sampler is not None
        vocabulary = self._model.vocabulary
        token = self._last = self._sampler.next(slot.context)
        if token in vocabulary.end:
            return self.finish("stop")
        self.generated += 1
        entry = None
        if self.request.logprobs:
            entry = logprobs.of_token(slot.context.logits(), token, self.request.top_logprobs, vocabulary)
        chunk = self._answer.push(vocabulary.piece(token), entry)
        if chunk is not None:
            self._send(chunk)
        if self._answer.stopped:
            return self.finish("stop")
        return self.generated >= self._budget and self.finish("length")

    def finish(self, reason: FinishReason) -> bool:
        """Show what was held back, and end with the usage and the times."""
        for chunk in self._answer.finish():
            reason = "tool_calls" if chunk.tool_calls and reason == "stop" else reason
            self._send(chunk)
        now = time.perf_counter()
        self._send(
            Chunk(
                finish_reason=reason,
                usage=Usage(
                    prompt_tokens=len(self.tokens), completion_tokens=self.generated, cached_tokens=self.cached
                ),
                ttft_ms=None if self._first is None else (self._first - self._started) * 1000,
                duration_ms=(now - self._started) * 1000,
            )
        )
        return True

    def _send(self, chunk: Chunk) -> None:
        if self._first is None and (chunk.text or chunk.tool_calls):
            self._first = time.perf_counter()
        self._emit(chunk)

    def close(self) -> None:
        """Free the sampler. The slot is given back by the scheduler."""
        if self._sampler is not None:
            self._sampler.free()
            self._sampler = None


def too_long(n_ctx: int, has: str) -> BadRequest:
    return BadRequest(
        f"This model's context holds {n_ctx} tokens; the prompt has {has}.",
        param="messages",
        code="context_length_exceeded",
        hint="Shorten the conversation.",
    )
