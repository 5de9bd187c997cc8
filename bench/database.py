"""The database alone: writes a second with every promise on (WAL, synchronous=FULL), and reads at 50,000 traces.

    python -m bench.database [--traces 50000] [--writes 500]

Writes are one durable transaction each, as the server makes them. The raw lines beside them are this disk's own
price: one small SQLite transaction with the same pragmas, and a bare write + fdatasync.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from core.database import Database
from core.database.connection import connect
from core.paths import Home
from core.records import Feedback, Message, Trace

OUT = Path(__file__).parent / "out" / "database.json"
SYLLABLES = ("ka", "to", "mi", "re", "su", "lo", "ven", "dar", "pol", "zin", "quo", "bra")
ATTRIBUTES = ("capital", "price", "colour", "owner", "height", "code", "leader", "port", "river", "festival")
Measure = dict[str, Any]


class World:
    """Endless traces about made-up things, about 1 KB of JSON each, as a chat makes them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names = ["".join(self.random.choices(SYLLABLES, k=3)).title() for _ in range(3000)]
        self._made = 0

    def question(self) -> str:
        return f"What is the {self.random.choice(ATTRIBUTES)} of {self.random.choice(self.names)}?"

    def trace(self) -> Trace:
        self._made += 1
        return Trace(
            id=f"chatcmpl-{self._made:024d}",
            created_at=f"2026-11-21T00:00:00.{self._made:08d}Z",
            client=self.random.choice(("cli", "tray", "editor")),
            conversation_id=f"c{self._made // 5}",
            messages=[Message(role="user", content=self.question())],
            response=" ".join(self.random.choices(self.names, k=40)),
            finish_reason="stop",
            model="demo-student",
        )

    def feedback(self, trace_id: str) -> Feedback:
        value = self.random.random() < 0.7
        return Feedback(id=f"f-{trace_id}", trace_id=trace_id, created_at="2026-11-21T00:00:01Z", value=value)


def timed(calls: Iterator[Callable[[], object]]) -> Measure:
    """Milliseconds a call: p50, p95, and calls a second over all."""
    taken = []
    for call in calls:
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return {
        "n": len(taken),
        "p50_ms": round(statistics.median(taken), 3),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 3),
        "per_s": round(len(taken) / sum(taken) * 1000, 1),
    }


def disk_alone(folder: Path, writes: int) -> dict[str, Measure]:
    connection = connect(folder / "raw.db")
    connection.execute("CREATE TABLE t (x)").fetchall()
    page = "x" * 1000

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (?); COMMIT", (page,)).fetchall()

    file = os.open(folder / "raw.bin", os.O_CREAT | os.O_WRONLY, 0o600)

    def sync() -> None:
        os.write(file, page.encode())
        os.fsync(file)

    found = {
        "raw: one row in SQLite, same pragmas": timed(commit for _ in range(writes)),
        "raw: write + fsync of 1 kB": timed(sync for _ in range(writes)),
    }
    os.close(file)
    connection.close()
    return found


def writing(database: Database, world: World, writes: int) -> dict[str, Measure]:
    added = [world.trace() for _ in range(writes)]
    spoken = [world.trace() for _ in range(writes // 5)]

    def whole_answer(trace: Trace) -> None:
        database.traces.begin(msgspec.structs.replace(trace, response="", finish_reason=None))
        for quarter in range(4):
            database.traces.append(trace.id, trace.response[quarter * 60 : quarter * 60 + 60])
        database.traces.finish(trace)

    return {
        "add a finished trace": timed((lambda t=t: database.traces.add(t)) for t in added),
        "begin + 4 appends + finish": timed((lambda t=t: whole_answer(t)) for t in spoken),
        "feedback (label, exemplar, full text)": timed(
            (lambda t=t: database.feedback.add(world.feedback(t.id))) for t in added
        ),
    }


def fill(database: Database, world: World, traces: int) -> Measure:
    start = time.perf_counter()
    for _ in range(traces // 1000):
        with database.transaction():
            for _ in range(1000):
                trace = world.trace()
                database.traces.add(trace)
                database.feedback.add(world.feedback(trace.id))
    return {"seconds": round(time.perf_counter() - start, 1), "traces": traces}


def reading(database: Database, world: World, reads: int) -> dict[str, Measure]:
    some = [trace.id for trace in database.traces.list(limit=1000, order="asc")]
    random = world.random
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: database.traces.get(random.choice(some)),
        "list: newest 20": lambda: database.traces.list(),
        "list: next 20 after a cursor": lambda: database.traces.list(after=random.choice(some)),
        "list: 20 of one client": lambda: database.traces.list(client="cli"),
        "list: one conversation": lambda: database.traces.list(conversation_id=f"c{random.randrange(1000)}"),
        "search: one rare word": lambda: database.traces.search(random.choice(world.names)),
        "search: two words": lambda: database.traces.search(f"capital {random.choice(world.names)}"),
        "search: a word in a tenth of all": lambda: database.traces.search("festival"),
        "exemplars: search a question": lambda: database.exemplars.search(world.question()),
        "exemplars: read 8": lambda: database.exemplars.get(random.sample(range(1, 10_000), 8)),
        "changes: the last 100": lambda: database.changes_since(database.last_change() - 100),
        "counts": lambda: database.counts(),
    }
    return {name: timed(call for _ in range(reads)) for name, call in calls.items()}


def rest(home: Home, database: Database, deletions: int) -> dict[str, Measure]:
    some = [trace.id for trace in database.traces.list(limit=deletions, order="asc")]
    found = {"delete a trace everywhere": timed((lambda t=t: database.traces.delete(t)) for t in some)}
    start = time.perf_counter()
    assert database.integrity_check() == []
    found["integrity check, all recomputed"] = {"seconds": round(time.perf_counter() - start, 2)}
    database.close()
    start = time.perf_counter()
    Database.open(home).close()
    found["open"] = {"seconds": round(time.perf_counter() - start, 4)}
    found["file"] = {"MB": round(home.database.stat().st_size / 1e6, 1)}
    return found


def measure(traces: int, writes: int) -> dict[str, Measure]:
    world = World(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        results = disk_alone(Path(folder), writes)
        database = Database.open(home)
        results |= {f"empty: {name}": found for name, found in writing(database, world, writes).items()}
        results["fill in batches of 1000"] = fill(database, world, traces)
        results |= {f"full: {name}": found for name, found in writing(database, world, writes).items()}
        results |= reading(database, world, 100)
        results |= rest(home, database, 20)
    return results


def table(results: dict[str, Measure]) -> str:
    lines = [f"{'':48}{'p50 ms':>10}{'p95 ms':>10}{'per s':>10}"]
    for name, found in results.items():
        if "p50_ms" in found:
            lines.append(f"{name:48}{found['p50_ms']:>10.2f}{found['p95_ms']:>10.2f}{found['per_s']:>10.0f}")
        else:
            lines.append(f"{name:48}{', '.join(f'{value} {unit}' for unit, value in found.items()):>30}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=50_000)
    parser.add_argument("--writes", type=int, default=500)
    chosen = parser.parse_args()
    results = measure(chosen.traces, chosen.writes)
    OUT.parent.mkdir(exist_ok=True)
    machine = {"machine": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    OUT.write_text(json.dumps({"settings": vars(chosen), **machine, "results": results}, indent=2) + "\n")
    print(table(results))
    print(f"\n{OUT}")


if __name__ == "__main__":
    main()
