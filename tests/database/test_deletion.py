"""A deleted trace is gone from every byte under the home: file, log, full text, backups."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
import pytest

from core.clock import stamp
from core.database import Database, Import, Pair, Review, TraceSource
from core.database.backup import Backups
from core.database.deletion import delete_rows, tables_naming_traces
from core.errors import NotFound
from core.paths import Home
from tests.database.making import correction, opened, signals, thumb, tick, trace

SECRETS = (
    "xq1question",
    "wv2answer",
    "jk3chunk",
    "zb4comment",
    "yd5fix",
    "qm6tag",
    "vk7meta",
    "xj8review",
    "zz9system",
    "kw7origin",
    "hg4pair",
)


def holding(root: Path, words: tuple[str, ...]) -> list[str]:
    """file: word, for every word (in any case, or its tail) that is still in the bytes of a file."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes().lower()
            found += [f"{path.name}: {word}" for word in words if word.encode() in data or word[2:].encode() in data]
    return found


def tell_everything(database: Database, trace_id: str) -> None:
    database.traces.begin(opened(trace_id, "Xq1question zz9system"))
    database.traces.append(trace_id, "Jk3chunk is said here")
    whole = trace(trace_id, "Xq1question zz9system", "Wv2answer is the answer", metadata={"k": "vk7meta"})
    database.traces.finish(whole)
    database.traces.update_metadata(trace_id, {"k": "vk7meta two"})
    database.feedback.add(thumb(f"{trace_id}-1", trace_id, True, comment="zb4comment", tags={"t": "qm6tag"}))
    database.feedback.add(correction(f"{trace_id}-2", trace_id, "yd5fix"))
    database.signals.add(signals(trace_id, lint_errors=1))
    body = {"text": "xj8review"}
    database.reviews.add(
        Review(id=f"{trace_id}-r", kind="edit", title="t", body=body, trace_id=trace_id, created_at=tick())
    )
    tell_where_it_came_from_and_went(database, trace_id)


def tell_where_it_came_from_and_went(database: Database, trace_id: str) -> None:
    """As if it were imported; and a pair that was made from it."""
    database.imports.begin(
        Import(import_id="i", format="chatgpt", source_file="x", sha256="0" * 64, recorded_at=tick())
    )
    origin = TraceSource(
        trace_id=trace_id, import_id="i", source_file="kw7origin", line_offset=0, sig_hash=f"sig of {trace_id}"
    )
    database.imports.add_source(origin)
    pair = Pair(
        task_slug="t",
        role="coder",
        prompt_json='"hg4pair"',
        output_json='"hg4pair"',
        label=1,
        run_id=trace_id,
        exported_at=tick(),
        trace_id=trace_id,
    )
    assert database.pairs.add([pair]) == 1


def others(database: Database) -> None:
    for number in range(40):
        database.traces.add(trace(f"o{number}", f"Where is item{number}, xq1quest or zz9sys?", "wv2answ nearby"))
        database.feedback.add(thumb(f"o{number}", f"o{number}", True))


@pytest.mark.parametrize("among_others", [False, True])
def test_nothing_of_it_is_left_in_any_byte(home: Home, database: Database, among_others: bool) -> None:
    if among_others:
        others(database)
    tell_everything(database, "secret")
    if among_others:
        for number in range(40, 80):
            database.traces.add(trace(f"o{number}", f"Where is item{number}?", "far away"))
    Backups(home.backups, delete_rows).take(
        database._connections.get(), version=1, stamp=stamp(datetime(2026, 1, 1, tzinfo=UTC))
    )
    assert len(holding(home.root, SECRETS)) > len(SECRETS), "the search itself finds what is there"
    report = database.traces.delete("secret")
    assert report.log_emptied and report.backups_cleaned == 1
    assert report.rows["feedback"] == 2 and report.rows["reviews"] == 1 and report.rows["exemplars"] == 1
    assert holding(home.root, SECRETS) == []
    connection = database._connections.get()
    for table in ("trace_fts", "exemplar_fts"):
        connection.execute(f"CREATE VIRTUAL TABLE temp.{table}_words USING fts5vocab('main', '{table}', 'row')")
        words = {term for (term,) in connection.execute(f"SELECT term FROM temp.{table}_words")}
        assert not [word for word in words if word.startswith(SECRETS)]
        connection.execute(f"DROP TABLE temp.{table}_words")
    assert database.integrity_check() == []
    expected = 40 if among_others else 0
    assert database.counts().exemplars == expected
    copy = apsw.Connection(str(next(home.backups.glob("*.db"))))
    assert copy.execute("SELECT count(*) FROM traces").fetchall() == [(80 if among_others else 0,)]
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    copy.close()


def test_the_id_stays_as_a_tombstone_and_followers_hear_of_it(database: Database) -> None:
    tell_everything(database, "a")
    (exemplar,) = database.exemplars.all()
    database.traces.delete("a")
    change = database.changes_since(0)[-1]
    assert (change.kind, change.trace_id, change.row) == ("delete", "a", exemplar.row)
    for call in (database.traces.get, database.traces.delete, database.feedback.label):
        with pytest.raises(NotFound):
            call("a")
    assert database.traces.is_deleted("a") and not database.traces.is_deleted("b")
    with pytest.raises(NotFound):
        database.feedback.add(thumb("again", "a", True))
    with pytest.raises(apsw.ConstraintError, match="was deleted"):
        database.traces.add(trace("a"))


def test_a_trace_deleted_while_it_is_made_stays_deleted(database: Database) -> None:
    database.traces.begin(opened("a"))
    database.traces.append("a", "some")
    database.traces.delete("a")
    database.traces.append("a", "more")
    assert database.traces.finish(trace("a")) is False
    assert database.counts().traces == 0
    assert database.traces.recover(lambda owner: True) == 0
    assert database.integrity_check() == []


def test_every_table_that_names_a_trace_is_cleared(database: Database) -> None:
    """A table added later without a `trace_id` column would keep text: whoever adds one must decide here."""
    names = set(tables_naming_traces(database._connections.get()))
    tables = {
        name
        for (name,) in database._connections.rows(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    }
    with_drafts = {"app_state"}  # by their names: see the tests of drafts
    without_text_of_traces = {"home_facts", "tombstones", "changes", "jobs", "web_cache", "migrations", "notices"}
    # hashes of rows; a file's name and counts; where another program's file lies
    by_imports = {"forgotten_rows", "imports", "sources"}
    assert tables - names == without_text_of_traces | by_imports | with_drafts


def test_a_reader_in_the_way_is_reported_not_hidden(home: Home, database: Database) -> None:
    tell_everything(database, "a")
    database._connections.get().execute("PRAGMA busy_timeout = 50").fetchall()
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        connection = apsw.Connection(str(home.database))
        connection.execute("BEGIN; SELECT count(*) FROM traces").fetchall()
        reading.set()
        done.wait(10)
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(10)
    assert database.traces.delete("a").log_emptied is False
    done.set()
    reader.join()
    assert database.scrub() is True
    assert holding(home.root, SECRETS) == []


def test_deleting_one_leaves_the_others_as_they_were(database: Database) -> None:
    kept = trace("kept", "the same words", "the same answer")
    database.traces.add(kept)
    database.traces.add(msgspec.structs.replace(kept, id="gone"))
    for trace_id in ("kept", "gone"):
        database.feedback.add(thumb(trace_id, trace_id, True))
    database.traces.delete("gone")
    assert database.traces.get("kept") == kept
    assert [t.id for t in database.traces.search("same words")] == ["kept"]
    assert [e.trace_id for e in database.exemplars.all()] == ["kept"]
