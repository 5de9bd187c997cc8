"""One text for one value: what is hashed must not depend on the order of keys, the machine or the day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    return _encode(value)


def sig_hash(value: Any) -> str:
    """SHA-256 of the canonical text, in hex (seed 003, `canonicalSha256(orderedKeys(row))`)."""
    return hashlib.sha256(_encode(value)).hexdigest()


def combined(parts: Iterable[str]) -> str:
    """One SHA-256 for several texts; their order counts, and no two lists run together to the same."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        whole.update(len(raw).to_bytes(8, "big"))
        whole.update(raw)
    return whole.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
