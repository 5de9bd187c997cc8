"""What each run read and wrote, as files that can be checked: one receipt a stage, a summary, a drift report.

Everything in them follows from content, from settings and from the recorded_at that the run was given, so two homes
with the same history hold the same bytes. Each record is validated before it is written and after it was read back.
The folder of a run appears whole or not at all. `docs/receipts.md` tells every field.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from core.errors import NightschoolError, NotFound
from core.evidence.canonical import canonical, combined, file_hash
from core.evidence.partitions import PART, write_lines
from core.evidence.records import Sha256, Stamp
from core.evidence.stage import FileRef, StageName, StageResult, Status
from core.records import Record

RECEIPT_VERSION: Literal[1] = 1
Severity = Literal["ok", "warn", "alert"]
FlagKind = Literal["rate", "new_class", "shrunk", "deterministic_violation"]
RunId = Annotated[str, Meta(pattern="^run_[0-9a-f]{16}$")]
SUMMARY, SUMMARY_TEXT, DRIFT, LATEST = "summary.json", "summary.md", "drift.json", "latest.md"
Kind = TypeVar("Kind", bound=Record)


class ReceiptDamaged(NightschoolError):
    """A receipt that is not there, or not what it should be."""

    code, status, title = "receipt_damaged", 500, "A receipt cannot be read"


class Counts(Record, frozen=True):
    """As in StageResult: of the whole corpus, and of this run."""

    totals: dict[str, int]
    delta: dict[str, int]


class Validation(Record, frozen=True):
    """What the stage's own check of its outputs said: told, never inferred."""

    passed: bool
    errors: tuple[str, ...]


class StageReceipt(Record, frozen=True):
    """What one stage read and wrote (seed 003, StageReceipt v1)."""

    run_id: RunId
    stage: StageName
    recorded_at: Stamp
    status: Status
    reason: str
    blocked_by: StageName | None
    """The stage whose failure kept this one from running."""
    inputs: tuple[FileRef, ...]
    outputs: tuple[FileRef, ...]
    input_hash: str
    content_hash: str
    counts: Counts
    validation: Validation
    versions: dict[str, str]
    settings: dict[str, Any]
    report: dict[str, int]
    schema_version: Literal[1] = RECEIPT_VERSION

    @property
    def passed(self) -> bool:
        """It ran and its outputs were found right."""
        return self.validation.passed and self.status != "failed" and self.blocked_by is None

    @property
    def identity(self) -> bytes:
        """What two runs have in common when the second found nothing new."""
        said = msgspec.structs.asdict(self)
        for outside in ("run_id", "recorded_at", "status", "reason"):
            del said[outside]
        return canonical({**said, "counts": self.counts.totals, "failed": self.status == "failed"})


class StageLine(Record, frozen=True):
    """One stage in a summary."""

    stage: StageName
    status: Status
    reason: str
    passed: bool
    rows: int
    delta: dict[str, int]
    content_hash: str
    receipt: Sha256
    """Of the receipt's file, so that a receipt that was changed afterwards is found out."""


class RunSummary(Record, frozen=True):
    """What came of a run as a whole (seed 003, RunSummary v1)."""

    run_id: RunId
    number: Annotated[int, Meta(ge=1)]
    """Counts the runs of this home: the newest has the greatest."""
    previous: RunId | None
    recorded_at: Stamp
    status: Literal["done", "failed"]
    passed: bool
    stages: tuple[StageLine, ...]
    datasets: dict[str, int]
    """Rows that stand in each dataset."""
    quarantined: dict[str, int]
    """Rows held back from each dataset."""
    skipped: int
    """Source rows that are no evidence."""
    run_hash: Sha256
    """Over what the stages read, held and wrote, without recorded_at and run ids."""
    drift: Severity
    schema_version: Literal[1] = RECEIPT_VERSION


class Flag(Record, frozen=True):
    """One thing that a drift report points at."""

    severity: Severity
    stage: StageName
    kind: FlagKind
    name: str
    before: float | None
    after: float | None
    change: float | None
    """Relative: (after − before) / before."""
    text: str


class DriftReport(Record, frozen=True):
    """How far the whole corpus is from what the newest earlier run left (seed 003, DriftReport v1)."""

    run_id: RunId
    prior_run_ids: dict[str, str]
    """For each stage that could be compared, the run that it was compared with."""
    severity: Severity
    threshold: float
    deterministic_violation: bool
    input_changed: bool
    output_changed: bool
    compared: int
    """How many rates were compared."""
    flags: tuple[Flag, ...]
    schema_version: Literal[1] = RECEIPT_VERSION


def receipt_of(
    result: StageResult,
    *,
    run_id: str,
    recorded_at: str,
    settings: dict[str, Any],
    blocked_by: StageName | None = None,
) -> StageReceipt:
    """The receipt follows from what the stage answered, and from nothing else."""
    return StageReceipt(
        run_id=run_id,
        stage=result.stage,
        recorded_at=recorded_at,
        status=result.status,
        reason=result.reason,
        blocked_by=blocked_by,
        inputs=result.inputs,
        outputs=result.outputs,
        input_hash=result.input_hash,
        content_hash=result.content_hash,
        counts=Counts(totals=dict(sorted(result.totals.items())), delta=dict(sorted(result.delta.items()))),
        validation=Validation(passed=result.passed and blocked_by is None, errors=result.errors),
        versions=dict(sorted(result.versions.items())),
        settings=settings,
        report=dict(sorted(result.report.items())),
    )


def run_hash(receipts: Sequence[StageReceipt]) -> str:
    """What a run did, whenever and wherever it did it."""
    parts = ((r.stage, r.status, r.blocked_by, r.input_hash, r.content_hash, r.counts.totals, r.validation, r.versions,
              r.settings) for r in receipts)  # fmt: skip
    return combined(canonical(part).decode() for part in parts)


def run_id(of_run: str, recorded_at: str, previous: str | None) -> str:
    """From content alone: what was done, the recorded_at that was given, and the run before, as in a chain."""
    return f"run_{combined([of_run, recorded_at, previous or ''])[:16]}"


def bytes_of(record: Record) -> bytes:
    """JSON to be read by people too. Raises ReceiptDamaged for a record that breaks its own schema."""
    raw = canonical(record)
    if _read(raw, type(record), "a new receipt") != record:
        raise ReceiptDamaged("A receipt would not be read back as it is.", hint="Please report this.")
    return msgspec.json.format(raw, indent=1)


def _read(raw: bytes, kind: type[Kind], where: object) -> Kind:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ReceiptDamaged(
            f"{where} is not a {kind.__name__}: {error}",
            hint="The next `nightschool evidence run --full` makes a new one.",
        ) from error


class Receipts:
    """The receipts of a home. A run whose summary cannot be read counts as not there; `damaged` names it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs: list[RunSummary] = []
        """In the order in which they were made."""
        self.damaged: dict[str, str] = {}
        for folder in sorted(root.glob("run_*")):
            try:
                self.runs.append(self._file(folder.name, SUMMARY, RunSummary))
            except ReceiptDamaged as error:
                self.damaged[folder.name] = error.message
        self.runs.sort(key=lambda run: (run.number, run.run_id))

    @property
    def newest(self) -> RunSummary | None:
        return self.runs[-1] if self.runs else None

    def named(self, name: str) -> RunSummary:
        """By id, its beginning, its number, or `latest`. Raises NotFound."""
        if not self.runs:
            raise NotFound("Nothing was run yet.", hint="`nightschool evidence run` makes evidence and datasets.")
        if name == "latest":
            return self.runs[-1]
        found = [run for run in self.runs if name == str(run.number)]
        found = found or [run for run in self.runs if run.run_id.startswith((name, f"run_{name}"))]
        if len(found) != 1:
            what = f"{len(found)} runs begin with {name}" if found else f"There is no run {name}"
            raise NotFound(f"{what}.", hint="`nightschool evidence receipts list` shows them all.")
        return found[0]

    def stage(self, run: str, stage: StageName) -> StageReceipt:
        return self._file(run, f"{stage}.json", StageReceipt)

    def stages(self, run: RunSummary) -> list[StageReceipt]:
        return [self.stage(run.run_id, line.stage) for line in run.stages]

    def drift(self, run: str) -> DriftReport:
        return self._file(run, DRIFT, DriftReport)

    def latest(self, stage: StageName, fits: Callable[[StageReceipt], bool] = lambda _: True) -> StageReceipt | None:
        """The newest receipt of a stage that fits; a damaged one counts as not there."""
        return next((receipt for receipt in self._from_newest(stage) if fits(receipt)), None)

    def _from_newest(self, stage: StageName) -> Iterator[StageReceipt]:
        for run in reversed(self.runs):
            if any(line.stage == stage for line in run.stages):
                try:
                    yield self.stage(run.run_id, stage)
                except ReceiptDamaged as error:
                    self.damaged[run.run_id] = error.message

    def _file(self, run: str, name: str, kind: type[Kind]) -> Kind:
        path = self.root / run / name
        try:
            return _read(path.read_bytes(), kind, f"{run}/{name}")
        except OSError as error:
            raise ReceiptDamaged(f"{run}/{name} cannot be read: {error.strerror}.") from error

    def write(
        self, summary: RunSummary, stages: Iterable[StageReceipt], drift: DriftReport, texts: dict[str, str]
    ) -> None:
        """Puts the run's folder in its place, whole. texts: `summary.md`, and `latest.md` for beside the folders."""
        part = self.root / f".{summary.run_id}{PART}"
        for receipt in stages:
            self._put(part / f"{receipt.stage}.json", receipt)
        self._put(part / DRIFT, drift)
        self._put(part / SUMMARY, summary)
        write_lines(part / SUMMARY_TEXT, texts[SUMMARY_TEXT].encode().split(b"\n"))
        target = self.root / summary.run_id
        if target.exists():  # what a damaged run of the same content left
            shutil.rmtree(target)
        part.replace(target)
        self.damaged.pop(summary.run_id, None)
        self.runs.append(summary)
        self.show_latest(texts[LATEST])

    def show_latest(self, text: str) -> None:
        """Writes `latest.md` where it says something else."""
        path = self.root / LATEST
        if not path.exists() or path.read_text(encoding="utf-8") != f"{text}\n":
            write_lines(path, text.encode().split(b"\n"))

    def _put(self, path: Path, record: Record) -> None:
        raw = bytes_of(record)
        write_lines(path, [raw])
        if _read(path.read_bytes(), type(record), path.name) != record:
            raise ReceiptDamaged(f"{path.name} was not written as it should be.", hint="Check the disk.")

    def sweep(self) -> None:
        """Takes away what a killed run left of its receipts."""
        for folder in self.root.glob(f".*{PART}"):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def receipt_hash(receipt: StageReceipt) -> str:
    """SHA-256 of the file that this receipt is written as, in hex."""
    return hashlib.sha256(bytes_of(receipt) + b"\n").hexdigest()


def same_as_written(path: Path, line: StageLine) -> bool:
    """Whether a receipt's file is the one that the summary speaks of."""
    try:
        return file_hash(path) == line.receipt
    except OSError:
        return False
