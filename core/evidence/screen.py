"""The stage from evidence and scores to what must stay out: secrets, personal data, sealed tasks, repetitions.

Each changed partition is looked at (in parallel; unchanged texts are not searched again), then the whole corpus is
compared with itself, and each partition gets a file: a header that says what was screened, then a line for each record
that something was found in. An export refuses a partition whose header does not fit it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec
import numpy as np

from core.evidence import looks, screening, shingles
from core.evidence.canonical import combined, file_hash, sig_hash
from core.evidence.looks import Outline, Screen
from core.evidence.nearness import Nearness, Place, Remembered, nearness
from core.evidence.parallel import spread
from core.evidence.partitions import Made, Partition, StageState, Tree, unchanged
from core.evidence.records import CORRECTION, Screened
from core.evidence.scoring import DamagedEvidence
from core.evidence.screening import Job, Line, Looked
from core.evidence.sealing import SALT
from core.evidence.stage import FileRef, StageResult, Work
from core.privacy.redact import RULES
from core.records import Record

SCREEN = "3"
"""Counted up with every change of a rule of this stage: then everything is screened again."""
Kept = TypeVar("Kept")
FOLDER = "screen"
WHOLE = "whole"
"""Cursor: the corpus as it was when each file was last brought up to date."""
ALONE_BYTES = 4 << 20
"""Less than this is screened sooner than another process starts."""


class Header(Record, frozen=True):
    """First line of a screened partition."""

    evidence_sha256: str
    scored_sha256: str
    screen_version: str
    policy: str


class _Sig(msgspec.Struct):
    sig_hash: str


class _Names(msgspec.Struct):
    run_id: str
    provenance: _Sig


_names = msgspec.json.Decoder(_Names).decode
_line = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


def standing(work: Work) -> tuple[str, str]:
    """(version, policy) that every header says, if it was screened by these rules and settings."""
    screen = settings(work)
    return screen.version, sig_hash([screen.mark, shingles.LEAK, SALT.hex()])[:16]


def settings(work: Work) -> Screen:
    return Screen(
        threshold=work.config.evidence.near_duplicate,
        include_review=work.options.include_review,
        names=tuple(sorted(set(work.config.evidence.private_names))),
        version=f"{SCREEN}-rules-{RULES}-detect-secrets-{version('detect-secrets')}",
    )


def run(work: Work) -> StageResult:
    """Raises DamagedEvidence, OSError and Cancelled; what was screened whole stays."""
    home = work.home
    if not work.options.dry_run:
        return _Screening(work, Tree(home.screened), home.evidence_state).run()
    with TemporaryDirectory(prefix="nightschool-screen-") as folder:
        return _Screening(work, Tree(Path(folder) / "screened"), Path(folder)).run()


class _Screening:
    """One run of the stage; `target` and `kept` lie elsewhere in a dry run."""

    def __init__(self, work: Work, target: Tree, kept: Path) -> None:
        self._work, self._target, self._kept = work, target, kept / FOLDER
        self._evidence, self._scored = Tree(work.home.evidence), Tree(work.home.scored)
        self._partitions = self._evidence.all()
        self._screen = settings(work)
        self._version, self._policy = standing(work)
        self._state = StageState(kept / "screen.json")
        self._looked: dict[Partition, Looked] = {}
        self._delta: Counter[str] = Counter(read=0, written=0, unchanged=0, removed=0)
        self._changed = False
        self._errors: list[str] = []

    def run(self) -> StageResult:
        self._target.sweep()
        due = [one for one in self._partitions if self._work.options.full or not self._stands(one)]
        try:
            self._look(due)
            self._remove_stale()
            if self._state.cursors.get(WHOLE) != self._whole() or not self._all_there():
                self._write()
                self._state.cursors[WHOLE] = self._whole()
        finally:
            if self._changed:
                self._state.save()
        return self._result()

    def _whole(self) -> str:
        """What the corpus is and how it is screened: each partition's file follows from all of them."""
        files = [(one.path, looked.evidence.sha256, looked.scored.sha256) for one, looked in self._in_order()]
        return combined([self._version, self._policy, *(part for each in files for part in each)])

    def _in_order(self) -> list[tuple[Partition, Looked]]:
        return [(one, self._looked[one]) for one in self._partitions]

    def _all_there(self) -> bool:
        made = [(one, self._state.made.get(one.path)) for one in self._partitions]
        return all(each and each.facts and unchanged(self._target.path(one), each.facts) for one, each in made)

    def _stands(self, partition: Partition) -> bool:
        """Whether what was kept of it still is what a look would find."""
        with suppress(msgspec.MsgspecError):
            looked = msgspec.json.decode(self._state.cursors.get(partition.path, ""), type=tuple[Looked, str])
            files = (self._evidence, looked[0].evidence), (self._scored, looked[0].scored)
            if looked[1] == self._screen.mark and all(unchanged(tree.path(partition), facts) for tree, facts in files):
                self._looked[partition] = looked[0]
                return self._file(partition).exists()
        return False

    def _file(self, partition: Partition) -> Path:
        return self._kept / f"{partition.path}.look"

    def _known(self, partition: Partition) -> Path | None:
        """What a look before found; a dry run takes it from where a real one left it."""
        return None if self._work.options.full else self._work.home.evidence_state / FOLDER / f"{partition.path}.look"

    def _look(self, due: list[Partition]) -> None:
        jobs = [
            Job(self._evidence.path(one), self._scored.path(one), self._known(one), self._file(one), self._screen)
            for one in due
        ]
        for job in jobs:
            if not job.scored.exists():
                raise DamagedEvidence("There is evidence without scores.", hint="Run: nightschool evidence score")
        sizes = [job.evidence.stat().st_size for job in jobs]
        workers = self._work.options.workers if sum(sizes) > ALONE_BYTES else 1
        self._work.progress("screen", 0, sum(sizes))
        answers = spread(screening.look_at, jobs, workers, cancelled=self._work.cancelled)
        for number, (partition, (_, looked)) in enumerate(zip(due, answers, strict=False)):
            self._looked[partition] = looked
            self._changed = True
            self._state.cursors[partition.path] = _encode((looked, self._screen.mark)).decode()
            self._delta["read"] += looked.evidence.rows
            self._work.progress("screen", sum(sizes[: number + 1]), sum(sizes))

    def _remove_stale(self) -> None:
        """What is left of partitions that are there no more."""
        known = {one.path for one in self._partitions}
        for path in {*self._state.made, *(one.path for one in self._target.all())} - known:
            (self._target.root / path).unlink(missing_ok=True)
            (self._kept / f"{path}.look").unlink(missing_ok=True)
            made = self._state.made.pop(path, None)
            self._state.cursors.pop(path, None)
            self._delta["removed"] += made.facts.rows - 1 if made is not None and made.facts is not None else 0
            self._changed = True

    def _write(self) -> None:
        """Compares the corpus with itself, and brings each file up to date."""
        self._changed = True
        kept = [self._kept_of(one, looks.outline) for one in self._partitions]
        texts = _Texts([self._evidence.path(one) for one in self._partitions], kept)
        near = nearness(kept, texts, self._screen.threshold, self._work.pause_point)
        by_look: list[list[Place]] = [[] for _ in kept]
        for place in {*near.leaks, *near.duplicates}:
            by_look[place.look].append(place)
        for number, (partition, looked) in enumerate(self._in_order()):
            self._work.pause_point()
            self._bring_up_to_date(number, partition, looked, near, sorted(by_look[number]), texts)

    def _kept_of(self, partition: Partition, read: Callable[[Path, Screen], Kept | None]) -> Kept:
        """Looks again where somebody damaged what was kept."""
        found = read(self._file(partition), self._screen)
        if found is None:
            self._look([partition])
            found = read(self._file(partition), self._screen)
        assert found is not None, "it was looked at just now"
        return found

    def _bring_up_to_date(
        self, number: int, partition: Partition, looked: Looked, near: Nearness, places: list[Place], texts: _Texts
    ) -> None:
        inputs = self._inputs(partition, looked, near, places)
        made, path = self._state.made.get(partition.path), self._target.path(partition)
        if made and made.facts and made.inputs == inputs and unchanged(path, made.facts):
            return
        found = list(self._found(number, partition, near, texts))
        lines = [_encode(self._header(looked)), *map(_encode, found)]
        standing = made.facts if made and made.facts and unchanged(path, made.facts) else None
        facts = self._target.write(partition, lines, known=standing)
        content = hashlib.sha256(b"\n".join(lines[1:])).hexdigest()
        tally = Counter(looked.tally)
        tally.update(leak=sum(one.leak_of is not None for one in found))
        tally.update(duplicate=sum(one.duplicate_of is not None for one in found))
        self._state.made[partition.path] = Made(facts=facts, inputs=inputs, content=content, tally=dict(tally))
        self._delta["written"] += len(found)
        if facts is None or file_hash(path) != facts.sha256:
            self._errors.append(f"screened/{partition.path} does not read as it was written")

    def _inputs(self, partition: Partition, looked: Looked, near: Nearness, places: list[Place]) -> str:
        """Rows of other partitions that it names count as they are now."""
        named = [
            (place.row, kind, of.row, self._looked[self._partitions[of.look]].evidence.sha256)
            for place in places
            for kind, of in (("leak", near.leaks.get(place)), ("duplicate", near.duplicates.get(place)))
            if of is not None
        ]
        return combined([
            looked.evidence.sha256, looked.scored.sha256, self._version, self._policy, sig_hash(named)
        ])  # fmt: skip

    def _header(self, looked: Looked) -> Header:
        return Header(
            evidence_sha256=looked.evidence.sha256,
            scored_sha256=looked.scored.sha256,
            screen_version=self._version,
            policy=self._policy,
        )

    def _found(self, number: int, partition: Partition, near: Nearness, texts: _Texts) -> Iterator[Screened]:
        look = self._kept_of(partition, looks.load)
        noted = {place.row for place in (*near.leaks, *near.duplicates) if place.look == number}
        rows = look.rows
        noted.update(np.flatnonzero(rows["looked"] & (rows["found"] | rows["sealed"])).tolist())
        for row in sorted(noted):
            place = Place(number, row)
            leak, duplicate = near.leaks.get(place), near.duplicates.get(place)
            run_id, sig = texts.names(place)
            yield Screened(
                run_id=run_id,
                sig_hash=sig,
                sightings=look.seen.get(row, ()),
                sealed=bool(rows["sealed"][row]),
                leak_of=texts.names(leak)[0] if leak is not None else None,
                duplicate_of=texts.names(duplicate)[0] if duplicate is not None else None,
            )

    def _result(self) -> StageResult:
        made = [(one, self._state.made[one.path]) for one in self._partitions]
        lines = sum(each.facts.rows - 1 for _, each in made if each.facts is not None)
        self._delta["unchanged"] = lines - self._delta["written"]
        looked = self._in_order()
        totals: Counter[str] = Counter()
        for _, each in made:
            totals.update(each.tally)
        return StageResult(
            stage="screen",
            status="done" if made else "skipped",
            reason="" if made else "there is no evidence",
            inputs=tuple(
                FileRef(path=f"{tree}/{one.path}", sha256=facts.sha256, rows=facts.rows)
                for tree in ("evidence", "scored")
                for one, each in looked
                for facts in ((each.evidence if tree == "evidence" else each.scored),)
            ),
            outputs=tuple(
                FileRef(path=f"screened/{one.path}", sha256=each.facts.sha256, rows=each.facts.rows)
                for one, each in made
                if each.facts is not None
            ),
            content_hash=combined(part for one, each in made for part in (one.path, each.content)),
            input_hash=combined(
                [self._version, self._policy, *(part for one, each in looked for part in (one.path, each.content))]
            ),
            totals={name: count for name, count in sorted(totals.items()) if count},
            delta=dict(self._delta),
            errors=tuple(self._errors),
            versions={"screen": self._version, "policy": self._policy},
        )


class _Texts:
    """Reads lines of evidence again, wherever they stand."""

    def __init__(self, paths: list[Path], looks: list[Outline]) -> None:
        self._paths, self._looks = paths, looks
        self._groups = Remembered(self._read)

    def line(self, place: Place) -> bytes:
        with self._paths[place.look].open("rb") as file:
            file.seek(int(self._looks[place.look].rows["at"][place.row]))
            return file.readline()

    def names(self, place: Place) -> tuple[str, str]:
        """(run id, hash of the source row)."""
        found = _names(self.line(place))
        return found.run_id, found.provenance.sig_hash

    def run(self, place: Place) -> str:
        return self.names(place)[0].removesuffix(CORRECTION)

    def whole(self, place: Place) -> shingles.Groups:
        return self._groups.get(place)

    def task(self, place: Place, number: int) -> shingles.Groups:
        return self._groups.get(place, number)

    def _read(self, place: Place, number: int) -> shingles.Groups:
        if number < 0:
            return np.unique(screening.groups_of(_line(self.line(place))))
        tasks = self._looks[place.look].tasks
        row = int(tasks["row"][number])
        line = _line(self.line(Place(place.look, row)))
        asked = list(screening.tasks(line))
        first = int(np.searchsorted(tasks["row"], row))
        only_last = bool(self._looks[place.look].rows["sealed"][row])
        text = asked[-1] if only_last else asked[number - first]
        return np.unique(screening.task_groups(text))
