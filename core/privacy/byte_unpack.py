"""What is packed inside a file: compressed streams, archives and git's packs, as streams of bytes.

Nothing is written to disk. What is too large, damaged, encrypted or of a kind that is not known here is told, so that
nobody takes silence for absence.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, cast

CHUNK = 1 << 20
NESTED = 64 << 20
"""Bytes of an archive within an archive: it is held in memory."""
INFLATED = 1 << 30
"""Bytes of one stream or member; more is told as not searched."""
HEAD = 512
SQLITE_MAGIC = b"SQLite format 3\x00"

Kind = Literal["gzip", "bzip2", "xz", "zlib", "zip", "tar", "git pack", "sqlite", "plain"]
STREAMS = ("gzip", "bzip2", "xz", "zlib")
UNKNOWN_PACKERS = (
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"%PDF-", "pdf"),
)


class NotUnpacked(Exception):
    """Why the rest of a stream or member was not read: shown to the person, so no text of theirs."""


class Member(NamedTuple):
    """One member of an archive. chunks raise NotUnpacked."""

    name: str
    chunks: Iterator[bytes]


def kind_of(head: bytes) -> Kind:
    """By its first 512 bytes. `zlib` is a guess: two bytes that other files may begin with, too."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"BZh"):
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"PACK\x00\x00\x00"):
        return "git pack"
    if head.startswith(SQLITE_MAGIC):
        return "sqlite"
    if head[257:262] == b"ustar":
        return "tar"
    if len(head) > 1 and head[0] & 0x8F == 0x08 and int.from_bytes(head[:2], "big") % 31 == 0:
        return "zlib"
    return "plain"


def unknown_packer(head: bytes) -> str | None:
    return next((name for magic, name in UNKNOWN_PACKERS if head.startswith(magic)), None)


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def bounded(chunks: Iterable[bytes], limit: int = INFLATED) -> Iterator[bytes]:
    """Raises NotUnpacked past the limit."""
    left = limit
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left < 0:
            raise NotUnpacked(f"only its first {limit >> 20} MiB were looked at")


def whole(chunks: Iterable[bytes]) -> io.BytesIO:
    """In memory, for what can only be read there and back. Raises NotUnpacked."""
    return io.BytesIO(b"".join(bounded(chunks, NESTED)))


def inflated(kind: Kind, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The inside of a compressed stream. Raises NotUnpacked, for `zlib` only once something was inflated."""
    return bounded(_zlib(chunks) if kind == "zlib" else _compressed(kind, chunks))


def _compressed(kind: Kind, chunks: Iterator[bytes]) -> Iterator[bytes]:
    source = io.BufferedReader(cast(io.RawIOBase, _Reader(chunks)), CHUNK)
    opener: Any = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}[kind]
    try:
        with opener(source) as opened:
            yield from chunks_of(opened)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise NotUnpacked(f"its {kind} data is damaged or unfinished") from error


def _zlib(chunks: Iterator[bytes]) -> Iterator[bytes]:
    machine, some = zlib.decompressobj(), False
    try:
        for chunk in chunks:
            piece = machine.decompress(chunk, CHUNK)
            while piece:
                some = True
                yield piece
                piece = machine.decompress(machine.unconsumed_tail, CHUNK)
            if machine.eof:
                return
    except zlib.error as error:
        if some:
            raise NotUnpacked("its zlib data is damaged") from error


class _Reader(io.RawIOBase):
    """An iterator of chunks as a file that can only be read on."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def zip_members(file: IO[bytes]) -> Iterator[Member]:
    """Raises NotUnpacked where there is no archive in it after all."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotUnpacked("its table of members is damaged") from error
    if archive.comment:
        yield Member("(comment)", iter([archive.comment]))
    for info in archive.infolist():
        yield Member(info.filename, _zip_member(archive, info))


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & 1:
        raise NotUnpacked("it is encrypted")
    try:
        with archive.open(info) as member:
            yield from bounded(chunks_of(member))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError) as error:
        raise NotUnpacked("it is damaged, or packed in a way that is not known here") from error


def tar_members(file: IO[bytes]) -> Iterator[Member]:
    """Read on as a stream. Raises NotUnpacked."""
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for info in archive:
                member = archive.extractfile(info) if info.isfile() else None
                yield Member(info.name, iter(()) if member is None else _tar_member(member))
    except (tarfile.TarError, OSError, EOFError) as error:
        raise NotUnpacked("its tar data is damaged or unfinished") from error


def _tar_member(member: IO[bytes]) -> Iterator[bytes]:
    try:
        yield from bounded(chunks_of(member))
    except (tarfile.TarError, OSError, EOFError) as error:
        raise NotUnpacked("its tar data is damaged or unfinished") from error


def pack_objects(path: Path) -> Iterator[Member]:
    """Every object of a git packfile with its deltas applied. Raises NotUnpacked."""
    from dulwich.errors import ApplyDeltaError, ChecksumMismatch
    from dulwich.object_format import SHA1
    from dulwich.pack import DeltaCycle, PackData, PackInflater, UnresolvedDeltas

    try:
        with PackData(path, object_format=SHA1) as data:
            for found in PackInflater.for_pack_data(data):
                name = f"{found.type_name.decode()} {found.id.decode()}"
                yield Member(name, iter([found.as_raw_string()]))
    except (ApplyDeltaError, AssertionError, ChecksumMismatch, DeltaCycle, UnresolvedDeltas) as error:
        raise NotUnpacked("an object in it cannot be put together") from error
    except (OSError, ValueError, zlib.error, KeyError) as error:
        raise NotUnpacked("its objects are damaged") from error
