"""The export is everything of the person's, whole or not there at all."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core import config
from core.database import Database, Import, RegisteredSource, Review
from core.errors import BadRequest, StorageFull
from core.paths import Home
from core.privacy.egress_log import EgressLine, EgressLog
from core.privacy.takeout import Takeout, takeout
from core.records import Feedback, Message, Signals, Trace

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = "the-servers-own-token"


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as opened:
        for number in range(250):
            trace = f"t{number}"
            at = f"2026-11-21T00:{number // 60:02}:{number % 60:02}.000000Z"
            asked = [Message(role="user", content=f"question ☃ {number}")]
            opened.traces.add(Trace(id=trace, created_at=at, messages=asked, response="a", finish_reason="stop"))
            if number % 2:
                opened.feedback.add(Feedback(id=f"f{number}", trace_id=trace, created_at=at, value=True))
        opened.signals.add(Signals(trace_id="t1", created_at="2026-11-21T00:00:00.000000Z", compile_pass=True))
        opened.reviews.add(Review(id="r", kind="edit", title="t", body={}, created_at="2026-11-21T00:00:00.000000Z"))
        opened.jobs.insert("j", "apply_edit", {"review_id": "r"}, now=MOMENT)
        opened.imports.begin(
            Import(import_id="i", format="chatgpt", source_file="c.zip", sha256="0" * 64, recorded_at="2026")
        )
        opened.sources.add(RegisteredSource(name="s", path="/s.jsonl", mapping="", added_at="2026"))
        yield opened


@pytest.fixture
def target(home: Home, tmp_path: Path) -> Path:
    config.set_value(home, "server.port", "8123")
    home.agents.mkdir()
    (home.agents / "mine.toml").write_text('name = "mine"\n')
    home.token_file.write_text(TOKEN)
    EgressLog(home.egress_log).write(
        EgressLine(id="e", at="now", event="sent", purpose="p", method="GET", host="h.example")
    )
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "mine.zip"


def lines(archive: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in archive.read(name).decode().splitlines()]


def test_everything_is_in_it(home: Home, database: Database, target: Path) -> None:
    told: list[tuple[int, int]] = []
    written = takeout(home, database, target, progress=lambda done, of: told.append((done, of)), at=MOMENT)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        traces = [msgspec.convert(row, Trace) for row in lines(archive, "traces.jsonl")]
        assert traces == [database.traces.get(f"t{number}") for number in range(250)]
        assert [row["id"] for row in lines(archive, "feedback.jsonl")] == [f"f{n}" for n in range(1, 250, 2)]
        single = ("signals", "reviews", "jobs", "egress", "imports", "sources")
        assert [len(lines(archive, f"{name}.jsonl")) for name in single] == [1] * 6
        assert archive.read("config.toml") == home.config_file.read_bytes()
        assert archive.read("agents/mine.toml") == (home.agents / "mine.toml").read_bytes()
        about = json.loads(archive.read("about.json"))
        assert about["lines"] == written.lines and about["at"].startswith("2026-11-21T00:00:00")
        assert not any(TOKEN.encode() in archive.read(name) for name in archive.namelist())
    assert (written.path, written.bytes, written.cancelled) == (target, target.stat().st_size, False)
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert told[-1][0] == told[-1][1] and all(before <= after for before, after in pairwise(told))
    assert len(told) > 3


def test_cancelled_in_the_middle_nothing_is_left(home: Home, database: Database, target: Path) -> None:
    target.write_text("the one before")
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 100

    outcome = takeout(home, database, target, cancelled=cancelled)
    assert outcome == Takeout(path=target, lines={}, bytes=0, cancelled=True)
    assert asked == 101
    assert target.read_text() == "the one before"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_trace_deleted_in_the_meantime_is_left_out(home: Home, database: Database, target: Path) -> None:
    def progress(done: int, of: int) -> None:
        if done == 100:
            database.traces.delete("t99")
            database.traces.delete("t200")

    takeout(home, database, target, progress=progress)
    with zipfile.ZipFile(target) as archive:
        kept = {row["id"] for row in lines(archive, "traces.jsonl")}
        rated = {row["trace_id"] for row in lines(archive, "feedback.jsonl")}
    assert "t200" not in kept and len(kept) == 249
    assert "t99" not in rated


def test_a_full_disk_is_told_and_nothing_is_left(
    home: Home, database: Database, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="no room"):
        takeout(home, database, target)
    assert list(target.parent.iterdir()) == []


def test_a_disk_that_is_full_on_the_way(home: Home, database: Database, target: Path) -> None:
    """A process that may write no file larger than 4 KiB."""
    code = """
        import resource, signal, sys
        from pathlib import Path
        from core.database import Database
        from core.paths import Home
        from core.privacy.takeout import takeout
        home = Home(Path(sys.argv[1]))
        database = Database.open(home)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            takeout(home, database, Path(sys.argv[2]))
        except Exception as error:
            print(type(error).__name__)
    """
    command = [sys.executable, "-c", "\n".join(line[8:] for line in code.splitlines()), str(home.root), str(target)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent.parent)
    assert ended.stdout.strip() in ("BadRequest", "StorageFull")
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("where", ["none/x.zip", "file/x.zip"])
def test_a_place_that_cannot_be_written(where: str, home: Home, database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadRequest, match="cannot be written"):
        takeout(home, database, tmp_path / where)


def test_an_empty_home(home: Home, tmp_path: Path) -> None:
    home.config_file.unlink(missing_ok=True)
    with Database.open(home) as empty:
        written = takeout(home, empty, tmp_path / "x.zip")
    assert set(written.lines.values()) == {0}
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "x.zip").read_bytes()))
