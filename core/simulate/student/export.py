"""The trained network as GGUF: f16 matrices, f32 norms, tokenizer and chat template inside.

Rows of q and k are reordered from the half-split to the interleaved rotary layout, as llama.cpp expects for
Llama-family models; `transformers` undoes it when it reads the file back (`from_pretrained(gguf_file=...)`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import gguf
import numpy as np
from numpy.typing import NDArray

from core.simulate.student.network import Network, Shape
from core.simulate.student.tokenizer import CHAT_TEMPLATE, END, END_OF_TEXT, PAD, SPECIAL

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "Nightschool demo student"
_BLOCK = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}


def write(network: Network, tokenizer: Tokenizer, path: Path) -> None:
    """Write the GGUF, whole or not at all. No output matrix: the embedding is it."""
    part = path.with_suffix(".part")
    writer = gguf.GGUFWriter(str(part), "llama")
    _write_shape(writer, network.shape)
    _write_tokenizer(writer, tokenizer, network.shape)
    for name, tensor in network.state_dict().items():
        weights = tensor.float().numpy()
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            weights = interleave(weights, network.shape.heads)
        kind = np.float32 if weights.ndim == 1 else np.float16
        writer.add_tensor(tensor_name(name), np.ascontiguousarray(weights.astype(kind)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(path)


def tensor_name(name: str) -> str:
    """The GGUF name of one of the network's parameters."""
    if not name.startswith("layers."):
        return {"embed_tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}[name]
    _, block, rest = name.split(".", 2)
    return f"blk.{block}.{_BLOCK[rest.removesuffix('.weight')]}.weight"


def interleave(weights: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """[heads * head, hidden], rotary pairs half a head apart → pairs side by side."""
    rows = weights.shape[0] // heads // 2
    return weights.reshape(heads, 2, rows, -1).swapaxes(1, 2).reshape(weights.shape)


def _write_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(NAME)
    writer.add_license("Apache-2.0")
    writer.add_description("Trained from scratch on generated text by core.simulate.student")
    writer.add_context_length(shape.positions)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.eps)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _write_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer, shape: Shape) -> None:
    model = json.loads(tokenizer.to_str())["model"]
    by_id = {number: token for token, number in model["vocab"].items()}
    tokens = [by_id[i] for i in range(shape.vocabulary)]
    control, normal = int(gguf.TokenType.CONTROL), int(gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([control if token in SPECIAL else normal for token in tokens])
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(model["vocab"][END_OF_TEXT])
    writer.add_eos_token_id(model["vocab"][END])
    writer.add_pad_token_id(model["vocab"][PAD])
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
