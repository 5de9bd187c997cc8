"""What the saved vector index holds of past work, read without loading or changing it."""

from __future__ import annotations

import struct
from pathlib import Path

from core.errors import NightschoolError
from core.replay.vector_files import ADD, DELETE, log_records, read_manifest


def rows_on_disk(folder: Path) -> set[int]:
    """Rows of the snapshot with its log applied. Raises FileNotFoundError where there is no index, IndexDamaged, or
    OSError and struct.error while another process replaces it."""
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
    return rows


def count_on_disk(folder: Path) -> int:
    """How many; 0 where there is no index or it is damaged."""
    try:
        return len(rows_on_disk(folder))
    except (OSError, struct.error, NightschoolError):
        return 0
