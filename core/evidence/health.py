"""Whether evidence can be traced back to where it came from, and how much of it the scorer can judge.

A sample of each source, the same one every time, is looked up in its source again; nothing is written.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from core.database.sources import RegisteredSource
from core.errors import NightschoolError
from core.evidence.canonical import sig_hash
from core.evidence.importers.bringing import signatures
from core.evidence.importers.files import content_hash
from core.evidence.partitions import Partition, Tree
from core.evidence.records import CORRECTION, EvidenceRecord
from core.evidence.sources.lines import row_at
from core.evidence.sources.traces import NAME
from core.evidence.stage import Work
from core.records import Record, Unit

SAMPLE = 30
BLOCK = 1 << 20
LOOK_BACK = 16 << 10
Found = Literal["ok", "changed", "gone"]
"""The very row is there; another stands in its place; or there is nothing to look in."""
Counted = Annotated[int, Meta(ge=0)]


class Lookup(Record, frozen=True):
    """One record of the sample that was not found as it was. Never any of its text."""

    run_id: str
    source: str
    source_file: str
    line_offset: int
    found: Found
    detail: str = ""


class SourceHealth(Record, frozen=True):
    """One source."""

    name: str
    records: Counted
    sampled: Counted
    ok: Counted
    changed: Counted
    gone: Counted
    scored: Counted = 0
    specific: Counted = 0
    """Scored records with a category other than `needs_human_review`."""
    ready: Unit | None = None
    """specific / scored; None where nothing is scored yet."""
    categories: dict[str, int] = msgspec.field(default_factory=dict)


class Health(Record, frozen=True):
    """What was found. `ready` over all sources together."""

    records: Counted
    sampled: Counted
    ok: Counted
    ready: Unit | None
    sources: tuple[SourceHealth, ...]
    problems: tuple[Lookup, ...]

    @property
    def sound(self) -> bool:
        """Every sampled row was found as it was."""
        return self.ok == self.sampled


class _Category(msgspec.Struct):
    category: str


_record = msgspec.json.Decoder(EvidenceRecord).decode
_category = msgspec.json.Decoder(_Category).decode


def health(work: Work, sample: int = SAMPLE) -> Health:
    """Looks at `sample` records of each source. Raises NightschoolError (the database), Cancelled."""
    evidence, scored = Tree(work.home.evidence), Tree(work.home.scored)
    by_source: dict[str, list[Partition]] = {}
    for partition in evidence.all():
        by_source.setdefault(partition.source, []).append(partition)
    looker = _Looker(work)
    sources, problems = [], list[Lookup]()
    for number, (name, partitions) in enumerate(sorted(by_source.items())):
        work.progress(name, number, len(by_source))
        work.pause_point()
        lookups = [looker.look(record) for record in sampled(evidence, partitions, sample)]
        problems += [one for one in lookups if one.found != "ok"]
        counts = Counter(one.found for one in lookups)
        categories = _categories(work, scored, partitions)
        sources.append(
            SourceHealth(
                name=name,
                records=sum(_rows(evidence, partition) for partition in partitions),
                sampled=len(lookups),
                ok=counts["ok"],
                changed=counts["changed"],
                gone=counts["gone"],
                scored=sum(categories.values()),
                specific=sum(categories.values()) - categories.get("needs_human_review", 0),
                ready=_share(categories),
                categories=categories,
            )
        )
    together = sum((Counter(one.categories) for one in sources), Counter[str]())
    return Health(
        records=sum(one.records for one in sources),
        sampled=sum(one.sampled for one in sources),
        ok=sum(one.ok for one in sources),
        ready=_share(together),
        sources=tuple(sources),
        problems=tuple(problems),
    )


def sampled(tree: Tree, partitions: list[Partition], sample: int) -> Iterator[EvidenceRecord]:
    """Records from all over a source, evenly spread over its bytes; all where there are no more than that."""
    if sum(_rows(tree, partition) for partition in partitions) <= sample:
        yield from (_record(line) for partition in partitions for line in tree.lines(partition))
        return
    ends = list(accumulate(tree.path(partition).stat().st_size for partition in partitions))
    seen = set[tuple[int, int]]()
    for number in range(sample):
        place = ends[-1] * number // sample
        index = bisect_right(ends, place)
        start, line = _line_from(tree.path(partitions[index]), place - (ends[index - 1] if index else 0))
        if (index, start) not in seen:
            seen.add((index, start))
            yield _record(line)


def _line_from(path: Path, place: int) -> tuple[int, bytes]:
    """The line that holds this byte, and where it begins."""
    with path.open("rb") as file:
        look, before, newline = LOOK_BACK, 0, -1
        while newline < 0 and before < place:
            before = min(before + look, place)
            file.seek(place - before)
            newline = file.read(before).rfind(b"\n")
            look *= 2
        start = place - before + newline + 1
        file.seek(start)
        return start, file.readline().rstrip(b"\n")


class _Looker:
    """Finds rows again, each import's file read once."""

    def __init__(self, work: Work) -> None:
        self._database = work.database
        self._streams: dict[str, RegisteredSource] = {one.name: one for one in work.database.sources.all()}
        self._hash: Callable[[Path], str] = lru_cache(maxsize=None)(content_hash)
        self._standing: Callable[[Path, str], frozenset[str]] = lru_cache(maxsize=None)(
            lambda path, format: signatures(work.home, path, format)
        )

    def look(self, record: EvidenceRecord) -> Lookup:
        found, detail = self._trace(record) if record.source == NAME else self._line(record)
        return Lookup(
            run_id=record.run_id,
            source=record.source,
            source_file=record.provenance.source_file,
            line_offset=record.provenance.line_offset,
            found=found,
            detail=detail,
        )

    def _line(self, record: EvidenceRecord) -> tuple[Found, str]:
        stream = self._streams.get(record.source)
        if stream is None:
            return "gone", "this stream is not registered"
        place = record.provenance
        try:
            row = row_at(Path(stream.path), place.line_offset)
        except OSError as error:
            return "gone", error.strerror or "the file cannot be read"
        if row is not None and sig_hash(row) == place.sig_hash:
            return "ok", ""
        return "changed", "another row stands there" if row is not None else "no row stands there"

    def _trace(self, record: EvidenceRecord) -> tuple[Found, str]:
        states = self._database.states.of([record.run_id.removesuffix(CORRECTION)])
        if not states:
            return "gone", "the trace was deleted"
        state, place = states[0], record.provenance
        if state.source is None:
            same = sig_hash(state.text) == place.sig_hash and state.row == place.line_offset
            return ("ok", "") if same else ("changed", "more was said of it since")
        known = state.source
        if (known.source_file, known.line_offset, known.sig_hash) != (
            place.source_file, place.line_offset, place.sig_hash
        ):  # fmt: skip
            return "changed", "it was imported from another place"
        return self._imported(known.import_id, known.sig_hash)

    def _imported(self, import_id: str, signature: str) -> tuple[Found, str]:
        """Found again where its whole file is, byte for byte, what was imported; or where it stands in it still:
        other programs go on writing theirs."""
        one = self._database.imports.get(import_id)
        path = Path(one.source_file)
        if not path.exists():
            return "gone", "the imported file is not where it was"
        try:
            if self._hash(path) == one.sha256 or signature in self._standing(path, one.format):
                return "ok", ""
        except NightschoolError as error:
            return "gone", error.message
        return "gone", "the imported file is another now, and it does not stand there any more"


def _categories(work: Work, scored: Tree, partitions: list[Partition]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for partition in partitions:
        work.pause_point()
        counts.update(_category(line).category for line in scored.lines(partition))
    return dict(sorted(counts.items()))


def _share(categories: dict[str, int] | Counter[str]) -> float | None:
    whole = sum(categories.values())
    return (whole - categories.get("needs_human_review", 0)) / whole if whole else None


def _rows(tree: Tree, partition: Partition) -> int:
    with tree.path(partition).open("rb", buffering=0) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))
