"""Where what may not be exported goes: each row with its reason, and none of its text."""

from __future__ import annotations

import msgspec

from core.evidence.partitions import Partition
from core.evidence.records import Dataset, Quarantined, Reason, Sighting

_encode = msgspec.json.Encoder().encode


def quarantine_path(dataset: Dataset, partition: Partition) -> str:
    """Under the home."""
    return f"quarantine/{dataset}/{partition.path}"


def quarantine_line(
    dataset: Dataset, run_id: str, sig_hash: str, reason: Reason, detail: str, sightings: tuple[Sighting, ...] = ()
) -> bytes:
    """sightings: where a secret is, for those that are refused for one."""
    return _encode(
        Quarantined(
            run_id=run_id, dataset=dataset, reason=reason, detail=detail, sightings=sightings, sig_hash=sig_hash
        )
    )
