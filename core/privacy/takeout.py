"""Everything that is the person's, in one zip of plain files; whole, or not there at all."""

from __future__ import annotations

import errno
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from core import __version__
from core.clock import now, stamp
from core.database import Database
from core.errors import BadRequest, NotFound, StorageFull
from core.paths import Home
from core.records import SCHEMA_VERSION, Record

Progress = Callable[[int, int], None]
"""(done, of), in pieces of work."""
NO_LIMIT = 1_000_000_000
ABOUT = (
    "Everything that Nightschool keeps of you, as it is: nothing is redacted. One JSON document a line. "
    "Your teacher's key is not in here; it is only in the system's keyring."
)


class Takeout(Record, frozen=True):
    """What was written. lines: by the name of the file in the zip; cancelled: nothing was."""

    path: Path
    lines: dict[str, int]
    bytes: int
    cancelled: bool = False


class Cancelled(Exception):
    """The person changed their mind."""


def takeout(
    home: Home,
    database: Database,
    target: Path,
    *,
    progress: Progress = lambda done, of: None,
    cancelled: Callable[[], bool] = lambda: False,
    at: datetime | None = None,
) -> Takeout:
    """Write the zip, mode 0600; an earlier file of that name is replaced once this one is whole.

    Raises StorageFull, and BadRequest where it cannot be written; then, and when cancelled, nothing is left behind.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                lines = _fill(archive, home, database, progress, cancelled, at or now())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except Cancelled:
        return Takeout(path=target, lines={}, bytes=0, cancelled=True)
    except OSError as error:
        raise _told(error, target) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return Takeout(path=target, lines=lines, bytes=target.stat().st_size)


def _told(error: OSError, target: Path) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(
            "There is no room left for the export.", hint="Free some disk space, or choose another disk."
        )
    return BadRequest(
        f"The export cannot be written to {target}: {error.strerror}.", hint="Choose a folder that you can write to."
    )


def _fill(
    archive: zipfile.ZipFile,
    home: Home,
    database: Database,
    progress: Progress,
    cancelled: Callable[[], bool],
    at: datetime,
) -> dict[str, int]:
    ids = list(database.traces.ids_between("", "~"))
    total = 3 * len(ids) + 3
    counts: Counter[str] = Counter()
    done = 0

    def write(name: str, records: Iterator[tuple[int, list[Any]]]) -> None:
        nonlocal done
        counts[name] = 0
        with archive.open(name, "w", force_zip64=True) as member:
            for work, found in records:
                if cancelled():
                    raise Cancelled
                for record in found:
                    member.write(msgspec.json.encode(record) + b"\n")
                counts[name] += len(found)
                done += work
                if done % 100 == 0 or not work:
                    progress(done, total)

    write("traces.jsonl", _each(ids, lambda key: [database.traces.get(key)]))
    write("feedback.jsonl", _each(ids, database.feedback.for_trace))
    write("signals.jsonl", _each(ids, database.signals.for_trace))
    write("reviews.jsonl", iter([(1, list(database.reviews.all(limit=NO_LIMIT)))]))
    write("jobs.jsonl", iter([(1, list(database.jobs.all(limit=NO_LIMIT)))]))
    write("imports.jsonl", iter([(0, list(database.imports.all()))]))
    write("sources.jsonl", iter([(0, list(database.sources.all()))]))
    for path, name in _files(home):
        if cancelled():
            raise Cancelled
        with suppress(FileNotFoundError):
            archive.write(path, name)
            counts[name] = path.read_bytes().count(b"\n")
    about = {"about": ABOUT, "nightschool": __version__, "schema": SCHEMA_VERSION, "at": stamp(at), "lines": counts}
    archive.writestr("about.json", msgspec.json.format(msgspec.json.encode(about), indent=2))
    progress(total, total)
    return dict(counts)


def _each(ids: list[str], read: Callable[[str], list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """One trace deleted in the meantime is left out."""
    for key in ids:
        try:
            yield 1, read(key)
        except NotFound:
            yield 1, []


def _files(home: Home) -> Iterator[tuple[Path, str]]:
    """What was chosen and written by hand, and what left the machine; never the server's token."""
    for path in (home.config_file, home.egress_log, home.models_file):
        if path.is_file():
            yield path, path.name
    for folder in (home.agents, home.tools):
        for path in sorted(folder.glob("*")):
            if path.is_file() and path.suffix in (".toml", ".md"):
                yield path, f"{folder.name}/{path.name}"
