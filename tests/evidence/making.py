"""Traces, records and runs of stages for tests: short to write, the same ids and times every time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from core.clock import stamp
from core.config import Config
from core.database import Database
from core.database.sources import RegisteredSource
from core.evidence.canonical import sig_hash
from core.evidence.partitions import Partition, Tree
from core.evidence.records import EvidenceRecord, Provenance, ScoredRun
from core.evidence.stage import Options, Work
from core.paths import Home
from core.records import Feedback, Message, Signals, Trace

RECORDED = "2026-05-01T02:00:00Z"
FIRST = datetime(2026, 4, 27, 9, tzinfo=UTC)


def moment(number: int, *, day: int = 0) -> str:
    """`number` minutes after nine o'clock on 2026-04-27, or `day` days later."""
    return stamp(FIRST + timedelta(days=day, minutes=number))


def trace(number: int, question: str = "", answer: str = "", *, day: int = 0, **more: Any) -> Trace:
    """Trace `t<number>`; a question and an answer of its own unless they are given."""
    return Trace(
        **{
            "id": f"t{number}",
            "created_at": moment(number, day=day),
            "messages": [Message(role="user", content=question or f"How far is island {number} from the coast?")],
            "response": answer or f"Island {number} lies {number} miles from the coast.",
            "finish_reason": "stop",
            "model": "student",
            "duration_ms": 1200.0,
            **more,
        }
    )


def feedback(number: int, trace_id: str, value: Any = None, **more: Any) -> Feedback:
    """Statement `f<number>` about a trace."""
    return Feedback(id=f"f{number}", trace_id=trace_id, created_at=moment(number, day=1), value=value, **more)


def add(
    database: Database,
    number: int,
    question: str = "",
    answer: str = "",
    *,
    thumb: bool | None = None,
    score: float | None = None,
    correction: str | None = None,
    tests: float | None = None,
    measured: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A finished trace with what was said of it. Returns its id `t<number>`.

    more: fields of the trace (conversation_id, role, origin, day …). measured: fields of its Signals.
    """
    made = trace(number, question, answer, **more)
    database.traces.add(made)
    said = [
        ("thumb", thumb, "user"),
        ("score", score, "user"),
        ("demonstration", correction, "user"),
        ("score", tests, "test"),
    ]
    for place, (metric, value, source) in enumerate(said):
        if value is not None:
            database.feedback.add(feedback(10 * number + place, made.id, value, metric=metric, source=source))
    if measured is not None:
        database.signals.add(Signals(trace_id=made.id, created_at=moment(number, day=1), **measured))
    return made.id


def a_mixed_lot(database: Database, count: int = 40) -> list[str]:
    """Traces of two days and of conversations of four, with every kind of feedback and with none."""
    kinds: list[dict[str, Any]] = [
        {"thumb": True}, {"thumb": False}, {"correction": "It lies just off the coast."}, {"score": 0.5}, {},
        {"thumb": True, "role": "coder", "measured": {"tests_passed": 4, "tests_total": 4}},
        {"tests": 1.0, "role": "fixer"}, {"thumb": True, "origin": "import"}, {"thumb": True, "origin": "benchmark"},
    ]  # fmt: skip
    return [
        add(database, n, day=n % 2, conversation_id=f"c{n // 4}", **kinds[n % len(kinds)]) for n in range(1, count + 1)
    ]


def evidence(number: int, *, day: int = 0, **more: Any) -> EvidenceRecord:
    """Record `t<number>` as `collect` would make it of an accepted trace, unless `more` says otherwise."""
    asked = f"How far is island {number} from the coast?"
    return EvidenceRecord(
        **{
            "run_id": f"t{number}",
            "task_id": sig_hash(asked)[:16],
            "timestamp": moment(number, day=day),
            "source": "traces",
            "source_class": "verdict",
            "rule": "person",
            "provenance": Provenance(
                source_file="nightschool.db",
                line_offset=number,
                sig_hash=sig_hash({"trace": number}),
                recorded_at=RECORDED,
            ),
            "model": "student",
            "origin": "user",
            "reviewed": True,
            "conversation_id": f"c{number}",
            "messages": [Message(role="user", content=asked)],
            "response": f"Island {number} lies {number} miles from the coast.",
            "human": 1.0,
            "feedback": (f"f{number}",),
            "duration_ms": 1200.0,
            **more,
        }
    )


def scored(record: EvidenceRecord, category: str = "accepted", reward: float | None = 1.0, **more: Any) -> ScoredRun:
    """What the scorer would hold of a record."""
    fields = {
        "run_id": record.run_id,
        "sig_hash": record.provenance.sig_hash,
        "task_id": record.task_id,
        "category": category,
        "reward": reward,
        "quality": None if reward is None else 1 + 4 * reward,
        "human": record.human,
        "scorer_version": "test",
    }
    return ScoredRun(**{**fields, **more})


def write_evidence(home: Home, records: Iterable[EvidenceRecord]) -> list[Partition]:
    """Puts records where `collect` puts them, in its order."""
    filed: dict[Partition, list[EvidenceRecord]] = {}
    for record in records:
        filed.setdefault(Partition(record.timestamp[:10], record.source), []).append(record)
    for partition, of_it in filed.items():
        of_it.sort(key=lambda one: (one.timestamp, one.run_id, one.provenance.sig_hash))
        Tree(home.evidence).write(partition, map(msgspec.json.encode, of_it))
    return sorted(filed)


def read_evidence(home: Home) -> list[EvidenceRecord]:
    """Every record that stands there, in order of partition and line."""
    tree = Tree(home.evidence)
    return [msgspec.json.decode(line, type=EvidenceRecord) for one in tree.all() for line in tree.lines(one)]


MAPPING = """
class = "verdict"
rule = "severity"
[[record]]
run_id = "id"
task_id = "task"
timestamp = "at"
prompt = "asked"
response = "said"
[record.markers]
severity = "severity"
"""


def row(number: int, *, day: int = 0, **more: Any) -> dict[str, Any]:
    """A row of another tool's log, as MAPPING reads it."""
    return {
        "id": number,
        "task": f"task {number // 2}",
        "at": moment(number, day=day),
        "asked": f"What is wrong with file {number}?",
        "said": f"Line {number} is never reached.",
        "severity": ("info", "low", "medium", "high")[number % 4],
        **more,
    }


def jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in rows)


def register(database: Database, path: Path, *, name: str = "audits", mapping: str = MAPPING) -> None:
    """Registers a JSONL file as a stream."""
    database.sources.add(RegisteredSource(name=name, path=str(path), mapping=mapping, added_at=RECORDED))


def work(
    home: Home, database: Database, *, config: Config | None = None, recorded_at: str = RECORDED, **options: Any
) -> Work:
    """What a stage is given; `options` are flags (`include_partial`, `dry_run`, `workers` …)."""
    return Work(
        home=home, database=database, config=config or Config(), options=Options(recorded_at=recorded_at, **options)
    )


def files(*roots: Path) -> dict[str, bytes]:
    """Every file below these folders, byte for byte, but for the stages' own notes of how far they got."""
    return {
        f"{root.name}/{path.relative_to(root)}": path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".state" not in path.parts
    }
