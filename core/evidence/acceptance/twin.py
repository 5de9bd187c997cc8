"""The whole pipeline once more, in a process and a home of its own, over the same traces and streams.

`python -m core.evidence.acceptance` runs it twice: what the second run changes should be nothing. The environment
is made as different as it may be, for no output may depend on it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from core import config as settings
from core.database import Database
from core.errors import NightschoolError
from core.evidence.run import Outcome, run
from core.evidence.stage import Cancelled, Options, StageName, Work
from core.paths import Home
from core.process import python_child, python_environment
from core.records import Record

LOOK_S = 0.1
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "XXX-13:45", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "YYY+9:30", "LC_ALL": "C.UTF-8"},
)
MODELS = ("core.engine", "core.teacher", "core.agent", "core.server", "core.replay.embedder")
NATIVE = ("llama_cpp", "torch", "transformers", "sentence_transformers", "anthropic", "openai", "httpx2", "httpx")
"""What asks a model or the network, by its modules."""


class Asked(Record, frozen=True):
    """What the other process is to do."""

    home: str
    target: str
    options: Options


class Twin(Record, frozen=True):
    """What came of it."""

    status: str
    reason: str
    files: dict[str, str]
    """Every file, relative to the home, with its SHA-256."""
    again: str
    """What the second run said of itself."""
    changed: tuple[str, ...]
    """Files that the second run changed."""
    contents: dict[StageName, str]
    """Content hash of each stage."""
    inputs: dict[StageName, str]
    """Input hash and settings of each stage, as one."""
    loaded: tuple[str, ...]
    """Modules that ask a model or the network."""


class TwinFailed(NightschoolError):
    """The other process did not end as it should."""

    code, status, title = "twin_failed", 500, "The check by a second run failed"


def made_by(work: Work, options: Options, number: int) -> Twin:
    """Run `number` 0 or 1, in a folder that is gone afterwards. Raises TwinFailed and Cancelled."""
    with _folder(work.home) as target:
        asked = Asked(home=str(work.home.root), target=str(target), options=options)
        return msgspec.json.decode(_ask(asked, ENVIRONMENTS[number], work.cancelled), type=Twin)


@contextmanager
def _folder(home: Home) -> Iterator[Path]:
    """On the home's own disk: it holds a copy of everything, and whoever searches the home finds it."""
    sweep(home)
    home.acceptance.mkdir(mode=0o700)
    try:
        yield home.acceptance
    finally:
        sweep(home)


def sweep(home: Home) -> None:
    """Takes away what this run, or one that was killed, left."""
    if home.acceptance.exists():
        shutil.rmtree(home.acceptance)


def _ask(asked: Asked, environment: dict[str, str], cancelled: Callable[[], bool]) -> bytes:
    mine = {**python_environment(), **environment, "NIGHTSCHOOL_PARENT": str(os.getpid())}
    child = subprocess.Popen(
        python_child("core.evidence.acceptance"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=mine,
        start_new_session=True,
    )
    with child:
        said = _heard(child, msgspec.json.encode(asked), cancelled)
    if child.returncode:
        raise TwinFailed(f"It ended with status {child.returncode}: {said[1].decode(errors='replace')[-500:]}")
    return said[0]


def _heard(child: subprocess.Popen[bytes], asked: bytes, cancelled: Callable[[], bool]) -> tuple[bytes, bytes]:
    """Both outputs in whole; its stdin stays open until then, so that it ends when we do."""
    assert child.stdin is not None
    child.stdin.write(asked + b"\n")
    child.stdin.flush()
    heard: dict[int, bytes] = {}
    pipes = [(number, pipe) for number, pipe in enumerate((child.stdout, child.stderr)) if pipe is not None]
    readers = [threading.Thread(target=lambda n, p: heard.__setitem__(n, p.read()), args=pipe) for pipe in pipes]
    for reader in readers:
        reader.start()
    try:
        while any(reader.is_alive() for reader in readers):
            if cancelled():
                raise Cancelled
            readers[0].join(LOOK_S)
            readers[1].join(0 if readers[0].is_alive() else LOOK_S)
    except BaseException:
        child.kill()
        raise
    return heard[0], heard[1]


def files_of(home: Home) -> dict[str, str]:
    """SHA-256 of everything that the stages and their receipts wrote."""
    roots = home.evidence, home.scored, home.screened, home.datasets, home.quarantine, home.skips, home.receipts
    found = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file() and home.evidence_state not in path.parents:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                found[path.relative_to(home.root).as_posix()] = digest
    return found


def answer(asked: Asked) -> Twin:
    """What the other process does."""
    bronze, target = Home(Path(asked.home)), Home(Path(asked.target))
    with Database.open(bronze) as database:
        work = Work(home=target, database=database, config=settings.load(bronze), options=asked.options)
        first = run(work)
        before = files_of(target)
        second = run(work)
    after = files_of(target)
    return Twin(
        status=first.status,
        reason=first.reason,
        files=before,
        again=second.status if second.status == "skipped" else f"{second.status}: {second.reason}",
        changed=tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name))),
        contents={receipt.stage: receipt.content_hash for receipt in first.receipts},
        inputs=inputs_of(first),
        loaded=tuple(sorted(name for name in sys.modules if name.startswith(MODELS) or name.split(".")[0] in NATIVE)),
    )


def inputs_of(outcome: Outcome) -> dict[StageName, str]:
    """Of the first stage what it read, of each what it was set to."""
    return {r.stage: msgspec.json.encode([r.input_hash, r.settings, r.versions]).decode() for r in outcome.receipts}
