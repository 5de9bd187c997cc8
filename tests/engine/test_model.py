"""What llama.cpp refuses, and what computes nonsense, is refused in words: a NULL is never taken for a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.engine import probe
from core.engine.model import Model, _load
from core.engine.records import ModelSpec
from core.errors import ModelFileError

GARBAGE = b"GGUF" + bytes(60)
BASE = np.random.default_rng(1).normal(size=(4, 32)).astype(np.float32)


def test_null_is_neither_a_model_nor_an_adapter(model: Path, tmp_path: Path) -> None:
    """The checks of the files let nothing of this kind through: here they are passed by."""
    (tmp_path / "garbage.gguf").write_bytes(GARBAGE)
    with pytest.raises(ModelFileError, match="cannot load"):
        _load(tmp_path / "garbage.gguf", 0)
    loaded = Model(ModelSpec(path=str(model), slots=1))
    try:
        with pytest.raises(ModelFileError, match="cannot be used"):
            loaded.adapter(tmp_path / "garbage.gguf")
    finally:
        loaded.free()


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
