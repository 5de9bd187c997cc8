"""Scores one record, and one partition: a verdict with its reasons, a reward, and law 2 above both."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.config import RewardConfig
from core.database.labels import NO, reward
from core.errors import NightschoolError
from core.evidence.canonical import sig_hash
from core.evidence.filing import recorded
from core.evidence.ledger import key
from core.evidence.parallel import pause_point
from core.evidence.partitions import FileFacts, write_lines
from core.evidence.records import ScoredRun
from core.evidence.rules import NO_OF_PERSON, Ruling, Seen, rule, unsure
from core.records import Record

SCORER = "1"
"""Counted up with every change of a rule: then everything is scored again."""
EVERY = 1000
_seen = msgspec.json.Decoder(Seen).decode
_scored = msgspec.json.Decoder(ScoredRun).decode
_encode = msgspec.json.Encoder().encode_into
UNREVIEWED = {origin: unsure(f"{origin} not reviewed") for origin in ("user", "import", "simulated")}
NEVER = {origin: unsure(f"made by a {origin}: never learned from") for origin in ("benchmark", "replay")}
HELD_BACK = {**UNREVIEWED, **NEVER}
"""What is held of a record that nobody let in, by its origin: whatever else it says."""


class DamagedEvidence(NightschoolError):
    """A file of the pipeline does not hold what the stage that wrote it left."""

    code, status, title = "damaged_evidence", 500, "Evidence is damaged"


class Read(Record, frozen=True):
    """An evidence file as it was read."""

    facts: FileFacts
    content: str
    """SHA-256 of its lines without newlines and without the value of `recorded_at`, as `filing` has it."""


class Task(NamedTuple):
    """One partition to score. Travels to a worker."""

    evidence: Path
    scored: Path
    weights: RewardConfig
    version: str
    known: Read | None
    """What `collect` knows of the file already; None: it is hashed here."""


class Outcome(Record, frozen=True):
    read: Read
    facts: FileFacts | None
    """Of the scored file; None when there was no record."""
    tally: dict[str, int]
    errors: tuple[str, ...] = ()


def scorer_version(weights: RewardConfig) -> str:
    """The rules and every setting that a score follows from."""
    return f"{SCORER}-{sig_hash(msgspec.structs.asdict(weights))[:12]}"


def score(seen: Seen, weights: RewardConfig, version: str) -> ScoredRun:
    """What is held of one record. Never accepted, in whole or in part, and never above 0.3 where a person said no."""
    worth = reward(seen.measured, human=seen.human, tests=seen.tests, reported=seen.reported, weights=weights)
    ruling = rule(seen) if seen.reviewed else HELD_BACK[seen.origin]
    ruling = heeding(seen.human, ruling)
    return ScoredRun(
        run_id=seen.run_id,
        sig_hash=seen.provenance.sig_hash,
        task_id=seen.task_id,
        category=ruling.category,
        reasons=ruling.reasons,
        reward=worth,
        quality=None if worth is None else 1 + 4 * worth,
        human=seen.human,
        extraction=seen.rule == "extraction",
        scorer_version=version,
    )


def heeding(human: float | None, ruling: Ruling) -> Ruling:
    """Law 2: whatever a rule says, what a person refused is not accepted."""
    refused = human is not None and human <= NO
    return NO_OF_PERSON if refused and ruling.category in ("accepted", "partially_accepted") else ruling


def score_partition(task: Task) -> Outcome:
    """Writes the scored file of one evidence file, and reads it again. Raises DamagedEvidence, OSError, Cancelled."""
    reading = _Reading(task)
    facts = write_lines(task.scored, reading.scored_lines())
    return Outcome(
        read=reading.read(),
        facts=facts,
        tally=dict(sorted(reading.tally.items())),
        errors=() if facts is None else tuple(faults(task.scored, facts)),
    )


class _Reading:
    """One pass over an evidence file: its lines scored, and the file known by its hashes."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._before = task.evidence.stat()
        self._whole, self._content = hashlib.sha256(), hashlib.sha256()
        self.tally: Counter[str] = Counter()

    def scored_lines(self) -> Iterator[bytes]:
        buffer = bytearray()
        weights, version = self._task.weights, self._task.version
        hashed = self._task.known is None
        with self._task.evidence.open("rb", buffering=1 << 20) as file:
            for number, line in enumerate(file):
                if number % EVERY == 0:
                    pause_point()
                if hashed:
                    self._hash(line)
                try:
                    seen = _seen(line)
                except msgspec.MsgspecError as error:
                    raise damaged(self._task.evidence, number) from error
                made = score(seen, weights, version)
                self._count(seen, made)
                _encode(made, buffer)
                yield bytes(buffer)

    def _hash(self, line: bytes) -> None:
        self._whole.update(line)
        self._content.update(without_recorded_at(line.removesuffix(b"\n")))

    def _count(self, seen: Seen, made: ScoredRun) -> None:
        tally = self.tally
        tally["rows"] += 1
        tally[f"category:{made.category}"] += 1
        if made.extraction:
            tally["extractions"] += 1
        elif seen.model:
            tally[key(made.category, seen.model)] += 1

    def read(self) -> Read:
        known = self._task.known
        if known is not None:
            if known.facts.rows != self.tally["rows"]:
                raise damaged(self._task.evidence, self.tally["rows"])
            return known
        facts = FileFacts(
            rows=self.tally["rows"],
            size=self._before.st_size,
            sha256=self._whole.hexdigest(),
            mtime_ns=self._before.st_mtime_ns,
        )
        return Read(facts=facts, content=self._content.hexdigest())


def without_recorded_at(line: bytes) -> bytes:
    """The line of a record without when it was collected."""
    try:
        start, stop = recorded(line)
    except ValueError:
        return line
    return line[:start] + line[stop:]


def faults(path: Path, facts: FileFacts) -> Iterator[str]:
    """What is wrong with a scored file that was just written: read again, as anybody else will."""
    digest = hashlib.sha256()
    rows = 0
    with path.open("rb", buffering=1 << 20) as file:
        for line in file:
            digest.update(line)
            rows += 1
            try:
                one = _scored(line)
            except msgspec.MsgspecError as error:
                yield f"{path.name}, line {rows}: {error}"
                continue
            if one.human is not None and one.human <= NO and (one.reward or 0) > NO:
                yield f"{path.name}, line {rows}: a person's no was outscored"
            elif heeding(one.human, Ruling(one.category, ())).category != one.category:
                yield f"{path.name}, line {rows}: what a person refused was accepted"
    if (rows, digest.hexdigest()) != (facts.rows, facts.sha256):
        yield f"{path.name}: the file is not what was written"


def damaged(path: Path, number: int) -> DamagedEvidence:
    return DamagedEvidence(
        f"Line {number + 1} of {path.name} in {path.parent} is no record.",
        hint="`nightschool evidence run --full` makes everything again.",
    )
