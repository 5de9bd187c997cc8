"""The single estimator of the memory that a model takes: weights, KV caches, compute buffers. Sizes in bytes.

The engine plans with it, `doctor` and the window show it, and the tests hold it against what llama.cpp allocates.
"""

from __future__ import annotations

from typing import Final

from core.engine.gguf_check import GgufHeader
from core.records import Record

CACHE_BYTES: Final[dict[str, float]] = {
    "f32": 4.0,
    "f16": 2.0,
    "bf16": 2.0,
    "q8_0": 34 / 32,
    "q5_1": 24 / 32,
    "q5_0": 22 / 32,
    "q4_1": 20 / 32,
    "q4_0": 18 / 32,
    "iq4_nl": 18 / 32,
}
"""Bytes of one cached number."""
SLIDING_PERIOD: Final[dict[str, int]] = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "cohere2": 4}
"""Every n-th layer sees the whole context (llama.cpp `set_swa_pattern`). Others are reckoned full, never too little."""
CELLS: Final = 256
"""llama.cpp pads a context to this many cells."""
MIN_CONTEXT: Final = 512
DEFAULT_CONTEXT: Final = 8192
UBATCH: Final = 64
RESERVE: Final = 0.10
"""Share of free memory that is left to the person's other programs."""


class MemoryEstimate(Record, frozen=True):
    """What a model takes with `contexts` contexts of `n_ctx` tokens, and where it lies."""

    weights_bytes: int
    kv_bytes: int
    """All contexts together."""
    kv_bytes_per_context: int
    compute_bytes: int
    """All contexts together."""
    total: int
    on_gpu: int
    on_cpu: int
    n_ctx: int = 0
    gpu_layers: int = 0
    contexts: int = 1


class Fit(Record, frozen=True):
    """What can be loaded into the memory that is free."""

    gpu_layers: int
    n_ctx: int
    slots: int
    estimate: MemoryEstimate
    fits: bool
    """False: even the smallest choice is larger than what is free."""


def estimate(
    header: GgufHeader,
    n_ctx: int,
    gpu_layers: int,
    slots: int,
    variants: int = 1,
    kv_type: str = "f16",
    *,
    n_ubatch: int = UBATCH,
    full_window: bool = True,
) -> MemoryEstimate:
    """Bytes for `slots` contexts of `n_ctx` tokens for each of `variants`, with `gpu_layers` layers on the GPU.

    full_window: llama.cpp's default keeps the whole context for sliding-window layers too (`swa_full`), which is what
    lets a prefix be used again.
    """
    share = min(max(gpu_layers, 0), header.n_layers + 1)
    contexts = slots * variants
    per_layer = [cache_bytes(header, layer, n_ctx, kv_type, n_ubatch, full_window) for layer in range(header.n_layers)]
    kv, compute = sum(per_layer), compute_bytes(header, n_ctx, n_ubatch)
    # llama.cpp offloads the last layers first.
    on_gpu = _weights_on_gpu(header, share)
    on_gpu += contexts * (sum(per_layer[max(header.n_layers - share, 0) :]) + compute) if share else 0
    weights = sum(t.n_bytes for t in header.tensors)
    total = weights + contexts * (kv + compute)
    return MemoryEstimate(
        weights_bytes=weights,
        kv_bytes=contexts * kv,
        kv_bytes_per_context=kv,
        compute_bytes=contexts * compute,
        total=total,
        on_gpu=on_gpu,
        on_cpu=total - on_gpu,
        n_ctx=n_ctx,
        gpu_layers=share,
        contexts=contexts,
    )


def cache_bytes(
    header: GgufHeader, layer: int, n_ctx: int, kv_type: str = "f16", n_ubatch: int = UBATCH, full_window: bool = True
) -> int:
    """Keys and values of one layer: cells x key-value heads x (key + value width), grouped heads counted once."""
    cells = -(-n_ctx // CELLS) * CELLS
    if not full_window and _slides(header, layer):
        cells = min(cells, -(-(min(cells, header.sliding_window + n_ubatch)) // CELLS) * CELLS)
    width = header.heads_kv[layer] * (header.head_dim_k + header.head_dim_v)
    return int(cells * width * CACHE_BYTES[kv_type])


def _slides(header: GgufHeader, layer: int) -> bool:
    if not header.sliding_window:
        return False
    if header.sliding_pattern:
        return header.sliding_pattern[layer]
    period = SLIDING_PERIOD.get(header.architecture)
    return period is not None and layer % period < period - 1


def compute_bytes(header: GgufHeader, n_ctx: int, n_ubatch: int = UBATCH) -> int:
    """Scratch space of one context with flash attention: activations of a batch, its mask, the logits of one token.

    Measured on Llama and Qwen2 shapes: never under what llama.cpp reserves, at most half as much again and 1 MiB.
    """
    experts = header.metadata.get(f"{header.architecture}.expert_used_count", 0)
    together = experts if isinstance(experts, int) and experts > 0 else 1
    widths = [
        t.shape[1] * (together if len(t.shape) == 3 else 1)
        for t in header.tensors
        if ".ffn_" in t.name and len(t.shape) > 1
    ]
    activations = n_ubatch * (8 * header.n_embd + 2 * max(widths, default=0)) * 4
    mask = n_ubatch * -(-n_ctx // CELLS) * CELLS * 2
    logits = header.n_vocab * 4 * 2
    return activations + mask + logits


def _weights_on_gpu(header: GgufHeader, share: int) -> int:
    """Bytes of the last `share` layers; one more than there are also takes the output layer along."""
    first = header.n_layers - share
    total = 0
    for tensor in header.tensors:
        if tensor.name.startswith("blk."):
            number = tensor.name.split(".", 2)[1]
            total += tensor.n_bytes if number.isdigit() and share and int(number) >= first else 0
        elif share > header.n_layers and tensor.name.startswith("output"):
            total += tensor.n_bytes
    return total


def fit(
    header: GgufHeader,
    free_gpu_bytes: int,
    free_ram_bytes: int,
    *,
    n_ctx: int = 0,
    gpu_layers: int = -1,
    slots: int = 0,
    variants: int = 1,
    kv_type: str = "f16",
) -> Fit:
    """Choose what was left open (n_ctx 0, gpu_layers -1, slots 0) so that it fits; what was given is kept.

    In this order: as many contexts as two, the context as long as the model was trained for (up to 8,192 tokens), as
    many layers on the GPU as go; then a shorter context, then one slot.
    """
    longest = min(header.n_ctx_train or DEFAULT_CONTEXT, DEFAULT_CONTEXT)
    lengths = [n_ctx] if n_ctx else _halvings(longest)
    smallest: Fit | None = None
    for count in [slots] if slots else [2, 1]:
        for length in lengths:
            smallest = _place(header, free_gpu_bytes, free_ram_bytes, length, gpu_layers, count, variants, kv_type)
            if smallest.fits:
                return smallest
    assert smallest is not None
    return smallest


def _halvings(longest: int) -> list[int]:
    lengths = [longest]
    while lengths[-1] // 2 >= MIN_CONTEXT:
        lengths.append(lengths[-1] // 2)
    return lengths


def _place(
    header: GgufHeader,
    free_gpu: int,
    free_ram: int,
    n_ctx: int,
    gpu_layers: int,
    slots: int,
    variants: int,
    kv_type: str,
) -> Fit:
    """The most layers on the GPU with which both memories suffice; else as it would be on the CPU alone."""
    room_gpu, room_ram = free_gpu * (1 - RESERVE), free_ram * (1 - RESERVE)
    most = header.n_layers + 1 if free_gpu else 0
    tries = [gpu_layers] if gpu_layers >= 0 else range(most, -1, -1)
    found = estimate(header, n_ctx, 0, slots, variants, kv_type)
    for layers in tries:
        found = estimate(header, n_ctx, layers, slots, variants, kv_type)
        if found.on_gpu <= room_gpu and found.on_cpu <= room_ram:
            return Fit(gpu_layers=layers, n_ctx=n_ctx, slots=slots, estimate=found, fits=True)
    return Fit(gpu_layers=found.gpu_layers, n_ctx=n_ctx, slots=slots, estimate=found, fits=False)
