"""What a source of evidence is: pieces that are read on their own, in any process, and a cursor after them.

`lines` reads JSONL files (one `RowMaker` a stream turns rows into records: `mapped` has it), `traces` the database.
A piece never raises for what it reads: a row that is no evidence is a `Skip`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from core.errors import NightschoolError
from core.evidence.records import EvidenceRecord, Provenance, Skip
from core.evidence.stage import FileRef


class Gone(msgspec.Struct, frozen=True):
    """No record of this run id (nor of its correction) is given any more."""

    run_id: str


Item = EvidenceRecord | Skip | Gone


class SourceVanished(NightschoolError):
    """What was there when the run began is not there any more."""

    code, status, title = "source_vanished", 409, "A file went away while it was read"


class Refused(Exception):
    """A row that a mapping makes no record of. reason: one of `Skip.reason`; detail: which field, never its text."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


RowMaker = Callable[[dict[str, Any], Provenance], Sequence[EvidenceRecord]]
"""Makes the records of one row, validated; raises Refused. Called once a row, so it must be quick (about 10 µs)."""


class Piece(Protocol):
    """A part of a source that can be read alone: it travels to a worker as it is."""

    def read(self, note: Callable[[str], None]) -> Iterator[Item]:
        """`note` is called at the end with what the source wants to know of this piece for its cursor."""
        ...


class Plan(msgspec.Struct, frozen=True):
    """What there is to read of a source now."""

    pieces: Iterable[Piece]
    """In the order in which the source has them: of two equal rows the first is kept."""
    count: int = 0
    """How many pieces these are."""
    here: bool = False
    """The pieces need this process (they hold the database)."""
    anew: bool = False
    """What was given before is given again."""
    drop: bool = False
    """With `anew`: what stands and is not given again goes."""
    missing: bool = False
    """The source is not there; what it gave stays."""
    reviewed: bool | None = None
    """What the records that stand are to say of that from now on, None: what they say."""
    until: str = ""
    """What the source itself wants to know again when it settles its cursor."""


class Source(Protocol):
    """Where records come from."""

    name: str
    replaces: bool
    """True: a run id that is given again replaces what stands under it. False: a record that stands, stays."""
    fingerprint: str
    """Of what its records follow from besides the rows: mapping, review, versions."""

    def plan(self, cursor: str, *, full: bool) -> Plan:
        """What to read, from `cursor` on ("" at first, and where it is not understood). Reads little."""
        ...

    def settle(self, cursor: str, plan: Plan, notes: Sequence[str]) -> str:
        """The cursor after the plan was carried out; `notes` in order of its pieces."""
        ...

    def inputs(self, cursor: str) -> Sequence[FileRef]:
        """What was read up to `cursor`."""
        ...
