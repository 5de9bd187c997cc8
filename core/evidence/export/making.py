"""What the exporters have in common: which partitions to make anew, by how many hands, and what the stage says of it.

Any number of datasets are made in one reading of the evidence (`export`); each has a state and a result of its own.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from core.evidence.canonical import canonical, combined, file_hash
from core.evidence.export.card import write_card
from core.evidence.export.corpus import (
    Corpus,
    forgotten_rows,
    hands,
    later_rows_of_a_run,
    open_corpus,
    place_for_indexes,
)
from core.evidence.export.high_quality import Wanted
from core.evidence.export.index import Rows
from core.evidence.export.screened import accepted_rules, is_screened, is_whole
from core.evidence.export.shard import Job, Settings, Shard, make, quarantine_path, shard_path, splits_of
from core.evidence.parallel import spread
from core.evidence.partitions import PART, FileFacts, Partition, unchanged, write_lines
from core.evidence.records import Dataset
from core.evidence.roles import refresh
from core.evidence.stage import FileRef, StageName, StageResult, Work
from core.paths import Home
from core.records import Record

EXPORT_VERSION = "1"
"""Raised whenever the same evidence would give other rows."""
STAGE: dict[Dataset, StageName] = {
    "rag": "export-rag", "sft": "export-sft", "preference": "export-preference", "kto": "export-kto",
}  # fmt: skip


class ShardMade(Record, frozen=True):
    """What came of a partition, and of what: `inputs` is a hash over everything that it follows from."""

    inputs: str
    shard: Shard


class State(Record, frozen=True):
    """What a dataset consists of, by partition path."""

    version: str = EXPORT_VERSION
    made: dict[str, ShardMade] = msgspec.field(default_factory=dict)


class Ground(NamedTuple):
    """What all datasets of one export stand on."""

    work: Work
    corpus: Corpus
    settings: Settings
    forgotten: dict[Partition, tuple[int, ...]]
    duplicate: dict[Partition, tuple[int, ...]]
    masks: tuple[Rows, Rows]
    """Over the whole corpus: forgotten, duplicate."""
    unscreened: tuple[Partition, ...]
    """Not looked through as they stand: nothing of them is exported."""
    whole: bool
    """False: not all partitions were compared with each other; then nothing is made that is not made already."""

    def screened(self) -> list[Partition]:
        away = set(self.unscreened)
        return [partition for partition in self.corpus.partitions if partition not in away]


def settings_of(work: Work) -> Settings:
    evidence = work.config.evidence
    return Settings(
        include_partial=work.options.include_partial,
        include_review=work.options.include_review,
        simulated=work.database.simulated,
        validation_share=evidence.validation_share,
        wanted=Wanted(
            min_quality=work.config.training.min_quality,
            min_reward=work.options.min_reward,
            min_duration_s=evidence.min_duration_s,
            max_duration_s=evidence.max_duration_s,
        ),
    )


@contextmanager
def ground(work: Work) -> Iterator[Ground]:
    """Looks through the corpus; the indexes of a dry run go when this ends."""
    with place_for_indexes(work) as folder:
        corpus = open_corpus(work, folder)
        gone = forgotten_rows(corpus, work)
        later = later_rows_of_a_run(corpus, gone)
        rules = accepted_rules(work)
        yield Ground(
            work=work,
            corpus=corpus,
            settings=settings_of(work),
            forgotten=corpus.per_partition(gone),
            duplicate=corpus.per_partition(later),
            masks=(mask(gone, corpus), mask(later, corpus)),
            unscreened=tuple(one for one in corpus.partitions if not is_screened(corpus.indexed[one], rules)),
            whole=is_whole(work, corpus, rules),
        )


def mask(numbers: Rows, corpus: Corpus) -> Rows:
    found = np.zeros(corpus.starts()[-1], bool)
    found[numbers] = True
    return found


def relevant(settings: Settings, dataset: Dataset) -> bytes:
    """As much of the settings as a dataset depends on: another flag must not write it again."""
    names = {
        "rag": ("include_review", "simulated"),
        "sft": ("include_partial", "simulated", "validation_share", "wanted"),
    }
    of_it = names.get(dataset, ("simulated", "validation_share"))
    return canonical({name: getattr(settings, name) for name in of_it})


def inputs_of(where: Ground, dataset: Dataset, partition: Partition) -> str:
    lines = (str(known.get(partition, ())) for known in (where.forgotten, where.duplicate))
    content = where.corpus.indexed[partition].content
    return combined([EXPORT_VERSION, dataset, relevant(where.settings, dataset).decode(), content, *lines])


def export(work: Work, datasets: Sequence[Dataset]) -> dict[Dataset, StageResult]:
    """Makes these datasets (not `preference`, which needs all partitions at once). Raises OSError, Cancelled."""
    with ground(work) as where, place_for_files(work) as root:
        states = {dataset: read_state(work, dataset) for dataset in datasets}
        try:
            make_stale(where, states, root)
        finally:
            if not work.options.dry_run:
                for dataset, state in states.items():
                    write_state(work.home, dataset, state.state)
        standing = {partition.path for partition in where.screened()}
        results = {dataset: settle(where, state, standing) for dataset, state in states.items()}
    changed = results["sft"].delta if "sft" in results else {}
    if (changed.get("written") or changed.get("removed")) and not work.options.dry_run:
        refresh(work)
    return results


class Making:
    """One dataset while it is made."""

    def __init__(self, dataset: Dataset, state: State) -> None:
        self.dataset = dataset
        self.state = state
        self.delta: Counter[str] = Counter()
        self.removed: list[str] = []

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
        return all(
            unchanged(home.root / path, files[path]) if path in files else not (home.root / path).exists()
            for path in paths_of(self.dataset, partition)
        )

    def made(self, partition: Partition, inputs: str, shard: Shard) -> None:
        before = self.state.made.get(partition.path)
        same = before is not None and _hashes(before.shard) == _hashes(shard)
        self.delta["unchanged" if same else "written"] += shard.tally.get("rows", 0)
        gone = set(before.shard.files if before else ()) - set(shard.files)
        self.delta["removed"] += len(gone)
        self.state.made[partition.path] = ShardMade(inputs=inputs, shard=shard)


def _hashes(shard: Shard) -> dict[str, str]:
    return {path: facts.sha256 for path, facts in shard.files.items()}


def make_stale(where: Ground, states: dict[Dataset, Making], root: Path) -> None:
    """Every screened partition that is not made as it stands, in all datasets that lack it, in one reading."""
    jobs: dict[Partition, Job] = {}
    inputs: dict[tuple[Dataset, Partition], str] = {}
    for partition in where.screened():
        lacking = []
        for dataset, making in states.items():
            inputs[dataset, partition] = of_it = inputs_of(where, dataset, partition)
            if making.keep(where, partition, of_it):
                lacking.append(dataset)
        if lacking:
            jobs[partition] = job_of(where, partition, tuple(lacking), root)
    workers = hands(where.work, where.corpus.size(jobs))
    made = spread(make, list(jobs.values()), workers, cancelled=where.work.cancelled)
    for done, (job, shards) in enumerate(made, start=1):
        partition = Partition(*job.partition)
        for dataset, shard in shards.items():
            states[dataset].made(partition, inputs[dataset, partition], shard)
        where.work.progress("export", done, len(jobs))


def job_of(where: Ground, partition: Partition, datasets: tuple[Dataset, ...], root: Path) -> Job:
    evidence, scored, screened = map(str, where.corpus.trees(partition))
    return Job(
        partition=(partition.day, partition.source),
        trees=(evidence, scored, screened),
        datasets=datasets,
        settings=where.settings,
        forgotten=where.forgotten.get(partition, ()),
        duplicate=where.duplicate.get(partition, ()),
        root=str(root),
    )


@contextmanager
def place_for_files(work: Work) -> Iterator[Path]:
    """The home, or a folder that a dry run leaves nothing of."""
    if not work.options.dry_run:
        yield work.home.root
        return
    with tempfile.TemporaryDirectory(prefix="nightschool-") as folder:
        yield Path(folder)


def settle(where: Ground, making: Making, standing: set[str]) -> StageResult:
    """Takes away what no partition of `standing` stands behind, and says what there is now."""
    home, dataset, dry = where.work.home, making.dataset, where.work.options.dry_run
    for path in [path for path in making.state.made if path not in standing]:
        del making.state.made[path]
    shards = [making.state.made[path].shard for path in sorted(making.state.made)]
    if not dry:
        making.delta["removed"] += remove_strangers(home, dataset, {path for one in shards for path in one.files})
        write_card(home.datasets / dataset, dataset)
        write_state(home, dataset, making.state)
    return result(where, making, shards)


def result(where: Ground, making: Making, shards: Sequence[Shard]) -> StageResult:
    errors = [error for shard in shards for error in shard.errors]
    reason = ""
    if where.unscreened:
        first = where.unscreened[0].path
        reason = f"not screened as they stand, so not exported: {first} and {len(where.unscreened) - 1} more"
    elif not where.whole:
        reason = "the evidence was not screened as a whole since it changed; only what stood already is kept"
    elif errors:
        reason = "the files were read again and not found right"
    outputs = sorted((path, facts) for shard in shards for path, facts in shard.files.items())
    return StageResult(
        stage=STAGE[making.dataset],
        status="failed" if reason else "done",
        reason=reason,
        inputs=tuple(input_refs(where)),
        outputs=(*card_ref(where, making.dataset), *map(ref, outputs)),
        content_hash=combined(text for path, facts in outputs for text in (path, facts.sha256)),
        input_hash=combined(
            [
                EXPORT_VERSION,
                relevant(where.settings, making.dataset).decode(),
                *sorted(inputs_of(where, making.dataset, partition) for partition in where.screened()),
            ]
        ),
        totals={"rows": 0} | added([shard.tally for shard in shards]),
        delta={name: making.delta[name] for name in ("written", "unchanged", "removed")},
        errors=tuple(errors),
        versions={"export": EXPORT_VERSION},
        report=added([shard.report for shard in shards]),
    )


def ref(output: tuple[str, FileFacts]) -> FileRef:
    return FileRef(path=output[0], sha256=output[1].sha256, rows=output[1].rows)


def card_ref(where: Ground, dataset: Dataset) -> Iterator[FileRef]:
    """The card, where there is one."""
    path = where.work.home.datasets / dataset / "README.md"
    if path.is_file():
        yield FileRef(path=f"datasets/{dataset}/{path.name}", sha256=file_hash(path), rows=0)


def added(tallies: Sequence[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return dict(sorted(total.items()))


def input_refs(where: Ground) -> Iterator[FileRef]:
    """In order of path."""
    home, corpus = where.work.home, where.corpus
    for tree, root in (("evidence", home.evidence), ("scored", home.scored), ("screened", home.screened)):
        folder = root.relative_to(home.root).as_posix()
        for partition in corpus.partitions:
            facts = getattr(corpus.indexed[partition], tree)
            if facts is not None:
                yield FileRef(path=f"{folder}/{partition.path}", sha256=facts.sha256, rows=facts.rows)


def paths_of(dataset: Dataset, partition: Partition) -> list[str]:
    """Every file that may come of a partition, under the home."""
    shards = [shard_path(dataset, split, partition) for split in splits_of(dataset)]
    return [*shards, quarantine_path(dataset, partition)]


def remove_strangers(home: Home, dataset: Dataset, known: set[str]) -> int:
    """Files of this dataset that nothing stands behind any more, and what a killed run left half-written."""
    removed = 0
    for folder in (home.datasets / dataset, home.quarantine / dataset):
        for path in folder.rglob(f".*{PART}"):
            path.unlink(missing_ok=True)
        for path in folder.rglob("*.jsonl"):
            if path.relative_to(home.root).as_posix() not in known:
                path.unlink()
                removed += 1
    return removed


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
