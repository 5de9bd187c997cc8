"""The check finds what is wrong: damage in the derived tables, in the full text, in the pages."""

from __future__ import annotations

import pytest

from core.database import Database, Import, TraceSource
from core.errors import DatabaseError
from core.paths import Home
from tests.database.making import correction, thumb, trace


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        ("UPDATE labels SET verdict = 'accepted' WHERE trace_id = 'no'", "the label of no"),
        ("UPDATE labels SET reward = 0.5 WHERE trace_id = 'yes'", "the label of yes"),
        ("UPDATE labels SET correction = NULL WHERE trace_id = 'fixed'", "the label of fixed"),
        ("DELETE FROM labels WHERE trace_id = 'yes'", "the label of yes"),
        ("DELETE FROM exemplars WHERE trace_id = 'yes'", "the exemplar of yes"),
        ("INSERT INTO exemplars (trace_id, kind) VALUES ('no', 'accepted')", "the exemplar of no"),
        ("UPDATE exemplars SET kind = 'partial' WHERE trace_id = 'yes'", "the exemplar of yes"),
        ("INSERT INTO trace_fts (trace_fts) VALUES ('delete-all')", "trace_fts does not agree"),
        ("INSERT INTO exemplar_fts (rowid, task) VALUES (99, 'ghost')", "exemplar_fts does not agree"),
        (
            "PRAGMA foreign_keys = OFF; INSERT INTO labels VALUES ('ghost', 'accepted', 1, NULL)",
            "missing row of traces",
        ),
    ],
)
def test_each_harm_is_found(database: Database, harm: str, expected: str) -> None:
    for trace_id in ("yes", "no", "fixed"):
        database.traces.add(trace(trace_id))
    database.feedback.add(thumb("f1", "yes", True))
    database.feedback.add(thumb("f2", "no", False))
    database.feedback.add(correction("f3", "fixed", "better"))
    assert database.integrity_check() == []
    database._connections.rows(harm)
    assert any(expected in line for line in database.integrity_check()), database.integrity_check()


def test_a_forgotten_row_that_is_there_is_found(database: Database) -> None:
    database.imports.begin(
        Import(import_id="i", format="chatgpt", source_file="x", sha256="0" * 64, recorded_at="2026")
    )
    database.traces.add(trace("a", origin="import"))
    database.imports.add_source(TraceSource(trace_id="a", import_id="i", source_file="x", line_offset=0, sig_hash="s"))
    assert database.integrity_check() == []
    database.forgotten.add(["s"])
    assert database.integrity_check() == ["trace a comes from a row that was forgotten"]


def test_what_another_process_wrote_is_not_called_damaged(home: Home, database: Database) -> None:
    with Database.open(home) as other:
        for number in range(5):
            with other.transaction():
                for part in range(100):
                    other.traces.add(trace(f"t{number}-{part}", f"Where is item{number}{part}? {'Really? ' * 50}"))
            assert database.integrity_check() == []


def test_a_damaged_page_is_found(home: Home, database: Database) -> None:
    for number in range(300):
        database.traces.add(trace(f"t{number}"))
    database.close()
    data = bytearray(home.database.read_bytes())
    middle = (len(data) // 4096 // 2) * 4096
    data[middle : middle + 4096] = b"\xa5" * 4096
    home.database.write_bytes(data)
    try:
        with Database.open(home) as again:
            assert again.integrity_check() != []
    except DatabaseError as error:
        assert "damaged" in error.message
