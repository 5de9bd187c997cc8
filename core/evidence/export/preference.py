"""Pairs of answers to the same task, the accepted one first; filed under the day of the accepted one."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from core.evidence.canonical import combined
from core.evidence.export import proof
from core.evidence.export.corpus import hands
from core.evidence.export.firewall import BIT, Case, Firewall
from core.evidence.export.ground import EXPORT_VERSION, Ground, ground, place_for_files, relevant
from core.evidence.export.groups import (
    DUPLICATE,
    FAILED,
    FIRST_FAILED,
    GROUPS_A_JOB,
    LOOKED,
    OUTCOME,
    PAIRED,
    GroupJob,
    Members,
    Places,
    Reader,
    as_outcomes,
    find_members,
    pair_groups,
    prints,
    read_outcomes,
    still_good,
    write_outcomes,
)
from core.evidence.export.index import Rows
from core.evidence.export.result import settle
from core.evidence.export.rows import preference_row
from core.evidence.export.shard import Output, Settings, Shard, categories_of
from core.evidence.export.state import Making, read_state, write_state
from core.evidence.parallel import pause_point, spread
from core.evidence.partitions import Partition
from core.evidence.records import ForbiddenRow
from core.evidence.stage import StageResult, Work
from core.records import Record

ROW_BYTES = 2_000
"""About what a member's line is long."""
_encode = msgspec.json.Encoder().encode
Ref = tuple[int, int, int, int]
"""(partition, evidence offset, scored offset, flags)."""


def run(work: Work) -> StageResult:
    """Makes what changed. Raises OSError, Cancelled."""
    with ground(work) as where, place_for_files(work) as root:
        making = read_state(work, "preference")
        away = [where.corpus.partitions.index(partition) for partition in where.unscreened]
        members = find_members(where.corpus, *where.masks, away)
        outcomes = pair_all(where, members)
        filed = file_outcomes(members, outcomes)
        try:
            make_stale(where, making, members, filed, root)
        finally:
            if not work.options.dry_run:
                write_state(work.home, "preference", making.state)
        standing = {where.corpus.partitions[number].path for number in filed}
        result = settle(where, making, standing)
        if result.errors and not work.options.dry_run:
            memory(work).unlink(missing_ok=True)  # the next run pairs all tasks anew
        return result


def pair_all(where: Ground, members: Members) -> Rows:
    """What came of each task: remembered, or found out now."""
    work = where.work
    path = memory(work)
    known = np.zeros(0, OUTCOME) if work.options.full and where.whole else read_outcomes(path)
    starts = members.starts()
    tasks = members.task[starts]
    fingerprints = prints(members, rules(where))
    good = still_good(known, tasks, fingerprints)
    fresh = list(_pair_anew(where, members, np.flatnonzero(~good), fingerprints)) if where.whole else []
    kept = known[np.isin(known["task"], tasks[good])]
    outcomes = np.sort(np.concatenate([kept, np.array(fresh, OUTCOME)]))
    if not work.options.dry_run and not np.array_equal(outcomes, known):
        write_outcomes(path, outcomes)
    return outcomes


def memory(work: Work) -> Path:
    return work.home.evidence_state / "export-preference-tasks.npy"


def rules(where: Ground) -> bytes:
    return EXPORT_VERSION.encode() + relevant(where.settings, "preference")


def _pair_anew(where: Ground, members: Members, groups: Rows, fingerprints: Rows) -> Iterator[tuple[Any, ...]]:
    bounds = np.append(members.starts(), len(members.task)).tolist()
    batches = [groups[start : start + GROUPS_A_JOB].tolist() for start in range(0, len(groups), GROUPS_A_JOB)]
    jobs = [_group_job(where, members, [(bounds[group], bounds[group + 1]) for group in some]) for some in batches]
    done = 0
    workers = hands(where.work, sum(bounds[group + 1] - bounds[group] for group in groups.tolist()) * ROW_BYTES)
    for _, found in spread(pair_groups, jobs, workers, cancelled=where.work.cancelled):
        for outcome in found:
            group = int(groups[done])
            yield from as_outcomes(int(members.task[bounds[group]]), int(fingerprints[group]), outcome)
            done += 1
        where.work.progress("tasks", done, len(groups))


def _group_job(where: Ground, members: Members, spans: list[tuple[int, int]]) -> GroupJob:
    groups = tuple(
        tuple((*ref(members, at), int(members.digest[at])) for at in range(start, end)) for start, end in spans
    )
    used = {partition for group in groups for partition, *_ in group}
    return GroupJob(places=places(where, used), settings=where.settings, groups=groups)


def places(where: Ground, numbers: Iterable[int]) -> Places:
    home, partitions = where.work.home, where.corpus.partitions
    return Places(
        roots=(str(home.evidence), str(home.scored), str(home.screened)),
        partitions={number: partitions[number].path for number in sorted(numbers)},
    )


def ref(members: Members, at: int) -> Ref:
    flags = int(members.forgotten[at]) + DUPLICATE * int(members.duplicate[at])
    return int(members.partition[at]), int(members.evidence[at]), int(members.scored[at]), flags


class Filed(NamedTuple):
    """What concerns one partition: its members, its pairs, and who is left out (why, or "" by the firewall).

    All as places in Members.
    """

    members: list[int]
    pairs: list[tuple[int, int]]
    out: dict[int, str]


def file_outcomes(members: Members, outcomes: Rows) -> dict[int, Filed]:
    """By number of the partition. A pair is filed where its better answer is."""
    filed: defaultdict[int, Filed] = defaultdict(lambda: Filed([], [], {}))
    in_order = np.argsort(members.number, kind="stable")
    for at, partition in zip(in_order.tolist(), members.partition[in_order].tolist(), strict=True):
        filed[partition].members.append(at)
    order = np.argsort(members.digest, kind="stable")
    digests = members.digest[order]
    told = outcomes[outcomes["kind"] != LOOKED]
    one = _places(digests, order, told["one"])
    other = _places(digests, order, np.where(told["kind"] == PAIRED, told["other"], told["one"]))
    partitions = members.partition[one].tolist()
    for kind, first, second, partition in zip(
        told["kind"].tolist(), one.tolist(), other.tolist(), partitions, strict=True
    ):
        of_it = filed[partition]
        if kind == PAIRED:
            of_it.pairs.append((first, second))
        else:
            of_it.out[first] = FAILED[kind - FIRST_FAILED] if kind >= FIRST_FAILED else ""
    return dict(filed)


def _places(digests: Rows, order: Rows, wanted: Rows) -> Rows:
    """Where in Members these digests are. digests: sorted, in this order."""
    found: Rows = order[np.searchsorted(digests, wanted)] if len(wanted) else np.zeros(0, np.int64)
    return found


class PairJob(Record, frozen=True):
    """One partition: who is left out and why, and its pairs."""

    partition: tuple[str, str]
    places: Places
    settings: Settings
    out: tuple[tuple[Ref, str], ...]
    pairs: tuple[tuple[Ref, Ref], ...]
    root: str


def make_stale(where: Ground, making: Making, members: Members, filed: dict[int, Filed], root: Path) -> None:
    jobs: dict[Partition, PairJob] = {}
    inputs: dict[Partition, str] = {}
    for number, of_it in sorted(filed.items()):
        partition = where.corpus.partitions[number]
        inputs[partition] = inputs_of(where, members, of_it)
        if making.keep(where, partition, inputs[partition]):
            jobs[partition] = _job(where, partition, members, of_it, root)
    workers = hands(where.work, sum(len(job.out) + 2 * len(job.pairs) for job in jobs.values()) * ROW_BYTES)
    made = spread(make_pairs, list(jobs.values()), workers, cancelled=where.work.cancelled)
    for done, (job, shard) in enumerate(made, start=1):
        partition = Partition(*job.partition)
        making.made(partition, inputs[partition], shard)
        where.work.progress("pairs", done, len(jobs))


def inputs_of(where: Ground, members: Members, of_it: Filed) -> str:
    pairs = np.array(of_it.pairs, np.int64).reshape(-1, 2)
    out = sorted((int(members.digest[at]), why) for at, why in of_it.out.items())
    return combined(
        [
            rules(where).decode(),
            hashlib.sha256(members.digest[of_it.members].tobytes()).hexdigest(),
            hashlib.sha256(np.sort(members.digest[pairs].view("<u8,<u8"), axis=0).tobytes()).hexdigest(),
            str(out),
        ]
    )


def _job(where: Ground, partition: Partition, members: Members, of_it: Filed, root: Path) -> PairJob:
    pairs = tuple((ref(members, one), ref(members, other)) for one, other in of_it.pairs)
    own = where.corpus.partitions.index(partition)
    return PairJob(
        partition=(partition.day, partition.source),
        places=places(where, {own, *(place[0] for pair in pairs for place in pair)}),
        settings=where.settings,
        out=tuple(
            (ref(members, at), why) for at, why in sorted(of_it.out.items(), key=lambda one: members.number[one[0]])
        ),
        pairs=pairs,
        root=str(root),
    )


def make_pairs(job: PairJob) -> Shard:
    """The files of one partition. Runs in any process. Raises OSError, Cancelled."""
    reader, firewall = Reader(job.places, job.settings), Firewall()
    output = Output("preference", Partition(*job.partition), job.settings)
    barred = set[tuple[str, str]]()
    try:
        for place, unpaired in job.out:
            pause_point()
            case = reader.case(*place)
            case.unpaired = unpaired
            refusal = firewall.judge(case, BIT["preference"]).get("preference")
            if refusal is not None:
                output.refuse(case, refusal)
        for better, worse in sorted(job.pairs, key=lambda pair: pair[1]):
            chosen, rejected = reader.case(*better), reader.case(*worse)
            barred.update((one.run_id, one.sig_hash) for one in (chosen, rejected) if is_barred(one))
            if any(firewall.judge(one, BIT["preference"]) for one in (chosen, rejected)):
                output.errors.append("preference: what was remembered as a pair is refused now")
            else:
                _add_pair(output, chosen, rejected)
    finally:
        reader.close()
    expected = proof.Expected(categories=categories_of("preference", job.settings), barred=frozenset(barred))
    return output.finish(Path(job.root), expected)


def is_barred(case: Case) -> bool:
    """Asked apart from the firewall, for the proof."""
    seen = case.screened
    away = case.forgotten or case.outdated
    return away or (seen is not None and (bool(seen.sightings) or seen.sealed or seen.leak_of is not None))


def _add_pair(output: Output, chosen: Case, rejected: Case) -> None:
    try:
        row = preference_row(chosen, rejected)
    except ForbiddenRow as error:
        output.errors.append(f"preference: {error}")
        return
    assert chosen.record is not None
    output.add(row.id, _encode(row), chosen.record, rejected.category)
