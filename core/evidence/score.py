"""The stage from evidence to scores: only what changed is scored again, and it ends where scoring everything would."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from core.evidence import joining
from core.evidence.canonical import combined
from core.evidence.ledger import NAME, PREFIX, ledger
from core.evidence.parallel import spread
from core.evidence.partitions import Made, Partition, StageState, Tree, unchanged, write_lines
from core.evidence.scoring import Outcome, Read, Task, score_partition, scorer_version
from core.evidence.stage import Cancelled, FileRef, StageResult, Work

ALONE_BYTES = 16 << 20
"""Less than this is scored sooner than another process starts."""
MOST_ERRORS = 100
JOIN = "join"
"""Cursor: `due` while a partition was scored and extractions have not followed since."""


def run(work: Work) -> StageResult:
    """Raises DamagedEvidence, OSError and Cancelled; what was scored whole stays."""
    if not work.options.dry_run:
        return _Scoring(work, work.home.scored, work.home.evidence_state / "score.json").run()
    with TemporaryDirectory(prefix="nightschool-score-") as folder:
        return _Scoring(work, Path(folder) / "scored", Path(folder) / "score.json").run()


class _Scoring:
    """One run of the stage; `target` and `notes` lie elsewhere in a dry run."""

    def __init__(self, work: Work, target: Path, notes: Path) -> None:
        self._work = work
        self._evidence, self._scored = Tree(work.home.evidence), Tree(target)
        self._partitions = self._evidence.all()
        self._version = scorer_version(work.config.reward)
        self._state = StageState(notes)
        self._collected = StageState(work.home.evidence_state / "collect.json")
        self._delta: Counter[str] = Counter(read=0, written=0, removed=0)
        self._errors: list[str] = []
        self._changed = False

    def run(self) -> StageResult:
        self._scored.sweep()
        due = [one for one in self._partitions if self._work.options.full or not self._stands(one)]
        try:
            self._score(due)
            self._remove_stale()
            self._join()
        except Cancelled:
            self._save()
            raise
        trust = self._write_ledger()
        self._save()
        return self._result(trust)

    def _stands(self, partition: Partition) -> bool:
        """Whether the scored file is what this evidence, these settings and these rules give."""
        read, made = self._read(partition), self._state.made.get(partition.path)
        if read is None or made is None or made.inputs != self._inputs(read):
            return False
        output = self._scored.path(partition)
        whole = unchanged(output, made.facts) if made.facts is not None else not output.exists()
        return whole and unchanged(self._evidence.path(partition), read.facts)

    def _read(self, partition: Partition) -> Read | None:
        with suppress(msgspec.MsgspecError):
            return msgspec.json.decode(self._state.cursors.get(partition.path, ""), type=Read)
        return None

    def _inputs(self, read: Read) -> str:
        return combined([read.facts.sha256, self._version])

    def _score(self, due: list[Partition]) -> None:
        sizes = {one: self._evidence.path(one).stat().st_size for one in due}
        total, done = sum(sizes.values()), 0
        workers = self._work.options.workers if total > ALONE_BYTES else 1
        tasks = [self._task(one) for one in due]
        self._work.progress("score", 0, total)
        answers = spread(score_partition, tasks, workers, cancelled=self._work.cancelled)
        for partition, (_, outcome) in zip(due, answers, strict=False):
            self._keep(partition, outcome)
            done += sizes[partition]
            self._work.progress("score", done, total)

    def _task(self, partition: Partition) -> Task:
        places = self._evidence.path(partition), self._scored.path(partition)
        return Task(*places, self._work.config.reward, self._version, self._known(partition))

    def _known(self, partition: Partition) -> Read | None:
        """What `collect` left there, where it looks as it was left: it need not be hashed once more."""
        made = self._collected.made.get(partition.path)
        if self._work.options.full or made is None or made.facts is None or not made.content:
            return None
        stands = unchanged(self._evidence.path(partition), made.facts)
        return Read(facts=made.facts, content=made.content) if stands else None

    def _keep(self, partition: Partition, outcome: Outcome) -> None:
        inputs = self._inputs(outcome.read)
        self._state.made[partition.path] = Made(facts=outcome.facts, inputs=inputs, tally=outcome.tally)
        self._state.cursors[partition.path] = msgspec.json.encode(outcome.read).decode()
        self._state.cursors[JOIN] = "due"
        self._changed = True
        self._errors += outcome.errors
        rows = outcome.read.facts.rows
        self._delta.update(read=rows, written=rows)

    def _remove_stale(self) -> None:
        """Scores of evidence that is there no more."""
        standing = {one.path for one in self._partitions}
        for path in {*self._state.made, *(one.path for one in self._scored.all())} - standing:
            (self._scored.root / path).unlink(missing_ok=True)
            made = self._state.made.pop(path, None)
            self._state.cursors.pop(path, None)
            self._state.cursors[JOIN] = "due"
            self._changed = True
            self._delta["removed"] += made.facts.rows if made is not None and made.facts is not None else 0

    def _join(self) -> None:
        if self._state.cursors.get(JOIN) != "due":
            return
        children = [one for one in self._partitions if self._state.made[one.path].tally.get("extractions")]
        if children:
            wanted = joining.tasks_of_extractions(self._scored, children)
            known = joining.parents(self._scored, self._partitions, wanted)
            for partition in children:
                self._work.pause_point()
                if (rewritten := joining.follow(self._scored, partition, known)) is not None:
                    self._take(partition, rewritten)
        self._state.cursors[JOIN] = "done"

    def _take(self, partition: Partition, rewritten: joining.Rewritten) -> None:
        made = self._state.made[partition.path]
        tally = Counter(made.tally)
        tally.update(rewritten.tally)
        kept = {name: count for name, count in sorted(tally.items()) if count}
        self._state.made[partition.path] = Made(facts=rewritten.facts, inputs=made.inputs, tally=kept)
        self._errors += rewritten.errors

    def _write_ledger(self) -> FileRef | None:
        """None while no row names its model."""
        path = self._scored.root / NAME
        lines = [msgspec.json.encode(entry) for entry in ledger(made.tally for made in self._state.made.values())]
        whole = b"".join(line + b"\n" for line in lines)
        if whole != (path.read_bytes() if path.exists() else b""):
            write_lines(path, lines)
        sha = hashlib.sha256(whole).hexdigest()
        return FileRef(path=f"scored/{NAME}", sha256=sha, rows=len(lines)) if lines else None

    def _save(self) -> None:
        if self._changed:
            self._state.save()

    def _result(self, trust: FileRef | None) -> StageResult:
        reads = [(one.path, read) for one in self._partitions if (read := self._read(one)) is not None]
        made = [(path, one) for path, one in sorted(self._state.made.items())]
        scored = [FileRef(path=f"scored/{path}", sha256=one.facts.sha256, rows=one.facts.rows)
                  for path, one in made if one.facts is not None]  # fmt: skip
        outputs = (*scored, trust) if trust is not None else tuple(scored)
        totals = self._totals()
        self._delta["unchanged"] = totals.get("rows", 0) - self._delta["written"]
        return StageResult(
            stage="score",
            status="done" if self._partitions else "skipped",
            reason="" if self._partitions else "there is no evidence",
            inputs=tuple(
                FileRef(path=f"evidence/{path}", sha256=read.facts.sha256, rows=read.facts.rows) for path, read in reads
            ),
            outputs=outputs,
            content_hash=combined(part for ref in outputs for part in (ref.path, ref.sha256)),
            input_hash=combined([self._version, *(part for path, read in reads for part in (path, read.content))]),
            totals=totals,
            delta=dict(self._delta),
            errors=tuple(self._errors[:MOST_ERRORS]),
            versions={"scorer": self._version},
        )

    def _totals(self) -> dict[str, int]:
        totals: Counter[str] = Counter()
        for partition in self._partitions:
            tally = self._state.made[partition.path].tally
            totals.update({name: count for name, count in tally.items() if not name.startswith(PREFIX)})
            totals[f"source:{partition.source}"] += tally.get("rows", 0)
        return dict(sorted(totals.items()))
