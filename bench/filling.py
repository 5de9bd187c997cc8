"""Fills a home with months of a person's use, quickly and the same for the same seed: for benches and for tests.

    python -m bench.filling FOLDER [--traces 50000]

Conversations of one to nine questions, each request carrying what was said before, as clients send it; some answers
are regenerated, rated, corrected, escalated; one in twenty requests is the benchmark's, which no list shows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from core.clock import stamp
from core.database import Database
from core.paths import Home
from core.records import Escalation, Feedback, Message, Trace, Usage

SYLLABLES = ("ka", "to", "mi", "re", "su", "lo", "ven", "dar", "pol", "zin", "quo", "bra")
ATTRIBUTES = ("capital", "price", "colour", "owner", "height", "code", "leader", "port", "river", "festival")
CLIENTS = ("desktop", "desktop", "cli", "openai-python", "editor")
LAST_DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
A_TRANSACTION = 1_000
REGENERATED, BENCHMARK, RATED, UP, CORRECTED, ESCALATED = 0.04, 0.05, 0.3, 0.75, 0.03, 0.02


class Person:
    """Asks about made-up things for `days` days up to `until`."""

    def __init__(self, seed: int, traces: int, *, days: int = 180, until: datetime = LAST_DAY) -> None:
        self.random = Random(seed)
        self.names = ["".join(self.random.choices(SYLLABLES, k=3)).title() for _ in range(3000)]
        self._traces = traces
        self._at = until - timedelta(days=days)
        self._step = timedelta(days=days) / max(traces, 1)
        self._made = 0

    def traces(self) -> Iterator[Trace]:
        """In order of time, exactly as many as were asked for."""
        while self._made < self._traces:
            yield from self._conversation()

    def feedback(self, trace: Trace) -> Feedback | None:
        """What is said of it, mostly nothing."""
        chance = self.random.random()
        if trace.origin != "user" or chance > RATED:
            return None
        at = stamp(datetime.fromisoformat(trace.created_at) + timedelta(seconds=20))
        if chance < CORRECTED:
            return Feedback(
                id=f"f-{trace.id}", trace_id=trace.id, created_at=at, metric="demonstration", value=self._words(30)
            )
        return Feedback(id=f"f-{trace.id}", trace_id=trace.id, created_at=at, value=self.random.random() < UP)

    def _conversation(self) -> Iterator[Trace]:
        number = self._made
        alone = self.random.random() < 0.2
        benchmark = self.random.random() < BENCHMARK
        said: list[Message] = []
        for _ in range(1 if alone else self.random.randint(1, 9)):
            said.append(Message(role="user", content=self._question()))
            for _ in range(2 if self.random.random() < REGENERATED else 1):
                if self._made == self._traces:
                    return
                trace = self._trace(said, None if alone else f"c{number}", benchmark)
                yield trace
            said.append(Message(role="assistant", content=trace.response))

    def _trace(self, said: list[Message], conversation: str | None, benchmark: bool) -> Trace:
        self._made += 1
        self._at += self._step
        escalated = self.random.random() < ESCALATED
        return Trace(
            id=f"chatcmpl-{self._made:024d}",
            created_at=stamp(self._at),
            client=self.random.choice(CLIENTS),
            conversation_id=conversation,
            messages=list(said),
            response=self._words(60),
            finish_reason="stop",
            model="demo-student",
            escalation=Escalation(provider="anthropic", model="teacher", outcome="answered") if escalated else None,
            cost_usd=0.004 if escalated else 0.0,
            usage=Usage(prompt_tokens=80, completion_tokens=90),
            duration_ms=900.0,
            origin="benchmark" if benchmark else "user",
        )

    def _question(self) -> str:
        return f"What is the {self.random.choice(ATTRIBUTES)} of {self.random.choice(self.names)}?"

    def _words(self, count: int) -> str:
        return " ".join(self.random.choices(self.names, k=count))


def fill(database: Database, traces: int, *, seed: int = 1, days: int = 180, until: datetime = LAST_DAY) -> int:
    """Through the database's own doors, many to a transaction. Returns how many statements of feedback were made."""
    person = Person(seed, traces, days=days, until=until)
    coming, said = person.traces(), 0
    for _ in range(0, traces, A_TRANSACTION):
        with database.transaction():
            for _, trace in zip(range(A_TRANSACTION), coming, strict=False):
                database.traces.add(trace)
                if (feedback := person.feedback(trace)) is not None:
                    database.feedback.add(feedback)
                    said += 1
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="becomes a home; it must not hold one yet")
    parser.add_argument("--traces", type=int, default=50_000)
    chosen = parser.parse_args()
    home = Home(chosen.folder)
    if home.database.exists():
        parser.error(f"{chosen.folder} holds a home already")
    started = time.perf_counter()
    with Database.open(home) as database:
        said = fill(database, chosen.traces)
    print(f"{chosen.traces} traces, {said} statements in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
