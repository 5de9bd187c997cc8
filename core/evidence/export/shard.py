"""One partition, read once, becomes its files in every dataset that is asked for. Runs in any process.

What it writes follows from its job alone: the partition's three files, the settings, who in it is forgotten and whose
run id an earlier record has. Each file is written beside its place, read again, and only then given its name.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

import msgspec

from core.database.labels import NO, YES
from core.evidence.export import proof
from core.evidence.export.firewall import Case, Firewall, Policy, Refusal
from core.evidence.export.high_quality import Wanted, turned_away
from core.evidence.export.index import Trees, short, short_sig
from core.evidence.export.rows import kto_row, rag_row, sft_row
from core.evidence.export.split import conversation_key, split_of
from core.evidence.parallel import pause_point
from core.evidence.partitions import PART, FileFacts, Partition, write_lines
from core.evidence.records import Dataset, EvidenceRecord, ForbiddenRow, Quarantined, ScoredRun, Screened, Split
from core.records import Record

IN_MEMORY = 32 << 20
"""Bytes of a dataset's rows of one partition that wait for their order in memory; more wait in a nameless file."""
PAUSE_EVERY = 1000
Tally = dict[str, int]
_record = msgspec.json.Decoder(EvidenceRecord).decode
_scored = msgspec.json.Decoder(ScoredRun).decode
_screened = msgspec.json.Decoder(Screened).decode
_tolerant = msgspec.json.Decoder().decode
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
    """One partition for some datasets. forgotten, duplicate: numbers of its lines."""

    partition: tuple[str, str]
    trees: tuple[str, str, str]
    datasets: tuple[Dataset, ...]
    settings: Settings
    forgotten: tuple[int, ...]
    duplicate: tuple[int, ...]
    root: str
    """The home, or where a dry run writes to."""


class Shard(Record, frozen=True):
    """What came of a partition in one dataset. files: by path under the home, and only those that are there."""

    files: dict[str, FileFacts]
    tally: Tally
    report: Tally
    errors: tuple[str, ...] = ()


class Making(Protocol):
    """Takes the cases of one partition for one dataset."""

    dataset: Dataset

    def concerns(self, case: Case) -> bool: ...

    def take(self, case: Case) -> None: ...


class Spool:
    """Lines in the order of their ids, which is known only when all are there."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed in `close`
        self._entries: list[tuple[str, int, int]] = []
        self._end = 0

    def add(self, name: str, line: bytes) -> None:
        self._file.write(line)
        self._entries.append((name, self._end, len(line)))
        self._end += len(line)

    def __len__(self) -> int:
        return len(self._entries)

    def lines(self) -> Iterator[bytes]:
        for _, start, length in sorted(self._entries):
            self._file.seek(start)
            yield self._file.read(length)

    def close(self) -> None:
        self._file.close()


class Output:
    """The files of one dataset that come of one partition."""

    def __init__(self, dataset: Dataset, partition: Partition, settings: Settings) -> None:
        self.dataset = dataset
        self._settings = settings
        self._partition = partition
        self._wanted = settings.wanted
        self._splits: dict[Split | None, Spool] = {split: Spool() for split in splits_of(dataset)}
        self.quarantined = Spool()
        self.tally: Counter[str] = Counter()
        self.report: Counter[str] = Counter()
        self.errors: list[str] = []

    def concerns(self, case: Case) -> bool:
        """Thumbs are of people only; a record without one is no matter of theirs."""
        if self.dataset != "kto" or case.record is None:
            return True
        return case.record.human is not None and not NO < case.record.human < YES

    def refuse(self, case: Case, refusal: Refusal) -> None:
        self.report[f"quarantined:{refusal.reason}"] += 1
        self.tally[f"reason:{refusal.reason}"] += 1
        self.quarantined.add(f"{len(self.quarantined):012}", quarantine_line(self.dataset, case, refusal))

    def take(self, case: Case) -> None:
        """A record that no guard refused."""
        try:
            if self.dataset == "sft" and case.record is not None and case.scored is not None:
                away = turned_away(case, self._wanted)
                if away is not None:
                    self.report[f"turned_away:{away}"] += 1
                    return
            row: Any = {"rag": rag_row, "sft": sft_row, "kto": kto_row}[self.dataset](case)
        except ForbiddenRow as error:
            self.errors.append(f"{self.dataset}: the guards let through what no row may be: {error}")
            return
        assert case.record is not None
        self.add(row.id, _encode(row), case.record, case.category)

    def add(self, name: str, line: bytes, record: EvidenceRecord, category: str) -> None:
        split: Split | None = None
        if None not in self._splits:
            split = split_of(conversation_key(record), self._settings.validation_share)
        self._splits[split].add(name, line)
        self.tally.update((f"category:{category}", f"source:{record.source}"))
        self.report.update(("taken", f"split:{split or 'train'}"))

    def finish(self, root: Path, expected: proof.Expected) -> Shard:
        """Writes and proves. A file that does not pass its proof is not there afterwards."""
        files: dict[str, FileFacts] = {}
        try:
            for split, spool in self._splits.items():
                path = shard_path(self.dataset, split, self._partition)
                facts, wrong = publish(root / path, spool, self.dataset, expected)
                self.errors += [f"{path}: {told}" for told in wrong]
                if facts is not None:
                    files[path] = facts
                    self.tally["rows"] += facts.rows
            path = quarantine_path(self.dataset, self._partition)
            facts = write_lines(root / path, self.quarantined.lines())
            if facts is not None:
                files[path] = facts
                self.tally["quarantined"] = facts.rows
        finally:
            for spool in (*self._splits.values(), self.quarantined):
                spool.close()
        return Shard(files=files, tally=dict(self.tally), report=dict(self.report), errors=tuple(self.errors))


def splits_of(dataset: Dataset) -> tuple[Split | None, ...]:
    return (None,) if dataset == "rag" else ("train", "validation")


def shard_path(dataset: Dataset, split: Split | None, partition: Partition) -> str:
    """Under the home: `datasets/sft/train/2026-04-27-traces.jsonl`."""
    folder = f"datasets/{dataset}/{split}" if split else f"datasets/{dataset}"
    return f"{folder}/{partition.day}-{partition.source}.jsonl"


def quarantine_path(dataset: Dataset, partition: Partition) -> str:
    return f"quarantine/{dataset}/{partition.path}"


def quarantine_line(dataset: Dataset, case: Case, refusal: Refusal) -> bytes:
    sightings = case.screened.sightings if refusal.reason == "secret_found" and case.screened is not None else ()
    return _encode(
        Quarantined(
            run_id=case.run_id,
            dataset=dataset,
            reason=refusal.reason,
            detail=refusal.detail,
            sightings=sightings,
            sig_hash=case.sig_hash,
        )
    )


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
    outputs = {dataset: Output(dataset, partition, job.settings) for dataset in job.datasets}
    firewall = Firewall()
    barred = set(proof.barred_by_screen(trees.screened))
    for number, case in enumerate(cases(trees, job)):
        if number % PAUSE_EVERY == 0:
            pause_point()
        if case.forgotten:
            barred.add((case.run_id, case.sig_hash))
        wanted = [dataset for dataset, output in outputs.items() if output.concerns(case)]
        refused = firewall.judge(case, wanted)
        for dataset in wanted:
            if (refusal := refused.get(dataset)) is not None:
                outputs[dataset].refuse(case, refusal)
            else:
                outputs[dataset].take(case)
    return {
        dataset: output.finish(
            Path(job.root),
            proof.Expected(categories=categories_of(dataset, job.settings), barred=frozenset(barred)),
        )
        for dataset, output in outputs.items()
    }


def categories_of(dataset: Dataset, settings: Settings) -> frozenset[str]:
    """What may stand there, by what was asked for."""
    if dataset == "kto":
        return frozenset({"thumb"})
    if dataset == "rag":
        more = {"needs_human_review"} if settings.include_review else set()
        return frozenset({"accepted", "partially_accepted", *more})
    return frozenset({"accepted", *({"partially_accepted"} if settings.include_partial and dataset == "sft" else ())})


def cases(trees: Trees, job: Job) -> Iterator[Case]:
    """Every line of a partition with all that is known of it, valid or not."""
    seen = screened_by_row(trees.screened)
    forgotten, duplicate = frozenset(job.forgotten), frozenset(job.duplicate)
    policy = job.settings.policy
    with trees.evidence.open("rb", buffering=1 << 20) as lines, trees.scored.open("rb", buffering=1 << 20) as scores:
        for number, (line, score) in enumerate(zip_longest(lines, scores)):
            if line is None:
                return
            yield case_of(line, score, seen, policy, number in forgotten, number in duplicate)


def screened_by_row(path: Path) -> dict[tuple[int, int], Screened]:
    with path.open("rb") as file:
        next(file)
        return {(short(one.run_id), short_sig(one.sig_hash)): one for one in map(_screened, file)}


def case_of(
    line: bytes,
    score: bytes | None,
    seen: dict[tuple[int, int], Screened],
    policy: Policy,
    forgotten: bool,
    duplicate: bool,
) -> Case:
    """Tolerant of lines, strict with records: what is wrong becomes a matter of the guards, never a crash."""
    try:
        record = _record(line)
        raw, problem = None, ""
    except msgspec.MsgspecError as error:
        record, raw, problem = None, tolerant(line), where(error)
    try:
        scored = _scored(score) if score is not None else None
    except msgspec.MsgspecError:
        scored = None
    problem = problem or ("not scored" if scored is None else "")
    screened = None
    if seen and record is not None:
        screened = seen.get((short(record.run_id), short_sig(record.provenance.sig_hash)))
    return Case(record, scored, screened, policy, raw, problem, duplicate, forgotten)


def tolerant(line: bytes) -> Any:
    try:
        return _tolerant(line)
    except msgspec.MsgspecError:
        return None


def where(error: msgspec.MsgspecError) -> str:
    """The place; what msgspec quotes may be somebody's text."""
    told = str(error)
    place = told.partition(" - at ")[2].strip("`")
    if place:
        return f"wrong at {place}"
    return "an unknown or missing field" if isinstance(error, msgspec.ValidationError) else "no JSON"
