"""The GGUF check: what it reads is what the file says, and what llama.cpp could not survive is refused."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from core.engine import gguf_check, gguf_header
from core.engine.gguf_check import GgufHeader, check, check_adapter
from core.engine.llama import lib
from core.errors import ModelFileError
from tests.models import make_adapter, make_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "tiny.gguf", arch="qwen2", n_layers=3, n_heads=4, n_heads_kv=2, n_embd=64)


def rewritten(path: Path, changes: dict[int, bytes]) -> Path:
    data = bytearray(path.read_bytes())
    for at, new in changes.items():
        data[at : at + len(new)] = new
    path.write_bytes(data)
    return path


def test_header_says_what_was_written(model: Path) -> None:
    header = check(model)
    reader = gguf.GGUFReader(model)
    assert (header.architecture, header.n_layers, header.n_embd, header.n_heads) == ("qwen2", 3, 64, 4)
    assert header.heads_kv == (2, 2, 2)
    assert (header.head_dim_k, header.head_dim_v, header.n_ctx_train) == (16, 16, 512)
    assert (header.bos_token, header.eos_token) == ("<|endoftext|>", "<|im_end|>")
    assert header.chat_template is not None
    assert "im_start" in header.chat_template
    assert header.size_bytes == model.stat().st_size
    theirs = {t.name: (tuple(int(n) for n in t.shape), int(t.n_bytes), int(t.data_offset)) for t in reader.tensors}
    ours = {t.name: (t.shape, t.n_bytes, header.data_offset + t.offset) for t in header.tensors}
    assert ours == theirs
    assert header.n_params == sum(int(t.n_elements) for t in reader.tensors)


def test_block_sizes_are_those_of_ggml() -> None:
    folder = Path(str(lib._base_path))
    ggml = ctypes.CDLL(str(next(folder.glob("*ggml-base*"))))
    ggml.ggml_blck_size.restype = ctypes.c_int64
    ggml.ggml_type_size.restype = ctypes.c_size_t
    theirs = {
        number: (ggml.ggml_blck_size(number), ggml.ggml_type_size(number))
        for number in range(43)
        if ggml.ggml_blck_size(number)
    }
    assert {number: sizes for number, (_, *sizes) in gguf_header.BLOCKS.items()} == {
        number: list(sizes) for number, sizes in theirs.items()
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({0: b"GGML"}, "does not begin with GGUF"),
        ({4: (1).to_bytes(4, "little")}, "version 1"),
        ({4: (3).to_bytes(4, "big")}, "version"),
        ({8: (2**63).to_bytes(8, "little")}, "tensors"),
        ({16: (2**40).to_bytes(8, "little")}, "metadata keys"),
        ({24: (2**62).to_bytes(8, "little")}, "claims"),
    ],
)
def test_broken_opening_is_refused(model: Path, changes: dict[int, bytes], why: str) -> None:
    with pytest.raises(ModelFileError, match=why):
        check(rewritten(model, changes))


def test_every_truncation_is_refused(model: Path) -> None:
    data = model.read_bytes()
    for size in [0, 3, 23, 24, 100, *range(200, len(data), max(1, len(data) // 150)), len(data) - 1]:
        model.write_bytes(data[:size])
        with pytest.raises(ModelFileError):
            check(model)


class Raw:
    """A GGUF written by hand, so that it may be wrong."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.tensors: list[bytes] = []
        self.data = b"\0" * 4096

    @staticmethod
    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(8, "little") + value.encode()

    @staticmethod
    def int(value: int, width: int = 4) -> bytes:
        return value.to_bytes(width, "little")

    def string(self, key: str, value: str) -> Raw:
        self.keys.append(self.text(key) + self.int(8) + self.text(value))
        return self

    def u32(self, key: str, value: int) -> Raw:
        self.keys.append(self.text(key) + self.int(4) + self.int(value))
        return self

    def raw(self, key: str, body: bytes) -> Raw:
        self.keys.append(self.text(key) + body)
        return self

    def tensor(self, name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> Raw:
        dims = b"".join(self.int(n, 8) for n in shape)
        self.tensors.append(self.text(name) + self.int(len(shape)) + dims + self.int(kind) + self.int(offset, 8))
        return self

    def write(self, path: Path) -> Path:
        head = b"GGUF" + self.int(3) + self.int(len(self.tensors), 8) + self.int(len(self.keys), 8)
        body = head + b"".join(self.keys) + b"".join(self.tensors)
        path.write_bytes(body + b"\0" * (-len(body) % 32) + self.data)
        return path


def sound() -> Raw:
    raw = Raw().string("general.architecture", "llama").u32("llama.block_count", 1).u32("llama.embedding_length", 8)
    return raw.u32("llama.attention.head_count", 2).u32("llama.context_length", 64)


def test_a_minimal_file_is_accepted(tmp_path: Path) -> None:
    header = check(sound().tensor("token_embd.weight", (8, 16)).write(tmp_path / "m.gguf"))
    assert (header.n_vocab, header.head_dim_k, header.heads_kv) == (16, 4, (2,))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (sound().tensor("token_embd.weight", (8, 16)).tensor("token_embd.weight", (8, 16), offset=512), "twice"),
        (sound().tensor("token_embd.weight", (8, 16)).tensor("x", (8,), offset=32), "lies at"),
        (sound().tensor("token_embd.weight", (8, 4096)), "past the end"),
        (sound().tensor("token_embd.weight", (2**40, 2**40)), "impossible shape"),
        (sound().tensor("token_embd.weight", (8, 0)), "impossible shape"),
        (sound().tensor("token_embd.weight", (8, 2, 2, 2, 2)), "dimensions"),
        (sound().tensor("token_embd.weight", (8, 16), kind=8), "multiple of 32"),
        (sound().tensor("token_embd.weight", (8, 16), kind=4), "unknown type"),
        (sound().tensor("token_embd.weight", (8, 16), kind=99), "unknown type"),
        (sound().tensor("x" * 64, (8, 16)), "more than 63"),
        (sound().tensor("other.weight", (8, 16)), "no token embedding"),
        (sound().u32("llama.block_count", 1).tensor("token_embd.weight", (8, 16)), "twice"),
        (sound().u32("general.alignment", 24).tensor("token_embd.weight", (8, 16)), "power of two"),
        (sound().u32("general.alignment", 0).tensor("token_embd.weight", (8, 16)), "power of two"),
        (sound().raw("a", Raw.int(9) + Raw.int(9) + Raw.int(1, 8)), "not allowed"),
        (sound().raw("a", Raw.int(9) + Raw.int(4) + Raw.int(2**61, 8)), "more than the file"),
        (sound().raw("a", Raw.int(9) + Raw.int(8) + Raw.int(2**61, 8)), "more than the file"),
        (sound().raw("a", Raw.int(13)), "unknown type 13"),
        (sound().u32("split.count", 3).tensor("token_embd.weight", (8, 16)), "split"),
        (sound().string("general.type", "mmproj").tensor("token_embd.weight", (8, 16)), "type 'mmproj'"),
        (sound().u32("llama.rope.dimension_count", 4096).tensor("token_embd.weight", (8, 16)), "rotary"),
        (Raw().u32("general.architecture", 3).tensor("token_embd.weight", (8, 16)), "not text"),
        (Raw().string("general.architecture", "llama").tensor("token_embd.weight", (8, 16)), "make no model"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, raw: Raw, why: str) -> None:
    with pytest.raises(ModelFileError, match=why):
        check(raw.write(tmp_path / "m.gguf"))


def test_a_token_that_stands_twice_is_refused(model: Path) -> None:
    data = model.read_bytes()
    tokens = [len(t).to_bytes(8, "little") + t for t in (b"a", b"b")]
    assert all(data.count(token) == 1 for token in tokens)
    rewritten(model, {data.index(tokens[1]): tokens[0]})
    with pytest.raises(ModelFileError, match="same token twice"):
        check(model)


def test_a_special_token_outside_of_the_vocabulary_is_none(tmp_path: Path) -> None:
    """llama.cpp warns and goes on; such models are about."""
    raw = sound().u32("tokenizer.ggml.eos_token_id", 16).tensor("token_embd.weight", (8, 16))
    assert check(raw.write(tmp_path / "m.gguf")).eos_token == ""


def test_zero_heads_do_not_divide(tmp_path: Path) -> None:
    raw = Raw().string("general.architecture", "mamba").u32("mamba.block_count", 1).u32("mamba.embedding_length", 8)
    raw.u32("mamba.attention.head_count", 0).u32("mamba.context_length", 64).tensor("token_embd.weight", (8, 16))
    assert check(raw.write(tmp_path / "m.gguf")).heads_kv == (0,)


def test_fingerprint_follows_header_and_data(model: Path) -> None:
    before = check(model).fingerprint
    assert check(model).fingerprint == before
    size = model.stat().st_size
    for at in (check(model).data_offset + 5, size - 200):
        rewritten(model, {at: bytes([model.read_bytes()[at] ^ 1])})
        after = check(model).fingerprint
        assert after != before
        before = after


def test_fingerprint_of_a_huge_file_is_quick_and_depends_on_its_data(tmp_path: Path) -> None:
    """40 GB, sparse: the samples are 4 MB."""
    rows = 5_000_000_000 // 8
    raw = sound().tensor("token_embd.weight", (8, 16)).tensor("blk.0.ffn_up.weight", (8, 2 * rows), offset=512)
    raw.data = b"\0" * 512
    path = raw.write(tmp_path / "huge.gguf")
    with path.open("r+b") as file:
        start = file.seek(0, os.SEEK_END)
        file.truncate(start + 2 * rows * 8 * 4)
    began = time.perf_counter()
    first = check(path)
    took = time.perf_counter() - began
    assert first.size_bytes > 39_000_000_000
    assert took < 2.0
    with path.open("r+b") as file:
        file.seek(first.size_bytes - 100)
        file.write(b"\1")
    assert check(path).fingerprint != first.fingerprint


@pytest.mark.parametrize("name", ["m.bin", "m.pt", "M.PTH", "m.pkl", "m.ckpt"])
def test_pickle_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"GGUF")
    with pytest.raises(ModelFileError, match="run code"):
        check(tmp_path / name)


def test_not_a_plain_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path / "pipe.gguf", tmp_path, Path("/dev/zero"), tmp_path / "missing.gguf"):
        with pytest.raises(ModelFileError):
            check(path)
    with pytest.raises(ModelFileError):
        check("a\0b.gguf")


# Adapters


def write_adapter(path: Path, pairs: dict[str, tuple[Any, Any]], **kept: Any) -> Path:
    writer = gguf.GGUFWriter(str(path), kept.get("arch", "qwen2"))
    writer.add_type(kept.get("type", gguf.GGUFType.ADAPTER))
    writer.add_string("adapter.type", kept.get("adapter_type", "lora"))
    if "alpha" not in kept:
        writer.add_float32("adapter.lora.alpha", 8.0)
    elif kept["alpha"] is not None:
        writer.add_float32("adapter.lora.alpha", kept["alpha"])
    if "base" in kept:
        writer.add_string(gguf_check.BASE_KEY, kept["base"])
    for name, (a, b) in pairs.items():
        if a is not None:
            writer.add_tensor(f"{name}.lora_a", a)
        if b is not None:
            writer.add_tensor(f"{name}.lora_b", b)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


Q = "blk.0.attn_q.weight"


def pair(a_shape: tuple[int, int] = (4, 64), b_shape: tuple[int, int] = (64, 4), dtype: Any = np.float32) -> Any:
    return np.ones(a_shape, dtype=dtype), np.ones(b_shape, dtype=dtype)


@pytest.fixture
def base(model: Path) -> GgufHeader:
    return check(model)


def test_adapters_are_accepted(tmp_path: Path, base: GgufHeader) -> None:
    for index, dtype in enumerate((np.float32, np.float16)):
        path = write_adapter(tmp_path / f"{index}.gguf", {Q: pair(dtype=dtype)}, base=base.fingerprint)
        assert check_adapter(path, base).kind == "adapter"
    made = make_adapter(tmp_path / "made.gguf", Path(base.path))
    assert check_adapter(made, base).tensors


@pytest.mark.parametrize(
    ("pairs", "kept", "why"),
    [
        ({Q: pair(dtype=np.float64)}, {}, "type F64"),
        ({Q: (np.full((4, 64), np.nan, np.float32), pair()[1])}, {}, "not finite"),
        ({Q: (pair()[0], np.full((64, 4), np.inf, np.float16))}, {}, "not finite"),
        ({Q: (pair()[0], None)}, {}, "lacks one half"),
        ({Q: pair((4, 32))}, {}, "shape"),
        ({Q: pair((4, 64), (32, 4))}, {}, "shape"),
        ({Q: pair((4, 64), (64, 8))}, {}, "shape"),
        ({"blk.9.attn_q.weight": pair()}, {}, "no tensor"),
        ({Q: pair()}, {"arch": "llama"}, "is for llama"),
        ({Q: pair()}, {"base": "0" * 64}, "another base"),
        ({Q: pair()}, {"alpha": None}, "alpha"),
        ({Q: pair()}, {"alpha": float("nan")}, "alpha"),
        ({Q: pair()}, {"alpha": 0.0}, "alpha"),
        ({Q: pair()}, {"adapter_type": "dora"}, "not a LoRA"),
        ({}, {}, "no tensors"),
    ],
)
def test_adapters_that_do_not_fit(
    tmp_path: Path, base: GgufHeader, pairs: dict[str, Any], kept: dict[str, Any], why: str
) -> None:
    path = write_adapter(tmp_path / "a.gguf", pairs, **kept)
    with pytest.raises(ModelFileError, match=why):
        check_adapter(path, base)


def test_a_model_is_no_adapter_and_the_other_way_round(tmp_path: Path, base: GgufHeader) -> None:
    with pytest.raises(ModelFileError, match="not a LoRA"):
        check_adapter(base.path, base)
    with pytest.raises(ModelFileError, match="type 'adapter'"):
        check(write_adapter(tmp_path / "a.gguf", {Q: pair()}))
