"""Out of the files that the pipeline made: lines that name what is forgotten, by its ids.

Evidence, scores, datasets and quarantine stay what a new run would make of the rest; what the stages remember of how
far they got, and the screen's findings for a file that changed, are dropped, and the next run makes them again.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.evidence.partitions import PART, Partition, Tree, write_lines
from core.evidence.records import CORRECTION, TRACES, EvidenceRecord
from core.forget.records import Intent
from core.paths import Home

NAMES = re.compile(
    rb'"(run_id|chosen_run_id|rejected_run_id|trace_id|task_trace_id|leak_of|duplicate_of|sig_hash)"\s*:\s*'
    rb'"((?:[^"\\]|\\.)*)"'
)
Holds = Callable[[str], bool]
FEW = 8
BLOCK = 1 << 20
"""Bytes; in pieces, so that other threads have their turn (a window's, a server's)."""


class Gone(NamedTuple):
    """Ids as they stand in JSON."""

    runs: frozenset[bytes]
    hashes: frozenset[bytes]

    @classmethod
    def of(cls, intent: Intent) -> Gone:
        return cls(frozenset(map(_as_json, intent.trace_ids)), frozenset(map(_as_json, intent.sig_hashes)))

    @classmethod
    def of_traces(cls, trace_ids: Iterable[str]) -> Gone:
        return cls(frozenset(map(_as_json, trace_ids)), frozenset())

    def names(self, line: bytes) -> bool:
        """Whether it is of a run or a row that goes, or speaks of one."""
        for match in NAMES.finditer(line):
            key, value = match.groups()
            if (value in self.hashes) if key == b"sig_hash" else (value.removesuffix(SUFFIX) in self.runs):
                return True
        return False

    def may_stand_in(self, path: Path) -> bool:
        """False: no line of it can name them. Few are told much faster by their bytes than line by line."""
        wanted = [*self.runs, *self.hashes]
        if not wanted or len(wanted) > FEW:
            return bool(wanted)
        overlap, before = max(map(len, wanted)), b""
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                seen = before + block
                if any(one in seen for one in wanted):
                    return True
                before = seen[-overlap:]
        return False


SUFFIX = CORRECTION.encode()


def _as_json(text: str) -> bytes:
    return msgspec.json.encode(text)[1:-1]


def folders(home: Home) -> dict[str, Path]:
    """Place → folder, in the order in which they are cleaned: what is exported goes first."""
    datasets = {f"datasets/{path.name}": path for path in sorted(home.datasets.glob("*")) if path.is_dir()}
    return {**datasets, "quarantine": home.quarantine, "scored": home.scored, "evidence": home.evidence}


def count(home: Home, gone: Gone, sources: tuple[str, ...] = ()) -> Counter[str]:
    """Lines that would go, by place."""
    found: Counter[str] = Counter()
    for place, folder in folders(home).items():
        found[place] += sum(sum(map(gone.names, _lines(path))) for path in _files(folder))
    for source in sources:
        found["skips"] += sum(1 for _ in _lines(home.skips / f"{source}.jsonl"))
    return +found


def clean(home: Home, gone: Gone, sources: tuple[str, ...] = ()) -> Counter[str]:
    """Takes them away; a file that has no line left goes too. Each file is replaced as a whole. Raises OSError."""
    _sweep(home)
    found: Counter[str] = Counter()
    for place, folder in folders(home).items():
        for path in _files(folder):
            if gone.may_stand_in(path) and (removed := drop(path, gone.names)):
                found[place] += removed
                if folder in (home.scored, home.evidence):
                    (home.screened / path.relative_to(folder)).unlink(missing_ok=True)
    for source in sources:
        found["skips"] += drop(home.skips / f"{source}.jsonl", lambda line: True)
    for path in _files(home.screened):
        if gone.may_stand_in(path) and any(map(gone.names, _lines(path))):
            path.unlink()
    if found:
        shutil.rmtree(home.evidence_state, ignore_errors=True)
    return +found


def drop(path: Path, goes: Callable[[bytes], bool]) -> int:
    """Rewrites the file without these lines; returns how many. Nothing is written where there are none."""
    removed = sum(map(goes, _lines(path)))
    if removed:
        write_lines(path, (line for line in _lines(path) if not goes(line)))
    return removed


def nameless(home: Home, holds: Callable[[bytes], bool]) -> int:
    """Lines of datasets that name no run, as those in other programs' formats, and hold the text: they go."""
    return sum(drop(path, lambda line: NAMES.search(line) is None and holds(line)) for path in _files(home.datasets))


def drop_nameless(home: Home) -> int:
    """All such lines: nobody can say any more which of them hold it; the next export writes them again."""
    return sum(drop(path, lambda line: NAMES.search(line) is None) for path in _files(home.datasets))


def rows_of_source(home: Home, source: str) -> Iterator[tuple[str, str]]:
    """(run id, sig hash) of every record that was made from a stream."""
    tree = Tree(home.evidence)
    for partition in tree.all():
        if partition.source == source:
            yield from _rows(tree, partition)


def rows_holding(home: Home, holds: Callable[[bytes], bool]) -> Iterator[tuple[str, str, str]]:
    """(source, run id, sig hash) of every record whose line, or whose score's line, holds the text."""
    for root in (home.evidence, home.scored):
        tree = Tree(root)
        for partition in tree.all():
            for line in tree.lines(partition):
                if holds(line):
                    row = _row(line)
                    yield partition.source, row.run_id, row.hash


def conversation_runs(home: Home, conversation: str) -> Iterator[str]:
    """Traces of a conversation that evidence still speaks of, though the database may not."""
    tree = Tree(home.evidence)
    wanted = b'"conversation_id":' + msgspec.json.encode(conversation)
    for partition in tree.all():
        if partition.source == TRACES:
            yield from (_row(line).run_id.removesuffix(CORRECTION) for line in tree.lines(partition) if wanted in line)


def records_of(home: Home, trace_ids: Collection[str]) -> Iterator[EvidenceRecord]:
    """Evidence of these traces, with their corrections."""
    tree = Tree(home.evidence)
    for partition in tree.all() if trace_ids else []:
        if partition.source == TRACES:
            for line in tree.lines(partition):
                if _row(line).run_id.removesuffix(CORRECTION) in trace_ids:
                    yield _record(line)


class _Provenance(msgspec.Struct):
    sig_hash: str = ""


class _Row(msgspec.Struct):
    """As much of a line of `evidence/` or `scored/` as names it."""

    run_id: str
    sig_hash: str = ""
    provenance: _Provenance = msgspec.field(default_factory=_Provenance)

    @property
    def hash(self) -> str:
        return self.sig_hash or self.provenance.sig_hash


_row = msgspec.json.Decoder(_Row).decode
_record = msgspec.json.Decoder(EvidenceRecord).decode


def _rows(tree: Tree, partition: Partition) -> Iterator[tuple[str, str]]:
    for line in tree.lines(partition):
        row = _row(line)
        yield row.run_id, row.hash


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*.jsonl") if not path.name.startswith(".") and ".state" not in path.parts
    )


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=1 << 20) as file:
            for line in file:
                yield line.rstrip(b"\n")
    except FileNotFoundError:
        return


def _sweep(home: Home) -> None:
    """What a killed run left half-written."""
    for folder in (*folders(home).values(), home.screened, home.skips):
        for path in folder.rglob(f".*{PART}"):
            path.unlink(missing_ok=True)
