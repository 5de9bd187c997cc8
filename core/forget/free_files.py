"""Out of files that are known by their text alone: logs, the egress log, receipts, benchmarks, takeouts in the home.

In JSON a text that holds it becomes `[forgotten]`, elsewhere its line does; a task of a benchmark and a line of a
takeout go as a whole. What a person wrote by hand is only named.
"""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from core.database.wording import GONE, without
from core.forget.made_files import Gone
from core.paths import Home

IDS = ("id", "trace_id", "run_id", "source_trace_id")
TASKS = "benchmark tasks"


class Texts:
    """What is looked for. holds: whether bytes hold one of the texts, however they are written."""

    def __init__(self, holds: Callable[[bytes], bool], gone: Gone, trace_ids: frozenset[str]) -> None:
        self._holds_bytes = holds
        self._gone = gone
        self._ids = trace_ids

    def holds(self, text: str) -> bool:
        return self._holds_bytes(text.encode("utf-8", "replace"))

    def clean(self, home: Home, *, dry: bool = False) -> Counter[str]:
        """Returns how many files, or tasks of benchmarks, were changed (or would be), by place."""
        found: Counter[str] = Counter()
        for place, path in _files(home):
            if path.is_symlink() or not path.is_file():
                continue
            data = path.read_bytes()
            cleaned, changed = self._cleaned(path.name, data, benchmark=place == TASKS)
            if changed:
                found[place] += changed if place == TASKS else 1
                if not dry:
                    replace(path, cleaned)
        return found

    def by_hand(self, home: Home) -> tuple[str, ...]:
        """Files that a person wrote, and that hold it."""
        files = [home.config_file, home.models_file]
        files += sorted(path for folder in (home.agents, home.tools) for path in folder.rglob("*") if path.is_file())
        found = [path for path in files if path.is_file() and self._holds_bytes(path.read_bytes())]
        return tuple(str(path.relative_to(home.root)) for path in found)

    def _cleaned(self, name: str, data: bytes, *, benchmark: bool = False) -> tuple[bytes, int]:
        """The same without it, and how much was changed."""
        if name.endswith(".gz"):
            return self._unzipped(name, data)
        if name.endswith(".zip"):
            return self._archive(data)
        if benchmark:
            return self._benchmark(data)
        if not self._holds_bytes(data):
            return data, 0
        if name.endswith(".json"):
            return self._document(data), 1
        lines = data.split(b"\n")
        kept = [self._line(line, json=name.endswith(".jsonl")) if self._holds_bytes(line) else line for line in lines]
        # A text over several lines is in none of them.
        whole = b"\n".join(kept)
        return (whole if not self._holds_bytes(whole) else GONE.encode() + b"\n"), 1

    def _line(self, line: bytes, *, json: bool) -> bytes:
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            if json:
                return msgspec.json.encode(without(msgspec.json.decode(line), self.holds))
        return GONE.encode()

    def _document(self, data: bytes) -> bytes:
        try:
            value = without(msgspec.json.decode(data), self.holds)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return GONE.encode()
        return _as_before(value, data)

    def _benchmark(self, data: bytes) -> tuple[bytes, int]:
        """Tasks of what is forgotten go, and those that hold the text."""
        try:
            value: Any = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._cleaned("", data)
        tasks = value.get("tasks") if isinstance(value, dict) else value
        if not isinstance(tasks, list):
            return (self._document(data), 1) if self._holds_bytes(data) else (data, 0)
        kept = [task for task in tasks if not self._task_goes(task)]
        rest = {**value, "tasks": kept} if isinstance(value, dict) else kept
        cleaned = without(rest, self.holds)
        changed = len(tasks) - len(kept) + (cleaned != rest)
        return (_as_before(cleaned, data), changed) if changed else (data, 0)

    def _task_goes(self, task: Any) -> bool:
        if isinstance(task, dict) and any(isinstance(task.get(name), str) and task[name] in self._ids for name in IDS):
            return True
        return self._holds_bytes(msgspec.json.encode(task))

    # ---- what is packed ------------------------------------------------------------------------------

    def _unzipped(self, name: str, data: bytes) -> tuple[bytes, int]:
        try:
            inside = gzip.decompress(data)
        except (OSError, EOFError, ValueError):
            return data, 0  # the search names it as damaged
        cleaned, changed = self._cleaned(name.removesuffix(".gz"), inside)
        return (gzip.compress(cleaned, mtime=0), changed) if changed else (data, 0)

    def _archive(self, data: bytes) -> tuple[bytes, int]:
        """A takeout of ours; any other archive is the person's and was not read."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
        cleaned = [(info, *self._member(info.filename, content)) for info, content in members]
        if not any(changed for _, _, changed in cleaned):
            return data, 0
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for info, content, _ in cleaned:
                target.writestr(info, content, zipfile.ZIP_DEFLATED)
        return packed.getvalue(), 1

    def _member(self, name: str, data: bytes) -> tuple[bytes, int]:
        if not name.endswith(".jsonl"):
            return self._cleaned(name, data)
        lines = data.splitlines(keepends=True)
        kept = [line for line in lines if not (self._is_of(line) or self._holds_bytes(line))]
        return b"".join(kept), len(lines) - len(kept)

    def _is_of(self, line: bytes) -> bool:
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return isinstance(row, dict) and any(isinstance(row.get(key), str) and row[key] in self._ids for key in IDS)


def is_takeout(path: Path) -> bool:
    """Whether `nightschool data export` made it, whole: looked at without reading it into memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = msgspec.json.decode(archive.read("about.json"))
            return isinstance(about, dict) and "nightschool" in about and archive.testzip() is None
    except (KeyError, OSError, EOFError, RuntimeError, msgspec.DecodeError, UnicodeDecodeError):
        return False
    except (zipfile.BadZipFile, zlib.error):
        return False  # damaged: the search names it


def replace(path: Path, data: bytes) -> None:
    """The whole file or nothing; its mode stays. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _files(home: Home) -> Iterator[tuple[str, Path]]:
    """(place, file) of everything that is cleaned by its text."""
    benchmarks = home.learning / "benchmarks"
    for path in sorted(home.logs.rglob("*")):
        yield "logs", path
    yield "egress log", home.egress_log
    for place, folder in (("receipts", home.receipts), ("skips", home.skips), ("quarantine", home.quarantine)):
        for path in sorted(folder.rglob("*")):
            yield place, path
    for path in sorted(home.learning.rglob("*")):
        if ".git" not in path.parts:
            yield TASKS if benchmarks in path.parents and path.suffix == ".json" else "learning", path
    for path in sorted(home.root.rglob("*.zip")):
        if is_takeout(path):
            yield "takeouts", path


def _as_before(value: Any, data: bytes) -> bytes:
    """JSON, in lines where it was."""
    encoded = msgspec.json.encode(value)
    return (msgspec.json.format(encoded, indent=2) + b"\n") if data.count(b"\n") > 1 else encoded
