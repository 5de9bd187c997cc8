"""A home with everything in it that may hold a text, all of it made by the parts that make it in earnest."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from core.database import Database, Pair, Review
from core.database.backup import Backups
from core.database.deletion import delete_rows
from core.evidence import collect, lineage, score
from core.evidence.canonical import canonical
from core.evidence.partitions import write_lines
from core.evidence.roles import export_roles
from core.evidence.run import run
from core.paths import Home
from core.privacy.byte_search import search
from core.privacy.takeout import takeout
from core.records import Message, Retrieved, Role
from core.replay.indexer import digest
from core.replay.vectors import VectorIndex
from tests.evidence.making import RECORDED, add, feedback, work

NOW = datetime(2026, 5, 2, 3, tzinfo=UTC)
QUESTION = "How do I water the blue Zorbian orchid of Aunt Quuxina?"
ANSWER = "Water the blue orchid with lukewarm rain, twice in each week of the dry season."
COMMENT = "My aunt Quuxina says that it worked wonderfully well."
FIX = "Give the orchid of Quuxina rain water only, and never more than twice a week."
TEXTS = (QUESTION, ANSWER, COMMENT, FIX)
NAME = "Quuxina"


def standing(home: Home, texts: Iterable[str] = TEXTS) -> set[str]:
    """Files of the home, by the byte search, that hold one of the texts."""
    return {one.path.split(" > ")[0] for one in search(home.root, list(texts)).found}


def the_secret(database: Database) -> str:
    """Trace t1 of conversation c1 with everything that can be said of it."""
    trace_id = add(
        database, 1, QUESTION, ANSWER, conversation_id="c1", thumb=True, correction=FIX, metadata={"about": NAME}
    )
    database.feedback.add(feedback(999, trace_id, metric="comment", comment=COMMENT))
    return trace_id


def others(database: Database, count: int = 8) -> list[str]:
    return [add(database, number, thumb=True, conversation_id=f"c{number}") for number in range(20, 20 + count)]


def kin(database: Database) -> dict[str, str]:
    """Traces that come after t1: resent, shown, quoted; and one that only was given the same stock answer."""
    history = [Message(role="user", content=QUESTION), Message(role="assistant", content=ANSWER)]
    bundle = f"Past work\nQ: {QUESTION}\nA: {ANSWER}"
    return {
        "goes on from it": add(
            database, 2, conversation_id="c1", messages=[*history, Message(role="user", content="And in winter?")]
        ),
        "was shown it": add(
            database, 3, "What of the red one?", "The same, but less of it.", conversation_id="c3", bundle=bundle,
            retrieved=[Retrieved(trace_id="t1", kind="accepted", injected=True)],
        ),
        "goes on from that": add(
            database, 4, conversation_id="c3",
            messages=[
                Message(role="user", content="What of the red one?"),
                Message(role="assistant", content="The same, but less of it."),
                Message(role="user", content="How much less?"),
            ],
        ),
        "holds the same words": add(database, 5, f"Somebody asked me: {QUESTION} What do I say?", conversation_id="c5"),
    }  # fmt: skip


def index(home: Home, database: Database) -> list[int]:
    """A saved vector index with every exemplar. Returns the rows."""
    saved = VectorIndex(home.index, 8, "test")
    exemplars = database.exemplars.all()
    for exemplar in exemplars:
        vector = np.random.default_rng(1000 + exemplar.row).standard_normal(8).astype(np.float32)
        saved.add(exemplar.row, vector / np.linalg.norm(vector), digest(exemplar))
    saved.save()
    return [exemplar.row for exemplar in exemplars]


def evidence(home: Home, database: Database) -> None:
    """Collected and scored; datasets as an exporter leaves them, made by hand so that each form is there."""
    given = work(home, database)
    assert collect.run(given).passed and score.run(given).passed
    lines = [
        line for path in sorted(home.evidence.glob("2*/*/*/traces.jsonl")) for line in path.read_bytes().splitlines()
    ]
    rows = [msgspec.json.decode(line) for line in lines]
    for name, path in (("sft", "sft/train"), ("kto", "kto/validation"), ("rag", "rag")):
        made = [
            {
                "id": f"{name}-{row['run_id']}",
                "prompt": row["messages"],
                "content": row["response"],
                "lineage": {"run_id": row["run_id"], "sig_hash": row["provenance"]["sig_hash"]},
            }
            for row in rows
        ]
        write_lines(home.datasets / path / "2026-04-27-traces.jsonl", map(canonical, made))
    pairs = [
        {"chosen_run_id": "t20", "rejected_run_id": "t1", "rejected": ANSWER},
        {"chosen_run_id": "t20", "rejected_run_id": "t21"},
    ]
    write_lines(home.datasets / "preference" / "train" / "2026-04-27-traces.jsonl", map(canonical, pairs))
    plain = [{"messages": [{"role": "user", "content": text}]} for text in (QUESTION, "harmless")]
    write_lines(home.datasets / "openai" / "assistant.jsonl", map(canonical, plain))
    write_lines(
        home.quarantine / "sft" / "2026" / "04" / "27" / "traces.jsonl",
        [canonical({"run_id": "t1", "reason": "secret_found"})],
    )
    (home.evidence_state / "screen-signatures.npy").write_bytes(b"made of t1")


def made(home: Home, database: Database) -> None:
    """All that a run makes, with an example of each role handed over."""
    given = work(home, database)
    assert run(given).status == "done"
    export_roles(given)


def copied(template: Home, home: Home) -> Home:
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.copytree(template.root, home.root, symlinks=True)
    return home


def files(home: Home) -> None:
    """Logs, packed ones, a benchmark, an adapter, a repository that names traces, receipts."""
    home.logs.mkdir(exist_ok=True)
    (home.logs / "server.log").write_text(f"started\nWARNING heard {QUESTION.upper()}\nstopped\n")
    (home.logs / "server.log.1.gz").write_bytes(gzip.compress(f"started\nheard {ANSWER}\n".encode()))
    home.egress_log.write_text(json.dumps({"purpose": "test", "host": "example.org"}) + "\n")
    benchmarks = home.learning / "benchmarks"
    benchmarks.mkdir(parents=True)
    tasks = [{"trace_id": "t1", "task": QUESTION, "gold": FIX}, {"trace_id": "t20", "task": "harmless", "gold": "yes"}]
    (benchmarks / "personal_v1.json").write_text(json.dumps({"version": 1, "tasks": tasks}, indent=2))
    lineage.write(home.adapters / "night-1", ["t1", "t20"])
    lineage.write(home.adapters / "night-2", ["t20/correction"])
    (home.adapters / "foreign").mkdir()
    home.agents.mkdir(exist_ok=True)
    repository = home.learning / "checkpoints"
    repository.mkdir()
    (repository / "exemplars").write_text("t1 t20\n")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm checkpoint"):
        subprocess.run(["git", *command.split()], cwd=repository, check=True)


def rows(database: Database) -> None:
    """What no trace owns, or what was made of it."""
    database.jobs.insert("session-1", "session", {"about": QUESTION}, now=NOW)
    database.reviews.add(
        Review(id="edit-1", kind="edit", title="t", body={"why": f"because of: {ANSWER}"}, created_at=RECORDED)
    )
    database.state.set("draft:c77", f"Once more: {QUESTION}")
    database.state.set("window", "10,10")
    database.pairs.add([pair("t1", "assistant", QUESTION), pair("t20", "coder", "harmless")])


def pair(trace_id: str, role: Role, asked: str) -> Pair:
    return Pair(
        task_slug="s",
        role=role,
        prompt_json=json.dumps(asked),
        output_json='"x"',
        label=1.0,
        run_id=trace_id,
        exported_at=RECORDED,
        trace_id=trace_id,
    )


def backup(home: Home, database: Database) -> Path:
    """A copy as a migration takes it."""
    return Backups(home.backups, delete_rows).take(database._connections.get(), version=2, stamp=RECORDED)


def everything(home: Home, database: Database) -> None:
    """All of it, in the order in which it would come to be."""
    the_secret(database)
    kin(database)
    others(database)
    rows(database)
    index(home, database)
    evidence(home, database)
    files(home)
    backup(home, database)
    takeout(home, database, home.root / "takeout.zip", at=NOW)
