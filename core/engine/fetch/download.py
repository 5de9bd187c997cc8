"""One download from beginning to end: ask, fetch, prove that it is whole, and only then make it a student.

    name taken? → the hub's size and SHA-256 → room on the disk → bytes (resumed) → size → SHA-256 → GGUF check → rename

Until the rename there is no file that `core.engine.library` would show. Killed at any instant, the next start goes on
from the bytes that were written.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

import httpx2

from core.engine import gguf_check
from core.engine.fetch.hub import Hub
from core.engine.fetch.parts import Part, Plan
from core.engine.fetch.reference import Reference, is_model
from core.engine.fetch.source import DownloadError, HubFile
from core.engine.fetch.transfer import Limits, Meter, Progress, Report, Transfer, no_room, too_long
from core.engine.library import DEMO, Registry
from core.engine.model_names import checked_name, name_from
from core.errors import BadRequest, ModelFileError, StorageFull
from core.paths import Home
from core.records import Record

CONNECT_S: Final = 15.0
LOCK_S: Final = 0.5
"""Somebody who only lists the downloads holds a lock for an instant."""
HASH_BYTES: Final = 8 * 1024 * 1024


class Downloaded(Record, frozen=True):
    """A student that is whole and in its place. verified: against the hub's SHA-256, not only size and GGUF check."""

    name: str
    path: str
    size: int
    sha256: str
    verified: bool
    repo: str
    file: str
    commit: str
    fetched: int
    """Bytes that came over the wire this time."""


def download(
    home: Home,
    reference: Reference,
    *,
    name: str = "",
    endpoint: str | None = None,
    limits: Limits | None = None,
    report: Report = lambda progress: None,
) -> Downloaded:
    """Fetch one file; a download that was begun before goes on. name: what to call it; else after the file.

    Blocks until it is done. KeyboardInterrupt pauses it. Raises DownloadError, StorageFull (the part is kept),
    ModelFileError (whole, but no model; the part is gone), BadRequest, EgressRefused.
    """
    limits = limits or Limits()
    report(Progress(stage="asking", bytes=0, size=0))
    hub = Hub(home.egress_log, endpoint)
    source = hub.resolve(reference)
    if not is_model(source.file):
        raise BadRequest(
            f"{source.file} is no student of its own.", hint="Image projectors, and models in parts, cannot be used."
        )
    part = Part(home, name_for(source, name))
    refuse_registered(home, part)
    if not part.lock.acquire(timeout_s=LOCK_S):
        holder = part.lock.holder() or "unknown"
        raise DownloadError(f"{part.name} is being fetched already (process {holder}).", code="busy_elsewhere")
    try:
        there = already(part, source)
        return there or fetch(
            hub, part, Plan(name=part.name, revision=reference.revision, source=source), limits, report
        )
    finally:
        part.lock.release()


def name_for(source: HubFile, name: str) -> str:
    """What the student is called: one plain file name in the home's folder."""
    chosen = checked_name(name) if name else name_from(Path(PurePosixPath(source.file).name), set())
    if "/" in chosen or ":" in chosen or chosen == DEMO:
        raise BadRequest(f"A download cannot be called {chosen}.", param="name", hint="Choose another with --name.")
    return chosen


def already(part: Part, source: HubFile) -> Downloaded | None:
    """The very file, where it is here. Raises DownloadError where another one has its name: nothing is overwritten."""
    if not part.target.exists():
        return None
    size = part.target.stat().st_size
    if size == source.size and source.sha256 and hash_of(part.target) == source.sha256:
        part.discard()
        return outcome(part, source, source.sha256, fetched=0)
    raise taken(part)


def taken(part: Part) -> DownloadError:
    return DownloadError(
        f"There is another student named {part.name}.",
        code="name_taken",
        hint="Remove that student first, or give this one another name.",
    )


def refuse_registered(home: Home, part: Part) -> None:
    if any(entry.name == part.name and Path(entry.path) != part.target for entry in Registry(home).entries()):
        raise taken(part)


def fetch(hub: Hub, part: Part, plan: Plan, limits: Limits, report: Report) -> Downloaded:
    source = plan.source
    make_room(part, plan, limits)
    # Reading waits as long as a stall may last; connecting is quicker or does not happen.
    timeout = httpx2.Timeout(limits.stall_s, connect=min(CONNECT_S, limits.stall_s))
    with hub.client(timeout) as client:
        transfer = Transfer(client, source, part, limits, report)
        transfer.run()
    sha256 = verify(part, source, report)
    part.install()
    return outcome(part, source, sha256, transfer.fetched)


def make_room(part: Part, plan: Plan, limits: Limits) -> None:
    """Raises StorageFull before the first byte, where the file will not fit."""
    part.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(part.target.parent).free
    before = part.plan()
    have = part.bytes() if before is not None and before.source.etag == plan.source.etag else 0
    gained = part.bytes() - have
    if free + gained < plan.source.size - have + limits.reserve_bytes:
        raise no_room(plan.source, have, free + gained, limits.reserve_bytes)
    try:
        part.begin(plan)
    except OSError as error:
        raise StorageFull(f"The download cannot be written down: {error.strerror}.", hint="Free some space.") from error


def verify(part: Part, source: HubFile, report: Report) -> str:
    """Size, SHA-256, GGUF check. Raises DownloadError or ModelFileError, and what was not whole is gone."""
    if part.bytes() != source.size:
        part.restart()
        raise too_long(source)
    sha256 = hash_of(part.path, Meter(source.size, report, part.name))
    if source.sha256 is not None and sha256 != source.sha256:
        part.restart()
        raise DownloadError(
            f"What came of {source.file} is not what the hub says it is (SHA-256 differs); it was thrown away.",
            code="damaged",
            hint="Start it again. If it stays so, something between here and the hub changes files.",
        )
    try:
        gguf_check.check(part.path)
    except ModelFileError as error:
        part.discard()
        reason = error.message.replace(part.path.name, PurePosixPath(source.file).name)
        raise ModelFileError(f"{reason} It was not installed.", hint=error.hint) from error
    return sha256


def hash_of(path: Path, meter: Meter | None = None) -> str:
    """SHA-256 of the file as it lies on the disk: proves what was written, not what was received."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(HASH_BYTES):
            digest.update(piece)
            done += len(piece)
            if meter is not None:
                meter.tell("checking", done)
    return digest.hexdigest()


def outcome(part: Part, source: HubFile, sha256: str, fetched: int) -> Downloaded:
    return Downloaded(
        name=part.name,
        path=str(part.target),
        size=source.size,
        sha256=sha256,
        verified=source.sha256 is not None,
        repo=source.repo,
        file=source.file,
        commit=source.commit,
        fetched=fetched,
    )
