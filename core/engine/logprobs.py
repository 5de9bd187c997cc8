"""Log-probabilities of generated tokens, from the logits, in the OpenAI API's shape."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import numpy.typing as npt

from core.engine.records import TokenLogprob, TopLogprob
from core.engine.vocabulary import Vocabulary

BLOCK = 512


def of_token(logits: npt.NDArray[np.float32], token: int, top: int, vocabulary: Vocabulary) -> TokenLogprob:
    """logits: [vocabulary]. Natural logarithms of the softmax, before temperature and penalties."""
    peak = logits.max()
    shifted = logits - peak
    normal = float(peak) + math.log(float(np.exp(shifted, out=shifted).sum()))
    name = vocabulary.name(token)
    return TokenLogprob(
        token=name.decode("utf-8", "replace"),
        bytes=list(name),
        logprob=float(logits[token]) - normal,
        top=[_entry(int(other), float(logits[other]) - normal, vocabulary) for other in top_tokens(logits, top)],
    )


def _entry(token: int, logprob: float, vocabulary: Vocabulary) -> TopLogprob:
    name = vocabulary.name(token)
    return TopLogprob(token=name.decode("utf-8", "replace"), bytes=list(name), logprob=logprob)


def top_tokens(logits: npt.NDArray[np.float32], top: int) -> npt.NDArray[np.intp]:
    """The `top` likeliest tokens, likeliest first; equal ones by id, so that the order is always the same.

    The `top`-th largest of the blocks' peaks bounds the result from below, and so few tokens reach it that sorting
    them takes no time; to partition a vocabulary of 150,000 takes a millisecond for every token of the answer.
    """
    if top == 0:
        return np.empty(0, dtype=np.intp)
    peaks = np.maximum.reduceat(logits, np.arange(0, len(logits), BLOCK))
    bound = np.partition(peaks, -top)[-top] if top < len(peaks) else -np.inf
    candidates = np.flatnonzero(logits >= bound)
    return candidates[np.lexsort((candidates, -logits[candidates]))][:top]


class LogprobQueue:
    """Holds entries until the text that they belong to is shown; drops those that a stop string cut away."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, int, TokenLogprob]] = deque()

    def add(self, start: int, end: int, entry: TokenLogprob) -> None:
        """start, end: character offsets of the token's text in the answer."""
        self._waiting.append((start, end, entry))

    def take(self, released: int, *, last: bool = False) -> list[TokenLogprob] | None:
        """Entries whose text lies within the `released` characters; at the last, also one that was cut in two."""
        ready = []
        while self._waiting:
            start, end, entry = self._waiting[0]
            if not (end <= released or (last and start < released)):
                break
            ready.append(entry)
            self._waiting.popleft()
        return ready or None
