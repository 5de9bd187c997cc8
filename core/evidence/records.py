"""The contracts between the stages: what a source gives, what each stage writes, and what may stand in a dataset.

The first of the two layers of law 2 stands here: a row that a person refused, or that nobody judged, cannot be made.
The second stands in the exporters (`core.evidence.export`). Nothing here reads a clock.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.database.labels import NO, Verdict
from core.records import Complexity, Message, Origin, QueryClass, Record, Role, Unit

EVIDENCE_VERSION: Literal[1] = 1

SourceClass = Literal["verdict", "telemetry", "extraction"]
"""Seed 003: carries a verdict; carries signals without one; carries neither (joined to a parent by task id)."""
Dataset = Literal["rag", "sft", "preference", "kto"]
Split = Literal["train", "validation"]
Reason = Literal[
    "missing_provenance",
    "missing_source_run_id",
    "empty_content",
    "schema_violation",
    "unsafe_sft_category",
    "unsafe_rag_category",
    "invalid_preference_pairing",
    "hallucinated_file_path",
    "duplicate_id",
    "self_pairing",
    "category_disallowed",
    "benchmark_leak",
    "secret_found",
    "forgotten",
    "near_duplicate",
]
"""Why a row may not be exported: the eleven of seed 003, then ours."""
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Stamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")]
"""UTC ISO-8601 with a Z, as `core.clock.stamp` makes it."""
Scalar = bool | int | float | str | None
TRACES = "traces"
"""The source that is the home's own database."""
CORRECTION = "/correction"
"""What follows a run id in the id of its correction, which is a record of its own."""


class Provenance(Record, frozen=True):
    """Where a record came from, so that the very row can be found again."""

    source_file: Name
    """As it was given on import; `nightschool.db` for traces."""
    line_offset: Annotated[int, Meta(ge=0)]
    """Byte offset of the line in a JSONL file; number of the row, message or member elsewhere."""
    sig_hash: Sha256
    """SHA-256 of the canonical (sorted-key) source row: `core.evidence.canonical.sig_hash`."""
    recorded_at: Stamp
    """When it was first collected: outside every content hash."""


class Measured(Record, frozen=True):
    """What tools said of the work, where they said anything (seed 002's `signals`)."""

    compile_pass: bool | None = None
    tests_passed: Annotated[int, Meta(ge=0)] | None = None
    tests_total: Annotated[int, Meta(ge=0)] | None = None
    lint_errors: Annotated[int, Meta(ge=0)] | None = None
    type_errors: Annotated[int, Meta(ge=0)] | None = None
    schema_errors: Annotated[int, Meta(ge=0)] | None = None
    boundary_errors: Annotated[int, Meta(ge=0)] | None = None
    coverage_pct: Annotated[float, Meta(ge=0, le=100)] | None = None


class EvidenceRecord(Record, frozen=True):
    """One validated, provenance-carrying record of work (DESIGN §5, EvidenceRecord v1). One line of `evidence/`."""

    run_id: Name
    """The trace id; of a correction `<trace id>/correction`; of a mapped row what the mapping says."""
    task_id: Name
    """What the same task has in common, however often it was tried."""
    timestamp: Stamp
    """When the work was done; decides the day that it is filed under."""
    source: Annotated[str, Meta(pattern="^[a-z0-9_]{1,60}$")]
    """`traces`, or the name of a mapped stream."""
    source_class: SourceClass
    rule: Name
    """The scoring rule that reads its markers (`core.evidence.rules`): `person`, `severity`, `attempts` …"""
    provenance: Provenance
    model_role: Role = "assistant"
    model: str = ""
    origin: Origin = "import"
    reviewed: bool = False
    """True: a person asked it here, or approved the import: only then may it be learned from."""
    conversation_id: str | None = None
    query_class: QueryClass = "chat"
    complexity: Complexity = "easy"
    agentic: bool = False
    """Made with tools, in steps: only then does the range of durations of agent tasks hold."""
    messages: list[Message] = msgspec.field(default_factory=list)
    """The request as it was sent; never what retrieval put in."""
    response: str = ""
    human: Unit | None = None
    """What the person says of it now, None while they say nothing; 0 when they corrected it, 1 for the correction."""
    tests: Unit | None = None
    """A test run's own score."""
    reported: Unit | None = None
    """The reward that another system worked out."""
    feedback: tuple[str, ...] = ()
    """Ids of the statements that `human` and `tests` follow from."""
    measured: Measured | None = None
    success: bool = True
    """It ended by itself and without an error."""
    errors: Annotated[int, Meta(ge=0)] = 0
    retries: Annotated[int, Meta(ge=0)] = 0
    duration_ms: Annotated[float, Meta(ge=0)] | None = None
    markers: dict[str, Scalar] = msgspec.field(default_factory=dict)
    """What a rule reads: `severity`, `attempts`, `committed` …"""
    missing_files: tuple[str, ...] = ()
    """Files that it speaks of and that are not there."""
    schema_version: Literal[1] = EVIDENCE_VERSION


class ScoredRun(Record, frozen=True):
    """What the scorer holds of one record. One line of `scored/`, in the same place and order as its evidence."""

    run_id: Name
    sig_hash: Sha256
    task_id: Name
    category: Verdict
    reasons: tuple[str, ...] = ()
    reward: Unit | None = None
    quality: Annotated[float, Meta(ge=1, le=5)] | None = None
    """1 + 4 · reward."""
    human: Unit | None = None
    extraction: bool = False
    """Its source carries no verdict: unless a person gave one, it has the worst of its parents', found by task id."""
    scorer_version: Name = ""


class Sighting(Record, frozen=True):
    """A secret or personal data: what and where, never the text itself."""

    field: Name
    """`response`, or `messages[2].content`."""
    kind: Name
    start: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=0)]


class Screened(Record, frozen=True):
    """What the screen found in one record. A record that nothing was found in has no line."""

    run_id: Name
    sig_hash: Sha256
    sightings: tuple[Sighting, ...] = ()
    sealed: bool = False
    """Its conversation is one of the benchmark's."""
    leak_of: str | None = None
    """The sealed run that its task nearly repeats."""
    duplicate_of: str | None = None
    """The earlier run that it nearly repeats."""


class Lineage(Record, frozen=True):
    """The way back from a row of a dataset: to trace, source row, feedback and scorer."""

    run_id: Name
    source: Name
    sig_hash: Sha256
    scorer_version: Name
    feedback: tuple[str, ...] = ()


class ForbiddenRow(ValueError):
    """A row that no dataset may hold; a bug, or somebody at work on the guards."""


def refuse_human_no(human: float | None) -> None:
    """Law 2, first layer. Raises ForbiddenRow."""
    if human is not None and human <= NO:
        raise ForbiddenRow("a person said no to this")


class RagRow(Record, frozen=True):
    """Past work to be found again."""

    id: Name
    content: Annotated[str, Meta(min_length=1)]
    """The question and the answer."""
    source_category: Literal["accepted", "partially_accepted", "needs_human_review"]
    """`needs_human_review` only where `--include-review` asked for it."""
    task_id: Name
    tags: tuple[str, ...]
    reward: Unit | None
    human: Unit | None
    lineage: Lineage

    def __post_init__(self) -> None:
        refuse_human_no(self.human)


class SftRow(Record, frozen=True):
    """An example to imitate: `completion` is the accepted answer, and all that is to be learned.

    Earlier answers of the conversation, which somebody may have refused, stand in `prompt` only.
    """

    id: Name
    prompt: Annotated[list[Message], Meta(min_length=1)]
    completion: Annotated[list[Message], Meta(min_length=1, max_length=1)]
    quality_score: Literal["accepted", "partially_accepted"]
    """`partially_accepted` only where `--include-partial` asked for it."""
    role: Role
    complexity: Complexity
    reward: Unit | None
    human: Unit | None
    lineage: Lineage

    def __post_init__(self) -> None:
        refuse_human_no(self.human)
        if [message.role for message in self.completion] != ["assistant"]:
            raise ForbiddenRow("one answer of the assistant is learned, and nothing else")


class PreferenceRow(Record, frozen=True):
    """Two answers to the same prompt, of which the first is better."""

    id: Name
    prompt: Annotated[list[Message], Meta(min_length=1)]
    chosen: Annotated[list[Message], Meta(min_length=1, max_length=1)]
    rejected: Annotated[list[Message], Meta(min_length=1, max_length=1)]
    task_id: Name
    chosen_category: Literal["accepted"]
    rejected_category: Literal["rejected", "partially_accepted"]
    chosen_run_id: Name
    rejected_run_id: Name
    chosen_human: Unit | None
    lineage: Annotated[tuple[Lineage, ...], Meta(min_length=2, max_length=2)]

    def __post_init__(self) -> None:
        refuse_human_no(self.chosen_human)
        if self.chosen_run_id == self.rejected_run_id or self.chosen[0].content == self.rejected[0].content:
            raise ForbiddenRow("an answer is not preferred to itself")


class KtoRow(Record, frozen=True):
    """One answer with one thumb."""

    id: Name
    prompt: Annotated[list[Message], Meta(min_length=1)]
    completion: Annotated[list[Message], Meta(min_length=1, max_length=1)]
    label: bool
    human: Unit | None
    role: Role
    lineage: Lineage

    def __post_init__(self) -> None:
        if self.label:
            refuse_human_no(self.human)


class Quarantined(Record, frozen=True):
    """One row that may not be exported, and why. One line of `quarantine/`; never any of its text."""

    run_id: str
    dataset: Dataset
    reason: Reason
    detail: str = ""
    sightings: tuple[Sighting, ...] = ()
    sig_hash: str = ""


class Skip(Record, frozen=True):
    """A source row that is no evidence. One line of `skips/`; never any of its text."""

    source: Name
    source_file: Name
    line_offset: Annotated[int, Meta(ge=0)]
    reason: Literal[
        "not_json", "not_an_object", "too_large", "not_utf8", "missing_field", "wrong_type", "no_timestamp",
        "unfinished_line", "not_learnable",
    ]  # fmt: skip
    detail: str = ""
