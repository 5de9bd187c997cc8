"""The estimator against what llama.cpp really allocates, and the choice of what fits."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from core.engine import memory
from core.engine.gguf_check import GgufHeader, check
from core.engine.llama import lib, log
from core.engine.memory import cache_bytes, compute_bytes, estimate, fit
from tests.models import make_model

MIB = 1024 * 1024


class Allocated:
    """What llama.cpp said that it allocated for one context, in bytes (its log has two decimals of a MiB)."""

    def __init__(self, path: Path, n_ctx: int, *, n_ubatch: int = 64, swa_full: bool = True, kv_type: int = 1) -> None:
        params = lib.llama_model_default_params()
        model = lib.llama_model_load_from_file(str(path).encode(), params)
        assert model
        context = lib.llama_context_default_params()
        context.n_ctx, context.n_batch, context.n_ubatch = n_ctx, n_ubatch, n_ubatch
        context.n_seq_max = context.n_outputs_max = 1
        context.swa_full = swa_full
        context.type_k = context.type_v = kv_type
        log.clear()
        pointer = lib.llama_init_from_model(model, context)
        assert pointer, list(log)[-3:]
        lines = "\n".join(log)
        self.kv = sum(float(size) for size in re.findall(r"KV buffer size = +([\d.]+) MiB", lines)) * MIB
        self.compute = sum(float(size) for size in re.findall(r"compute buffer size = +([\d.]+) MiB", lines)) * MIB
        lib.llama_free(pointer)
        lib.llama_model_free(model)


SHAPES: list[tuple[dict[str, Any], int]] = [
    ({"arch": "llama", "n_embd": 256, "n_heads": 8, "n_heads_kv": 2, "n_layers": 4, "n_ff": 512}, 4000),
    ({"arch": "qwen2", "n_embd": 512, "n_heads": 8, "n_heads_kv": 8, "n_layers": 3, "n_ff": 2048}, 8192),
    ({"arch": "llama", "n_embd": 1024, "n_heads": 16, "n_heads_kv": 4, "n_layers": 2, "n_ff": 4096}, 30000),
    ({"arch": "llama", "n_embd": 128, "n_heads": 4, "n_heads_kv": 1, "n_layers": 6, "n_ff": 256}, 512),
]


@pytest.mark.parametrize(("shape", "n_ctx"), SHAPES)
def test_kv_and_compute_are_what_llama_allocates(tmp_path: Path, shape: dict[str, Any], n_ctx: int) -> None:
    path = make_model(tmp_path / "m.gguf", n_ctx=n_ctx, **shape)
    header, real = check(path), Allocated(path, n_ctx)
    planned = estimate(header, n_ctx, 0, 1)
    assert planned.kv_bytes == pytest.approx(real.kv, abs=0.006 * MIB)
    assert real.compute - 0.006 * MIB <= planned.compute_bytes <= 1.5 * real.compute + MIB


def test_larger_batches_and_smaller_caches(tmp_path: Path) -> None:
    path = make_model(tmp_path / "m.gguf", **SHAPES[1][0], n_ctx=8192)
    header, real = check(path), Allocated(path, 8192, n_ubatch=512, kv_type=8)
    planned = estimate(header, 8192, 0, 1, kv_type="q8_0", n_ubatch=512)
    assert planned.kv_bytes == pytest.approx(real.kv, abs=0.006 * MIB)
    assert real.compute - 0.006 * MIB <= compute_bytes(header, 8192, 512) <= 1.5 * real.compute + MIB


def sliding_model(path: Path, layers: int, window: int) -> Path:
    """Cohere2's shape: three layers with a window, then one without."""
    make_model(path.with_name("words.gguf"), n_embd=128, n_heads=4, n_heads_kv=4, n_layers=1)
    words = gguf.GGUFReader(path.with_name("words.gguf"))
    writer = gguf.GGUFWriter(str(path), "cohere2")
    for add, value in (
        (writer.add_context_length, 4096),
        (writer.add_embedding_length, 128),
        (writer.add_block_count, layers),
        (writer.add_feed_forward_length, 256),
        (writer.add_head_count, 4),
        (writer.add_head_count_kv, 2),
        (writer.add_sliding_window, window),
        (writer.add_rope_dimension_count, 32),
        (writer.add_layer_norm_eps, 1e-5),
        (writer.add_logit_scale, 1.0),
    ):
        add(value)
    tokens = words.fields["tokenizer.ggml.tokens"]
    texts = [bytes(tokens.parts[index]).decode() for index in tokens.data]
    merges = words.fields["tokenizer.ggml.merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(texts)
    writer.add_token_types([1] * len(texts))
    writer.add_token_merges([bytes(merges.parts[index]).decode() for index in merges.data])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    sizes = {"attn_norm": (128,), "attn_q": (128, 128), "attn_k": (64, 128), "attn_v": (64, 128)}
    sizes |= {"attn_output": (128, 128), "ffn_gate": (256, 128), "ffn_up": (256, 128), "ffn_down": (128, 256)}
    writer.add_tensor("token_embd.weight", np.zeros((len(texts), 128), np.float32))
    writer.add_tensor("output_norm.weight", np.ones((128,), np.float32))
    for layer in range(layers):
        for name, shape in sizes.items():
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.zeros(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("full_window", [True, False])
def test_sliding_windows(tmp_path: Path, full_window: bool) -> None:
    path = sliding_model(tmp_path / "sliding.gguf", layers=8, window=512)
    header = check(path)
    assert header.sliding_window == 512
    real = Allocated(path, 4096, swa_full=full_window)
    planned = estimate(header, 4096, 0, 1, full_window=full_window)
    assert planned.kv_bytes == pytest.approx(real.kv, abs=0.02 * MIB)


@pytest.fixture
def header(tmp_path: Path) -> Iterator[GgufHeader]:
    yield check(make_model(tmp_path / "m.gguf", n_embd=256, n_heads=8, n_heads_kv=2, n_layers=4, n_ff=512, n_ctx=8192))


def test_every_variant_costs_its_contexts_only(header: GgufHeader) -> None:
    one, two = estimate(header, 2048, 0, 2), estimate(header, 2048, 0, 2, variants=2)
    assert two.weights_bytes == one.weights_bytes == sum(t.n_bytes for t in header.tensors)
    assert (two.kv_bytes, two.compute_bytes) == (2 * one.kv_bytes, 2 * one.compute_bytes)
    assert two.kv_bytes_per_context == one.kv_bytes_per_context
    assert one.total == one.weights_bytes + one.kv_bytes + one.compute_bytes == one.on_gpu + one.on_cpu


def test_grouped_heads_count_once(header: GgufHeader) -> None:
    assert cache_bytes(header, 0, 2048) == 2048 * 2 * (32 + 32) * 2
    assert cache_bytes(header, 0, 2000) == cache_bytes(header, 0, 2048)


def test_layers_move_to_the_gpu_one_by_one(header: GgufHeader) -> None:
    steps = [estimate(header, 2048, layers, 1) for layers in range(header.n_layers + 2)]
    assert steps[0].on_gpu == 0
    assert all(b.on_gpu > a.on_gpu for a, b in itertools.pairwise(steps))
    assert all(step.on_gpu + step.on_cpu == step.total == steps[0].total for step in steps)
    embedding = next(t.n_bytes for t in header.tensors if t.name == "token_embd.weight")
    assert steps[-1].on_cpu == embedding


def test_fit_takes_all_when_there_is_plenty(header: GgufHeader) -> None:
    chosen = fit(header, 64 << 30, 64 << 30)
    assert (chosen.gpu_layers, chosen.n_ctx, chosen.slots, chosen.fits) == (header.n_layers + 1, 8192, 2, True)


def test_fit_gives_way_in_order(header: GgufHeader) -> None:
    everything = estimate(header, 8192, 0, 2).total
    assert fit(header, 0, int(everything / 0.9) + 1).slots == 2
    shorter = fit(header, 0, int(everything / 0.9) - MIB)
    assert (shorter.slots, shorter.n_ctx, shorter.fits) == (2, 4096, True)
    floor = estimate(header, memory.MIN_CONTEXT, 0, 1).total
    assert fit(header, 0, int(floor / 0.9) + 1).slots == 1
    nothing = fit(header, 0, floor // 2)
    assert (nothing.fits, nothing.slots, nothing.n_ctx) == (False, 1, memory.MIN_CONTEXT)


def test_fit_keeps_what_was_chosen(header: GgufHeader) -> None:
    chosen = fit(header, 0, 1, n_ctx=1024, slots=3, gpu_layers=0)
    assert (chosen.n_ctx, chosen.slots, chosen.gpu_layers, chosen.fits) == (1024, 3, 0, False)


def test_fit_splits_between_gpu_and_processor(header: GgufHeader) -> None:
    half = estimate(header, 8192, 2, 2).on_gpu
    chosen = fit(header, int(half / 0.9) + 1, 64 << 30)
    assert (chosen.gpu_layers, chosen.fits) == (2, True)
    assert chosen.estimate.on_gpu <= half
