"""Adapters: bad ones are refused before llama.cpp sees them, useless ones by the logits; the student is unharmed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.engine.client import EngineClient
from core.engine.gguf_check import check
from core.engine.records import GenerationRequest, Sampling
from core.errors import BadRequest, ModelFileError
from tests import models


async def test_bad_adapters_are_refused_and_nothing_changes(client: EngineClient, model: Path, tmp_path: Path) -> None:
    other = models.make_model(tmp_path / "other.gguf", n_embd=32)
    qwen = models.make_model(tmp_path / "qwen.gguf", arch="qwen2")
    bad = {
        "f64": models.make_adapter(tmp_path / "f64.gguf", model, dtype=np.float64),
        "nan": models.make_adapter(tmp_path / "nan.gguf", model, spoil=float("nan")),
        "shape": models.make_adapter(tmp_path / "shape.gguf", other),
        "architecture": models.make_adapter(tmp_path / "arch.gguf", qwen),
        "stranger": models.make_adapter(tmp_path / "stranger.gguf", model, base_fingerprint="0" * 64),
        "nothing": models.make_adapter(tmp_path / "nothing.gguf", model, scale=0.0),
        "overflow": models.make_adapter(tmp_path / "overflow.gguf", model, scale=1e30, alpha=1e5),
        "model": model,
        "missing": tmp_path / "missing.gguf",
    }
    pid, before = client.pid, await client.logits("base", "the quick brown fox")
    for name, path in bad.items():
        with pytest.raises(ModelFileError):
            await client.attach(name, path)
    assert client.pid == pid and [variant.name for variant in await client.variants()] == ["base"]
    assert await client.logits("base", "the quick brown fox") == before


async def test_the_right_fingerprint_is_accepted_and_a_name_can_be_taken_over(
    client: EngineClient, model: Path, tmp_path: Path
) -> None:
    fingerprint = check(model).fingerprint
    one = models.make_adapter(tmp_path / "one.gguf", model, seed=1, base_fingerprint=fingerprint)
    two = models.make_adapter(tmp_path / "two.gguf", model, seed=2, base_fingerprint=fingerprint, dtype=np.float16)
    first = await client.attach("a", one)
    assert first.effect.noise == 0 and first.effect.max_difference > 0.01
    logits = await client.logits("a", "the quick")
    await client.attach("a", two)
    assert await client.logits("a", "the quick") != logits
    infos = {variant.name: variant for variant in await client.variants()}
    assert infos["a"].adapter == str(two) and infos["a"].adapter_bytes == two.stat().st_size
    await client.detach("a")
    assert list(infos) == ["base", "a"] and len(await client.variants()) == 1


async def test_a_failed_takeover_keeps_the_old_adapter(
    client: EngineClient, model: Path, adapters: dict[str, Path], tmp_path: Path
) -> None:
    await client.attach("a", adapters["a"])
    logits = await client.logits("a", "the quick")
    with pytest.raises(ModelFileError):
        await client.attach("a", models.make_adapter(tmp_path / "zero.gguf", model, scale=0.0))
    assert await client.logits("a", "the quick") == logits


async def test_the_base_has_a_name_of_its_own(client: EngineClient, adapters: dict[str, Path]) -> None:
    with pytest.raises(BadRequest):
        await client.attach("base", adapters["a"])
    with pytest.raises(BadRequest):
        await client.detach("base")


async def test_attaching_while_every_slot_answers_leaves_no_context_behind(
    slow: EngineClient, slow_model: Path, tmp_path: Path
) -> None:
    streams = [slow.generate(never_ending()) for _ in range(2)]
    for stream in streams:
        await anext(stream)
    await slow.attach("a", models.make_adapter(tmp_path / "a.gguf", slow_model))
    await slow.logits("base", "the quick")
    assert [variant.contexts for variant in await slow.variants()] == [2, 1]
    for stream in streams:
        assert (await anext(stream)).text is not None
        await stream.aclose()


def never_ending() -> GenerationRequest:
    return GenerationRequest(
        prompt="the quick", sampling=Sampling(temperature=0, max_tokens=1500, logit_bias={0: -100.0, 2: -100.0})
    )
