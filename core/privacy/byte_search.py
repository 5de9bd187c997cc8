"""Looks for texts in every byte of a folder: proof that something is gone, or the places where it still stands.

Plain files, names, SQLite files with their logs and free pages, compressed streams, archives and git objects, one in
another. Memory stays flat. It answers where, never with the text; and names what it could not look into.
"""

from __future__ import annotations

import atexit
import itertools
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO

from core.privacy import byte_sqlite
from core.privacy.byte_forms import Forms, fold
from core.privacy.byte_unpack import (
    HEAD,
    SQLITE_MAGIC,
    STREAMS,
    Member,
    NotUnpacked,
    chunks_of,
    inflated,
    kind_of,
    pack_objects,
    tar_members,
    unknown_packer,
    whole,
    zip_members,
)
from core.records import Record

DEPTH = 8
"""Archives in archives."""
INSIDE = " > "


@atexit.register
def _let_go() -> None:
    for file in _kept_open.values():
        file.close()


_kept_open: dict[tuple[int, int], IO[bytes]] = {}

Progress = Callable[[int, int], None]
"""Called with bytes of files looked at, and of how many."""


class Found(Record, frozen=True):
    """One text in one place. `path` is relative to the folder, with ` > member` for what lies inside."""

    path: str
    text: int
    """Its number among those looked for."""
    how: str
    """`name`, an encoding (`text`, `json`, `utf-16-le` …), or `table <name>: <encoding>` for a row of a database."""
    offset: int
    """Of the first one, in bytes of what was looked at."""


class NotSearched(Record, frozen=True):
    """What may hold anything, for all that is known."""

    path: str
    why: str


class Search(Record, frozen=True):
    """What came of it. `bytes`: of files, as they lie there."""

    found: tuple[Found, ...]
    not_searched: tuple[NotSearched, ...]
    files: int
    bytes: int
    cancelled: bool = False


class Cancelled(Exception):
    """Somebody stopped the search."""


def search(
    root: Path,
    texts: Sequence[str],
    *,
    ignore_case: bool = True,
    leave_out: Callable[[Path], bool] = lambda path: False,
    progress: Progress = lambda done, of: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Search:
    """Every text in every place of a folder, each once. Links are not followed.

    Raises ValueError for a text of more than 512 characters, or none (`pieces` cuts a longer one).
    """
    return _Search(root, Forms(texts, ignore_case=ignore_case), leave_out, progress, cancelled).run()


def pieces(text: str, most: int = 8, length: int = 64) -> list[str]:
    """Up to `most` pieces of a text, evenly from its first to its last characters; itself where it is short."""
    flat = fold(text, ignore_case=False).strip()
    if len(flat) <= length:
        return [flat] if flat else []
    last = len(flat) - length
    count = min(most, -(-len(flat) // length))
    cut = (flat[last * number // max(1, count - 1) :][:length].strip() for number in range(count))
    return list(dict.fromkeys(piece for piece in cut if piece))


class _Search:
    def __init__(
        self,
        root: Path,
        forms: Forms,
        leave_out: Callable[[Path], bool],
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._root, self._forms, self._leave_out = root, forms, leave_out
        self._progress, self._cancelled = progress, cancelled
        self._found: dict[tuple[str, int, str], Found] = {}
        self._missed: dict[str, NotSearched] = {}
        self._files = self._done = self._total = 0

    def run(self) -> Search:
        stopped = False
        try:
            files = sorted(self._walk())
            self._total = sum(size for _, size in files)
            for path, size in files:
                self._file(path)
                self._files, self._done = self._files + 1, self._done + size
                self._progress(self._done, self._total)
        except Cancelled:
            stopped = True
        return Search(
            found=tuple(self._found[key] for key in sorted(self._found)),
            not_searched=tuple(self._missed[key] for key in sorted(self._missed)),
            files=self._files,
            bytes=self._done,
            cancelled=stopped,
        )

    def _walk(self) -> Iterator[tuple[Path, int]]:
        def unread(error: OSError) -> None:
            self._miss(self._name(Path(error.filename)), "this folder cannot be read")

        for folder, folders, names in os.walk(self._root, onerror=unread):
            folders[:] = [name for name in folders if not self._leave_out(Path(folder, name))]
            for name in (*folders, *names):
                path = Path(folder, name)
                if self._leave_out(path):
                    continue
                self._of_name(self._name(path), name)
                if name in folders:
                    continue
                kept = path.lstat()
                if stat.S_ISREG(kept.st_mode):
                    yield path, kept.st_size
                elif stat.S_ISLNK(kept.st_mode):
                    self._of_name(self._name(path), str(path.readlink()))
                else:
                    self._miss(self._name(path), "it is no file")

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._root)).encode("utf-8", "replace").decode()

    def _of_name(self, path: str, name: str) -> None:
        for number in sorted(self._forms.in_text(name.encode("utf-8", "replace").decode())):
            self._note(path, number, "name", 0)

    def _note(self, path: str, text: int, how: str, offset: int) -> None:
        self._found.setdefault((path, text, how), Found(path=path, text=text, how=how, offset=offset))

    def _miss(self, path: str, why: str) -> None:
        self._missed.setdefault(path, NotSearched(path=path, why=why))

    @contextmanager
    def _telling(self, name: str) -> Iterator[None]:
        try:
            yield
        except NotUnpacked as error:
            self._miss(name, str(error))

    def _pause(self) -> None:
        if self._cancelled():
            raise Cancelled

    # ---- one file ------------------------------------------------------------------------------------

    def _file(self, path: Path) -> None:
        name = self._name(path)
        try:
            with _opened(path) as file:
                head = file.read(HEAD)
                file.seek(0)
                self._stream(name, chunks_of(file))
                file.seek(0)
                self._inside(name, head, path, file)
        except FileNotFoundError:
            return  # gone since it was listed: nothing of it is left to be found
        except OSError as error:
            self._miss(name, f"it cannot be read: {error.strerror}")

    def _inside(self, name: str, head: bytes, path: Path, file: IO[bytes]) -> None:
        kind = kind_of(head)
        with self._telling(name):
            if kind == "sqlite":
                self._database(name, path, file)
            elif kind == "git pack":
                self._members(name, pack_objects(path), 1)
            elif kind == "zip":
                self._members(name, zip_members(file), 1)
            elif kind == "tar":
                self._members(name, tar_members(file), 1)
            elif kind in STREAMS:
                self._nested(f"{name}{INSIDE}({kind})", inflated(kind, chunks_of(file)), 1)
            elif (packer := unknown_packer(head)) is not None:
                self._miss(name, f"it is packed as {packer}; only its bytes as they are were looked at")

    def _database(self, name: str, path: Path, file: IO[bytes]) -> None:
        with ExitStack() as stack:
            log_path = path.with_name(path.name + "-wal")
            log = stack.enter_context(_opened(log_path)) if log_path.exists() else None
            for cut in (byte_sqlite.cut_by_pages, byte_sqlite.cut_at_leaves):
                for hit in cut(file, log, self._forms):
                    self._note(name, hit.text, f"pages: {hit.how}", hit.offset)
        with closing(byte_sqlite.open_file(path)) as opened:
            for table, hit in byte_sqlite.rows(opened, self._forms, self._pause):
                self._note(name, hit.text, f"{table}: {hit.how}", hit.offset)

    # ---- what lies inside ----------------------------------------------------------------------------

    def _members(self, name: str, members: Iterator[Member], depth: int) -> None:
        for member in members:
            inner = f"{name}{INSIDE}{member.name}"
            self._of_name(inner, member.name)
            self._nested(inner, member.chunks, depth)

    def _nested(self, name: str, chunks: Iterator[bytes], depth: int) -> None:
        """The inside of something: its bytes, and what they hold in turn."""
        with self._telling(name):
            first = next(chunks, b"")
            chunks = itertools.chain([first], chunks)
            kind = kind_of(first[:HEAD])
            if depth >= DEPTH and kind != "plain":
                self._miss(name, "it is packed too many times over")
                kind = "plain"
            if kind in STREAMS:
                flow = self._through(name, chunks)
                self._nested(f"{name}{INSIDE}({kind})", inflated(kind, flow), depth + 1)
                for _ in flow:  # what the unpacking left, where it was none after all
                    pass
            elif kind == "plain":
                self._stream(name, chunks)
                if (packer := unknown_packer(first)) is not None:
                    self._miss(name, f"it is packed as {packer}; only its bytes as they are were looked at")
            else:
                self._held(name, kind, whole(chunks), depth)

    def _through(self, name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """These chunks, each looked at on its way."""
        tail = b""
        for chunk in chunks:
            self._look(name, tail + chunk)
            tail = (tail + chunk)[-self._forms.reach :]
            yield chunk

    def _held(self, name: str, kind: str, held: IO[bytes], depth: int) -> None:
        self._stream(name, chunks_of(held))
        held.seek(0)
        if kind == "sqlite":
            with closing(byte_sqlite.open_bytes(held.read())) as opened:
                for table, hit in byte_sqlite.rows(opened, self._forms, self._pause):
                    self._note(name, hit.text, f"{table}: {hit.how}", hit.offset)
        elif kind == "git pack":
            self._miss(name, "it is a git pack inside an archive")
        else:
            self._members(name, zip_members(held) if kind == "zip" else tar_members(held), depth + 1)

    def _stream(self, name: str, chunks: Iterator[bytes]) -> None:
        for _ in self._through(name, chunks):
            pass

    def _look(self, name: str, data: bytes) -> None:
        self._pause()
        for hit in self._forms.find(data):
            self._note(name, hit.text, hit.how, hit.offset)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file for reading. One of SQLite's stays open as long as this process lives.

    Closing any handle on such a file would drop the locks that SQLite holds on it in this process (POSIX), and with
    them what keeps the database whole.
    """
    kept = path.stat()
    file = _kept_open.get((kept.st_dev, kept.st_ino)) or path.open("rb")
    file.seek(0)
    if path.name.endswith(("-wal", "-shm")) or file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC:
        _kept_open[kept.st_dev, kept.st_ino] = file
    try:
        file.seek(0)
        yield file
    finally:
        if file not in _kept_open.values():
            file.close()
