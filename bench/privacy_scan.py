"""How fast a night can be searched for secrets: the scan, the same without its shortcuts, and detect-secrets' own way.

    python -m bench.privacy_scan [--rows 300]

Rows are 2,000 characters: prose (docs/), code (core/), chats in JSON, and code with a key or an address in each row.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from core.privacy.personal import Person
from core.privacy.redact import sightings
from tests.privacy.plain_scan import plain_redact

ROOT = Path(__file__).parent.parent
SIZE = 2_000
PLANTED = (
    "write to anna.b@mail.example.org", "key: AKIA" + "IOSFODNN7EXAMPLE", "password = 'hunter22!'",
    "from 93.184.216.34", "call +49 30 1234567", "in /home/anna/notes", "DE89 3704 0044 0532 0130 00",
    "sk-proj-" + "a1B2" * 8,
)  # fmt: skip


def cut(text: str, rows: int) -> list[str]:
    pieces = [text[start : start + SIZE] for start in range(0, len(text) - SIZE, SIZE)]
    return [pieces[number % len(pieces)] for number in range(min(rows, len(pieces)))]


def joined(folder: str, pattern: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / folder).rglob(pattern)))


def chat(text: str) -> str:
    said = [{"role": "user", "content": text[:700]}, {"role": "assistant", "content": text[700:1800]}]
    return json.dumps({"messages": said})


def corpora(rows: int) -> dict[str, list[str]]:
    made = random.Random(7)
    prose, code = cut(joined("docs", "*.md"), rows), cut(joined("core", "*.py"), rows)
    planted = [f"{row[:900]}\n{made.choice(PLANTED)}\n{row[900:]}" for row in code]
    return {
        "prose": prose,
        "code": code,
        "chats as JSON": [chat(row) for row in prose],
        "code, one secret each": planted,
    }


def their_own_way(text: str) -> int:
    """`scan_line` of each line, as their documentation shows it; with every plugin, nothing verified."""
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    with default_settings():
        return sum(1 for line in text.splitlines() for _ in scan_line(line))


def per_row(scan: Callable[[str], object], rows: list[str]) -> float:
    """Microseconds of this process: the best of three rounds."""
    scan(rows[0])
    rounds = []
    for _ in range(3):
        started = time.process_time()
        for row in rows:
            scan(row)
        rounds.append(time.process_time() - started)
    return min(rounds) / len(rows) * 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=300)
    nobody = Person()
    ways: dict[str, Callable[[str], object]] = {
        "scan": lambda text: sightings(text, nobody),
        "without shortcuts": lambda text: plain_redact(text, nobody),
        "detect-secrets": their_own_way,
    }
    print("| rows of 2,000 characters | with findings | µs a row | rows/s | without shortcuts | detect-secrets |")
    print("|---|---|---|---|---|---|")
    for name, rows in corpora(options.parse_args().rows).items():
        found = sum(bool(sightings(row, nobody)) for row in rows)
        ours, plain, theirs = (per_row(way, rows if key == "scan" else rows[:30]) for key, way in ways.items())
        print(f"| {name} | {found} of {len(rows)} | {ours:.0f} | {1e6 / ours:,.0f} "
              f"| {plain:.0f} µs ({plain / ours:.0f} ×) | {theirs:.0f} µs ({theirs / ours:.0f} ×) |")  # fmt: skip


if __name__ == "__main__":
    main()
