"""All partitions that there are to export: what is in them, who of it was forgotten, and whose run id came earlier.

Their indexes are kept beside the state of the stages and made again where a file is not as it was left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core.evidence.canonical import file_hash
from core.evidence.export.index import (
    Indexed,
    Rows,
    Trees,
    index_partition,
    read_column,
    short,
    short_sig,
)
from core.evidence.parallel import spread
from core.evidence.partitions import PART, Partition, Tree, unchanged, write_lines
from core.evidence.stage import Work
from core.paths import Home
from core.records import Record

VERSION = "2"
ALONE_BYTES = 16 << 20


class Kept(Record, frozen=True):
    """What the last export knew of the partitions."""

    version: str
    partitions: dict[str, Indexed]


class ToIndex(Record, frozen=True):
    """A partition, where its files are, and where its index goes."""

    partition: tuple[str, str]
    trees: tuple[str, str, str]
    target: str


class Corpus:
    """`folder` is where the indexes stand: under the home, or somewhere else in a dry run."""

    def __init__(self, home: Home, folder: Path, indexed: dict[Partition, Indexed]) -> None:
        self._home = home
        self._folder = folder
        self.indexed = indexed
        self.partitions = sorted(indexed)

    def trees(self, partition: Partition) -> Trees:
        return trees_of(self._home, partition)

    def size(self, partitions: Iterable[Partition]) -> int:
        """Bytes of their evidence."""
        known = (self.indexed[partition].evidence for partition in partitions)
        return sum(facts.size for facts in known if facts is not None)

    def values(self, partition: Partition, name: str) -> Rows:
        """One column of a partition."""
        evidence = self.indexed[partition].evidence
        found: Rows = np.zeros(evidence.rows if evidence is not None else 0, "<u8")
        read_column(index_path(self._folder, partition), name, found)
        return found

    def column(self, name: str) -> Rows:
        """One column of the whole corpus, in order of the partitions."""
        starts = self.starts()
        found: Rows = np.zeros(starts[-1], "<u8")
        for partition, start, end in zip(self.partitions, starts, starts[1:], strict=False):
            read_column(index_path(self._folder, partition), name, found[start:end])
        return found

    def starts(self) -> list[int]:
        """Number of each partition's first row in such a column, and of the row after the last."""
        known = (self.indexed[partition].evidence for partition in self.partitions)
        return list(accumulate((facts.rows if facts is not None else 0 for facts in known), initial=0))

    def per_partition(self, numbers: Rows) -> dict[Partition, tuple[int, ...]]:
        """Numbers of rows in the whole corpus, ascending, as numbers within their partitions."""
        starts = self.starts()
        found = {}
        for partition, start, end in zip(self.partitions, starts, starts[1:], strict=False):
            low, high = np.searchsorted(numbers, (start, end))
            if low < high:
                found[partition] = tuple((numbers[low:high] - start).tolist())
        return found


def open_corpus(work: Work, folder: Path) -> Corpus:
    """Indexes what is not indexed as it stands. folder: for new indexes; a dry run gives one of its own."""
    kept = {} if work.options.full else _kept(work.home)
    home_folder = index_folder(work.home)
    indexed: dict[Partition, Indexed] = {}
    missing = []
    for partition in Tree(work.home.evidence).all():
        known = kept.get(partition.path)
        if known is not None and _stands(work.home, partition, known, index_path(home_folder, partition)):
            indexed[partition] = known
        else:
            missing.append(partition)
    if folder != home_folder:
        for partition in indexed:
            target = index_path(folder, partition)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(index_path(home_folder, partition))
    indexed |= dict(_index(work, folder, missing))
    corpus = Corpus(work.home, folder, indexed)
    if missing and not work.options.dry_run:
        known_now = {partition.path: indexed[partition] for partition in corpus.partitions}
        write_lines(_kept_path(work.home), [msgspec.json.encode(Kept(version=VERSION, partitions=known_now))])
        _sweep(home_folder, corpus)
    return corpus


def _index(work: Work, folder: Path, missing: Sequence[Partition]) -> Iterator[tuple[Partition, Indexed]]:
    jobs = [
        ToIndex(
            partition=(partition.day, partition.source),
            trees=tuple(map(str, trees_of(work.home, partition))),  # type: ignore[arg-type]
            target=str(index_path(folder, partition)),
        )
        for partition in missing
    ]
    size = sum(trees_of(work.home, partition).evidence.stat().st_size for partition in missing)
    found = spread(index_one, jobs, hands(work, size), cancelled=work.cancelled)
    for number, (job, indexed) in enumerate(found, start=1):
        work.progress("index", number, len(jobs))
        yield Partition(*job.partition), indexed


def hands(work: Work, size: int) -> int:
    """How many processes `size` bytes of evidence are worth: to start one takes as long as to read some megabytes."""
    return work.options.workers if size > ALONE_BYTES else 1


def index_one(job: ToIndex) -> Indexed:
    return index_partition(Partition(*job.partition), Trees(*map(Path, job.trees)), Path(job.target))


def trees_of(home: Home, partition: Partition) -> Trees:
    return Trees(*(tree / partition.path for tree in (home.evidence, home.scored, home.screened)))


def index_folder(home: Home) -> Path:
    return home.evidence_state / "export-index"


def index_path(folder: Path, partition: Partition) -> Path:
    return folder / f"{partition.day}-{partition.source}.index"


def _kept_path(home: Home) -> Path:
    return home.evidence_state / "export-index.json"


def _kept(home: Home) -> dict[str, Indexed]:
    with suppress(OSError, msgspec.MsgspecError):
        kept = msgspec.json.decode(_kept_path(home).read_bytes(), type=Kept)
        if kept.version == VERSION:
            return kept.partitions
    return {}


def _stands(home: Home, partition: Partition, known: Indexed, index: Path) -> bool:
    """Whether the three files and the index look as they were left."""
    for path, facts in zip(trees_of(home, partition), (known.evidence, known.scored, known.screened), strict=True):
        if path.exists() if facts is None else not unchanged(path, facts):
            return False
    with suppress(OSError):
        return file_hash(index) == known.index
    return False


def _sweep(folder: Path, corpus: Corpus) -> None:
    known = {index_path(folder, partition).name for partition in corpus.partitions}
    for path in (*folder.glob("*.index"), *folder.glob(f".*{PART}")):
        if path.name not in known:
            path.unlink()


def forgotten_rows(corpus: Corpus, work: Work) -> Rows:
    """Numbers of the rows whose trace was deleted or whose source row was forgotten, asked of the database now."""
    traces = np.array(sorted(map(short, work.database.traces.deleted_ids())), "<u8")
    sigs = np.array(sorted(map(short_sig, work.database.forgotten.all())), "<u8")
    gone = np.zeros(corpus.starts()[-1], bool)
    for name, known in (("trace", traces), ("sig", sigs)):
        if len(known):
            gone |= np.isin(corpus.column(name), known)
    return np.flatnonzero(gone)


def later_rows_of_a_run(corpus: Corpus, without: Rows) -> Rows:
    """Numbers of the rows whose run id an earlier (timestamp, source hash) has. `without`: rows that do not count.

    Partitions are days and lines of a partition in order of time, so only equal days are compared by their hash.
    """
    runs = corpus.column("run")
    counts = runs != 0
    counts[without] = False
    numbers = np.flatnonzero(counts)
    values = runs[numbers]
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    twice = np.flatnonzero(ordered[1:] == ordered[:-1])
    if not len(twice):
        return np.zeros(0, np.int64)
    in_group = np.unique(np.concatenate([twice, twice + 1]))
    return np.sort(np.array(_losers(corpus, numbers[order[in_group]], ordered[in_group]), np.int64))


def _losers(corpus: Corpus, numbers: Rows, values: Rows) -> list[int]:
    first: dict[int, tuple[Any, int]] = {}
    losers = []
    moments = dict(_moments(corpus, np.sort(numbers)))
    for number, value in zip(numbers.tolist(), values.tolist(), strict=True):
        key = moments[number]
        if value not in first:
            first[value] = (key, number)
        elif key < first[value][0]:
            losers.append(first[value][1])
            first[value] = (key, number)
        else:
            losers.append(number)
    return losers


class _Moment(msgspec.Struct):
    timestamp: str = ""


_moment = msgspec.json.Decoder(_Moment).decode


def _moments(corpus: Corpus, numbers: Rows) -> Iterator[tuple[int, tuple[str, int, int]]]:
    """(timestamp, start of the source hash, number) of rows of the whole corpus."""
    starts = dict(zip(corpus.partitions, corpus.starts(), strict=False))
    for partition, within in corpus.per_partition(numbers).items():
        places, sigs = corpus.values(partition, "evidence"), corpus.values(partition, "sig")
        with corpus.trees(partition).evidence.open("rb") as file:
            for number in within:
                file.seek(int(places[number]))
                whole = starts[partition] + number
                yield whole, (_time_of(file.readline()), int(sigs[number]), whole)


def _time_of(line: bytes) -> str:
    """Comparable as text, whatever the number of decimals. A line without one counts as the last."""
    try:
        whole, _, decimals = _moment(line).timestamp.rstrip("Z").partition(".")
    except msgspec.MsgspecError:
        return "~"
    return f"{whole}.{decimals:0<9}"


@contextmanager
def place_for_indexes(work: Work) -> Iterator[Path]:
    """The home's own folder, or one that a dry run leaves nothing of."""
    if not work.options.dry_run:
        yield index_folder(work.home)
        return
    with tempfile.TemporaryDirectory(prefix="nightschool-") as folder:
        yield Path(folder)
