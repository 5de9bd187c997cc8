"""A stream of rated conversations for the bench of evidence: about 2 KB a row, the same for the same seed.

    python -m bench.evidence_rows FILE [--rows 10000] [--from 0]

One row is one answer: what was asked, what was answered, and what a reviewer said of it (half are accepted, three in
ten are to be done again, two in ten rejected). A task is tried one to four times, so that there are pairs; six rows are
one conversation. Days go by with the rows, a year for 10,000 of them or for a million: the last rows are the newest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

FIRST_DAY = datetime(2025, 11, 1, tzinfo=UTC)
DAYS = 365
SYLLABLES = ("ka", "to", "mi", "re", "su", "lo", "ven", "dar", "pol", "zin", "quo", "bra", "fel", "nor", "tis", "gam")
SENTENCES = 20_000
ANSWER, QUESTION = 16, 4
"""Sentences of about 80 bytes in an answer, and in a question."""
VERDICTS = ("accept", "cycle", "reject")
SHARES = (0.5, 0.8, 1.0)
THUMB = {"accept": True, "reject": False}
RATED = 0.4
"""Of what is accepted or rejected, so much got a thumb as well."""
IN_A_CONVERSATION = 6
SECRET, PERSON = 0.001, 0.005
"""Rows with a key in the answer, and with an address of a person in the question."""
STEP = 10_000
"""Rows that are made from one seed: any of them can be made without those before."""


class Stream:
    """Rows of a corpus that has `rows` in its year; what is asked for beyond goes on into the next."""

    def __init__(self, rows: int, seed: int = 1) -> None:
        self.random = Random(seed)
        self._seed = seed
        self._apart = timedelta(days=DAYS) / rows
        words = ["".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 4))) for _ in range(8_000)]
        self._sentences = [self._sentence(words) for _ in range(SENTENCES)]

    def _sentence(self, words: list[str]) -> str:
        return " ".join(self.random.choices(words, k=self.random.randint(9, 13))).capitalize() + "."

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """The rows `start` to `end` (of these the last is left out), a line of JSON each."""
        for block in range(start // STEP, -(-end // STEP)):
            for number, line in enumerate(self._block(block), block * STEP):
                if start <= number < end:
                    yield line

    def _block(self, block: int) -> Iterator[bytes]:
        random = Random(f"{self._seed}/{block}")
        number = block * STEP
        end = number + STEP
        while number < end:
            tries = min(random.choice((1, 1, 2, 2, 3, 4)), end - number)
            question = self._text(random, QUESTION)
            if random.random() < PERSON:
                question += f" Write to {random.choice(SYLLABLES)}.{number}@{random.choice(SYLLABLES)}mail.com."
            for attempt in range(tries):
                yield self._row(random, number, f"task-{number - attempt:08d}", attempt, question)
                number += 1

    def _row(self, random: Random, number: int, task: str, attempt: int, question: str) -> bytes:
        answer = self._text(random, ANSWER)
        if random.random() < SECRET:
            answer += " Use AKIA" + "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)) + "."
        row = {
            "id": f"run-{number:08d}",
            "task": task,
            "conversation": f"talk-{number // IN_A_CONVERSATION:08d}",
            "at": (FIRST_DAY + number * self._apart).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "model": "bench-7b",
            "attempt": attempt + 1,
            "duration_ms": random.randrange(200, 60_000),
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}],
            "response": answer,
            "verdict": (said := verdict(random.random())),
            "thumb": THUMB.get(said) if random.random() < RATED else None,
        }
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"

    def _text(self, random: Random, sentences: int) -> str:
        return " ".join(random.choices(self._sentences, k=sentences))


SYSTEM = "You are an assistant who answers in whole sentences and keeps to what is asked."


def verdict(chance: float) -> str:
    return next(said for said, share in zip(VERDICTS, SHARES, strict=True) if chance < share)


def write(path: Path, rows: int, *, start: int = 0, of: int | None = None) -> int:
    """Appends the rows from `start` on; `of`: how many the year has. Returns the bytes that were written."""
    written = 0
    with path.open("ab", buffering=1 << 20) as file:
        for line in Stream(of or rows).lines(start, start + rows):
            written += file.write(line)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--from", dest="start", type=int, default=0)
    chosen = parser.parse_args()
    print(write(chosen.file, chosen.rows, start=chosen.start), "bytes")


if __name__ == "__main__":
    main()
