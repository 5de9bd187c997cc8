"""Runs of the evidence pipeline that are killed: by the clock, or at their n-th step towards the disk.

Run as a program it loads everything once and forks a child for each run that it is told of, a line of JSON each; so
a killed run costs a tenth of a second instead of the seconds that loading takes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parent.parent.parent
STEPS = ("fsync", "replace", "unlink", "rename", "rmdir", "mkdir")


class Wish(msgspec.Struct):
    """One run. kill_after in seconds; die_at: which step it does not live to do, 0 for none."""

    home: str
    recorded_at: str
    kill_after: float | None = None
    die_at: int = 0
    workers: int = 1


class End(msgspec.Struct):
    """How it ended. status: of the run, "killed", or "crashed: …"; steps towards the disk that it did."""

    status: str
    seconds: float
    steps: int = 0


class Runner:
    """The program, seen from a test."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def run(self, home: Path, recorded_at: str, **how: Any) -> End:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(Wish(home=str(home), recorded_at=recorded_at, **how)) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=End)


@contextmanager
def runner() -> Iterator[Runner]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.evidence.dying"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Runner(process)
    finally:
        process.communicate(timeout=30)


def main() -> None:
    from core.evidence import screen  # noqa: F401 - loaded before the first fork
    from core.evidence.export import making, preference  # noqa: F401

    for line in sys.stdin.buffer:
        told = _forked(msgspec.json.decode(line, type=Wish))
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()


def _forked(wish: Wish) -> End:
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)
        _live(wish, writing)
    os.close(writing)
    if wish.kill_after is not None:
        _wait(child, began + wish.kill_after)
        os.kill(child, signal.SIGKILL)  # itself alone: its workers are to notice by themselves
    told = b"".join(iter(lambda: os.read(reading, 65_536), b""))
    os.close(reading)
    _, ending = os.waitpid(child, 0)
    if os.WIFSIGNALED(ending):
        return End("killed", time.monotonic() - began)
    return msgspec.json.decode(told, type=End)


def _alive(child: int) -> bool:
    found = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return found is None


def _wait(child: int, until: float) -> None:
    while time.monotonic() < until and _alive(child):
        time.sleep(0.001)


def _live(wish: Wish, writing: int) -> None:
    """The child's life."""
    began, steps = time.monotonic(), _count_steps(wish.die_at)
    status = "crashed"
    try:
        status = _status(wish)
    finally:
        if status == "crashed":
            traceback.print_exc()
        os.write(writing, msgspec.json.encode(End(status, time.monotonic() - began, steps())))
        os._exit(0)


def _status(wish: Wish) -> str:
    from core.config import Config
    from core.database import Database
    from core.evidence import collect
    from core.evidence.run import run
    from core.evidence.sources import lines
    from core.evidence.stage import Options, Work
    from core.paths import Home

    if wish.workers > 1:  # all the seams of a large corpus, in a small one
        lines.PIECE, collect.FEW_PIECES, collect.WORTH_A_POOL = 4_096, 0, 0
    home = Home(Path(wish.home))
    with Database.open(home) as database:
        options = Options(recorded_at=wish.recorded_at, workers=wish.workers)
        outcome = run(Work(home=home, database=database, config=Config(), options=options))
    return f"{outcome.status}: {outcome.reason}" if outcome.status == "failed" else outcome.status


def _count_steps(die_at: int) -> Callable[[], int]:
    """Every call that the disk's state hangs on is counted, and the n-th is not lived to see."""
    done = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **more: Any) -> Any:
            nonlocal done
            done += 1
            if done == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        return step

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    return lambda: done


if __name__ == "__main__":
    main()
