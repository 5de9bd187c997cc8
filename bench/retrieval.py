"""Retrieval at 100,000 records: latency of the hybrid search, recall against exact search, restart, memory.

    python -m bench.retrieval [--records 100000] [--queries 1000]

Everything is real: traces and ratings in the database with its full-text index, vectors of the shipped model, and
`Replay` as the server uses it. Latency is taken after the question was embedded, and covers full-text search,
vector search, fusion, reading the exemplars and judging them. Embedding costs 7 ms a record on one thread, so by
default 20,000 records and all queries are embedded, and the other vectors lie between pairs of those
(--embedded 100000 embeds every one). What was made is kept in bench/out/retrieval-N; later runs reuse it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil

from core.config import ReplayConfig
from core.database import Database
from core.paths import Home
from core.records import Feedback, Message, Trace
from core.replay.embedder import Embedder
from core.replay.indexer import SCHEMA, digest
from core.replay.replay import Replay
from core.replay.vectors import VectorIndex, Vectors
from core.simulate.facts import Fact, make

OUT = Path(__file__).parent / "out"
EMBED_BATCH = 128
WRITE_BATCH = 1000
PREFACES = (
    "", "", "", "Quick question: ", "For the report I am writing this week: ",
    "We discussed this with the team on Monday and nobody was sure, so please look it up once more. ",
)  # fmt: skip


def facts(seed: str, count: int) -> list[Fact]:
    random = Random(seed)
    kinds = ("lookup", "lookup", "lookup", "howto", "format", "code")
    return [make(random, kinds[i % len(kinds)]) for i in range(count)]  # type: ignore[arg-type]


def tasks(facts_: Sequence[Fact], seed: str) -> list[str]:
    """How each fact was asked when its answer was accepted: short and long."""
    random = Random(seed)
    return [random.choice(PREFACES) + random.choice(fact.questions()) for fact in facts_]


def fill(database: Database, facts_: Sequence[Fact], asked: Sequence[str]) -> None:
    moment = "2026-01-01T00:00:00.000000Z"
    for start in range(0, len(asked), WRITE_BATCH):
        with database.transaction():
            for number in range(start, min(start + WRITE_BATCH, len(asked))):
                trace = f"bench{number}"
                said = [Message(role="user", content=asked[number])]
                answer = facts_[number].answer
                database.traces.add(
                    Trace(id=trace, created_at=moment, messages=said, response=answer, finish_reason="stop")
                )
                database.feedback.add(Feedback(id=f"f{number}", trace_id=trace, created_at=moment, value=True))


async def embed_all(texts: Sequence[str], said: Callable[[str], None]) -> tuple[Vectors, str]:
    embedder = Embedder(ReplayConfig())
    await embedder.start()
    try:
        await embedder.wait_ready()
        parts = []
        for start in range(0, len(texts), EMBED_BATCH):
            parts.append(await embedder.embed(list(texts[start : start + EMBED_BATCH])))
            if start % (EMBED_BATCH * 40) == 0:
                said(f"embedded {start} of {len(texts)}")
        return np.concatenate(parts), embedder.fingerprint
    finally:
        await embedder.stop()


def between(vectors: Vectors, count: int) -> Vectors:
    """`count` unit vectors, each between two of these, nearer to the first, with a little noise."""
    random = np.random.default_rng(0)
    first, second = (vectors[random.integers(0, len(vectors), count)] for _ in range(2))
    mixed = first + random.uniform(0.3, 0.8, (count, 1)) * second + random.normal(0, 0.01, first.shape)
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def prepare(folder: Path, records: int, queries: int, embedded: int) -> tuple[Home, Vectors, list[str], float]:
    """The home, the vectors of the queries, the queries, and the seconds that building the graph took."""
    home, made = Home(folder / "home"), folder / "made.json"
    known = facts("bench", records)
    chosen = known[:: min(records, embedded) // queries][:queries]
    asked_again = [Random(i).choice(fact.questions(reserved=True)) for i, fact in enumerate(chosen)]
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with Database.open(home) as database:
            fill(database, known, tasks(known, "bench"))
            print("database filled", flush=True)
            exemplars = [e for after in range(0, records, 1000) for e in database.exemplars.all(after, 1000)]
            cursor = database.last_change()
        texts = [exemplar.task for exemplar in exemplars]
        real = texts[:embedded]
        found, fingerprint = asyncio.run(embed_all([*real, *asked_again], lambda line: print(line, flush=True)))
        np.save(folder / "queries.npy", found[len(real) :])
        vectors = np.concatenate([found[: len(real)], between(found[: len(real)], records - len(real))])
        np.save(folder / "records.npy", vectors)
        index = VectorIndex(home.index, vectors.shape[1], f"{fingerprint}/{SCHEMA}")
        began = time.perf_counter()
        index.add_many([e.row for e in exemplars], vectors, [digest(e) for e in exemplars])
        seconds = time.perf_counter() - began
        index.advance(cursor)
        index.save()
        made.write_text(json.dumps({"records": records, "build_s": seconds}))
    return home, np.load(folder / "queries.npy"), asked_again, float(json.loads(made.read_text())["build_s"])


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {f"p{p}_ms": round(1000 * float(np.percentile(seconds, p)), 3) for p in (50, 95, 99)}


def latency(home: Home, queries: Sequence[str], vectors: Vectors, step: int) -> dict[str, Any]:
    """Times of the whole `_find` and of its halves, and how often the right record is put before the student."""
    whole, words, meaning, busy, hits = [], [], [], [], 0
    with Database.open(home) as database:
        embedder = Embedder(ReplayConfig())
        replay = Replay(database, embedder, ReplayConfig(), home)
        index = VectorIndex.load(home.index)
        replay._use(index)
        for number, (query, vector) in enumerate(zip(queries, vectors, strict=True)):
            began, computing = time.perf_counter(), time.thread_time()
            found = replay._find(query, vector, None, frozenset())
            whole.append(time.perf_counter() - began)
            busy.append(time.thread_time() - computing)
            admitted = [piece.exemplar.trace_id for piece in sorted(found, key=lambda p: -p.relevance) if piece.strict]
            hits += f"bench{number * step}" in admitted[:3]
            began = time.perf_counter()
            database.exemplars.search(query, 24)
            words.append(time.perf_counter() - began)
            began = time.perf_counter()
            index.search(vector, 24)
            meaning.append(time.perf_counter() - began)
    return {
        "hybrid": percentiles(whole), "hybrid_cpu": percentiles(busy), "full_text": percentiles(words),
        "vectors": percentiles(meaning),
        "right_record_injected": round(hits / len(queries), 4),
    }  # fmt: skip


def recall(home: Home, folder: Path, vectors: Vectors) -> float:
    """recall@10 of the graph against exact search over the same vectors."""
    index, records = VectorIndex.load(home.index), np.load(folder / "records.npy")
    rows = np.asarray(sorted(index.rows()))
    hits = 0
    for query in vectors:
        exact = set(rows[np.argpartition(-(records @ query), 10)[:10]].tolist())
        hits += len(exact & {row for row, _ in index.search(query, 10)})
    return hits / (10 * len(vectors))


RESTART = """
import asyncio, json, sys, time
began = time.perf_counter()
from pathlib import Path
from core.config import ReplayConfig
from core.database import Database
from core.paths import Home
from core.replay.embedder import Embedder
from core.replay.replay import Replay
import psutil
said = {"import_s": time.perf_counter() - began}
async def main():
    home = Home(Path(sys.argv[1]))
    database = Database.open(home)
    said["rss_before_mb"] = psutil.Process().memory_info().rss / 2**20
    start, computing = time.perf_counter(), time.process_time()
    replay = Replay(database, Embedder(ReplayConfig()), ReplayConfig(), home)
    await replay.start()
    said["start_s"], said["start_cpu_s"] = time.perf_counter() - start, time.process_time() - computing
    status = replay.status()
    said["indexed"], said["expected"] = status.indexed, status.expected
    said["rss_mb"] = psutil.Process().memory_info().rss / 2**20
    await replay.stop()
    database.close()
    print(json.dumps(said))
asyncio.run(main())
"""


def restart(home: Home, passes: int = 5) -> dict[str, Any]:
    """A fresh process each time: from `Replay.start()` to an index that agrees with the database. The median."""
    runs = []
    for _ in range(passes):
        done = subprocess.run(
            [sys.executable, "-c", RESTART, str(home.root)],
            capture_output=True,
            text=True,
            check=True,
            cwd=OUT.parent.parent,
        )
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    runs.sort(key=lambda run: run["start_s"])
    return {key: round(value, 3) for key, value in runs[len(runs) // 2].items()} | {
        "worst_s": round(runs[-1]["start_s"], 3)
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--embedded", type=int, default=20_000, help="records whose vectors are the model's own")
    arguments = parser.parse_args()
    folder = OUT / f"retrieval-{arguments.records}"
    step = min(arguments.records, arguments.embedded) // arguments.queries
    home, vectors, queries, build = prepare(folder, arguments.records, arguments.queries, arguments.embedded)
    result = {
        "records": arguments.records, "queries": len(queries), "build_s": round(build, 1),
        **latency(home, queries, vectors, step), "recall_at_10": round(recall(home, folder, vectors), 4),
        "restart": restart(home), "disk_mb": round(sum(f.stat().st_size for f in home.index.iterdir()) / 2**20, 1),
        "cpus": psutil.cpu_count(), "load": psutil.getloadavg()[0],
    }  # fmt: skip
    (OUT / "retrieval.json").write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
