"""What llama.cpp refuses, and what computes nonsense, is refused in words: a NULL is never taken for a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.engine import probe
from core.engine.context import CPU_CHUNK, Aborted, Context
from core.engine.llama import AbortFlag
from core.engine.model import Model, _load
from core.engine.records import ModelSpec
from core.errors import ModelFileError

GARBAGE = b"GGUF" + bytes(60)
BASE = np.random.default_rng(1).normal(size=(4, 32)).astype(np.float32)


@pytest.fixture
def loaded(model: Path) -> Iterator[Model]:
    found = Model(ModelSpec(path=str(model), slots=1))
    yield found
    found.free()


def test_null_is_neither_a_model_nor_an_adapter(loaded: Model, tmp_path: Path) -> None:
    """The checks of the files let nothing of this kind through: here they are passed by."""
    (tmp_path / "garbage.gguf").write_bytes(GARBAGE)
    with pytest.raises(ModelFileError, match="cannot load"):
        _load(tmp_path / "garbage.gguf", 0)
    with pytest.raises(ModelFileError, match="cannot be used"):
        loaded.adapter(tmp_path / "garbage.gguf")


def test_a_raised_flag_stops_llama_itself(loaded: Model) -> None:
    context, abort = loaded.context(), AbortFlag()
    tokens = list(range(100, 140))
    context.begin(tokens)
    abort.raise_()
    with pytest.raises(Aborted):
        context.prefill(tokens, abort)
    assert context.computed == context.position == 0
    abort.lower()
    assert context.prefill(tokens, abort)
    abort.raise_()
    with pytest.raises(Aborted):
        context.advance(7, abort)
    assert context.computed == context.position == len(tokens)
    context.free()


def test_only_whole_prefilled_chunks_are_used_again(loaded: Model) -> None:
    """Neither what was generated nor a ragged end, even where the tokens are the same: their bits may differ."""
    context, fresh = loaded.context(), loaded.context()
    said = [100 + at * 7 % 150 for at in range(CPU_CHUNK * 3)]
    prompt, abort = said[: CPU_CHUNK + 20], AbortFlag()
    fill(context, prompt)
    for token in said[len(prompt) :]:
        context.advance(token, abort)
    longer = [*said, 101, 102]
    assert fill(context, longer) == CPU_CHUNK
    assert fill(fresh, longer) == 0
    assert np.array_equal(context.logits(), fresh.logits())
    assert fill(context, longer[: CPU_CHUNK * 2 + 1]) == CPU_CHUNK * 2
    assert fill(context, [*said[:CPU_CHUNK], *said[: CPU_CHUNK + 5]]) == CPU_CHUNK
    context.free()
    fresh.free()


def fill(context: Context, tokens: list[int]) -> int:
    """Prefills a prompt; returns how many of its tokens were kept from before."""
    kept = context.begin(tokens)
    while not context.prefill(tokens, AbortFlag()):
        pass
    return kept


def test_a_model_must_compute_numbers_that_differ() -> None:
    probe.require_sound(BASE)
    one_bad, flat = BASE.copy(), BASE.copy()
    one_bad[3, 7], flat[2] = np.nan, 0.5
    with pytest.raises(ModelFileError, match="not numbers"):
        probe.require_sound(one_bad)
    with pytest.raises(ModelFileError, match="same score"):
        probe.require_sound(flat)


def test_an_effect_must_stand_out_from_the_noise_and_be_numbers() -> None:
    assert probe.require_effect(BASE, BASE, BASE + 0.5).max_difference == pytest.approx(0.5)
    noisy, broken = BASE + np.float32(0.2), BASE.copy()
    broken[0, 0] = np.inf
    for again, adapted, told in (
        (BASE, BASE, "changes nothing"),
        (BASE, BASE + np.float32(1e-6), "changes nothing"),
        (noisy, BASE + np.float32(0.5), "changes nothing"),
        (BASE, broken, "not numbers"),
    ):
        with pytest.raises(ModelFileError, match=told):
            probe.require_effect(BASE, again, adapted)
