"""The files of the vector index: manifest, checksums, and the log of changes since the snapshot.

The manifest names one *generation* of files and is swapped in last, so a crash at any instant leaves the old
generation whole or the new one.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from core.errors import NightschoolError

FORMAT = 1
MANIFEST = "manifest.json"
ADD, DELETE, CURSOR = 1, 2, 3

_HEAD = struct.Struct("<BqI")
_CRC = struct.Struct("<I")


class IndexDamaged(NightschoolError):
    """The files of the index are incomplete, altered or of another format; it is rebuilt from the database."""

    code, title = "index_damaged", "The search index is damaged"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is on disk, and that it is what was written."""

    format: int
    generation: int
    dim: int
    key: str
    """Compatibility key: the fingerprint of the embedder and the schema of what was embedded."""
    count: int
    cursor: int
    """Last change of the database that the snapshot holds."""
    graph_sha256: str
    rows_sha256: str
    check: str = ""
    """SHA-256 of all the other fields."""

    def sealed(self) -> Manifest:
        bare = msgspec.structs.replace(self, check="")
        return msgspec.structs.replace(bare, check=hashlib.sha256(msgspec.json.encode(bare)).hexdigest())


def log_record(op: int, row: int, payload: bytes) -> bytes:
    """One change as it stands in the log, with its own checksum."""
    body = _HEAD.pack(op, row, len(payload)) + payload
    return body + _CRC.pack(zlib.crc32(body))


def log_records(data: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """(op, row, payload, end offset) up to the first torn or altered record."""
    start = 0
    while start + _HEAD.size + _CRC.size <= len(data):
        op, row, size = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + size
        if end + _CRC.size > len(data) or _CRC.unpack_from(data, end)[0] != zlib.crc32(data[start:end]):
            return
        yield op, row, data[start + _HEAD.size : end], end + _CRC.size
        start = end + _CRC.size


def read_manifest(folder: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IndexDamaged("The manifest of the search index cannot be read.") from error
    if manifest.format != FORMAT or manifest != manifest.sealed() or not 1 <= manifest.dim <= 65_536:
        raise IndexDamaged("The manifest of the search index is of another format, or was altered.")
    return manifest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, data: bytes) -> None:
    """Swap the manifest in: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(data)
    temporary.chmod(0o600)
    sync(temporary)
    temporary.replace(path)
    if os.name == "posix":  # Windows cannot open a folder; its rename is journalled
        sync(path.parent)
