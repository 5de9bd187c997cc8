"""Evidence that is scored and screened, without the stages that do so: lines as a test wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import Any, NamedTuple

import apsw
import msgspec

from core.config import Config
from core.evidence.canonical import combined, file_hash
from core.evidence.export.split import split_of
from core.evidence.partitions import Partition, StageState, Tree
from core.evidence.records import EvidenceRecord, ScoredRun, Screened, Split
from core.evidence.screen import standing
from core.evidence.sealing import is_sealed
from core.evidence.stage import Options, Work
from core.paths import Home
from core.records import Message
from tests.evidence.making import RECORDED, evidence, scored

CATEGORY_OF = {1.0: "accepted", 0.5: "partially_accepted", 0.0: "rejected", None: "needs_human_review"}
REWARD_OF = {"accepted": 1.0, "partially_accepted": 0.5, "rejected": 0.0, "needs_human_review": None}


class Lines(NamedTuple):
    """One record as it stands in the three trees, or any bytes in its place."""

    record: EvidenceRecord
    evidence: bytes
    scored: bytes
    screened: Screened | None = None


def conversations(split: Split = "train") -> Iterator[str]:
    """Names of conversations that are not the benchmark's, all on one side of the validation split."""
    names = (f"conversation-{number}" for number in count())
    return (name for name in names if not is_sealed(name) and split_of(name, 0.2) == split)


TRAIN = [name for name, _ in zip(conversations("train"), range(500), strict=False)]
HELD_BACK = [name for name, _ in zip(conversations("validation"), range(100), strict=False)]
SEALED = next(f"sealed-{number}" for number in count() if is_sealed(f"sealed-{number}"))


def row(
    number: int,
    category: str | None = None,
    *,
    screened: dict[str, Any] | None = None,
    score: dict[str, Any] | None = None,
    **more: Any,
) -> Lines:
    """Record `t<number>` with its score; the category follows from `human` unless it is given."""
    fields = {"conversation_id": TRAIN[number % len(TRAIN)], **more}
    record = evidence(number, **fields)
    named = category or CATEGORY_OF[record.human]
    held = scored(record, named, **{"reward": REWARD_OF[named], **(score or {})})
    seen = None
    if screened is not None:
        seen = Screened(run_id=record.run_id, sig_hash=record.provenance.sig_hash, **screened)
    return Lines(record, msgspec.json.encode(record), msgspec.json.encode(held), seen)


def asked(text: str) -> dict[str, Any]:
    """Fields of a record for one and the same task."""
    return {"messages": [Message(role="user", content=text)], "task_id": f"task {text}"[:60]}


def put(home: Home, rows: Iterable[Lines], **options: Any) -> list[Partition]:
    """Files them where the stages put them, in their order, screened as they stand (with these flags)."""
    filed: dict[Partition, list[Lines]] = {}
    for one in rows:
        filed.setdefault(Partition(one.record.timestamp[:10], one.record.source), []).append(one)
    for partition, of_it in filed.items():
        of_it.sort(key=lambda one: (one.record.timestamp, one.record.run_id, one.record.provenance.sig_hash))
        Tree(home.evidence).write(partition, [one.evidence for one in of_it])
        Tree(home.scored).write(partition, [one.scored for one in of_it])
        screen(home, partition, [one.screened for one in of_it if one.screened is not None], **options)
    screened_whole(home, **options)
    collected(home)
    return sorted(filed)


def collected(home: Home) -> None:
    """What `collect` notes: everything that was said up to now stands in the evidence."""
    if home.database.is_file():
        with closing(apsw.Connection(str(home.database))) as read:
            last = read.execute("SELECT coalesce(max(seq), 0) FROM changes").get
        state = StageState(home.evidence_state / "collect.json")
        state.cursors["traces"] = msgspec.json.encode({"seq": last, "version": "1"}).decode()
        state.save()


def rules(home: Home, **options: Any) -> tuple[str, str]:
    """(version, policy) as the screen names them now."""
    nobody: Any = None
    return standing(Work(home=home, database=nobody, config=Config(), options=Options(recorded_at=RECORDED, **options)))


def screen(home: Home, partition: Partition, found: Iterable[Screened] = (), **options: Any) -> None:
    """A screen that saw the files as they stand now."""
    version, policy = rules(home, **options)
    header = {
        "evidence_sha256": file_hash(Tree(home.evidence).path(partition)),
        "scored_sha256": file_hash(Tree(home.scored).path(partition)),
        "screen_version": version,
        "policy": policy,
    }
    Tree(home.screened).write(partition, [msgspec.json.encode(header), *map(msgspec.json.encode, found)])


def screened_whole(home: Home, **options: Any) -> None:
    """What the screen notes when it has compared all partitions with each other."""
    trees = Tree(home.evidence), Tree(home.scored)
    files = [(one.path, *(file_hash(tree.path(one)) for tree in trees)) for one in trees[0].all()]
    state = StageState(home.evidence_state / "screen.json")
    state.cursors["whole"] = combined([*rules(home, **options), *(part for each in files for part in each)])
    state.save()


def dataset(home: Home, name: str) -> list[dict[str, Any]]:
    """Every row of a dataset, in order of file and line."""
    paths = sorted((home.datasets / name).rglob("*.jsonl"))
    return [msgspec.json.decode(line) for path in paths for line in path.read_bytes().splitlines()]


def ids(home: Home, name: str) -> list[str]:
    return [one["id"] for one in dataset(home, name)]


def quarantined(home: Home, name: str) -> dict[str, str]:
    """run id → reason."""
    paths = sorted((home.quarantine / name).rglob("*.jsonl"))
    lines = [msgspec.json.decode(line) for path in paths for line in path.read_bytes().splitlines()]
    return {one["run_id"]: one["reason"] for one in lines}


def rescored(one: Lines, **changes: Any) -> Lines:
    held = msgspec.structs.replace(msgspec.json.decode(one.scored, type=ScoredRun), **changes)
    return one._replace(scored=msgspec.json.encode(held))


def tampered(one: Lines, **changes: Any) -> Lines:
    """The evidence line with fields set to anything; `...` takes one out."""
    raw = {**msgspec.json.decode(one.evidence), **changes}
    return one._replace(evidence=msgspec.json.encode({name: value for name, value in raw.items() if value is not ...}))
