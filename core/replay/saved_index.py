"""How many pieces of past work the saved vector index holds, read without loading or changing it."""

from __future__ import annotations

import struct
from pathlib import Path

from core.errors import NightschoolError
from core.replay.vector_files import ADD, DELETE, log_records, read_manifest


def count_on_disk(folder: Path) -> int:
    """Rows of the snapshot with its log applied; 0 where there is no index or it is damaged."""
    try:
        generation = read_manifest(folder).generation
        table = (folder / f"vectors-{generation}.rows").read_bytes()
        (live,) = struct.unpack_from("<q", table)
        rows = {row for row, _ in struct.iter_unpack("<qq", table[16 : 16 + 16 * live])}
        log = folder / f"vectors-{generation}.log"
        for operation, row, _, _ in log_records(log.read_bytes() if log.exists() else b""):
            if operation == ADD:
                rows.add(row)
            elif operation == DELETE:
                rows.discard(row)
    except (OSError, struct.error, NightschoolError):
        return 0
    return len(rows)
