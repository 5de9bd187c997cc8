"""The bench's model: random-initialised, Qwen2-shaped, about 45 M parameters, Q8_0, with Qwen2's real vocabulary.

Weights are random, so it babbles; what it costs to run is what a trained one of its shape costs. The vocabulary is
the one that llama.cpp ships for its own tests (`models/ggml-vocab-qwen2.gguf` of the llama-cpp-python sdist).
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

HIDDEN, LAYERS, HEADS, KV_HEADS, FEED_FORWARD, CONTEXT = 256, 6, 4, 2, 704, 4096
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
COPIED = "tokenizer.ggml."


def make(vocabulary: Path, target: Path, seed: int = 0) -> Path:
    """Write the model to `target` (about 47 MB) unless it is there; returns `target`."""
    if target.exists():
        return target
    writer = gguf.GGUFWriter(target.with_suffix(".part"), "qwen2")
    vocab_size = copy_vocabulary(gguf.GGUFReader(vocabulary), writer)
    describe(writer)
    generator = np.random.default_rng(seed)
    for name, shape in tensors(vocab_size).items():
        add(writer, name, shape, generator)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    target.with_suffix(".part").replace(target)
    return target


def copy_vocabulary(reader: gguf.GGUFReader, writer: gguf.GGUFWriter) -> int:
    """Copy every `tokenizer.ggml.*` field; returns the number of tokens."""
    for field in reader.fields.values():
        if not field.name.startswith(COPIED):
            continue
        item_type = field.types[1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=item_type)
    writer.add_chat_template(CHATML)
    return len(reader.fields["tokenizer.ggml.tokens"].data)


def describe(writer: gguf.GGUFWriter) -> None:
    writer.add_name("bench-45m")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def tensors(vocab_size: int) -> dict[str, tuple[int, ...]]:
    """Tensor names of llama.cpp's qwen2 and their shapes [rows, columns]; the output is tied to the embedding."""
    keys = HIDDEN // HEADS * KV_HEADS
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (vocab_size, HIDDEN), "output_norm.weight": (HIDDEN,)}
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        shapes |= {
            f"{block}attn_norm.weight": (HIDDEN,),
            f"{block}attn_q.weight": (HIDDEN, HIDDEN),
            f"{block}attn_q.bias": (HIDDEN,),
            f"{block}attn_k.weight": (keys, HIDDEN),
            f"{block}attn_k.bias": (keys,),
            f"{block}attn_v.weight": (keys, HIDDEN),
            f"{block}attn_v.bias": (keys,),
            f"{block}attn_output.weight": (HIDDEN, HIDDEN),
            f"{block}ffn_norm.weight": (HIDDEN,),
            f"{block}ffn_gate.weight": (FEED_FORWARD, HIDDEN),
            f"{block}ffn_up.weight": (FEED_FORWARD, HIDDEN),
            f"{block}ffn_down.weight": (HIDDEN, FEED_FORWARD),
        }
    return shapes


def add(writer: gguf.GGUFWriter, name: str, shape: tuple[int, ...], generator: np.random.Generator) -> None:
    """Norms are ones, biases zeros (both f32); matrices normal with deviation 1/sqrt(columns), as Q8_0."""
    if len(shape) == 1:
        filled = np.ones if name.endswith("norm.weight") else np.zeros
        writer.add_tensor(name, filled(shape, np.float32))
        return
    weights = generator.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(shape[1]))
    packed = gguf.quants.quantize(weights, gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
