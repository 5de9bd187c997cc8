"""What is known of the records behind a dataset: read anew from evidence, scores, screens and the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

import msgspec

from core.database import Database
from core.database.labels import NO, people, standing
from core.evidence.acceptance.findings import Findings
from core.evidence.canonical import file_hash
from core.evidence.partitions import Partition, Tree
from core.evidence.records import CORRECTION
from core.paths import Home

BATCH = 500
TRACES = "traces"
Key = tuple[str, str]
"""(run id, source hash)"""


class _Provenance(msgspec.Struct, gc=False):
    source_file: str = ""
    line_offset: int = -1
    sig_hash: str = ""
    recorded_at: str = ""


class _Record(msgspec.Struct):
    """Of a line of evidence what is asked here; a stranger's reading, so that no type of ours hides anything."""

    run_id: str = ""
    task_id: str = ""
    source: str = ""
    origin: str = ""
    reviewed: bool = False
    human: float | None = None
    conversation_id: str | None = None
    response: str = ""
    provenance: _Provenance = msgspec.field(default_factory=_Provenance)


class _Score(msgspec.Struct, gc=False):
    run_id: str = ""
    sig_hash: str = ""
    category: str = ""
    human: float | None = None
    scorer_version: str = ""


class _Seen(msgspec.Struct):
    run_id: str
    sig_hash: str
    sightings: list[msgspec.Raw] = []
    sealed: bool = False
    leak_of: str | None = None


class _Header(msgspec.Struct):
    evidence_sha256: str = ""
    scored_sha256: str = ""


class Known(msgspec.Struct):
    """One record with its score and what was seen in it."""

    record: _Record
    score: _Score
    barred: str = ""
    """Why the screen would keep it out."""

    @property
    def key(self) -> Key:
        return self.record.run_id, self.record.provenance.sig_hash

    @property
    def conversation(self) -> str:
        return self.record.conversation_id or self.record.run_id.removesuffix(CORRECTION)

    @property
    def human_no(self) -> bool:
        return any(said is not None and said <= NO for said in (self.record.human, self.score.human))


_record = msgspec.json.Decoder(_Record).decode
_score = msgspec.json.Decoder(_Score).decode
_seen = msgspec.json.Decoder(_Seen).decode
_header = msgspec.json.Decoder(_Header).decode


def known_of(home: Home, partition: Partition, findings: Findings | None = None) -> Iterator[Known]:
    """Each record of a partition with its score; what cannot be read is told and left out."""
    told = findings or Findings()
    seen = _screened(home, partition, told)
    lines = zip_longest(Tree(home.evidence).lines(partition), Tree(home.scored).lines(partition))
    for number, (evidence, scored) in enumerate(lines, start=1):
        where = f"scored/{partition.path}:{number}"
        told.looked("scored_one_to_one")
        if evidence is None or scored is None:
            told.wrong("scored_one_to_one", where, "no evidence for it" if evidence is None else "no score")
            continue
        try:
            record, score = _record(evidence), _score(scored)
        except msgspec.MsgspecError:
            told.wrong("scored_one_to_one", where, "evidence or score cannot be read")
            continue
        known = Known(record, score, seen.get((record.run_id, record.provenance.sig_hash), ""))
        if known.key != (score.run_id, score.sig_hash):
            told.wrong("scored_one_to_one", where, "the score of another record")
        _provenance(told, known, f"evidence/{partition.path}:{number}")
        yield known


def _provenance(told: Findings, known: Known, where: str) -> None:
    way = known.record.provenance
    whole = way.source_file and way.line_offset >= 0 and way.recorded_at and len(way.sig_hash) == 64
    told.see("provenance_complete", bool(whole and known.record.run_id), where, "its provenance is not complete")


def _screened(home: Home, partition: Partition, told: Findings) -> dict[Key, str]:
    """Why each record that something was seen in stays out."""
    lines = Tree(home.screened).lines(partition)
    try:
        first = next(lines, None)
        if first is not None:
            _same(home, partition, _header(first), told)
        return {(one.run_id, one.sig_hash): why for one in map(_seen, lines) if (why := _why(one))}
    except msgspec.MsgspecError:
        told.wrong("screened_as_it_stands", f"screened/{partition.path}", "cannot be read")
        return {}


def _same(home: Home, partition: Partition, header: _Header, told: Findings) -> None:
    pairs = (home.evidence, header.evidence_sha256), (home.scored, header.scored_sha256)
    for root, expected in pairs:
        path = Tree(root).path(partition)
        right = path.exists() and file_hash(path) == expected
        told.see("screened_as_it_stands", right, f"screened/{partition.path}", f"made from another {root.name} file")


def _why(seen: _Seen) -> str:
    if seen.sealed or seen.leak_of is not None:
        return "sealed"
    return "secret" if seen.sightings else ""


def refused_now(database: Database, run_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(run id, why) of those runs of our own traces that a person refused, corrected or deleted, as of now."""
    wanted: dict[str, list[str]] = {}
    for run_id in run_ids:
        wanted.setdefault(run_id.removesuffix(CORRECTION), []).append(run_id)
    ids = list(wanted)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        states = {state.trace.id: state for state in database.states.of(some)}
        for trace_id in some:
            state = states.get(trace_id)
            said = None if state is None else standing(state.feedback, people(simulated=database.simulated))
            for run_id in wanted[trace_id]:
                if said is None:
                    yield run_id, "deleted"
                elif run_id != trace_id:
                    if said.correction is None:
                        yield run_id, "the correction was taken back"
                elif said.correction is not None:
                    yield run_id, "a person corrected it"
                elif said.value is not None and said.value <= NO:
                    yield run_id, "a person said no"
