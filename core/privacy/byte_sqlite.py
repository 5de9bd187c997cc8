"""SQLite files beyond their bytes: rows as values, full-text indexes asked, and texts cut by the edge of a page.

A long value lies in pieces on several pages, so that the bytes of the file alone would not show a text that is cut.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import apsw

from core.privacy.byte_forms import Forms, Hit
from core.privacy.byte_unpack import NotUnpacked

BATCH = 1 << 20
WAL_HEADER, FRAME_HEADER = 32, 24
Pages = dict[int, list[tuple[IO[bytes], int]]]


def rows(opened: apsw.Connection, forms: Forms, pause: Callable[[], None]) -> Iterator[tuple[str, Hit]]:
    """(table, hit) for every table, the schema and each full-text index. Raises NotUnpacked."""
    try:
        opened.execute("PRAGMA query_only = ON; PRAGMA cell_size_check = ON").fetchall()
        found = opened.execute(
            "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow', 'virtual')"
        ).fetchall()
        for name, kind in ((str(name), kind) for name, kind in found):
            if kind == "virtual":
                yield from ((f"full text {name}", hit) for hit in _matches(opened, name, forms))
            else:
                yield from ((f"table {name}", hit) for hit in _values(opened, name, forms, pause))
    except apsw.Error as error:
        raise NotUnpacked(f"its tables cannot be read ({type(error).__name__})") from error


def open_file(path: Path) -> apsw.Connection:
    """For reading. Raises NotUnpacked."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # the second: a folder where no lock can be made
        try:
            opened = apsw.Connection(f"file:{quote(str(path))}?{mode}", flags=flags)
            opened.set_busy_timeout(5_000)
            opened.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except apsw.Error as error:
            told = type(error).__name__
        else:
            return opened
    raise NotUnpacked(f"its tables cannot be read ({told})")


def open_bytes(data: bytes) -> apsw.Connection:
    """A database that lies in an archive. Raises NotUnpacked."""
    opened = apsw.Connection(":memory:")
    try:
        opened.deserialize("main", data)
        opened.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except apsw.Error as error:
        raise NotUnpacked(f"its tables cannot be read ({type(error).__name__})") from error
    return opened


def _values(opened: apsw.Connection, table: str, forms: Forms, pause: Callable[[], None]) -> Iterator[Hit]:
    quoted = table.replace('"', '""')
    batch, size = list[bytes](), 0
    for row in opened.execute(f'SELECT * FROM "{quoted}"'):
        for value in row:
            data = value.encode("utf-8", "replace") if isinstance(value, str) else value
            if isinstance(data, bytes) and data:
                batch.append(data)
                size += len(data)
        if size > BATCH:
            pause()
            yield from forms.find(b"\x00".join(batch))
            batch, size = [], 0
    yield from forms.find(b"\x00".join(batch))


def _matches(opened: apsw.Connection, table: str, forms: Forms) -> Iterator[Hit]:
    """A full-text index keeps words by their difference to the one before: only the index itself can be asked."""
    sql: Any = opened.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchall()[0][0]
    if "fts5" not in str(sql).lower():
        raise NotUnpacked(f"its table {table} is of a kind that is not known here")
    quoted = table.replace('"', '""')
    for number, text in enumerate(forms.texts):
        phrase = text.replace('"', '""').replace("\x00", " ")
        if (
            any(character.isalnum() for character in text)
            and opened.execute(
                f'SELECT 1 FROM "{quoted}" WHERE "{quoted}" MATCH ? LIMIT 1', (f'"{phrase}"',)
            ).fetchall()
        ):
            yield Hit(number, "words", 0)


def cut_by_pages(database: IO[bytes], log: IO[bytes] | None, forms: Forms) -> Iterator[Hit]:
    """Texts that run from one overflow page into the next, in the pages in use, in free ones, and in the log's.

    An overflow page begins with the number of the next; what only looks so costs a comparison and finds nothing.
    """
    size, pages = _pages(database, log)
    for number in sorted(pages):
        for file, at in pages[number]:
            following = int.from_bytes(_read(file, at, 4), "big")
            if following == number or following not in pages:
                continue
            first = _read(file, at, size)[4:]
            for other, place in pages[following]:
                joined = first + _read(other, place, size)[4:]
                yield from (hit._replace(offset=at) for hit in forms.find(joined))


def cut_at_leaves(database: IO[bytes], log: IO[bytes] | None, forms: Forms) -> Iterator[Hit]:
    """Texts that run from a row's own page into its first overflow page, also in older pages that the log keeps."""
    size, pages = _pages(database, log)
    for number in sorted(pages):
        for file, at in pages[number]:
            page = _read(file, at, size)
            for end, following in _cells(page, 100 if number == 1 else 0, size):
                for other, place in pages.get(following, ()):
                    joined = page[max(0, end - forms.reach) : end] + _read(other, place, size)[4 : 4 + forms.reach]
                    yield from (hit._replace(offset=at) for hit in forms.find(joined))


def _cells(page: bytes, start: int, size: int) -> Iterator[tuple[int, int]]:
    """(where the local part of a row ends, the page that it goes on at) of a table leaf's long rows."""
    if len(page) < size or page[start] != 0x0D:
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    most, least = size - 35, (size - 12) * 32 // 255 - 23
    for index in range(min(count, (size - start - 8) // 2)):
        at = int.from_bytes(page[start + 8 + 2 * index : start + 10 + 2 * index], "big")
        payload, at = _varint(page, at)
        _, at = _varint(page, at)
        if payload <= most:
            continue
        local = least + (payload - least) % (size - 4)
        end = at + (local if local <= most else least)
        yield end, int.from_bytes(page[end : end + 4], "big")


def _varint(page: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(page[at : at + 9]):
        if count == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + count + 1
    return value, at + 9


def _pages(database: IO[bytes], log: IO[bytes] | None) -> tuple[int, Pages]:
    """(bytes of a page, number → every place where a state of that page lies)."""
    (declared,) = struct.unpack(">H", _read(database, 16, 2) or b"\x00\x00")
    size = 65_536 if declared == 1 else declared
    found: Pages = defaultdict(list)
    if size < 512:
        return size, found
    for number in range(1, database.seek(0, 2) // size + 1):
        found[number].append((database, (number - 1) * size))
    if log is not None:
        for at in range(WAL_HEADER, log.seek(0, 2) - FRAME_HEADER - size + 1, FRAME_HEADER + size):
            found[int.from_bytes(_read(log, at, 4), "big")].append((log, at + FRAME_HEADER))
    return size, found


def _read(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)
