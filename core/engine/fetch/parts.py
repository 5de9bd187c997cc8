"""Downloads that are not finished: `models/.incomplete/NAME.gguf.part`, and beside each what it is to become.

A part ends in `.part`, so that nothing which looks for models ever takes one for a student. What stands beside it is
written before its first byte: bytes without it belong to nobody and are thrown away.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from core.engine.fetch.source import DownloadError, HubFile
from core.errors import BadRequest, NotFound
from core.lock import HomeLock
from core.paths import Home
from core.records import Record

FOLDER: Final = ".incomplete"
SUFFIX: Final = ".gguf.part"


class Plan(Record, frozen=True):
    """What a part is to become: a student of this name, from this file. revision as it was asked for."""

    name: str
    revision: str
    source: HubFile
    version: int = 1


class Incomplete(Record, frozen=True):
    """One unfinished download, as it is told. active: some process is fetching it now."""

    name: str
    repo: str
    file: str
    revision: str
    size: int
    bytes: int
    active: bool


class Part:
    """The bytes so far of one student, and its plan. Only whoever holds the lock writes."""

    def __init__(self, home: Home, name: str) -> None:
        self.name = name
        folder = home.models / FOLDER
        self.path, self.plan_path = folder / f"{name}{SUFFIX}", folder / f"{name}.json"
        self.target = home.models / f"{name}.gguf"
        self.lock = HomeLock(home.lock(f"download-{name}"))

    def bytes(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def plan(self) -> Plan | None:
        try:
            return msgspec.json.decode(self.plan_path.read_bytes(), type=Plan)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def begin(self, plan: Plan) -> int:
        """How many bytes there are to go on from: none where they were of another file, or of another state of it."""
        before = self.plan()
        if before is None or before.source.etag != plan.source.etag or before.source.size != plan.source.size:
            self.restart()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.plan_path.with_suffix(".new")
        temporary.write_bytes(msgspec.json.encode(plan))
        temporary.replace(self.plan_path)
        return self.bytes()

    def restart(self) -> None:
        """The bytes go, the plan stays."""
        self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Bytes first: a plan without bytes is a download at its beginning, bytes without a plan are rubbish."""
        self.restart()
        self.plan_path.with_suffix(".new").unlink(missing_ok=True)
        self.plan_path.unlink(missing_ok=True)

    def install(self) -> Path:
        """Into the place of a student, in one step, once every byte is on the disk. Only for what was verified."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.target)
        sync_folder(self.target.parent)
        self.plan_path.unlink(missing_ok=True)
        return self.target


def sync_folder(folder: Path) -> None:
    """The new name is on the disk, too; where folders cannot be opened (Windows) the system sees to it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def incomplete(home: Home) -> list[Incomplete]:
    """Every unfinished download of this home, by name."""
    folder = home.models / FOLDER
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        part = Part(home, path.stem)
        plan = part.plan()
        if plan is not None and (part.path.exists() or not part.target.exists()):
            found.append(describe(part, plan))
    return found


def describe(part: Part, plan: Plan) -> Incomplete:
    return Incomplete(
        name=part.name,
        repo=plan.source.repo,
        file=plan.source.file,
        revision=plan.revision,
        size=plan.source.size,
        bytes=part.bytes(),
        active=not _free(part),
    )


def _free(part: Part) -> bool:
    if not part.lock.acquire():
        return False
    part.lock.release()
    return True


def discard(home: Home, name: str) -> None:
    """Cancel a download: its bytes go. Raises NotFound, or DownloadError while a process is fetching it."""
    if name != Path(name).name or name.startswith("."):
        raise BadRequest("That is not the name of a download.", param="name")
    part = Part(home, name)
    if not part.plan_path.exists() and not part.path.exists():
        raise NotFound(f"There is no unfinished download {name}.", hint="`nightschool models downloads` shows them.")
    if not part.lock.acquire(timeout_s=2):
        raise DownloadError(f"{name} is being fetched now (process {part.lock.holder()}).", code="busy_elsewhere")
    try:
        part.discard()
    finally:
        part.lock.release()
