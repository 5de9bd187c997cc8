"""Tiny random GGUFs for tests: Llama and Qwen2 shapes, a real byte-level BPE vocabulary, and LoRA adapters.

Everything is made from seeds, in milliseconds, without network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' "
    "+ '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CORPUS = [
    "The quick brown fox jumps over the lazy dog. What is the capital of the island? The answer is in the past work.",
    'user assistant system message question answer TOOL calculator {"expression": "1 + 2"} Grüße äöü 日本語 😀 ',
    "def total(values): return sum(values) / len(values)  # 0123456789 verify that the result is a number",
]
VOCABULARY = 512
_tokenizer: Tokenizer | None = None


def tokenizer() -> Tokenizer:
    """A byte-level BPE of 512 tokens: every byte is one, so that any text can be written."""
    global _tokenizer
    if _tokenizer is None:
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            min_frequency=1,
            special_tokens=SPECIAL,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        made.train_from_iterator(CORPUS, trainer)
        _tokenizer = made
    return _tokenizer


def make_model(
    path: Path,
    *,
    arch: str = "llama",
    seed: int = 0,
    n_embd: int = 64,
    n_layers: int = 2,
    n_heads: int = 4,
    n_heads_kv: int = 2,
    n_ff: int = 128,
    n_ctx: int = 512,
    template: str | None = CHATML,
    dtype: str = "f32",
    add_bos: bool = False,
    spread: float = 1.0,
    fill: float | None = None,
) -> Path:
    """A random model. `fill` sets every weight matrix to one number (nan, 0) for the tests of refusal."""
    writer = gguf.GGUFWriter(str(path), arch)
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(path.stem)
    writer.add_context_length(n_ctx)
    writer.add_embedding_length(n_embd)
    writer.add_block_count(n_layers)
    writer.add_feed_forward_length(n_ff)
    writer.add_head_count(n_heads)
    writer.add_head_count_kv(n_heads_kv)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(n_embd // n_heads)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32 if dtype == "f32" else gguf.LlamaFileType.MOSTLY_F16)
    _add_vocabulary(writer, arch, template, add_bos)
    random = np.random.default_rng(seed)
    for name, shape in _shapes(arch, n_embd, n_layers, n_heads, n_heads_kv, n_ff).items():
        writer.add_tensor(name, _weights(name, shape, random, dtype, spread, fill))
    _write(writer)
    return path


def _add_vocabulary(writer: Any, arch: str, template: str | None, add_bos: bool) -> None:
    words = tokenizer().get_vocab()
    tokens = sorted(words, key=words.__getitem__)
    kinds = [gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in tokens]
    merges = tokenizer_merges()
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2" if arch == "qwen2" else "gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(words["<|endoftext|>"])
    writer.add_eos_token_id(words["<|im_end|>"])
    writer.add_add_bos_token(add_bos)
    if template is not None:
        writer.add_chat_template(template)


def tokenizer_merges() -> list[str]:
    import json

    merges = json.loads(tokenizer().to_str())["model"]["merges"]
    return [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]


def _shapes(
    arch: str, n_embd: int, n_layers: int, n_heads: int, n_heads_kv: int, n_ff: int
) -> dict[str, tuple[int, ...]]:
    """Tensor name → shape, rows first (as numpy has it)."""
    width = n_embd // n_heads * n_heads_kv
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (len(tokenizer().get_vocab()), n_embd),
        "output_norm.weight": (n_embd,),
        "output.weight": (len(tokenizer().get_vocab()), n_embd),
    }
    for layer in range(n_layers):
        block = f"blk.{layer}"
        shapes |= {
            f"{block}.attn_norm.weight": (n_embd,),
            f"{block}.attn_q.weight": (n_embd, n_embd),
            f"{block}.attn_k.weight": (width, n_embd),
            f"{block}.attn_v.weight": (width, n_embd),
            f"{block}.attn_output.weight": (n_embd, n_embd),
            f"{block}.ffn_norm.weight": (n_embd,),
            f"{block}.ffn_gate.weight": (n_ff, n_embd),
            f"{block}.ffn_up.weight": (n_ff, n_embd),
            f"{block}.ffn_down.weight": (n_embd, n_ff),
        }
        if arch == "qwen2":
            shapes |= {
                f"{block}.attn_{part}.bias": (size,) for part, size in (("q", n_embd), ("k", width), ("v", width))
            }
    return shapes


def _weights(
    name: str, shape: tuple[int, ...], random: np.random.Generator, dtype: str, spread: float, fill: float | None
) -> np.ndarray[Any, Any]:
    if "norm" in name:
        return np.ones(shape, dtype=np.float32)
    if fill is not None:
        return np.full(shape, fill, dtype=np.float32)
    values = random.standard_normal(shape) * spread / np.sqrt(shape[-1])
    if name == "output.weight":
        values *= 3  # an untrained head is nearly flat: answers at temperature 1 would be all noise
    return values.astype(np.float16 if dtype == "f16" and len(shape) == 2 else np.float32)


def make_adapter(
    path: Path,
    base: Path,
    *,
    seed: int = 1,
    rank: int = 4,
    alpha: float = 8.0,
    scale: float = 0.5,
    dtype: type[np.floating[Any]] = np.float32,
    targets: tuple[str, ...] = ("attn_q", "attn_v", "ffn_up", "ffn_down"),
    base_fingerprint: str | None = None,
    spoil: float | None = None,
) -> Path:
    """A LoRA for `base`. scale 0 makes one that changes nothing; `spoil` puts that number into one place."""
    reader = gguf.GGUFReader(str(base))
    arch = str(bytes(reader.fields["general.architecture"].parts[-1]), "utf-8")
    writer = gguf.GGUFWriter(str(path), arch)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    if base_fingerprint is not None:
        writer.add_string("nightschool.base.fingerprint", base_fingerprint)
    random = np.random.default_rng(seed)
    for tensor in reader.tensors:
        if not any(tensor.name.endswith(f".{target}.weight") for target in targets):
            continue
        columns, rows = (int(size) for size in tensor.shape)
        a = random.standard_normal((rank, columns)) / np.sqrt(columns)
        b = random.standard_normal((rows, rank)) * scale
        if spoil is not None:
            a[0, 0] = spoil
        writer.add_tensor(f"{tensor.name}.lora_a", a.astype(dtype))
        writer.add_tensor(f"{tensor.name}.lora_b", b.astype(dtype))
    _write(writer)
    return path


def _write(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
