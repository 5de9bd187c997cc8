"""One llama.cpp context with one sequence: prefill, one more token, logits.

Kernels round differently for different batch shapes, so the bits of a row depend on which rows were computed with
it. A prompt is therefore always cut at the same absolute positions (multiples of `chunk`), and cached keys and values
are used again only for whole chunks that were prefilled as such, never for generated tokens or a ragged tail. So the
logits of a request are a function of its tokens alone, whatever ran here before (tests/engine/test_isolation.py).
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engine.llama import AbortFlag, abort_callback, heard, last_error, lib, never_abort, under_way
from core.errors import ModelFileError, ModelUnavailable

CPU_CHUNK, GPU_CHUNK = 64, 512
"""Tokens per prefill step: small enough to reuse and interleave well, large enough to keep the kernels busy."""
ABORTED = 2


class Aborted(Exception):
    """The abort flag was raised while llama.cpp was computing."""


class Context:
    """A context over a loaded model. Every method belongs to the scheduler's thread."""

    def __init__(self, model: Any, n_ctx: int, threads: int, vocab_size: int, chunk: int) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, chunk, chunk
        params.n_seq_max, params.n_outputs_max = 1, 1
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        with heard() as lines:
            self._pointer = lib.llama_init_from_model(model, params)
        self.kv_bytes = buffer_bytes(lines, "KV")
        self.compute_bytes = buffer_bytes(lines, "compute")
        if not self._pointer:
            raise ModelUnavailable(
                "There is not enough memory for another context of this model.",
                hint=f"Set engine.n_ctx or engine.slots lower. {last_error()}",
            )
        self._memory = lib.llama_get_memory(self._pointer)
        if not self._memory:
            self.free()
            raise ModelFileError("This model does not write text.", hint="Choose a chat model in GGUF format.")
        self._vocab_size = vocab_size
        self._chunk = chunk
        self._single: Any = (ctypes.c_int32 * 1)()
        self._batch_of_one = lib.llama_batch_get_one(self._single, 1)
        self._tokens: Any = (ctypes.c_int32 * chunk)()
        self._outputs: Any = (ctypes.c_int8 * chunk)()
        self.n_ctx: int = lib.llama_n_ctx(self._pointer)
        self.position = 0
        """Tokens in the sequence now."""
        self.computed = 0
        """Tokens evaluated since the context was made."""
        self._prefilled: list[int] = []

    def set_adapter(self, adapter: Any, scale: float = 1.0) -> None:
        """Attach a LoRA to this context; what was cached under other weights is dropped."""
        pointers = (lib.llama_adapter_lora_p_ctypes * 1)(ctypes.cast(adapter, lib.llama_adapter_lora_p_ctypes))
        if lib.llama_set_adapters_lora(self._pointer, pointers, 1, (ctypes.c_float * 1)(scale)) != 0:
            raise ModelUnavailable(f"The adapter could not be attached. {last_error()}")
        self.clear()

    def clear(self) -> None:
        lib.llama_memory_clear(self._memory, False)
        self.position, self._prefilled = 0, []

    def reusable(self, tokens: list[int]) -> int:
        """How many leading tokens of a prompt need not be computed; at least its last one is."""
        limit = min(len(self._prefilled), len(tokens) - 1) // self._chunk * self._chunk
        same = 0
        while same < limit and self._prefilled[same : same + self._chunk] == tokens[same : same + self._chunk]:
            same += self._chunk
        return same

    def begin(self, tokens: list[int]) -> int:
        """Drop what does not belong to this prompt; return the tokens kept (a multiple of the chunk)."""
        kept = self.reusable(tokens)
        if not kept or not lib.llama_memory_seq_rm(self._memory, 0, kept, -1):
            self.clear()
            return 0
        self.position, self._prefilled = kept, self._prefilled[:kept]
        return kept

    def prefill(self, tokens: list[int], abort: AbortFlag) -> bool:
        """Evaluate the next chunk of a prompt that was begun; True when it is all in and logits stand."""
        start = self.position
        end = min(start + self._chunk, len(tokens))
        count, last = end - start, end == len(tokens)
        self._tokens[:count] = tokens[start:end]
        self._outputs[count - 1] = last  # an output row costs a pass through the whole head: only where it is read
        batch = lib.llama_batch_get_one(self._tokens, count)
        batch.logits = self._outputs
        try:
            self._decode(batch, count, abort)
        finally:
            self._outputs[count - 1] = 0
        self._prefilled += tokens[start:end]
        return last

    def advance(self, token: int, abort: AbortFlag) -> None:
        """Evaluate one generated token."""
        self._single[0] = token
        self._decode(self._batch_of_one, 1, abort)

    def _decode(self, batch: Any, count: int, abort: AbortFlag) -> None:
        lib.llama_set_abort_callback(self._pointer, abort_callback, abort.address)
        under_way.append(abort)
        code = lib.llama_decode(self._pointer, batch)
        under_way.pop()
        lib.llama_set_abort_callback(self._pointer, never_abort, None)
        if code == ABORTED:
            raise Aborted
        if code != 0:
            self.clear()
            raise ModelUnavailable(f"llama.cpp could not compute (code {code}). {last_error()}")
        self.position += count
        self.computed += count

    def logits(self) -> npt.NDArray[np.float32]:
        """Logits after the last token evaluated, [vocabulary]; a view, valid until the next evaluation."""
        pointer = lib.llama_get_logits_ith(self._pointer, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._vocab_size,))

    def sample(self, chain: Any) -> int:
        """Let a sampler chain choose from the logits, and remember its choice."""
        return int(lib.llama_sampler_sample(chain, self._pointer, -1))

    def state_bytes(self) -> int:
        return int(lib.llama_state_get_size(self._pointer))

    def free(self) -> None:
        if self._pointer:
            lib.llama_free(self._pointer)
            self._pointer = None


def buffer_bytes(lines: Iterable[str], kind: str) -> int:
    """Bytes of the buffers of a kind (KV, compute) that llama.cpp says it made; its API does not tell."""
    sizes = (re.search(rf"\b{kind} buffer size = *([\d.]+) MiB", line) for line in lines)
    return sum(round(float(found[1]) * 2**20) for found in sizes if found)
