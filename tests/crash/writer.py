"""A process that writes at full speed, from two threads, and says each thing the moment it is acknowledged.

python -m tests.crash.writer SEED ROUND
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from core.database import Database
from core.paths import home
from tests.crash.workload import Workload


def tell(note: dict[str, Any]) -> None:
    """One write call a line: a pipe takes up to PIPE_BUF bytes whole, so that a kill cannot halve a line."""
    os.write(1, json.dumps(note).encode() + b"\n")


def write(database: Database, seed: int, prefix: str) -> None:
    workload = Workload(database, seed, prefix, tell)
    while True:
        workload.step()


def main() -> None:
    seed, number = int(sys.argv[1]), int(sys.argv[2])
    database = Database.open(home())
    for letter in ("b", "c"):
        threading.Thread(target=write, args=(database, seed + ord(letter), f"{letter}{number}-"), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
