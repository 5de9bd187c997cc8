"""Log-probabilities of generated tokens, from the logits, in the OpenAI API's shape."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from core.engine.records import TokenLogprob, TopLogprob
from core.engine.vocabulary import Vocabulary


def of_token(logits: npt.NDArray[np.float32], token: int, top: int, vocabulary: Vocabulary) -> TokenLogprob:
    """logits: [vocabulary]. Natural logarithms of the softmax, before temperature and penalties."""
    values = logits.astype(np.float64)
    peak = values.max()
    normal = peak + np.log(np.exp(values - peak).sum())
    best = top_tokens(logits, top)
    return TokenLogprob(
        token=vocabulary.name(token).decode("utf-8", "replace"),
        bytes=list(vocabulary.name(token)),
        logprob=float(values[token] - normal),
        top=[
            TopLogprob(
                token=vocabulary.name(int(other)).decode("utf-8", "replace"),
                bytes=list(vocabulary.name(int(other))),
                logprob=float(values[other] - normal),
            )
            for other in best
        ],
    )


def top_tokens(logits: npt.NDArray[np.float32], top: int) -> npt.NDArray[np.intp]:
    """The `top` likeliest tokens, likeliest first; equal ones by id, so that the order is always the same."""
    if top == 0:
        return np.empty(0, dtype=np.intp)
    nth = np.partition(logits, -top)[-top]
    candidates = np.flatnonzero(logits >= nth)
    order = np.lexsort((candidates, -logits[candidates]))
    return candidates[order][:top]


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
