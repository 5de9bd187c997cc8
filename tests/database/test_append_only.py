"""What was said cannot be changed or taken away behind the repositories' backs."""

from __future__ import annotations

import apsw
import pytest

from core.database import Database
from tests.database.making import signals, thumb, trace


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE traces SET record = json_set(record, '$.response', 'other')",
        "UPDATE traces SET row = 99",
        "DELETE FROM traces",
        "REPLACE INTO traces (row, trace_id, record) SELECT row, trace_id, record FROM traces",
        "UPDATE feedback SET record = json_set(record, '$.value', json('true'))",
        "DELETE FROM feedback",
        "REPLACE INTO feedback SELECT * FROM feedback",
        "UPDATE trace_signals SET record = '{}'",
        "DELETE FROM trace_signals",
        "UPDATE trace_metadata SET metadata = '{}'",
        "DELETE FROM trace_metadata",
        "UPDATE changes SET kind = 'x'",
        "DELETE FROM changes",
        "DELETE FROM tombstones",
        "UPDATE tombstones SET trace_id = 'x'",
        "UPDATE home_facts SET value = '1'",
    ],
)
def test_the_file_itself_refuses(database: Database, sql: str) -> None:
    for trace_id in ("a", "gone"):
        database.traces.add(trace(trace_id))
        database.feedback.add(thumb(f"f{trace_id}", trace_id, False))
        database.signals.add(signals(trace_id, lint_errors=1))
        database.traces.update_metadata(trace_id, {"k": "v"})
    database.traces.delete("gone")
    before = database._connections.rows("SELECT * FROM traces, feedback, trace_signals, trace_metadata")
    with pytest.raises(apsw.ConstraintError, match=r"append-only|created as"):
        database._connections.rows(sql)
    assert database._connections.rows("SELECT * FROM traces, feedback, trace_signals, trace_metadata") == before


def test_a_row_outside_of_its_checks_is_refused(database: Database) -> None:
    database.traces.add(trace("a"))
    for sql in (
        "INSERT INTO traces (trace_id, record) VALUES ('b', 'no json')",
        'INSERT INTO traces (trace_id, record) VALUES (\'b\', \'{"created_at": "x", "origin": "elsewhere"}\')',
        "INSERT INTO labels VALUES ('a', 'accepted', 1.5, NULL)",
        "INSERT INTO labels VALUES ('a', 'liked', 1, NULL)",
        "INSERT INTO feedback (feedback_id, trace_id, record) VALUES ('f', 'nothing', '{}')",
        "INSERT INTO trace_signals (trace_id, record) VALUES ('a', '{\"tests_passed\": 2, \"tests_total\": 1}')",
        "INSERT INTO jobs (job_id, kind, state, payload, created_at, not_before)"
        " VALUES ('j', 'k', 'done', '{}', '', '')",
    ):
        with pytest.raises((apsw.ConstraintError, apsw.SQLError), match=r"CHECK|malformed|FOREIGN"):
            database._connections.rows(sql)
