"""A forgetting that dies at its n-th step towards the disk: `python -m tests.forget.dying HOME KIND VALUE STEP`.

KIND `delete`: a trace is deleted, and then taken out of what was made of it.

Each is forked from one process, which loads everything once: it reads lines of JSON and answers with how each ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
STEPS = ("fsync", "replace", "unlink", "rmdir")
KILLED = 9


class Killer:
    """The program, seen from a test."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def forget(self, home: Path, kind: str, value: str, step: int) -> bool:
        """True when it lived to its end."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(home), kind, value, step]).encode() + b"\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in (0, KILLED), status
        return status == 0


@contextmanager
def killer() -> Iterator[Killer]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forget.dying"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Killer(process)
    finally:
        process.communicate(timeout=30)


def main() -> None:
    from core.forget import forget  # noqa: F401 - loaded before the first fork

    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(forgets(*json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def forgets(home: str, kind: Any, value: str, step: int) -> int:
    from core.database import Database
    from core.forget.deleted import clean_deleted
    from core.forget.forget import Forgetting
    from core.forget.records import Target
    from core.paths import Home
    from tests.forget.making import NOW

    with Database.open(Home(Path(home))) as database:
        done = 0

        def counted(real: Any) -> Any:
            def step_(*given: Any, **named: Any) -> Any:
                nonlocal done
                done += 1
                if done == step:
                    os._exit(KILLED)
                return real(*given, **named)

            return step_

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        if kind == "delete":
            database.traces.delete(value)
            clean_deleted(Home(Path(home)), database)
        else:
            Forgetting(Home(Path(home)), database).forget(Target(kind=kind, value=value), now=NOW)
    return 0


if __name__ == "__main__":
    main()
