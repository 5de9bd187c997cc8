"""Rows whose trace a person rated, corrected or reviewed otherwise since it was collected: they wait for `collect`.

What was collected is as old as its cursor. An export alone asks the database what was said after it, so that no answer
stays a target that a person refused meanwhile. Where nothing was said since, that is one question to the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from core.evidence.export.corpus import Corpus
from core.evidence.export.index import Rows, short
from core.evidence.partitions import StageState
from core.evidence.records import CORRECTION, EvidenceRecord
from core.evidence.sources.traces import BATCH, CHANGES, NAME, batched, records, seq_of
from core.evidence.stage import Work

SAID = frozenset({"feedback", "review"})
"""Kinds of changes that a person's word comes with."""
Word = tuple[float | None, bool, str]


class Told(msgspec.Struct):
    """As much of a record as a person decides."""

    run_id: str
    human: float | None = None
    reviewed: bool = False
    response: str = ""

    @property
    def word(self) -> Word:
        """An answer itself never changes; a correction may be corrected again."""
        return self.human, self.reviewed, self.response if self.run_id.endswith(CORRECTION) else ""


_told = msgspec.json.Decoder(Told).decode


def outdated_rows(corpus: Corpus, work: Work) -> Rows:
    """Their numbers in the whole corpus. Raises OSError, DatabaseError."""
    known = said_since(work)
    if not known:
        return np.zeros(0, np.int64)
    rows = np.flatnonzero(np.isin(corpus.column("trace"), np.array(sorted(map(short, known)), "<u8")))
    now = {run: word for ids in batched(known, BATCH) for run, word in _words(work, ids)}
    traces = set(known)
    return np.array([row for row, told in _stand(corpus, rows) if _differs(told, now, traces)], np.int64)


def said_since(work: Work) -> list[str]:
    """Traces that a person's word came to after they were collected; of all times where nobody knows when that was."""
    cursor = StageState(work.home.evidence_state / "collect.json").cursors.get(NAME, "")
    last, seq = work.database.last_change(), seq_of(cursor)
    if seq is None or seq > last:  # no note of it, or a database that was put back
        seq = 0
    found: dict[str, None] = {}
    for after in range(seq, last, CHANGES):
        changes = work.database.changes_since(after, CHANGES)
        found.update((one.trace_id, None) for one in changes if one.trace_id is not None and one.kind in SAID)
    return list(found)


def _words(work: Work, ids: Sequence[str]) -> Iterator[tuple[str, Word]]:
    """What `collect` would put down now."""
    for state in work.database.states.of(ids):
        for one in records(state, simulated=work.database.simulated, recorded_at=work.options.recorded_at):
            if isinstance(one, EvidenceRecord):
                yield one.run_id, Told(one.run_id, one.human, one.reviewed, one.response).word


def _differs(told: Told, now: dict[str, Word], traces: set[str]) -> bool:
    return told.run_id.removesuffix(CORRECTION) in traces and now.get(told.run_id) != told.word


def _stand(corpus: Corpus, rows: Rows) -> Iterator[tuple[int, Told]]:
    """Rows of traces as they were collected; those that cannot be read are a matter of the guards."""
    starts = dict(zip(corpus.partitions, corpus.starts(), strict=False))
    for partition, within in corpus.per_partition(rows).items():
        if partition.source != NAME:
            continue
        places = corpus.values(partition, "evidence")
        with corpus.trees(partition).evidence.open("rb") as file:
            for number in within:
                file.seek(int(places[number]))
                try:
                    yield starts[partition] + number, _told(file.readline())
                except msgspec.MsgspecError:
                    continue
