"""Reads the header of a GGUF file (v2, v3) in bounded time and memory, trusting nothing in it.

Format: ggml's docs/gguf.md; the rules are those of llama.cpp's `gguf_init_from_reader`, and stricter where
llama.cpp would assert. The file is read, never mapped: a file that is truncated by somebody else while we look at
it must raise, not end the process with SIGBUS.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

import msgspec

from core.errors import ModelFileError
from core.records import Record

MAX_HEADER_BYTES: Final = 256 * 1024 * 1024
MAX_KEYS: Final = 65_536
MAX_TENSORS: Final = 65_536
MAX_KEY_BYTES: Final = 65_535
MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
MAX_TENSOR_NAME: Final = 63
"""GGML_MAX_NAME less its terminating zero."""
MAX_DIMENSIONS: Final = 4
MAX_KEPT_ARRAY: Final = 4096
"""Longer arrays (a vocabulary, its merges) are walked and counted, not kept."""
INT64_MAX: Final = 2**63 - 1

ARRAY, STRING, BOOL = 9, 8, 7
SCALARS: Final[dict[int, str]] = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    BOOL: "?",
    10: "Q",
    11: "q",
    12: "d",
}
TYPE_NAMES: Final[dict[int, str]] = {
    0: "u8",
    1: "i8",
    2: "u16",
    3: "i16",
    4: "u32",
    5: "i32",
    6: "f32",
    BOOL: "bool",
    STRING: "str",
    ARRAY: "arr",
    10: "u64",
    11: "i64",
    12: "f64",
}

BLOCKS: Final[dict[int, tuple[str, int, int]]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
    42: ("Q2_0", 64, 18),
}
"""ggml type number → (name, elements a block, bytes a block); checked against libggml in the tests."""

Scalar = int | float | bool | str


class TensorInfo(Record, frozen=True):
    """One tensor: `shape` is ggml's order (ne[0], the row length, first); `offset` counts from the data section."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int
    n_bytes: int

    @property
    def n_elements(self) -> int:
        return prod(self.shape)


class Value(msgspec.Struct, frozen=True):
    """One metadata value. `items` is None for an array that was too long to keep; `count` is then its length."""

    type: str
    scalar: Scalar | None = None
    element: str = ""
    items: tuple[Scalar, ...] | None = None
    count: int = 1


class RawHeader(msgspec.Struct, frozen=True):
    """What the bytes say, before anything is made of it."""

    version: int
    alignment: int
    data_offset: int
    size_bytes: int
    values: dict[str, Value]
    tensors: tuple[TensorInfo, ...]
    tokens: tuple[int, ...]
    """Byte offset in the file of each entry of `tokenizer.ggml.tokens`."""


def refuse(
    path: Path, why: str, hint: str = "The file is damaged, incomplete or not a model; fetch it again."
) -> NoReturn:
    raise ModelFileError(f"{path.name}: {why}.", hint=hint)


class Reader:
    """A cursor over the start of a file, filled piece by piece; never further than the file or the header limit."""

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self.file, self.path, self.size = file, path, size
        self.data = bytearray()
        self.at = 0

    def need(self, count: int) -> None:
        """Make `count` bytes from the cursor available."""
        end = self.at + count
        if end <= len(self.data):
            return
        if end > self.size:
            refuse(self.path, "the header runs past the end of the file")
        if end > MAX_HEADER_BYTES:
            refuse(self.path, f"the header is larger than {MAX_HEADER_BYTES // 2**20} MiB")
        wanted = min(max(end, 2 * len(self.data), 1 << 16), self.size, MAX_HEADER_BYTES)
        self.data += self.file.read(wanted - len(self.data))
        if end > len(self.data):
            refuse(self.path, "the file became shorter while it was read")

    def scalar(self, code: str) -> Scalar:
        size = struct.calcsize("<" + code)
        self.need(size)
        (value,) = struct.unpack_from("<" + code, self.data, self.at)
        self.at += size
        return value  # type: ignore[no-any-return]

    def integer(self, code: str) -> int:
        return int(self.scalar(code))

    def text(self, limit: int, what: str) -> str:
        length = self.integer("Q")
        if length > limit:
            refuse(self.path, f"{what} claims {length} bytes, more than {limit}")
        self.need(length)
        raw = bytes(self.data[self.at : self.at + length])
        self.at += length
        if b"\0" in raw:
            refuse(self.path, f"{what} contains a zero byte")
        return raw.decode("utf-8", errors="replace")

    def walk_strings(self, count: int, what: str) -> list[int]:
        """Step over `count` strings; where each begins."""
        starts = []
        for _ in range(count):
            self.need(8)
            starts.append(self.at)
            length = int.from_bytes(self.data[self.at : self.at + 8], "little")
            if length > MAX_TEXT_BYTES:
                refuse(self.path, f"an entry of {what} claims {length} bytes")
            self.at += 8
            self.need(length)
            self.at += length
        return starts


def read(file: BinaryIO, path: Path, size: int) -> RawHeader:
    """Parse from the start of `file`. Raises ModelFileError; nothing else for any content."""
    reader = Reader(file, path, size)
    version, n_tensors, n_keys = _opening(reader)
    values: dict[str, Value] = {}
    tokens: list[int] = []
    for _ in range(n_keys):
        key = reader.text(MAX_KEY_BYTES, "a metadata key")
        if not key or key in values:
            refuse(path, f"metadata key {key!r} is empty or stands twice")
        values[key] = _value(reader, key, tokens)
    alignment = _alignment(path, values)
    infos = list(_tensor_infos(reader, n_tensors))
    data_offset = -(-reader.at // alignment) * alignment
    _check_layout(path, infos, alignment, size - data_offset)
    return RawHeader(version, alignment, data_offset, size, values, tuple(infos), tuple(tokens))


def _opening(reader: Reader) -> tuple[int, int, int]:
    if reader.size < 24:
        refuse(reader.path, "it is too short to be a GGUF file")
    reader.need(24)
    if bytes(reader.data[:4]) != b"GGUF":
        refuse(reader.path, "it does not begin with GGUF", "Only GGUF files can be used as models.")
    version, n_tensors, n_keys = struct.unpack_from("<IQQ", reader.data, 4)
    reader.at = 24
    if version not in (2, 3):
        refuse(reader.path, f"GGUF version {version} is not supported (2 and 3 are)")
    if n_tensors > MAX_TENSORS or n_keys > MAX_KEYS:
        refuse(reader.path, f"it claims {n_tensors} tensors and {n_keys} metadata keys")
    return version, n_tensors, n_keys


def _value(reader: Reader, key: str, tokens: list[int]) -> Value:
    kind = reader.integer("I")
    if kind in SCALARS:
        return Value(TYPE_NAMES[kind], reader.scalar(SCALARS[kind]))
    if kind == STRING:
        return Value("str", reader.text(MAX_TEXT_BYTES, f"metadata {key!r}"))
    if kind != ARRAY:
        refuse(reader.path, f"metadata {key!r} has the unknown type {kind}")
    element, count = reader.integer("I"), reader.integer("Q")
    if element == STRING:
        return _strings(reader, key, count, tokens)
    if element not in SCALARS:
        refuse(reader.path, f"metadata {key!r} is an array of the type {element}, which is not allowed")
    return _numbers(reader, key, element, count)


def _strings(reader: Reader, key: str, count: int, tokens: list[int]) -> Value:
    if count * 8 > reader.size - reader.at:
        refuse(reader.path, f"metadata {key!r} claims {count} strings, more than the file can hold")
    starts = reader.walk_strings(count, repr(key))
    if key == "tokenizer.ggml.tokens":
        tokens.extend(starts)
        _refuse_repeated(reader, starts)
    return Value("arr", element="str", count=count)


def _refuse_repeated(reader: Reader, starts: list[int]) -> None:
    """llama.cpp asserts that each token stands once (it gives empty ones a name of their own)."""
    ends = [*(start for start in starts[1:]), reader.at]
    texts = [bytes(reader.data[start + 8 : end]) for start, end in zip(starts, ends, strict=True)]
    texts = [text for text in texts if text]
    if len(set(texts)) != len(texts):
        refuse(reader.path, "its vocabulary holds the same token twice")


def _numbers(reader: Reader, key: str, element: int, count: int) -> Value:
    code = SCALARS[element]
    width = struct.calcsize("<" + code)
    if count * width > reader.size - reader.at:
        refuse(reader.path, f"metadata {key!r} claims {count} numbers, more than the file can hold")
    reader.need(count * width)
    items = None
    if count <= MAX_KEPT_ARRAY:
        items = struct.unpack_from(f"<{count}{code}", reader.data, reader.at)
    reader.at += count * width
    return Value("arr", element=TYPE_NAMES[element], items=items, count=count)


def _alignment(path: Path, values: dict[str, Value]) -> int:
    value = values.get("general.alignment", Value("u32", 32))
    size = value.scalar
    if value.type != "u32" or not isinstance(size, int) or size <= 0 or size & (size - 1) or size > 1 << 20:
        refuse(path, f"general.alignment {size} is not a power of two")
    return size


def _tensor_infos(reader: Reader, count: int) -> Iterator[TensorInfo]:
    seen: set[str] = set()
    for _ in range(count):
        name = reader.text(MAX_TENSOR_NAME, "a tensor's name")
        if not name or name in seen:
            refuse(reader.path, f"tensor name {name!r} is empty or stands twice")
        seen.add(name)
        n_dimensions = reader.integer("I")
        if not 1 <= n_dimensions <= MAX_DIMENSIONS:
            refuse(reader.path, f"tensor {name} has {n_dimensions} dimensions")
        shape = tuple(reader.integer("Q") for _ in range(n_dimensions))
        kind, offset = reader.integer("I"), reader.integer("Q")
        yield _tensor(reader.path, name, shape, kind, offset)


def _tensor(path: Path, name: str, shape: tuple[int, ...], kind: int, offset: int) -> TensorInfo:
    if kind not in BLOCKS:
        refuse(path, f"tensor {name} has the unknown type {kind}", "It may need a newer version of llama.cpp.")
    label, block, block_bytes = BLOCKS[kind]
    elements = prod(shape)
    if not 0 < elements <= INT64_MAX or elements // block * block_bytes > INT64_MAX:
        refuse(path, f"tensor {name} has the impossible shape {shape}")
    if shape[0] % block:
        refuse(path, f"tensor {name} of type {label} has rows of {shape[0]}, not a multiple of {block}")
    return TensorInfo(name=name, shape=shape, type=label, offset=offset, n_bytes=elements // block * block_bytes)


def _check_layout(path: Path, infos: list[TensorInfo], alignment: int, room: int) -> None:
    """Tensors lie one after another, padded to the alignment, and the last ends inside the file (as llama.cpp asks)."""
    expected = 0
    for info in infos:
        if info.offset != expected:
            refuse(path, f"tensor {info.name} lies at {info.offset}, not at {expected}")
        if expected + info.n_bytes > room:
            refuse(path, f"tensor {info.name} ends past the end of the file: it is incomplete")
        expected += -(-info.n_bytes // alignment) * alignment
