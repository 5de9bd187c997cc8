"""What is to be forgotten, what would go, what is under way, and what came of it. The last three hold no text."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.errors import NightschoolError
from core.evidence.records import Stamp
from core.records import Record

RECEIPT_VERSION: Literal[1] = 1
Kind = Literal["trace", "conversation", "words", "source"]
Why = Literal["chosen", "goes on from it", "was shown it", "holds the same words"]
State = Literal["gone everywhere", "still stands", "not proved"]
ByPlace = dict[str, int]

KEPT = "in the traces that you chose to keep"
READ = "another program is reading the database; it goes when that ends, and then this can be repeated"
STREAM = "in the registration of a stream: forget that source, and it goes"
A_ROW = "in a row of the database that is never changed"
BY_HAND = "written by hand: change it yourself"
IN_GIT = "in the history of a git repository, which is not rewritten"
NOT_OURS = "a file that Nightschool did not make: change or delete it yourself"
NOT_FOLLOWED = "the running server has not yet taken it out of the index"
TOO_SHORT = "what it said is too short to be told from what others say, or was deleted before this"
LOST = "it was interrupted, and the words were kept nowhere: name them again"
MODELS = "models as they were downloaded"
STOPPED = "the search was stopped"
EVERYTHING = "everything"
"""Place of what speaks of the whole search."""


class CannotForget(NightschoolError):
    """It cannot be done, or not now."""

    code, status, title = "cannot_forget", 409, "This cannot be forgotten now"


class Target(Record, frozen=True):
    """value: a trace id, a conversation id, words, or the name of a stream or id of an import."""

    kind: Kind
    value: str
    only: bool = False
    """Leave alone what goes on from it, was shown it or holds the same words; it is told as still standing."""


class Row(Record, frozen=True):
    """A row of another program's stream, as its record names it."""

    run_id: str
    sig_hash: str


class Intent(Record, frozen=True):
    """What was begun: written before anything goes, taken away when the receipt stands. Ids only."""

    id: str
    at: Stamp
    kind: Kind
    traces: dict[Why, tuple[str, ...]]
    rows: tuple[Row, ...] = ()
    sources: tuple[str, ...] = ()
    """Streams that are no longer to be read."""
    imports: tuple[str, ...] = ()
    index_rows: tuple[int, ...] = ()
    texts_done: bool = False
    """What is found by its text alone was cleaned: nobody can repeat that without the words."""
    counted: ByPlace = msgspec.field(default_factory=dict)
    """What stood there when it began."""
    outside: tuple[str, ...] = ()
    """The person's own files beyond the home that it came from."""
    left: tuple[str, ...] = ()
    """Traces that hold it and that the person chose to keep."""

    @property
    def trace_ids(self) -> frozenset[str]:
        return frozenset(trace_id for ids in self.traces.values() for trace_id in ids)

    @property
    def sig_hashes(self) -> frozenset[str]:
        return frozenset(row.sig_hash for row in self.rows)

    @property
    def run_ids(self) -> frozenset[str]:
        return self.trace_ids | {row.run_id for row in self.rows}

    @property
    def is_empty(self) -> bool:
        return not (self.traces or self.rows or self.sources or self.imports)


class Standing(Record, frozen=True):
    """A place where it can still be read."""

    place: str
    """A file, or `trace <id>`; a name that holds the text itself is not told here."""
    how: str
    why: str


class Plan(Record, frozen=True):
    """What would go, for the person to see first. Nothing has been done."""

    kind: Kind
    traces: dict[Why, int]
    places: ByPlace
    """Rows that would go: `evidence`, `datasets/sft` …, `benchmark tasks`, `pairs`, `jobs` …"""
    adapters: tuple[str, ...]
    sources: tuple[str, ...] = ()
    found_as: dict[str, int] = msgspec.field(default_factory=dict)
    """For words: each form in which they stand, with how often. To be shown, never kept."""
    by_hand: tuple[str, ...] = ()
    """What the person wrote by hand and that holds it: named, not changed. Likewise `outside`, beyond the home."""
    outside: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.traces or self.places or self.sources or self.by_hand)


class Receipt(Record, frozen=True):
    """What went from where: counts and ids, never the text, nor a hash that could be guessed from it."""

    id: str
    recorded_at: Stamp
    kind: Kind
    state: State
    traces: dict[Why, tuple[str, ...]]
    rows: tuple[str, ...]
    """Run ids of rows of other programs' streams; none where they are more than a thousand (`removed` counts them)."""
    sources: tuple[str, ...]
    imports: tuple[str, ...]
    removed: ByPlace
    """What stood there before and does not now, counted anew."""
    adapters: tuple[str, ...]
    """Trained on what was forgotten."""
    adapters_unknown: tuple[str, ...]
    """They do not say what they were trained on."""
    jobs: tuple[str, ...]
    """The retraining that was queued."""
    standing: tuple[Standing, ...] = ()
    not_searched: tuple[Standing, ...] = ()
    outside: tuple[str, ...] = ()
    """The person's own files beyond the home that it came from: left as they are, and not read for it again."""
    left: tuple[str, ...] = ()
    schema_version: Literal[1] = RECEIPT_VERSION
