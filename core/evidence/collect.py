"""Bronze to silver: every source is read, its records are filed by day, each once.

What is read is set aside piece by piece and then merged into the files that it touches, so memory does not grow with
the corpus. The cursors are saved when everything stands: a run that was killed is repeated, and ends in the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.evidence.corpus import SKIPS, Corpus, skips_of
from core.evidence.filing import Filed, Job, file_away, keyed, keyed_skip
from core.evidence.parallel import spread
from core.evidence.partitions import Made, Partition, StageState, Tree, unchanged
from core.evidence.records import EvidenceRecord, Skip
from core.evidence.sources import Gone, Piece, Plan, Source
from core.evidence.sources.lines import LinesSource
from core.evidence.sources.traces import TracesSource
from core.evidence.spill import Keyed, Run, Spill
from core.evidence.stage import StageResult, Work

VERSION = "1"
WORTH_A_POOL = 16 << 20
"""Bytes; below that, and up to FEW_PIECES, other processes cost more than they save."""
FEW_PIECES = 2


class Task(NamedTuple):
    """One piece to read, in a worker or here."""

    source: int
    piece: Piece
    spill: str


class Given(NamedTuple):
    """What a piece gave: where it was set aside, by day."""

    runs: dict[str, Run]
    notes: tuple[str, ...]
    counts: Counter[str]
    gone: tuple[str, ...]


class Reading(msgspec.Struct):
    """What was read of one source in this run."""

    source: Source
    plan: Plan
    runs: dict[str, list[Run]] = msgspec.field(default_factory=dict)
    notes: list[str] = msgspec.field(default_factory=list)
    gone: set[str] = msgspec.field(default_factory=set)


def run(work: Work) -> StageResult:
    """Raises NightschoolError (the database, a wrong mapping), OSError (the disk), Cancelled."""
    home = work.home
    tree, spill = Tree(home.evidence), Spill(home.evidence_state / "spill")
    spill.sweep()
    tree.sweep()
    Tree(home.skips).sweep()
    try:
        return _Collect(work, tree, spill, StageState(home.evidence_state / "collect.json")).run()
    finally:
        spill.sweep()
        _tidy(home.evidence_state, home.evidence)


def sources_of(work: Work, forgotten: str) -> list[Source]:
    """The home's traces, and every registered stream in order of name.

    forgotten: where the hashes of rows stand that may not come back (`Spill.keep`).
    """
    recorded_at = work.options.recorded_at
    streams: list[Source] = [
        LinesSource(
            one,
            reviewed=work.database.sources.reviewed(one.name),
            recorded_at=recorded_at,
            forgotten=forgotten,
        )
        for one in work.database.sources.all()
    ]
    return [TracesSource(work.database, recorded_at), *streams]


def set_aside(task: Task) -> Given:
    """Reads one piece and puts what it gives where filing finds it. Runs in a worker."""
    filed: dict[str, list[Keyed]] = {}
    counts: Counter[str] = Counter()
    notes: list[str] = []
    gone: list[str] = []
    for item in task.piece.read(notes.append):
        if isinstance(item, EvidenceRecord) and "\0" not in item.run_id:
            filed.setdefault(item.timestamp[:10], []).append(keyed(item))
            continue
        if isinstance(item, Gone):
            gone.append(item.run_id)
            continue
        if isinstance(item, EvidenceRecord):
            item = _nameless(item)
        counts["skipped" if item.reason != "unfinished_line" else "unfinished"] += 1
        if item.reason != "unfinished_line":
            filed.setdefault(SKIPS, []).append(keyed_skip(item))
    counts["read"] = sum(len(rows) for rows in filed.values())
    return Given(Spill(Path(task.spill)).put(filed) if filed else {}, tuple(notes), counts, tuple(gone))


def _nameless(record: EvidenceRecord) -> Skip:
    """NUL stands between the parts of a sort key, so no run id may hold one."""
    place = record.provenance
    return Skip(
        source=record.source,
        source_file=place.source_file,
        line_offset=place.line_offset,
        reason="wrong_type",
        detail="run_id",
    )


class _Collect:
    """One run of the stage."""

    def __init__(self, work: Work, tree: Tree, spill: Spill, state: StageState) -> None:
        self._work = work
        self._tree = tree
        self._spill = spill
        self._state = state
        self._delta: Counter[str] = Counter()
        self._errors: list[str] = []
        self._forgotten = spill.keep(work.database.forgotten.all())
        self._standing: dict[str, dict[str, str]] = {}
        """Source → its files that are there, with their day."""
        for one in tree.all():
            self._standing.setdefault(one.source, {})[one.path] = one.day

    def run(self) -> StageResult:
        before = self._state.made.copy(), self._state.cursors.copy()
        sources = sources_of(self._work, self._forgotten)
        readings = [self._planned(source) for source in sources]
        self._read(readings)
        self._file([job for reading in readings for job in self._jobs(reading)])
        self._take_away({source.name for source in sources})
        for reading in readings:
            name = reading.source.name
            self._state.cursors[name] = reading.source.settle(self._cursor(name), reading.plan, reading.notes)
        if before != (self._state.made, self._state.cursors) and not self._work.options.dry_run:
            self._state.save()
        return self._result(readings)

    def _planned(self, source: Source) -> Reading:
        """From its start where the files do not stand as they were left: they are the memory of what was read."""
        full = self._work.options.full or not self._as_left(source.name)
        return Reading(source, source.plan(self._cursor(source.name), full=full))

    def _cursor(self, name: str) -> str:
        return self._state.cursors.get(name, "")

    def _outputs(self, name: str) -> set[str]:
        """What this source is known to have made."""
        return {path for path in self._state.made if Path(path).stem == name}

    def _as_left(self, name: str) -> bool:
        made = self._outputs(name)
        return self._standing.get(name, {}).keys() <= made and all(map(self._stands, {*made, skips_of(name)}))

    def _stands(self, output: str) -> bool:
        """As it was left, be it as no file."""
        made = self._state.made.get(output)
        if made is None or made.facts is None:
            return not self._path(output).exists()
        return unchanged(self._path(output), made.facts)

    def _path(self, output: str) -> Path:
        return (self._work.home.root if output.startswith(f"{SKIPS}/") else self._tree.root) / output

    def _read(self, readings: Sequence[Reading]) -> None:
        total = sum(reading.plan.count for reading in readings)
        for number, (task, given) in enumerate(self._given(readings), 1):
            reading = readings[task.source]
            for target, run in given.runs.items():
                reading.runs.setdefault(target, []).append(run)
            reading.notes += given.notes
            reading.gone.update(given.gone)
            self._delta.update(given.counts)
            self._work.progress(reading.source.name, number, total)

    def _given(self, readings: Sequence[Reading]) -> Iterator[tuple[Task, Given]]:
        """In order of source and piece, whoever reads them."""
        folder = str(self._spill.folder)
        tasks = [(r.plan.here, Task(n, piece, folder)) for n, r in enumerate(readings) for piece in r.plan.pieces]
        elsewhere = [task for here, task in tasks if not here]
        cancelled = self._work.cancelled
        yield from spread(set_aside, [task for here, task in tasks if here], 1, cancelled=cancelled)
        workers = self._work.options.workers if len(elsewhere) > FEW_PIECES else 1
        yield from spread(set_aside, elsewhere, workers, cancelled=cancelled)

    def _jobs(self, reading: Reading) -> list[Job]:
        """One for each file that this source touches, or that does not stand as it was left."""
        name, plan = reading.source.name, reading.plan
        standing = self._standing.get(name, {})
        all_of_it = plan.drop or bool(reading.gone) or plan.reviewed is not None
        days = {day for path, day in standing.items() if all_of_it or not self._stands(path)}
        days |= reading.runs.keys() - {SKIPS}
        jobs = [self._job(reading, Partition(day, name).path, reading.runs.get(day, [])) for day in sorted(days)]
        if SKIPS in reading.runs or plan.anew or not self._stands(skips_of(name)):
            jobs.append(self._job(reading, skips_of(name), reading.runs.get(SKIPS, [])))
        for path in self._outputs(name) - standing.keys() - {job.path for job in jobs} - {skips_of(name)}:
            del self._state.made[path]  # somebody took it away, and nothing of it was read again
        return jobs

    def _job(self, reading: Reading, output: str, runs: list[Run]) -> Job:
        made, plan = self._state.made.get(output), reading.plan
        skips = output.startswith(f"{SKIPS}/")
        return Job(
            path=output,
            runs=tuple(runs),
            known=made.facts if made else None,
            skips=skips,
            replaces=reading.source.replaces,
            anew=plan.anew,
            drop=plan.drop or (skips and plan.anew),
            gone=frozenset(reading.gone),
            forgotten=self._forgotten,
            reviewed=plan.reviewed,
            dry_run=self._work.options.dry_run,
        )

    def _file(self, jobs: list[Job]) -> None:
        placed = [job._replace(path=str(self._path(job.path))) for job in jobs]
        size = sum(run.size for job in jobs for run in job.runs) + sum(job.known.size for job in jobs if job.known)
        workers = self._work.options.workers if size > WORTH_A_POOL else 1
        done = spread(file_away, placed, workers, cancelled=self._work.cancelled)
        for number, (job, (_, filed)) in enumerate(zip(jobs, done, strict=True), 1):
            self._note(job.path, filed)
            self._work.progress("files", number, len(jobs))

    def _note(self, output: str, filed: Filed) -> None:
        self._delta.update(filed.delta)
        self._errors += [filed.error] if filed.error else []
        if filed.facts is None:
            self._state.made.pop(output, None)
        else:
            self._state.made[output] = Made(
                facts=filed.facts, inputs=filed.sources, content=filed.content, tally=filed.tally
            )

    def _take_away(self, names: set[str]) -> None:
        """What was made from a stream that is no longer registered."""
        strangers = {path for name in self._standing.keys() - names for path in self._standing[name]}
        strangers |= {skips_of(path.stem) for path in self._work.home.skips.glob("*.jsonl") if path.stem not in names}
        for output in sorted(strangers):
            made = self._state.made.pop(output, None)
            self._delta["removed"] += made.facts.rows if made and made.facts else 0
            self._delta["files"] += 1
            if not self._work.options.dry_run:
                self._path(output).unlink()
        self._state.cursors = {name: told for name, told in self._state.cursors.items() if name in names}

    def _result(self, readings: Sequence[Reading]) -> StageResult:
        corpus = Corpus(self._work.home, self._state, [reading.source for reading in readings])
        missing = {f"source_missing:{reading.source.name}": 1 for reading in readings if reading.plan.missing}
        return StageResult(
            stage="collect",
            status="done",
            inputs=corpus.inputs(),
            outputs=corpus.outputs(),
            content_hash=corpus.content_hash(),
            input_hash=corpus.input_hash(VERSION),
            totals=corpus.totals() | missing,
            delta={name: number for name, number in sorted(self._delta.items()) if number},
            errors=tuple(self._errors),
            versions={"collect": VERSION},
        )


def _tidy(*folders: Path) -> None:
    """A dry run leaves no empty folders."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
