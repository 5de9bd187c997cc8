"""Proof by logits: that a loaded model computes, and that an attached adapter changes what it computes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.engine.context import Context
from core.engine.llama import AbortFlag
from core.engine.records import ProbeEffect
from core.engine.vocabulary import Vocabulary
from core.errors import ModelFileError

PROMPTS, LENGTH = 4, 16
FLOOR = 1e-5
"""An effect counts from this share of the largest logit on: float32 rounding lies an order below."""

Probe: TypeAlias = npt.NDArray[np.float32]
"""[PROMPTS, vocabulary]: the logits after each probe prompt."""


def prompts(vocabulary: Vocabulary) -> list[list[int]]:
    """Fixed prompts of ordinary tokens spread over the vocabulary; the same for a model and its adapters."""
    ordinary = [token for token in range(vocabulary.size) if token not in vocabulary.end and vocabulary.piece(token)]
    ordinary = ordinary or list(range(vocabulary.size))
    step = 7919  # a prime, so that the walk visits every token before it repeats
    return [
        [ordinary[(prompt * LENGTH + i) * step % len(ordinary)] for i in range(LENGTH)] for prompt in range(PROMPTS)
    ]


def take(context: Context, vocabulary: Vocabulary) -> Probe:
    """Logits after each probe prompt, in an otherwise empty context, which is left empty."""
    abort, rows = AbortFlag(), []
    for prompt in prompts(vocabulary):
        context.clear()
        while not context.prefill(prompt, abort):
            pass
        rows.append(context.logits().copy())
    context.clear()
    return np.stack(rows)


def require_sound(probe: Probe) -> None:
    """Refuse a model whose logits are not finite or all alike. Raises ModelFileError."""
    if not np.isfinite(probe).all():
        raise ModelFileError(
            "The model computes values that are not numbers.", hint="The file is damaged: fetch it again."
        )
    if (probe.max(axis=1) - probe.min(axis=1)).min() <= 0:
        raise ModelFileError("The model gives every token the same score.", hint="The file holds no trained weights.")


def require_effect(base: Probe, again: Probe, adapted: Probe) -> ProbeEffect:
    """How far the adapter moved the logits. Raises ModelFileError when it did not, or broke them.

    base, again: two runs without the adapter, whose difference is the noise; adapted: a run with it.
    """
    if not np.isfinite(adapted).all():
        raise ModelFileError("With this adapter the model computes values that are not numbers.", hint="Train it anew.")
    difference, noise = np.abs(adapted - base), float(np.abs(again - base).max())
    effect = ProbeEffect(
        max_difference=float(difference.max()),
        mean_difference=float(difference.mean()),
        noise=noise,
        argmax_changed=int((adapted.argmax(axis=1) != base.argmax(axis=1)).sum()),
        positions=len(base),
    )
    if effect.max_difference <= max(4 * noise, FLOOR * float(np.abs(base).max())):
        raise ModelFileError(
            f"The adapter changes nothing (largest difference {effect.max_difference:.2g}).",
            hint="It was not trained, or not for this model.",
        )
    return effect
