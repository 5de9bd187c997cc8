"""The choice of the next token: llama.cpp's own sampler chains, with a grammar where one is asked for."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.engine.context import Context
from core.engine.llama import last_error, lib
from core.engine.records import Sampling
from core.engine.vocabulary import Vocabulary
from core.errors import BadRequest

REPEAT_WINDOW = 64
CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
NO_PERF = lib.llama_sampler_chain_default_params()
NO_PERF.no_perf = True


class Sampler:
    """One request's sampler. Free it: the chains are llama.cpp's memory.

    grammar: GBNF with the rule `root`, already checked; raises BadRequest where llama.cpp refuses it.
    """

    def __init__(
        self, sampling: Sampling, vocabulary: Vocabulary, prompt: Sequence[int], n_ctx: int, grammar: str | None
    ) -> None:
        self._grammar: Any = None
        self._vocabulary = vocabulary
        self._argmax = grammar is None and is_plain_greedy(sampling)
        check_bias(sampling, vocabulary.size)
        if grammar is not None:
            self._grammar = make_grammar(vocabulary, grammar)
        self._chain = make_chain(sampling, vocabulary.size, prompt, n_ctx)

    def next(self, context: Context) -> int:
        """Choose from the context's logits and remember the choice."""
        if self._argmax:
            return int(context.logits().argmax())
        if self._grammar is None:
            return context.sample(self._chain)
        return self._next_by_grammar(context)

    def _next_by_grammar(self, context: Context) -> int:
        """Choose freely and test that one token first: to test all of a vocabulary takes some 50 times longer."""
        logits = context.logits()
        token = self._choose(logits)
        if not self._allows(token):
            candidates = all_candidates(logits)
            apply(self._grammar, candidates)
            if not np.isfinite(candidates["logit"]).any():
                raise BadRequest("The grammar leaves no token to go on with.", param="grammar")
            token = choose(self._chain, candidates[np.isfinite(candidates["logit"])])
        lib.llama_sampler_accept(self._grammar, token)
        lib.llama_sampler_accept(self._chain, token)
        return token

    def _choose(self, logits: Any) -> int:
        return choose(self._chain, all_candidates(logits))

    def _allows(self, token: int) -> bool:
        one = np.array([(token, 1.0, 0.0)], dtype=CANDIDATE)
        apply(self._grammar, one)
        return bool(np.isfinite(one["logit"][0]))

    def free(self) -> None:
        for sampler in (self._chain, self._grammar):
            if sampler:
                lib.llama_sampler_free(sampler)
        self._chain = self._grammar = None


def is_plain_greedy(sampling: Sampling) -> bool:
    penalties = (sampling.repeat_penalty - 1, sampling.frequency_penalty, sampling.presence_penalty)
    return sampling.temperature == 0 and not any(penalties) and not sampling.logit_bias


def check_bias(sampling: Sampling, vocab_size: int) -> None:
    """llama.cpp indexes the logits with these ids unchecked."""
    for token in sampling.logit_bias:
        if not 0 <= token < vocab_size:
            raise BadRequest(
                f"logit_bias names token {token}; the model has 0 to {vocab_size - 1}.", param="logit_bias"
            )


def make_grammar(vocabulary: Vocabulary, grammar: str) -> Any:
    sampler = lib.llama_sampler_init_grammar(vocabulary.pointer, grammar.encode(), b"root")
    if not sampler:  # NULL is what a bad grammar gives, and a chain with NULL in it is a segfault
        raise BadRequest(f"The grammar cannot be used. {last_error()}", param="grammar")
    return sampler


def make_chain(sampling: Sampling, vocab_size: int, prompt: Sequence[int], n_ctx: int) -> Any:
    """bias → penalties → top-k → top-p → min-p → temperature → draw, in llama.cpp's own order."""
    chain = lib.llama_sampler_chain_init(NO_PERF)
    for sampler in (*adjustments(sampling, vocab_size, prompt, n_ctx), *selection(sampling)):
        lib.llama_sampler_chain_add(chain, sampler)
    return chain


def adjustments(sampling: Sampling, vocab_size: int, prompt: Sequence[int], n_ctx: int) -> list[Any]:
    found = []
    if sampling.logit_bias:
        biases = (lib.llama_logit_bias * len(sampling.logit_bias))(*sampling.logit_bias.items())
        found.append(lib.llama_sampler_init_logit_bias(vocab_size, len(biases), biases))
    if sampling.repeat_penalty != 1:
        repeat = lib.llama_sampler_init_penalties(vocab_size, REPEAT_WINDOW, sampling.repeat_penalty, 0.0, 0.0)
        for token in prompt[-REPEAT_WINDOW:]:
            lib.llama_sampler_accept(repeat, token)
        found.append(repeat)
    if sampling.frequency_penalty or sampling.presence_penalty:
        frequency, presence = sampling.frequency_penalty, sampling.presence_penalty
        found.append(lib.llama_sampler_init_penalties(vocab_size, n_ctx, 1.0, frequency, presence))
    return found


def selection(sampling: Sampling) -> list[Any]:
    if sampling.temperature == 0:
        return [lib.llama_sampler_init_greedy()]
    found = [lib.llama_sampler_init_top_k(sampling.top_k)] if sampling.top_k else []
    if sampling.top_p < 1:
        found.append(lib.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0:
        found.append(lib.llama_sampler_init_min_p(sampling.min_p, 1))
    found.append(lib.llama_sampler_init_temp(sampling.temperature))
    seed = secrets.randbits(32) if sampling.seed is None else sampling.seed % 2**32
    found.append(lib.llama_sampler_init_dist(seed))
    return found


def all_candidates(logits: Any) -> Any:
    candidates = np.empty(len(logits), dtype=CANDIDATE)
    candidates["id"] = np.arange(len(logits), dtype=np.int32)
    candidates["logit"] = logits
    candidates["p"] = 0
    return candidates


def apply(sampler: Any, candidates: Any) -> Any:
    """Apply a sampler in place; returns llama.cpp's array, which says what was selected."""
    pointer = ctypes.cast(candidates.ctypes.data, lib.llama_token_data_p)
    array = lib.llama_token_data_array(data=pointer, size=len(candidates), selected=-1, sorted=False)
    lib.llama_sampler_apply(sampler, ctypes.byref(array))
    return array


def choose(chain: Any, candidates: Any) -> int:
    array = apply(chain, np.ascontiguousarray(candidates))
    return int(array.data[array.selected].id)
