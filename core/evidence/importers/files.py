"""Reads other programs' files without harm: lines and documents within size limits, archives in memory, databases as
copies of their own. Nothing is written beside them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import msgspec

from core.errors import NightschoolError
from core.evidence.canonical import combined, file_hash
from core.evidence.importers.turns import Skipped

MAX_LINE = 32 << 20
"""Bytes of one line of a JSONL file."""
FIRST_LINES = 20
"""Lines that are looked at to tell JSONL from one JSON document over several lines."""
MAX_DOCUMENT = 1 << 30
"""Bytes of a JSON file that has to be read as a whole."""
MAX_RATIO = 200
"""How much larger than its compressed form a member of an archive may be: JSON text reaches 20 or so."""
SMALL_MEMBER = 1 << 20
"""Below, no ratio is asked after."""
COPY_TRIES = 5
SQLITE = b"SQLite format 3\0"
BOM = b"\xef\xbb\xbf"
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError, OSError)
"""What reading a damaged or encrypted archive may end in."""


class ImportProblem(NightschoolError):
    """A file that cannot be imported, and why."""

    code, status, title = "import_failed", 400, "This cannot be imported"


class Document(NamedTuple):
    """One JSON value, not decoded yet, and where it stood."""

    offset: int
    raw: bytes
    member: str = ""


def lines(path: Path, member: str = "") -> Iterator[Document | Skipped]:
    """The lines of a JSONL file by byte offset; empty ones are left out. Raises ImportProblem."""
    with opened(path) as file:
        offset = 0
        while line := file.readline(MAX_LINE + 1):
            begin, size = offset, len(line)
            if size > MAX_LINE:
                size += _past_the_line(file)
                yield Skipped(reason="too_large", offset=begin, member=member)
            elif text := line.removeprefix(BOM).strip(b"\0 \t\r\n"):
                whole = line.endswith(b"\n") or _is_json(text)
                yield (
                    Document(begin, text, member)
                    if whole
                    else Skipped(reason="unfinished_line", offset=begin, member=member)
                )
            offset += size


def _past_the_line(file: Any) -> int:
    """Reads on to the end of the line, keeping nothing. Returns how many bytes it was."""
    size = 0
    while piece := file.readline(1 << 20):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size


def documents(path: Path, member: str = "") -> Iterator[Document | Skipped]:
    """The elements of a JSON array (numbered), one JSON object, or the lines of a JSONL file. Raises ImportProblem."""
    if _whole_line(path, among=1):
        yield from lines(path, member)
        return
    if path.stat().st_size > MAX_DOCUMENT:
        raise ImportProblem(f"{path} is larger than {MAX_DOCUMENT >> 30} GiB.", hint="Split it into several files.")
    raw = path.read_bytes()
    if not _is_json(raw.removeprefix(BOM).strip(b"\0 \t\r\n")) and _whole_line(path, among=FIRST_LINES):
        yield from lines(path, member)
        return
    yield from elements(raw, member)


def _whole_line(path: Path, among: int) -> bool:
    """Whether one of the first lines is an object by itself, and not all there is: what comes before it is damaged, or
    larger than a line may be."""
    with opened(path) as file:
        for number in range(among):
            line = file.readline(MAX_LINE)
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                _past_the_line(file)
            elif line.removeprefix(BOM)[:1] == b"{" and _is_json(line.removeprefix(BOM).strip()):
                return number > 0 or bool(file.read(1))
    return False


def elements(raw: bytes, member: str = "") -> Iterator[Document | Skipped]:
    """The elements of a JSON array, or the one value."""
    raw = raw.removeprefix(BOM).strip(b"\0 \t\r\n")
    if raw[:1] != b"[":
        yield Document(0, raw, member)
        return
    try:
        parts: list[Any] = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        parts = _loosely(raw)
    for number, part in enumerate(parts):
        yield Document(number, bytes(part), member)
    if not parts and raw.strip(b"[] \t\r\n"):
        yield Skipped(reason="not_json", member=member)


def _loosely(raw: bytes) -> list[bytes]:
    """For what msgspec refuses and Python's reader does not (half an emoji, NaN); [] when it is no JSON at all."""
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    return [json.dumps(value).encode() for value in values]


def decoded(document: Document) -> dict[str, Any] | Skipped:
    """The object of a document. A lone surrogate becomes `?`."""
    try:
        value = msgspec.json.decode(document.raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            value = _encodable(json.loads(document.raw))
        except UnicodeDecodeError:
            return Skipped(reason="not_utf8", offset=document.offset, member=document.member)
        except (ValueError, RecursionError):
            return Skipped(reason="not_json", offset=document.offset, member=document.member)
    if not isinstance(value, dict):
        return Skipped(reason="not_an_object", offset=document.offset, member=document.member)
    return value


def parsed(text: Any) -> Any:
    """A JSON value that stands as text in a column or an attribute; what is no JSON stays as it is."""
    if not isinstance(text, str | bytes):
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        with suppress(ValueError, RecursionError):
            return _encodable(json.loads(text))
    return text


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(one) for name, one in value.items()}
    return value


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return raw[-1:] in b"}]" and raw[:1] in b"{["


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file, for reading bytes. Raises ImportProblem."""
    try:
        file = path.open("rb", buffering=1 << 20)
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield file


def archived(path: Path, wanted: str) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the members whose own name matches the pattern, in order of name; in memory. Raises
    ImportProblem for one that is damaged or far too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [info for info in archive.infolist() if Path(info.filename).match(wanted) and not info.is_dir()]
            _refuse_bomb(path, found)
            for info in sorted(found, key=lambda info: info.filename):
                with archive.open(info) as member:
                    content = member.read(MAX_DOCUMENT + 1)
                if len(content) > MAX_DOCUMENT:
                    raise _too_large(path)
                yield info.filename, content
    except DAMAGED as error:
        raise damaged_archive(path, error) from error


def names_in(path: Path) -> list[str]:
    """The names of an archive's members, without their folders. Raises ImportProblem."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [Path(name).name for name in archive.namelist()]
    except DAMAGED as error:
        raise damaged_archive(path, error) from error


def damaged_archive(path: Path, error: Exception) -> ImportProblem:
    return ImportProblem(f"{path} is a damaged or locked archive ({error}).", hint="Download it again.")


def _refuse_bomb(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in members) > MAX_DOCUMENT:
        raise _too_large(path)
    for info in members:
        if info.file_size > SMALL_MEMBER and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise ImportProblem(
                f"{info.filename} in {path} grows {info.file_size // max(info.compress_size, 1)}-fold when it is "
                "unpacked: no chats do that.",
                hint="If you trust the archive, unpack it yourself and give the folder.",
            )


def _too_large(path: Path) -> ImportProblem:
    return ImportProblem(
        f"{path} holds more than {MAX_DOCUMENT >> 30} GiB of chats.", hint="Unpack it and import its parts one by one."
    )


@contextmanager
def copied_database(path: Path, scratch: Path) -> Iterator[apsw.Connection]:
    """A private copy of somebody else's SQLite database, with what is in its log. Raises ImportProblem.

    The program may go on writing: the copy is made again until nothing changed meanwhile.
    """
    copy = scratch / "copy.db"
    parts = [(path, copy), (_beside(path, "-wal"), _beside(copy, "-wal"))]
    try:
        for _ in range(COPY_TRIES):
            before = _states(path)
            for source, target in parts:
                target.unlink(missing_ok=True)
                if source.exists():
                    shutil.copyfile(source, target)
                    target.chmod(0o600)
            if _states(path) == before:
                break
            time.sleep(0.2)
        else:
            raise ImportProblem(
                f"{path} is being written to all the time.", hint="Close the program that uses it, and try again."
            )
        yield from _reading(path, copy)
    except OSError as error:
        raise ImportProblem(f"{path} cannot be copied: {error.strerror}.") from error
    finally:
        for name in ("", "-wal", "-shm", "-journal"):
            _beside(copy, name).unlink(missing_ok=True)


def _reading(path: Path, copy: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(copy))
    try:
        connection.execute("PRAGMA trusted_schema = OFF; PRAGMA quick_check(1)").fetchall()
        yield connection
    except (apsw.NotADBError, apsw.CorruptError, UnicodeDecodeError) as error:
        raise ImportProblem(
            f"{path} is damaged, or no SQLite database.",
            hint="Check that the program that it belongs to still opens it.",
        ) from error
    except apsw.SQLError as error:
        raise ImportProblem(
            f"{path} does not have the tables that are expected ({error}).",
            hint="Start the program that it belongs to once, so that it brings its database up to date.",
        ) from error
    finally:
        connection.close()


def _states(path: Path) -> list[tuple[int, int] | None]:
    found = list[tuple[int, int] | None]()
    for one in (path, _beside(path, "-wal")):
        try:
            status = one.stat()
            found.append((status.st_size, status.st_mtime_ns))
        except FileNotFoundError:
            found.append(None)
    return found


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def columns(connection: apsw.Connection, table: str) -> set[str]:
    """The names of a table's columns, none when there is no such table."""
    return {str(name) for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def files_of(path: Path, *patterns: str) -> list[Path]:
    """The file itself, or the files in a folder whose names match, in order. Raises ImportProblem."""
    if path.is_dir():
        found = sorted({file for pattern in patterns for file in path.rglob(pattern) if file.is_file()})
        if not found:
            raise ImportProblem(f"There is nothing in {path} named {' or '.join(patterns)}.")
        return found
    if not path.exists():
        raise ImportProblem(f"There is no file {path}.")
    return [path]


def member_of(path: Path, file: Path) -> str:
    """How a file is named in a folder that was given; "" for the file that was given itself."""
    return "" if file == path else file.relative_to(path).as_posix()


def content_hash(path: Path) -> str:
    """SHA-256 of a file (of a database with its log), or over all files of a folder. Raises ImportProblem."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            return combined(part for file in files for part in (member_of(path, file), file_hash(file)))
        log = _beside(path, "-wal")
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
        if is_database and log.exists():
            return combined((file_hash(path), file_hash(log)))
        return file_hash(path)
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read: {error.strerror}.") from error


def digest(text: str) -> str:
    """Sixteen hex digits of a text's SHA-256, for ids."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
