"""The tasks that were answered better and worse: found in the index, paired once, remembered until a member changes.

A task's answers lie in many partitions, so pairs are chosen for a task as a whole. What was chosen is kept by the
members' digests: only tasks with a new, changed or vanished member are read again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np

from core.evidence.export.cases import Seen, case_of, screened_by_row
from core.evidence.export.corpus import Corpus
from core.evidence.export.firewall import BIT, Case, Firewall
from core.evidence.export.index import CATEGORIES, Rows, Trees
from core.evidence.export.pairing import Answer, Failure, pairs_of
from core.evidence.export.shard import Settings
from core.evidence.export.split import conversation_key, split_of
from core.evidence.parallel import pause_point
from core.evidence.partitions import replacing
from core.records import Record

ACCEPTED = CATEGORIES.index("accepted")
COUNTERPARTS = (CATEGORIES.index("rejected"), CATEGORIES.index("partially_accepted"))
OUTCOME = np.dtype([("task", "<u8"), ("print", "<u8"), ("kind", "<u8"), ("one", "<u8"), ("other", "<u8")])
"""What came of a task: always one LOOKED; PAIRED with the digests of both; REFUSED or a failure with one."""
LOOKED, PAIRED, REFUSED, FIRST_FAILED = 0, 1, 2, 3
FAILED: tuple[Failure, ...] = ("other_prompt", "other_side", "same_text")
FORGOTTEN, DUPLICATE, OUTDATED = 1, 2, 4
"""Flags of a member."""
OPEN_FILES = 32
GROUPS_A_JOB = 4000
_encode = msgspec.json.Encoder().encode


class Members(NamedTuple):
    """All records of all tasks that have both a better and a worse answer; sorted by task. Columns of equal length."""

    number: Rows
    """Of the row in the whole corpus."""
    task: Rows
    digest: Rows
    """With who is forgotten or a duplicate worked in."""
    forgotten: Rows
    """FORGOTTEN, OUTDATED or both; duplicate: 1 for one."""
    duplicate: Rows
    partition: Rows
    """Number of the partition in the corpus."""
    evidence: Rows
    scored: Rows

    def starts(self) -> Rows:
        """Where each task begins."""
        return np.flatnonzero(np.r_[True, self.task[1:] != self.task[:-1]]) if len(self.task) else np.zeros(0, np.int64)


def find_members(corpus: Corpus, forgotten: Rows, duplicate: Rows, away: Sequence[int]) -> Members:
    """forgotten, duplicate: whole-corpus masks. away: numbers of partitions that are not to be exported."""
    starts = np.array(corpus.starts())
    task, category = corpus.column("task"), corpus.column("category")
    usable = (task != 0) & (category != 0)
    for number in away:
        usable[starts[number] : starts[number + 1]] = False
    better = np.unique(task[usable & (category == ACCEPTED)])
    worse = np.unique(task[usable & np.isin(category, COUNTERPARTS)])
    numbers = np.flatnonzero(usable & np.isin(task, np.intersect1d(better, worse)))
    numbers = numbers[np.argsort(task[numbers], kind="stable")]
    gone, later = forgotten[numbers], duplicate[numbers]
    return Members(
        number=numbers,
        task=task[numbers],
        digest=mixed(corpus.column("digest")[numbers] + gone.astype("<u8") + DUPLICATE * later.astype("<u8")),
        forgotten=gone,
        duplicate=later,
        partition=np.searchsorted(starts, numbers, side="right") - 1,
        evidence=corpus.column("evidence")[numbers],
        scored=corpus.column("scored")[numbers],
    )


def mixed(values: Rows) -> Rows:
    """Scatters them (the finaliser of splitmix64), so that sums of them tell sets apart."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        result: Rows = values ^ (values >> np.uint64(31))
    return result


def prints(members: Members, rules: bytes) -> Rows:
    """One number for each task: who its members are, what they say, and the rules by which they are paired."""
    starts = members.starts()
    if not len(starts):
        return np.zeros(0, "<u8")
    salt = np.uint64(int.from_bytes(hashlib.sha256(rules).digest()[:8], "little"))
    return mixed(np.add.reduceat(members.digest, starts) ^ salt)


class Places(Record, frozen=True):
    """Where evidence, scores and findings stand, and the partitions that are meant, by their number."""

    roots: tuple[str, str, str]
    partitions: dict[int, str]

    def trees(self, number: int) -> Trees:
        return Trees(*(Path(root, self.partitions[number]) for root in self.roots))


class GroupJob(Record, frozen=True):
    """Some tasks to be paired: of each its members as (partition, evidence offset, scored offset, flags, digest)."""

    places: Places
    settings: Settings
    groups: tuple[tuple[tuple[int, int, int, int, int], ...], ...]


GroupOutcome = list[tuple[int, int, int]]
"""(kind, one, other) of one task."""


class Reader:
    """Single records out of many partitions."""

    def __init__(self, places: Places, settings: Settings) -> None:
        self._places = places
        self._trees: dict[int, Trees] = {}
        self._policy = settings.policy
        self._open: OrderedDict[Path, BinaryIO] = OrderedDict()
        self._seen: dict[int, Seen] = {}

    def case(self, partition: int, evidence: int, scored: int, flags: int) -> Case:
        if partition not in self._trees:
            self._trees[partition] = self._places.trees(partition)
            self._seen[partition] = screened_by_row(self._trees[partition].screened)
        trees = self._trees[partition]
        line, score = self._line(trees.evidence, evidence), self._line(trees.scored, scored)
        seen = self._seen[partition]
        case = case_of(line, score, seen, self._policy, bool(flags & FORGOTTEN), bool(flags & DUPLICATE))
        case.outdated = bool(flags & OUTDATED)
        return case

    def _line(self, path: Path, offset: int) -> bytes:
        file = self._open.pop(path, None)
        if file is None:
            file = path.open("rb")
            if len(self._open) >= OPEN_FILES:
                self._open.popitem(last=False)[1].close()
        self._open[path] = file
        file.seek(offset)
        return file.readline()

    def close(self) -> None:
        for file in self._open.values():
            file.close()


def pair_groups(job: GroupJob) -> list[GroupOutcome]:
    """For each task what came of it. Runs in any process.

    Read partition by partition, each file in one direction; of an answer only hashes are kept until its task is whole.
    """
    reader, firewall = Reader(job.places, job.settings), Firewall()
    answers: list[list[Answer]] = [[] for _ in job.groups]
    refused: list[list[tuple[int, int, int]]] = [[] for _ in job.groups]
    members = sorted(
        (member, number, place) for number, of_it in enumerate(job.groups) for place, member in enumerate(of_it)
    )
    try:
        for (partition, evidence, scored, flags, digest), number, place in members:
            pause_point()
            case = reader.case(partition, evidence, scored, flags)
            if firewall.judge(case, BIT["preference"]):
                refused[number].append((REFUSED, digest, 0))
            else:
                answers[number] += _answer(case, place, job.settings)
    finally:
        reader.close()
    return [[*_paired(group, of_it), *out] for group, of_it, out in zip(job.groups, answers, refused, strict=True)]


def _paired(group: Sequence[tuple[int, int, int, int, int]], answers: Sequence[Answer]) -> GroupOutcome:
    found = pairs_of(answers)
    digests = [digest for *_, digest in group]
    pairs = [(PAIRED, digests[better], digests[worse]) for better, worse in found.pairs]
    failed = [(FIRST_FAILED + FAILED.index(why), digests[place], 0) for place, why in found.failures.items()]
    return [*pairs, *failed]


def _answer(case: Case, place: int, settings: Settings) -> list[Answer]:
    record, scored = case.record, case.scored
    if record is None or scored is None:
        return []
    return [
        Answer(
            place=place,
            run_id=record.run_id,
            timestamp=record.timestamp,
            category=scored.category,
            reward=scored.reward,
            prompt=hashlib.sha256(_encode([record.task_id, record.messages])).digest(),
            text=hashlib.sha256(record.response.encode("utf-8", "surrogatepass")).digest(),
            split=split_of(conversation_key(record), settings.validation_share),
        )
    ]


def read_outcomes(path: Path) -> Rows:
    """What is remembered; nothing where it cannot be read, which costs reading all tasks again."""
    with suppress(OSError, ValueError, EOFError):
        outcomes: Rows = np.load(path)
        if outcomes.dtype == OUTCOME:
            return outcomes
    return np.zeros(0, OUTCOME)


def write_outcomes(path: Path, outcomes: Rows) -> None:
    with replacing(path, durable=False) as file:
        np.save(file, outcomes)


def still_good(known: Rows, tasks: Rows, fingerprints: Rows) -> Rows:
    """Mask over `tasks`: paired before, and no member has changed since."""
    looked = known[known["kind"] == LOOKED]
    order = np.argsort(looked["task"])
    looked = looked[order]
    if not len(looked):
        return np.zeros(len(tasks), bool)
    at = np.minimum(np.searchsorted(looked["task"], tasks), len(looked) - 1)
    good: Rows = (looked["task"][at] == tasks) & (looked["print"][at] == fingerprints)
    return good


def as_outcomes(task: int, fingerprint: int, found: GroupOutcome) -> Iterator[tuple[Any, ...]]:
    yield task, fingerprint, LOOKED, 0, 0
    for kind, one, other in found:
        yield task, fingerprint, kind, one, other
