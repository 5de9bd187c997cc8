"""What a dataset consists of and what it was made from, so that only what changed is made again."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import msgspec

from core.evidence.export.ground import EXPORT_VERSION, STAGE, Ground
from core.evidence.export.shard import Shard, shard_path, splits_of
from core.evidence.partitions import Partition, unchanged, write_lines
from core.evidence.quarantine import quarantine_path
from core.evidence.records import Dataset
from core.evidence.stage import Work
from core.paths import Home
from core.records import Record


class ShardMade(Record, frozen=True):
    """What came of a partition, and of what: `inputs` is a hash over everything that it follows from."""

    inputs: str
    shard: Shard


class State(Record, frozen=True):
    """What a dataset consists of, by partition path."""

    version: str = EXPORT_VERSION
    made: dict[str, ShardMade] = msgspec.field(default_factory=dict)


class Making:
    """One dataset while it is made."""

    def __init__(self, dataset: Dataset, state: State) -> None:
        self.dataset = dataset
        self.state = state
        self.delta: Counter[str] = Counter()
        self.removed: list[str] = []
        self._touched: set[str] = set()
        """Partitions with files that are not as they were left here."""

    def keep(self, where: Ground, partition: Partition, inputs: str) -> bool:
        """Whether the partition is to be made anew. What may not be made and is not made as it stands, goes."""
        if self._is_made(where, partition, inputs):
            self.delta["unchanged"] += self.state.made[partition.path].shard.tally.get("rows", 0)
            return False
        if not where.whole:
            self.state.made.pop(partition.path, None)
        return where.whole

    def _is_made(self, where: Ground, partition: Partition, inputs: str) -> bool:
        known = self.state.made.get(partition.path)
        if known is None or known.inputs != inputs or known.shard.errors or (where.work.options.full and where.whole):
            return False
        files, home = known.shard.files, where.work.home
        stands = all(
            unchanged(home.root / path, files[path]) if path in files else not (home.root / path).exists()
            for path in paths_of(self.dataset, partition)
        )
        if not stands:
            self._touched.add(partition.path)
        return stands

    def made(self, partition: Partition, inputs: str, shard: Shard) -> None:
        before = self.state.made.get(partition.path)
        same = before is not None and _hashes(before.shard) == _hashes(shard) and partition.path not in self._touched
        self.delta["unchanged" if same else "written"] += shard.tally.get("rows", 0)
        gone = set(before.shard.files if before else ()) - set(shard.files)
        self.delta["removed"] += len(gone)
        self.state.made[partition.path] = ShardMade(inputs=inputs, shard=shard)


def _hashes(shard: Shard) -> dict[str, str]:
    return {path: facts.sha256 for path, facts in shard.files.items()}


def paths_of(dataset: Dataset, partition: Partition) -> list[str]:
    """Every file that may come of a partition, under the home."""
    shards = [shard_path(dataset, split, partition) for split in splits_of(dataset)]
    return [*shards, quarantine_path(dataset, partition)]


def state_path(home: Home, dataset: Dataset) -> Path:
    return home.evidence_state / f"{STAGE[dataset]}.json"


def read_state(work: Work, dataset: Dataset) -> Making:
    """A missing, damaged or older one costs a full export of this dataset."""
    with suppress(OSError, msgspec.MsgspecError):
        state = msgspec.json.decode(state_path(work.home, dataset).read_bytes(), type=State)
        if state.version == EXPORT_VERSION:
            return Making(dataset, state)
    return Making(dataset, State())


def write_state(home: Home, dataset: Dataset, state: State) -> None:
    """Writes only what is not there already."""
    path = state_path(home, dataset)
    line = msgspec.json.encode(State(made=dict(sorted(state.made.items()))))
    with suppress(FileNotFoundError):
        if path.read_bytes() == line + b"\n":
            return
    write_lines(path, [line])
