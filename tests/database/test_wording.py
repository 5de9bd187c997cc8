"""Rows that no trace owns: each that holds a text is found and cleaned, here and in the backups, and no other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database import Database, Import, Review
from core.database.backup import Backups
from core.database.connection import connect
from core.database.deletion import delete_rows
from core.database.wording import without
from core.paths import Home
from tests.database.making import tick, trace

NOW = datetime(2026, 5, 2, tzinfo=UTC)
WORD = "quuxina"


def holds(text: str) -> bool:
    return WORD in text.lower()


def filled(database: Database) -> None:
    database.traces.add(trace("t1", f"about {WORD}"))
    database.jobs.insert("j1", "session", {"about": [WORD, "x"], "n": 1}, now=NOW)
    database.jobs.insert("j2", "session", {"about": "x"}, now=NOW)
    for review_id, body, trace_id in (("r1", WORD, None), ("r2", "x", None), ("r3", WORD, "t1")):
        database.reviews.add(
            Review(id=review_id, kind="edit", title="t", body={"why": body}, created_at=tick(), trace_id=trace_id)
        )
    database.reviews.add(
        Review(id="import:i1", kind="import", title="Import", body={"source_file": WORD}, created_at=tick())
    )
    database.reviews.decide("import:i1", "approved", decided_at=tick())
    database.imports.begin(
        Import(import_id="i1", format="f", source_file=f"/{WORD}", sha256="0" * 64, recorded_at=tick())
    )
    database.state.set("draft:c", f"dear {WORD}")
    database.state.set("window", "x")
    database.notices.first_today(WORD, "2026-05-02")
    connection = database._connections.get()
    connection.execute("INSERT INTO web_cache (url, html) VALUES ('a', ?), ('b', 'x')", (WORD,)).fetchall()


def test_what_holds_it_is_cleaned_and_the_rest_stays(database: Database) -> None:
    filled(database)
    expected = {"app_state": 1, "imports": 1, "jobs": 1, "notices": 1, "reviews": 2, "web_cache": 1}
    assert database.wording.clean(holds) == expected
    assert not [table for table, text in database.wording.of_others() if holds(text)]
    assert database.jobs.get("j1").payload == {"about": ["[forgotten]", "x"], "n": 1}
    assert database.jobs.get("j2").payload == {"about": "x"}
    assert {one.id for one in database.reviews.all()} == {"r2", "r3", "import:i1"}
    assert database.reviews.get("import:i1").state == "approved", "what was approved stays so"
    assert database.imports.get("i1").source_file == "[forgotten]"
    assert database.state.get("window") == "x" and database.state.get("draft:c") is None
    assert [trace_id for trace_id, text in database.wording.of_traces() if holds(text)] == ["t1", "t1"]
    assert database.wording.clean(holds) == {}


def test_backups_are_cleaned(home: Home, database: Database) -> None:
    filled(database)
    path = Backups(home.backups, delete_rows).take(database._connections.get(), version=2, stamp=tick())
    assert WORD.encode() in path.read_bytes()
    database.traces.delete("t1")
    assert database.wording.clean(holds)["backups"] == 1
    assert WORD.encode() not in path.read_bytes()


@pytest.mark.parametrize("version", [1, 2])
def test_backups_of_earlier_schemas_too(home: Home, database: Database, version: int) -> None:
    """They lack tables that there are now, and have a view where a table is."""
    home.backups.mkdir()
    shipped = (Path(__file__).parent / "fixtures" / f"schema_v{version}.sql").read_text()
    path = home.backups / f"nightschool-v{version}-20260101T000000Z.db"
    copy = connect(path)
    copy.execute("PRAGMA foreign_keys = OFF").fetchall()
    copy.execute(shipped).fetchall()
    copy.execute("INSERT INTO web_cache (url, html) VALUES ('a', ?)", (WORD,)).fetchall()
    copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    copy.close()
    assert database.wording.clean(holds) == {"backups": 1}
    assert WORD.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (f"a {WORD}", "[forgotten]"),
        ([WORD, 1, None], ["[forgotten]", 1, None]),
        ({"a": {WORD: WORD}}, {"a": {"[forgotten]": "[forgotten]"}}),
        ("x", "x"),
    ],
)
def test_a_value_without_it(value: object, cleaned: object) -> None:
    assert without(value, holds) == cleaned
    assert json.loads(json.dumps(cleaned)) == cleaned
