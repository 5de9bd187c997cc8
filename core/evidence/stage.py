"""What every stage is given, and what it answers: the receipt is made from the answer and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.config import Config
from core.database import Database
from core.evidence.records import Sha256, Stamp
from core.paths import Home
from core.records import Record, Unit

StageName = Literal["collect", "score", "screen", "export-rag", "export-sft", "export-preference", "export-kto"]
STAGES: tuple[StageName, ...] = (
    "collect", "score", "screen", "export-rag", "export-sft", "export-preference", "export-kto",
)  # fmt: skip
NEEDS: dict[StageName, tuple[StageName, ...]] = {
    "collect": (),
    "score": ("collect",),
    "screen": ("score",),
    "export-rag": ("screen",),
    "export-sft": ("screen",),
    "export-preference": ("screen",),
    "export-kto": ("screen",),
}
"""A stage whose upstream failed does not run."""
Status = Literal["done", "skipped", "failed"]
Progress = Callable[[str, int, int], None]
"""Called with what is being worked on, how much is done and of how much (bytes or rows; 0 where unknown)."""


def silent(about: str, done: int, total: int) -> None:
    """No progress to show."""


def never() -> bool:
    return False


class Cancelled(Exception):
    """Somebody stopped it; what was written whole stays, nothing is half-written."""


class Options(Record, frozen=True):
    """The flags of a run."""

    recorded_at: Stamp
    include_partial: bool = False
    include_review: bool = False
    min_reward: Unit = 0.7
    limit: Annotated[int, Meta(ge=0)] = 1000
    """Most rows a role export hands over in one go; 0: no limit."""
    dry_run: bool = False
    """Works everything out and writes nothing."""
    full: bool = False
    """Reads everything again, also what looks as it was left."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1


class Work(msgspec.Struct, frozen=True):
    """What a stage is given."""

    home: Home
    database: Database
    config: Config
    options: Options
    progress: Progress = silent
    cancelled: Callable[[], bool] = never

    def pause_point(self) -> None:
        """Raises Cancelled when somebody asked for it."""
        if self.cancelled():
            raise Cancelled


class FileRef(Record, frozen=True):
    """One file that was read or written. `path` is relative to the home (or as given, outside of it)."""

    path: str
    sha256: Sha256
    rows: int


class StageResult(Record, frozen=True):
    """What came of one stage."""

    stage: StageName
    status: Status
    reason: str = ""
    """Why it was skipped or failed."""
    inputs: tuple[FileRef, ...] = ()
    """Everything that the outputs follow from, in order of path."""
    outputs: tuple[FileRef, ...] = ()
    """Everything that stands there now, in order of path: the whole corpus, not only what this run wrote."""
    content_hash: str = ""
    """Over what the outputs say without `recorded_at` and run ids of runs."""
    input_hash: str = ""
    """Over what the inputs say, likewise, with settings and versions."""
    totals: dict[str, int] = msgspec.field(default_factory=dict)
    """Of the whole corpus: `rows`, and one `category:…`, `reason:…`, `source:…` or `skip:…` for each that occurs."""
    delta: dict[str, int] = msgspec.field(default_factory=dict)
    """Of this run: `read`, `written`, `unchanged`, `deduped`, `skipped`, `removed`, as far as they apply."""
    errors: tuple[str, ...] = ()
    """What its own check of its outputs found; () means that they were read again and found right."""
    versions: dict[str, str] = msgspec.field(default_factory=dict)
    report: dict[str, int] = msgspec.field(default_factory=dict)
    """Cortex's collector report: examples taken, and what was turned away, by reason (export-sft)."""

    @property
    def passed(self) -> bool:
        return self.status != "failed" and not self.errors
