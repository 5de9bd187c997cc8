"""The byte search finds a text wherever it can lie in a folder, and finds nothing where nothing is."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database.connection import connect
from core.privacy.byte_forms import Forms, fold, unescape
from core.privacy.byte_search import Search, pieces, search

TEXT = "Zoë Müller's über-secret"
LINE = f"before {TEXT} after"


def places(root: Path, *texts: str, **more: bool) -> set[str]:
    return {found.path for found in search(root, texts or (TEXT,), **more).found}


# ---- how it may be written -----------------------------------------------------------------------------

WRITTEN: dict[str, bytes] = {
    "utf-8": LINE.encode(),
    "capitals": LINE.upper().encode(),
    "decomposed": unicodedata.normalize("NFD", LINE).encode(),
    "utf-16-le": LINE.encode("utf-16-le"),
    "utf-16-be, shifted by a byte": b"x" + LINE.encode("utf-16-be"),
    "json": json.dumps(LINE).encode(),
    "json, escapes in capitals": json.dumps(LINE).replace("\\u00eb", "\\u00EB").encode(),
    "json in json": json.dumps(json.dumps(LINE)).encode(),
    "json in json in json": json.dumps({"a": json.dumps({"b": json.dumps(LINE)})}).encode(),
    "every character escaped": "".join(f"\\u{ord(character):04x}" for character in LINE).encode(),
    "in a url": b"/search?q=Zo%C3%AB+M%C3%BCller%27s+%C3%BCber-secret&x=1",
    "html": b"<p>Zo\xc3\xab M\xc3\xbcller&#x27;s \xc3\xbcber-secret</p>",
    "cp1252": LINE.encode("cp1252"),
    "broken over lines": LINE.replace(" M", "\n\t  M").encode(),
    "json, broken over lines": json.dumps(LINE.replace(" M", "\r\n M")).encode(),
    "among noise": os.urandom(5000) + LINE.encode() + os.urandom(5000),
    "soft hyphen": LINE.replace("secret", "se\u00adcret").encode(),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_it_is_found_however_it_is_written(tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_bytes(WRITTEN[form])
    assert places(tmp_path) == {"file"}


@pytest.mark.parametrize("form", WRITTEN)
def test_what_is_not_there_is_not_found(tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_bytes(WRITTEN[form].replace(b"secret", b"public").replace(b"SECRET", b"PUBLIC"))
    assert places(tmp_path, "Zoë Müller's über-secrets", "quite another text") == set()


def test_case_counts_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "lower").write_text("anna schmidt")
    (tmp_path / "title").write_text('{"a": "Anna \\u0053chmidt"}')
    assert places(tmp_path, "Anna Schmidt") == {"lower", "title"}
    assert places(tmp_path, "Anna Schmidt", ignore_case=False) == {"title"}


@pytest.mark.parametrize("text", ["李雷", "Ян", "ß", "🦊🦊", "C:\\new\\users", 'say "hi"', "a\nb"])
def test_short_and_strange_texts(tmp_path: Path, text: str) -> None:
    for name, data in (
        ("plain", f"x{text}y".encode()),
        ("json", json.dumps([text]).encode()),
        ("readable", json.dumps([text], ensure_ascii=False).encode()),
        ("wide", f"x{text}y".encode("utf-16-le")),
    ):
        (tmp_path / name).write_bytes(data)
    assert places(tmp_path, text) == {"plain", "json", "readable", "wide"}


@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1, max_size=40), nested=st.integers(0, 3), ascii_only=st.booleans())
def test_any_text_is_found_in_any_json(text: str, nested: int, ascii_only: bool) -> None:
    text = text.encode("utf-8", "ignore").decode()
    if not fold(text).strip():
        return
    written = f"before {text} after"
    for _ in range(nested):
        written = json.dumps(written, ensure_ascii=ascii_only)
    if nested < 3 or "\\" not in text:
        assert list(Forms([text]).find(written.encode())) != []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_unescaping() -> None:
    assert unescape(rb"\ud83e\udd8a \u00e9 \\\\n \"x\" \/ \ud83e alone").decode() == '🦊 é \n "x" / ? alone'


@pytest.mark.parametrize("bad", ["", " \n ", "x" * 513])
def test_what_cannot_be_looked_for_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(ValueError):
        search(tmp_path, [bad])


def test_pieces_reach_from_the_first_to_the_last_character() -> None:
    text = " ".join(f"word{number}" for number in range(500))
    cut = pieces(text, most=5, length=40)
    assert len(cut) == 5 and text.startswith(cut[0]) and text.endswith(cut[-1])
    assert all(piece in text for piece in cut)
    assert pieces("  short \n text ") == ["short text"] and pieces(" ") == []


# ---- where it may lie ----------------------------------------------------------------------------------


def packed(data: bytes) -> dict[str, bytes]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", data)
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        info = tarfile.TarInfo("inner.txt")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return {
        "gz": gzip.compress(data),
        "bz2": bz2.compress(data),
        "xz": lzma.compress(data),
        "zlib": zlib.compress(data),
        "zip": zipped.getvalue(),
        "tar": tarred.getvalue(),
    }


@pytest.mark.parametrize("outer", packed(b""))
@pytest.mark.parametrize("inner", [*packed(b""), "plain"])
def test_it_is_found_in_what_is_packed(tmp_path: Path, outer: str, inner: str) -> None:
    data = os.urandom(2000) + LINE.encode() + os.urandom(2000)
    inside = data if inner == "plain" else packed(data)[inner]
    (tmp_path / "file").write_bytes(packed(inside)[outer])
    result = search(tmp_path, [TEXT])
    assert {found.path.split(" > ")[0] for found in result.found} == {"file"} and result.not_searched == ()


def test_in_names_and_links_and_second_members(tmp_path: Path) -> None:
    (tmp_path / "about zoë müller's über-secret.txt").touch()
    (tmp_path / "link").symlink_to(f"/nowhere/{TEXT}")
    (tmp_path / "two.gz").write_bytes(gzip.compress(b"one") + gzip.compress(LINE.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"{TEXT}/x", "")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.comment = LINE.encode()
    found = places(tmp_path)
    assert {path.split(" > ")[0] for path in found} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("at", [(1 << 20) - 10, (1 << 20) - 1, 1 << 20, (1 << 21) - 3])
def test_at_the_edge_of_what_is_read_at_once(tmp_path: Path, at: int) -> None:
    (tmp_path / "plain").write_bytes(b"." * at + json.dumps(LINE).encode() + b"." * 100)
    (tmp_path / "packed").write_bytes(gzip.compress(b"." * at + LINE.encode("utf-16-le")))
    assert places(tmp_path) == {"plain", "packed > (gzip)"}


@pytest.mark.slow
def test_memory_stays_flat(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"nothing here \\u00e9\n" * 2_000_000)
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"\0" * 50_000_000 + LINE.encode()))
    tracemalloc.start()
    assert places(tmp_path) == {"bomb.gz > (gzip)"}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.parametrize("name", ["zip", "gz", "tar", "xz"])
def test_what_is_damaged_is_named(tmp_path: Path, name: str) -> None:
    data = packed(os.urandom(100_000))[name]
    (tmp_path / "file").write_bytes(data[: len(data) // 2])
    assert {missed.path.split(" > ")[0] for missed in search(tmp_path, [TEXT]).not_searched} == {"file"}


def test_what_is_unknown_encrypted_or_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.zst").write_bytes(b"\x28\xb5\x2f\xfd" + b"x" * 50)
    os.mkfifo(tmp_path / "pipe")
    with zipfile.ZipFile(tmp_path / "locked.zip", "w") as archive:
        archive.writestr("member", b"x" * 100)
    raw = bytearray((tmp_path / "locked.zip").read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(raw)
    missed = {one.path for one in search(tmp_path, [TEXT]).not_searched}
    assert missed == {"a.zst", "pipe", "locked.zip > member"}


# ---- SQLite --------------------------------------------------------------------------------------------


def filled(path: Path, value: str) -> sqlite3.Connection:
    opened = sqlite3.connect(path, isolation_level=None)
    opened.executescript("PRAGMA page_size = 1024; PRAGMA secure_delete = OFF; CREATE TABLE t (a TEXT, b TEXT)")
    opened.execute("INSERT INTO t VALUES ('first', 'small')")
    opened.execute("INSERT INTO t VALUES ('second', ?)", (value,))
    return opened


@pytest.mark.parametrize("shift", range(0, 1024, 61))
def test_in_a_row_that_runs_over_pages_wherever_it_is_cut(tmp_path: Path, shift: int) -> None:
    filled(tmp_path / "x.db", "." * (3000 + shift) + TEXT + "." * 3000).close()
    assert places(tmp_path) == {"x.db"}


@pytest.mark.parametrize("shift", range(0, 1100, 61))
def test_in_pages_that_are_free(tmp_path: Path, shift: int) -> None:
    """Overflow pages keep what was deleted; a text that is cut by their edge is put together again."""
    with closing(filled(tmp_path / "x.db", "." * (5000 + shift) + TEXT + "." * 3000)) as opened:
        opened.execute("DELETE FROM t")
    result = search(tmp_path, [TEXT])
    assert {found.path for found in result.found} == {"x.db"}
    assert not any(found.how.startswith("table t") for found in result.found)


@pytest.mark.parametrize("shift", range(0, 1100, 61))
def test_in_the_log_while_a_reader_holds_it(tmp_path: Path, shift: int) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.executescript("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)")
        writer.execute("INSERT INTO t VALUES (?)", ("." * shift + TEXT + "." * 3000,))
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM t").fetchall()
            writer.executescript("PRAGMA secure_delete = ON; DELETE FROM t")
            assert places(tmp_path) & {"x.db", "x.db-wal"}
            reader.execute("COMMIT")
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        writer.execute("VACUUM")
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert places(tmp_path) == set()


def test_in_a_full_text_index_without_content(tmp_path: Path) -> None:
    """Its words are kept by their difference to the one before, so that no byte search alone could see them."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as opened:
        opened.execute("CREATE VIRTUAL TABLE words USING fts5 (body, content = '')")
        opened.executemany("INSERT INTO words (body) VALUES (?)", [(f"zorbia{end}",) for end in ("", "n", "ns")])
        opened.commit()
    assert places(tmp_path, "zorbians") == {"x.db"} and places(tmp_path, "zorbiansk") == set()


def test_in_a_database_in_an_archive(tmp_path: Path) -> None:
    filled(tmp_path / "x.db", "." * 3000 + TEXT + "." * 3000).close()
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "x.db", "x.db")
    (tmp_path / "x.db").unlink()
    assert places(tmp_path) == {"a.zip > x.db"}


def test_a_database_in_use_stays_whole_and_locked(tmp_path: Path) -> None:
    """Looking at it must not let go of the locks that this process holds."""
    path = tmp_path / "x.db"
    with closing(connect(path)) as writer:
        writer.execute("CREATE TABLE t (a TEXT); BEGIN IMMEDIATE; INSERT INTO t VALUES ('held')").fetchall()
        places(tmp_path)
        places(tmp_path)
        opened = f"sqlite3.connect({str(path)!r}, timeout=0, isolation_level=None)"
        other = f"import sqlite3; {opened}.execute('BEGIN IMMEDIATE')"
        refused = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True)
        assert "database is locked" in refused.stderr
        writer.execute("COMMIT")


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    filled(tmp_path / "x.db", "." * 30_000).close()
    data = bytearray((tmp_path / "x.db").read_bytes())
    data[1024:] = os.urandom(len(data) - 1024)
    (tmp_path / "x.db").write_bytes(data)
    assert [missed.path for missed in search(tmp_path, [TEXT]).not_searched] == ["x.db"]


# ---- git -----------------------------------------------------------------------------------------------


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        given = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return subprocess.run(given, cwd=tmp_path, check=True, capture_output=True, text=True, env=environment).stdout

    run("init", "-q")
    return run


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("how", ["loose", "packed", "message"])
def test_in_git_objects(tmp_path: Path, git: Callable[..., str], how: str) -> None:
    """Loose, packed with deltas, and in a commit's message; also once no branch leads there."""
    body = "".join(f"line {number} of a long file\n" for number in range(2000))
    for number in range(4):
        text = LINE if number == 1 and how != "message" else "harmless"
        (tmp_path / "file").write_text(body + f"{text} {number}\n")
        git("add", "file")
        git("commit", "-qm", TEXT if how == "message" and number == 1 else f"change {number}")
    if how != "loose":
        git("repack", "-qadf")
        assert not list(tmp_path.glob(".git/objects/??"))
        assert "delta" in git("verify-pack", "-v", *map(str, tmp_path.glob(".git/objects/pack/*.idx"))) or how
    shutil.rmtree(tmp_path / ".git" / "logs")
    (tmp_path / ".git" / "COMMIT_EDITMSG").unlink()
    found = places(tmp_path)
    assert found and all(path.startswith(".git/objects/") for path in found), found
    holding = [
        line.split()[0]
        for line in git("cat-file", "--batch-all-objects", "--batch-check").splitlines()
        if TEXT in git("cat-file", "-p", line.split()[0])
    ]
    if how != "loose":
        assert {path.split()[-1] for path in found} == set(holding)


# ---- as a whole ----------------------------------------------------------------------------------------


def test_it_tells_never_the_text_and_can_be_stopped(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"file{number}").write_text(LINE)
    seen: list[tuple[int, int]] = []
    stop = threading.Event()

    def moved(done: int, of: int) -> None:
        seen.append((done, of))
        stop.set()

    result: Search = search(tmp_path, [TEXT], progress=moved, cancelled=stop.is_set)
    assert result.cancelled and [found.path for found in result.found] == ["file0"] and len(seen) == 1
    assert TEXT not in repr(result)


def test_what_is_left_out_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "file").write_text(LINE)
    assert search(tmp_path, [TEXT], leave_out=lambda path: path.name == "models").found == ()
    assert len(search(tmp_path, [TEXT]).found) == 1


def test_many_texts_at_once(tmp_path: Path) -> None:
    texts = [f"needle number {number} of many" for number in range(300)]
    (tmp_path / "hay").write_text("\n".join(f"hay {number}" for number in range(20_000)) + texts[7] + texts[299])
    assert {found.text for found in search(tmp_path, texts).found} == {7, 299}
