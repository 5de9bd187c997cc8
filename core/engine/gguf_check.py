"""Decides whether a GGUF file may be shown to llama.cpp, and says what it is.

llama.cpp maps the file and trusts much of it: a damaged one ends the process (SIGSEGV, SIGBUS, SIGABRT, SIGFPE).
So every model and adapter passes here first; what passes and still crashes takes only the engine child along.
"""

from __future__ import annotations

import hashlib
import math
import os
import stat
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from core.engine import gguf_header
from core.engine.gguf_header import RawHeader, Scalar, TensorInfo, Value, refuse
from core.errors import ModelFileError
from core.records import Record

PICKLES: Final = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")
MAX_LAYERS: Final = 1024
MAX_WIDTH: Final = 1 << 20
BASE_KEY: Final = "nightschool.base.fingerprint"
"""Written into our adapters: the fingerprint of the base they were trained on."""
SAMPLES, SAMPLE_BYTES, WHOLE_BYTES = 64, 64 * 1024, 16 * 1024 * 1024
MAX_ADAPTER_BYTES: Final = 8 * 1024**3
OTHER_ADAPTER: Final = "Choose an adapter of this model."


class GgufHeader(Record, frozen=True):
    """What a checked GGUF file is. Sizes in bytes; `heads_kv` has one entry a layer (0: no attention)."""

    path: str
    size_bytes: int
    fingerprint: str
    kind: str
    """`model` or `adapter`."""
    architecture: str
    name: str = ""
    n_params: int = 0
    n_layers: int = 0
    n_embd: int = 0
    n_heads: int = 0
    heads_kv: tuple[int, ...] = ()
    head_dim_k: int = 0
    head_dim_v: int = 0
    n_ctx_train: int = 0
    n_vocab: int = 0
    sliding_window: int = 0
    sliding_pattern: tuple[bool, ...] = ()
    """Per layer, True where the window applies; empty when the architecture decides it."""
    tokenizer_model: str = ""
    chat_template: str | None = None
    bos_token: str = ""
    eos_token: str = ""
    data_offset: int = 0
    tensors: tuple[TensorInfo, ...] = ()
    metadata: dict[str, Scalar] = msgspec.field(default_factory=dict)
    """Scalars only, without the template."""


def check(path: Path | str) -> GgufHeader:
    """The header of a base model. Raises ModelFileError with the reason and what to do; never loads the weights."""
    return _check(Path(path), "model")


def check_adapter(path: Path | str, base: GgufHeader) -> GgufHeader:
    """The header of a LoRA made for `base`. Raises ModelFileError.

    llama.cpp segfaults on an F64 adapter and silently accepts one that was made for another base of the same
    shape, so the base's fingerprint is compared where the adapter carries it, and every number must be finite.
    """
    header = _check(Path(path), "adapter")
    _check_against_base(Path(path), header, base)
    return header


def _check(path: Path, kind: str) -> GgufHeader:
    refuse_pickle_name(path)
    try:
        with _open(path) as file:
            size = os.fstat(file.fileno()).st_size
            _refuse_foreign(path, file)
            raw = gguf_header.read(file, path, size)
            if kind == "adapter":
                _check_adapter_alone(path, file, raw)
            return _describe(path, file, raw, kind)
    except OSError as error:
        raise ModelFileError(
            f"{path.name} cannot be read: {error.strerror or error}.", hint="Check the path and its permissions."
        ) from error


def _open(path: Path) -> BinaryIO:
    """Opened without blocking on a pipe, and only if it is a plain file."""
    if "\0" in str(path):
        raise ModelFileError("A path cannot contain a zero byte.")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        refuse(path, "it is not a plain file", "Give the path of a GGUF file.")
    return os.fdopen(handle, "rb")


def refuse_pickle_name(path: Path) -> None:
    """Pickle runs code when it is loaded, so such files are refused by name, before they are opened."""
    if path.suffix.lower() in PICKLES:
        refuse(path, "files of this kind can run code when loaded", "Convert the model to GGUF or safetensors first.")


def _refuse_foreign(path: Path, file: BinaryIO) -> None:
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK" or zipfile.is_zipfile(file) or (start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05"):
        refuse(path, "it is a pickle or a zip archive", "Only GGUF files can be used as models.")
    file.seek(0)


def _describe(path: Path, file: BinaryIO, raw: RawHeader, kind: str) -> GgufHeader:
    facts = _Facts(path, raw)
    stated = facts.text("general.type", "model")
    if stated != kind:
        hint = "Add adapters under adapters, models under models."
        refuse(path, f"it is of the type {stated!r}, not {kind!r}", hint)
    if facts.integer("split.count", 0) > 1:
        refuse(path, "it is one part of a split model", "Merge the parts first: llama-gguf-split --merge.")
    architecture = facts.text("general.architecture", "")
    if not architecture:
        refuse(path, "it does not say its architecture")
    sizes = facts.sizes(architecture) if kind == "model" else {}
    return GgufHeader(
        path=str(path),
        size_bytes=raw.size_bytes,
        fingerprint=_fingerprint(file, raw),
        kind=kind,
        architecture=architecture,
        name=facts.text("general.name", ""),
        n_params=sum(t.n_elements for t in raw.tensors),
        tokenizer_model=facts.text("tokenizer.ggml.model", ""),
        chat_template=facts.text("tokenizer.chat_template", "") or None,
        bos_token=_token(file, facts, "tokenizer.ggml.bos_token_id"),
        eos_token=_token(file, facts, "tokenizer.ggml.eos_token_id"),
        data_offset=raw.data_offset,
        tensors=raw.tensors,
        metadata=_scalars(raw.values),
        **sizes,
    )


def _scalars(values: dict[str, Value]) -> dict[str, Scalar]:
    return {k: v.scalar for k, v in values.items() if v.scalar is not None and k != "tokenizer.chat_template"}


class _Facts:
    """Typed look-ups over the metadata; a key of the wrong type is a refusal, since llama.cpp asserts on some."""

    def __init__(self, path: Path, raw: RawHeader) -> None:
        self.path, self.raw = path, raw

    def text(self, key: str, default: str) -> str:
        value = self.raw.values.get(key)
        if value is None:
            return default
        if not isinstance(value.scalar, str):
            refuse(self.path, f"metadata {key!r} is not text")
        return value.scalar

    def integer(self, key: str, default: int) -> int:
        value = self.raw.values.get(key)
        if value is None:
            return default
        if isinstance(value.scalar, bool) or not isinstance(value.scalar, int):
            refuse(self.path, f"metadata {key!r} is not an integer")
        return value.scalar

    def per_layer(self, key: str, layers: int, default: int) -> tuple[int, ...]:
        """One number for all layers, or an array with one each."""
        value = self.raw.values.get(key)
        if value is None or value.type != "arr":
            return (self.integer(key, default),) * layers
        items = value.items or ()
        if len(items) < layers or not all(isinstance(item, int) for item in items):
            refuse(self.path, f"metadata {key!r} does not hold one number for each of the {layers} layers")
        return tuple(int(item) for item in items[:layers])

    def sizes(self, arch: str) -> dict[str, Any]:
        """The sizes that memory is reckoned from, checked for sense (a zero would divide by zero in llama.cpp)."""
        layers, width = self.integer(f"{arch}.block_count", 0), self.integer(f"{arch}.embedding_length", 0)
        if not 0 < layers <= MAX_LAYERS or not 0 < width <= MAX_WIDTH:
            refuse(self.path, f"{layers} layers of width {width} make no model")
        heads = self.per_layer(f"{arch}.attention.head_count", layers, 0)
        most = max(heads)
        heads_kv = self.per_layer(f"{arch}.attention.head_count_kv", layers, most)
        if min(*heads, *heads_kv, 0) < 0 or most > width or max(heads_kv) > max(most, 1):
            refuse(self.path, f"{most} attention heads with {max(heads_kv)} for keys make no sense")
        dim = width // most if most else 0
        pattern = self.raw.values.get(f"{arch}.attention.sliding_window_pattern")
        items = pattern.items[:layers] if pattern is not None and pattern.items else ()
        found: dict[str, Any] = {
            "n_layers": layers,
            "n_embd": width,
            "n_heads": most,
            "heads_kv": heads_kv,
            "head_dim_k": self.bounded(f"{arch}.attention.key_length", dim),
            "head_dim_v": self.bounded(f"{arch}.attention.value_length", dim),
            "n_ctx_train": self.integer(f"{arch}.context_length", 0),
            "n_vocab": self.vocabulary(width),
            "sliding_window": self.integer(f"{arch}.attention.sliding_window", 0),
            "sliding_pattern": tuple(bool(item) for item in items),
        }
        rotary = self.integer(f"{arch}.rope.dimension_count", 0)
        if rotary % 2 or not 0 <= rotary <= max(found["head_dim_k"], dim):
            refuse(self.path, f"its rotary embedding has {rotary} dimensions, its heads {found['head_dim_k']}")
        if not 0 < self.integer(f"{arch}.context_length", 0) <= 1 << 30:
            refuse(self.path, "it does not say a sensible context length")
        return found

    def bounded(self, key: str, default: int) -> int:
        value = self.integer(key, default)
        if not 0 <= value <= MAX_WIDTH:
            refuse(self.path, f"metadata {key!r} is {value}")
        return value

    def vocabulary(self, width: int) -> int:
        embedding = next((t for t in self.raw.tensors if t.name == "token_embd.weight"), None)
        if embedding is None or len(embedding.shape) != 2 or embedding.shape[0] != width:
            refuse(self.path, "it has no token embedding of the width that it states")
        count, rows = len(self.raw.tokens), embedding.shape[1]
        if count and count != rows:
            refuse(self.path, f"its vocabulary has {count} entries, its embedding {rows}")
        return rows


def _token(file: BinaryIO, facts: _Facts, key: str) -> str:
    """The text of a special token, read back from where it stands in the file."""
    number, tokens = facts.integer(key, -1), facts.raw.tokens
    if not 0 <= number < len(tokens):
        return ""
    file.seek(tokens[number])
    length = int.from_bytes(file.read(8), "little")
    return file.read(min(length, 1024)).decode("utf-8", errors="replace")


def _fingerprint(file: BinaryIO, raw: RawHeader) -> str:
    """SHA-256 over the header and the data: all of it up to 16 MiB, else its length and 64 even samples of 64 KiB."""
    digest = hashlib.sha256()
    file.seek(0)
    digest.update(file.read(raw.data_offset))
    length = raw.size_bytes - raw.data_offset
    digest.update(length.to_bytes(8, "little", signed=True))
    if length <= WHOLE_BYTES:
        digest.update(file.read(max(length, 0)))
        return digest.hexdigest()
    for index in range(SAMPLES):
        file.seek(raw.data_offset + index * (length - SAMPLE_BYTES) // (SAMPLES - 1))
        digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()


def _check_adapter_alone(path: Path, file: BinaryIO, raw: RawHeader) -> None:
    facts = _Facts(path, raw)
    if facts.text("adapter.type", "") != "lora":
        refuse(path, "it is not a LoRA adapter", "Only LoRA adapters in GGUF can be attached.")
    alpha = raw.values.get("adapter.lora.alpha")
    if alpha is None or alpha.type != "f32" or not isinstance(alpha.scalar, float) or not _sane(alpha.scalar):
        refuse(path, "adapter.lora.alpha is missing or not a sensible number")
    if raw.size_bytes > MAX_ADAPTER_BYTES or not raw.tensors:
        refuse(path, "it has no tensors, or is far larger than an adapter")
    for tensor in raw.tensors:
        _check_finite(path, file, raw.data_offset, tensor)


def _sane(alpha: float) -> bool:
    return math.isfinite(alpha) and 0 < alpha < 1e6


def _check_finite(path: Path, file: BinaryIO, start: int, tensor: TensorInfo) -> None:
    """Reads the tensor in pieces of 16 MiB; F32, F16 and BF16 only (an F64 adapter segfaults at decode)."""
    if tensor.type not in ("F32", "F16", "BF16"):
        refuse(path, f"tensor {tensor.name} is of type {tensor.type}", "Write the adapter as F32, F16 or BF16.")
    file.seek(start + tensor.offset)
    left = tensor.n_bytes
    while left:
        piece = file.read(min(left, WHOLE_BYTES))
        if not piece:
            refuse(path, "the file became shorter while it was read")
        left -= len(piece)
        if not _finite(piece, tensor.type):
            refuse(path, f"tensor {tensor.name} holds numbers that are not finite", "Train the adapter again.")


def _finite(piece: bytes, kind: str) -> bool:
    import numpy as np  # only adapters need it: the window looks at models without its 25 MB

    if kind == "BF16":
        bits = np.frombuffer(piece, dtype="<u2").astype(np.uint32) << 16
        return bool(np.isfinite(bits.view(np.float32)).all())
    return bool(np.isfinite(np.frombuffer(piece, dtype="<f4" if kind == "F32" else "<f2")).all())


def _check_against_base(path: Path, header: GgufHeader, base: GgufHeader) -> None:
    if header.architecture != base.architecture:
        refuse(
            path,
            f"it is for {header.architecture}, the model is {base.architecture}",
            OTHER_ADAPTER,
        )
    made_for = header.metadata.get(BASE_KEY)
    if made_for is not None and made_for != base.fingerprint:
        refuse(path, "it was trained on another base model", "Choose an adapter of this model, or train again.")
    shapes = {t.name: t.shape for t in base.tensors}
    parts = {t.name: t.shape for t in header.tensors if not t.name.endswith("_norm.weight")}
    names = {name.removesuffix(".lora_a").removesuffix(".lora_b") for name in parts}
    for name in sorted(names):
        _check_pair(path, name, shapes.get(name), parts.get(f"{name}.lora_a"), parts.get(f"{name}.lora_b"))


def _check_pair(
    path: Path,
    name: str,
    whole: tuple[int, ...] | None,
    a: tuple[int, ...] | None,
    b: tuple[int, ...] | None,
) -> None:
    """A is [in, r], B is [r, out] in ggml's order; for the token embedding both are turned (llama-adapter.cpp)."""
    if a is None or b is None:
        refuse(path, f"{name} lacks one half of its pair, or is not a LoRA tensor")
    if whole is None:
        refuse(path, f"the model has no tensor {name}", OTHER_ADAPTER)
    if len(a) != 2 or len(b) != 2 or len(whole) != 2:
        refuse(path, f"{name} is not a matrix")
    if name.endswith("token_embd.weight"):
        fits = whole[0] == b[1] and whole[1] == a[1] and a[0] == b[0]
    else:
        fits = whole[0] == a[0] and whole[1] == b[1] and a[1] == b[0]
    if not fits:
        refuse(path, f"{name} does not have the model's shape", OTHER_ADAPTER)
