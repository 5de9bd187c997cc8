"""One partition, read once, becomes its files in every dataset that is asked for. Runs in any process.

What it writes follows from its job alone: the partition's three files, the settings, who in it is forgotten and whose
run id an earlier record has. Each file is written beside its place, read again, and only then given its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from core.database.labels import NO, YES
from core.evidence.export import proof
from core.evidence.export.cases import cases
from core.evidence.export.firewall import BIT, Case, Firewall, Policy, Refusal, bits
from core.evidence.export.high_quality import Turned, Wanted, turned_away
from core.evidence.export.index import Trees
from core.evidence.export.rows import kto_row, rag_row, sft_row
from core.evidence.export.split import conversation_key, split_of
from core.evidence.export.spool import Spool
from core.evidence.parallel import pause_point
from core.evidence.partitions import PART, FileFacts, Partition, write_lines
from core.evidence.quarantine import quarantine_line, quarantine_path
from core.evidence.records import (
    Dataset,
    EvidenceRecord,
    ForbiddenRow,
    KtoRow,
    RagRow,
    Reason,
    SftRow,
    Split,
)
from core.records import Record

PAUSE_EVERY = 1000
Tally = dict[str, int]
_encode = msgspec.json.Encoder().encode


class Settings(Record, frozen=True):
    """What the rows depend on beside the evidence."""

    include_partial: bool
    include_review: bool
    simulated: bool
    validation_share: float
    wanted: Wanted

    @property
    def policy(self) -> Policy:
        return Policy(
            include_partial=self.include_partial, include_review=self.include_review, simulated=self.simulated
        )


class Job(Record, frozen=True):
    """One partition for some datasets. forgotten, outdated, duplicate: numbers of its lines."""

    partition: tuple[str, str]
    trees: tuple[str, str, str]
    datasets: tuple[Dataset, ...]
    settings: Settings
    forgotten: tuple[int, ...]
    outdated: tuple[int, ...]
    duplicate: tuple[int, ...]
    root: str
    """The home, or where a dry run writes to."""


class Shard(Record, frozen=True):
    """What came of a partition in one dataset. files: by path under the home, and only those that are there."""

    files: dict[str, FileFacts]
    tally: Tally
    report: Tally
    errors: tuple[str, ...] = ()


class Output:
    """The files of one dataset that come of one partition."""

    def __init__(self, dataset: Dataset, partition: Partition, settings: Settings) -> None:
        self.dataset = dataset
        self.errors: list[str] = []
        self._settings = settings
        self._partition = partition
        self._row = MAKERS.get(dataset)
        self._splits: dict[Split | None, Spool] = {split: Spool() for split in splits_of(dataset)}
        self._split = None not in self._splits
        self._quarantined = Spool()
        self._refused: Counter[Reason] = Counter()
        self._taken: Counter[tuple[str, str, Split | None]] = Counter()
        self._away: Counter[Turned] = Counter()

    def refuse(self, case: Case, refusal: Refusal) -> None:
        seen = case.screened.sightings if refusal.reason == "secret_found" and case.screened is not None else ()
        line = quarantine_line(self.dataset, case.run_id, case.sig_hash, refusal.reason, refusal.detail, seen)
        self._refused[refusal.reason] += 1
        self._quarantined.add(f"{len(self._quarantined):012}", line)

    def take(self, case: Case) -> None:
        """A record that no guard refused."""
        if self.dataset == "sft" and (away := turned_away(case, self._settings.wanted)) is not None:
            self._away[away] += 1
            return
        assert self._row is not None, "pairs are not made of single records"
        try:
            row = self._row(case)
        except ForbiddenRow as error:
            self.errors.append(f"{self.dataset}: the guards let through what no row may be: {error}")
            return
        assert case.record is not None
        self.add(row.id, _encode(row), case.record, case.category)

    def add(self, name: str, line: bytes, record: EvidenceRecord, category: str) -> None:
        split = split_of(conversation_key(record), self._settings.validation_share) if self._split else None
        self._splits[split].add(name, line)
        self._taken[category, record.source, split] += 1

    @property
    def tally(self) -> Tally:
        """What stands in the files, and what was refused."""
        found: Counter[str] = Counter()
        for (category, source, _), count in self._taken.items():
            found.update({f"category:{category}": count, f"source:{source}": count})
        found.update({f"reason:{reason}": count for reason, count in self._refused.items()})
        return dict(found)

    @property
    def report(self) -> Tally:
        """Cortex's: what was taken, and what was not, by reason."""
        found: Counter[str] = Counter()
        for (_, _, split), count in self._taken.items():
            found.update({"taken": count, f"split:{split or 'train'}": count})
        found.update({f"quarantined:{reason}": count for reason, count in self._refused.items()})
        found.update({f"turned_away:{reason}": count for reason, count in self._away.items()})
        return dict(found)

    def finish(self, root: Path, expected: proof.Expected) -> Shard:
        """Writes and proves. A file that does not pass its proof is not there afterwards."""
        files: dict[str, FileFacts] = {}
        rows = 0
        try:
            for split, spool in self._splits.items():
                path = shard_path(self.dataset, split, self._partition)
                facts, wrong = publish(root / path, spool, self.dataset, expected)
                self.errors += [f"{path}: {told}" for told in wrong]
                if facts is not None:
                    files[path] = facts
                    rows += facts.rows
            path = quarantine_path(self.dataset, self._partition)
            facts = write_lines(root / path, self._quarantined.lines())
            if facts is not None:
                files[path] = facts
        finally:
            for spool in (*self._splits.values(), self._quarantined):
                spool.close()
        tally = {"rows": rows, "quarantined": facts.rows if facts is not None else 0, **self.tally}
        return Shard(files=files, tally=tally, report=self.report, errors=tuple(self.errors))


MAKERS: dict[Dataset, Callable[[Case], RagRow | SftRow | KtoRow]] = {"rag": rag_row, "sft": sft_row, "kto": kto_row}


def splits_of(dataset: Dataset) -> tuple[Split | None, ...]:
    return (None,) if dataset == "rag" else ("train", "validation")


def shard_path(dataset: Dataset, split: Split | None, partition: Partition) -> str:
    """Under the home: `datasets/sft/train/2026-04-27-traces.jsonl`."""
    folder = f"datasets/{dataset}/{split}" if split else f"datasets/{dataset}"
    return f"{folder}/{partition.day}-{partition.source}.jsonl"


def publish(path: Path, spool: Spool, dataset: Dataset, expected: proof.Expected) -> tuple[FileFacts | None, list[str]]:
    """Gives the lines their file once it was read again; what it says otherwise, and then no file is there."""
    if not len(spool):
        path.unlink(missing_ok=True)
        return None, []
    candidate = path.with_name(f".{path.name}{PART}")
    facts = write_lines(candidate, spool.lines())
    wrong = proof.problems(candidate, dataset, expected)
    if wrong:
        candidate.unlink()
        path.unlink(missing_ok=True)
        return None, wrong
    candidate.replace(path)
    return facts, []


def make(job: Job) -> dict[Dataset, Shard]:
    """The files of one partition in these datasets. Raises OSError, Cancelled."""
    partition = Partition(*job.partition)
    trees = Trees(*map(Path, job.trees))
    outputs = [Output(dataset, partition, job.settings) for dataset in job.datasets]
    barred = set(proof.barred_by_screen(trees.screened))
    found = cases(
        trees,
        job.settings.policy,
        forgotten=frozenset(job.forgotten),
        outdated=frozenset(job.outdated),
        duplicate=frozenset(job.duplicate),
    )
    barred.update(pass_on(found, outputs))
    of_all = frozenset(barred)

    def finish(output: Output) -> Shard:
        expected = proof.Expected(categories=categories_of(output.dataset, job.settings), barred=of_all)
        return output.finish(Path(job.root), expected)

    with ThreadPoolExecutor(len(outputs)) as at_once:  # the disk is waited for once, not once a dataset
        return dict(zip(job.datasets, at_once.map(finish, outputs), strict=True))


def pass_on(found: Iterator[Case], outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    """Each case to each output, as the firewall says. Gives (run id, source hash) of those who may be in no file."""
    firewall = Firewall()
    everyone = bits(output.dataset for output in outputs)
    without_thumbs = everyone & ~BIT["kto"]
    last = ("", "")
    for number, case in enumerate(found):
        if number % PAUSE_EVERY == 0:
            pause_point()
        known = case.run_id, case.sig_hash
        if case.forgotten or case.outdated or (case.duplicate and known != last):
            yield known
        else:
            last = known
        wanted = everyone if has_thumb(case) else without_thumbs
        refused = firewall.judge(case, wanted)
        for output in outputs:
            refusal = refused.get(output.dataset)
            if refusal is not None:
                output.refuse(case, refusal)
            elif wanted & BIT[output.dataset]:
                output.take(case)


def has_thumb(case: Case) -> bool:
    """Only these are a matter of `kto`: those with a person's yes or no, and those that nobody can read."""
    if case.record is None:
        return True
    human = case.record.human
    return human is not None and not NO < human < YES


def categories_of(dataset: Dataset, settings: Settings) -> frozenset[str]:
    """What may stand there, by what was asked for."""
    if dataset == "kto":
        return frozenset({"thumb"})
    if dataset == "rag":
        more = {"needs_human_review"} if settings.include_review else set()
        return frozenset({"accepted", "partially_accepted", *more})
    return frozenset({"accepted", *({"partially_accepted"} if settings.include_partial and dataset == "sft" else ())})
