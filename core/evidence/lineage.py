"""What an adapter was trained on: `adapters/<name>/lineage.jsonl`, one `{"run_id": …}` a line, each run once.

Whoever trains writes it, complete, before the adapter is served; `run_id` is that of the rows' lineage. Forgetting
reads it to tell which adapters must be trained again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from core.evidence.partitions import write_lines
from core.evidence.records import CORRECTION
from core.paths import Home
from core.records import Record

NAME = "lineage.jsonl"


class TrainedOn(Record, frozen=True):
    run_id: str


class Adapters(Record, frozen=True):
    """Names of adapters. unknown: without a lineage that can be read, so nobody can say."""

    trained: tuple[str, ...]
    unknown: tuple[str, ...]


def write(folder: Path, run_ids: Iterable[str]) -> None:
    """Beside the adapter, in order of id. Raises OSError."""
    write_lines(folder / NAME, [msgspec.json.encode(TrainedOn(run_id=one)) for one in sorted(set(run_ids))])


def trained_on(home: Home, run_ids: Collection[str]) -> Adapters:
    """Which adapters of this home were trained on one of these runs, or on its correction."""
    trained, unknown = list[str](), list[str]()
    folders = sorted(path for path in home.adapters.glob("*") if path.is_dir())
    for folder in folders:
        found = _reads(folder / NAME, run_ids)
        if found is None:
            unknown.append(folder.name)
        elif found:
            trained.append(folder.name)
    return Adapters(trained=tuple(trained), unknown=tuple(unknown))


def _reads(path: Path, run_ids: Collection[str]) -> bool | None:
    decode = msgspec.json.Decoder(TrainedOn).decode
    try:
        with path.open("rb") as file:
            return any(decode(line).run_id.removesuffix(CORRECTION) in run_ids for line in file)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
