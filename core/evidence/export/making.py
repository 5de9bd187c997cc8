"""Makes several datasets in one reading of the evidence: which partitions anew, and by how many hands.

Each dataset has a state and a result of its own; `preference` needs all partitions at once and has its own module.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.evidence.export.corpus import hands
from core.evidence.export.ground import Ground, ground, place_for_files
from core.evidence.export.result import inputs_of, settle
from core.evidence.export.shard import Job, make
from core.evidence.export.state import Making, read_state, write_state
from core.evidence.parallel import spread
from core.evidence.partitions import Partition
from core.evidence.records import Dataset
from core.evidence.roles import refresh
from core.evidence.stage import StageResult, Work


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
        outdated=where.outdated.get(partition, ()),
        duplicate=where.duplicate.get(partition, ()),
        root=str(root),
    )
