"""Runs: the seeds' tables by their names and columns, and a run made elsewhere."""

from __future__ import annotations

import math

import apsw
import pytest

from core.database import Database, RunReport
from core.errors import BadRequest, NotFound
from core.records import Usage
from tests.database.making import opened, thumb, tick, trace

SEED_COLUMNS = {
    "runs": ["id", "ts", "task_slug", "model_name", "prompt_id", "reward", "cost_tokens", "duration_ms"],
    "signals": [
        "run_id",
        "lint_errors",
        "type_errors",
        "tests_failed",
        "coverage_pct",
        "schema_errors",
        "boundary_errors",
    ],
    "web_cache": ["url", "html", "fetched_at"],
}


def test_pairs_begin_with_the_seeds_columns(database: Database) -> None:
    columns = [name for (name,) in database._connections.rows("SELECT name FROM pragma_table_info('pairs')")]
    assert columns[:6] == ["id", "task_slug", "role", "prompt_json", "output_json", "label"]


@pytest.mark.parametrize("table", SEED_COLUMNS)
def test_the_seeds_tables_have_the_seeds_columns(database: Database, table: str) -> None:
    columns = [name for (name,) in database._connections.rows("SELECT name FROM pragma_table_info(?)", (table,))]
    assert columns == SEED_COLUMNS[table]


def test_a_run_made_elsewhere_is_a_trace_with_signals_and_a_reward(database: Database) -> None:
    report = RunReport(
        task_slug="add-hooks",
        model_name="qwen2.5-coder:7b",
        prompt_id="detailed",
        role="fixer",
        prompt="Fix it",
        output="Fixed",
        compile_pass=True,
        lint_errors=2,
        type_errors=0,
        tests_passed=8,
        tests_total=10,
        coverage_pct=85,
        schema_errors=0,
        boundary_errors=0,
        human_accept=True,
        prompt_tokens=100,
        completion_tokens=20,
        cost_usd=0.01,
        duration_ms=1234.5,
        reward=0.1,
    )
    label = database.runs.record(report, trace_id="r1", created_at=tick())
    assert label.reward == pytest.approx(0.945)
    run = database.runs.get("r1")
    assert (run.task_slug, run.model_name, run.prompt_id, run.cost_tokens, run.duration_ms) == (
        "add-hooks",
        "qwen2.5-coder:7b",
        "detailed",
        120,
        1235,
    )
    recorded = database.traces.get("r1")
    assert (recorded.origin, recorded.role, recorded.cost_usd) == ("import", "fixer", 0.01)
    assert database._connections.rows("SELECT * FROM signals") == [(run.id, 2, 0, 2, 85, 0, 0)]
    assert database.exemplars.count() == 0, "an import waits for its review"
    assert database.integrity_check() == []


def test_a_reported_reward_stands_where_nothing_else_is_known(database: Database) -> None:
    bare = RunReport(task_slug="t", model_name="m", reward=0.6)
    assert database.runs.record(bare, trace_id="r1", created_at=tick()).reward == 0.6
    unknown = RunReport(task_slug="t", model_name="m")
    assert database.runs.record(unknown, trace_id="r2", created_at=tick()).reward is None
    assert [(r.id, r.reward) for r in database.runs.all()] == [(2, None), (1, 0.6)]
    assert [r.id for r in database.runs.all(before_id=2)] == [1]
    assert database.feedback.add(thumb("f", "r1", False)).reward == 0.0


def test_a_failed_run_leaves_nothing(database: Database) -> None:
    wrong = RunReport(task_slug="t", model_name="m", tests_passed=5, tests_total=1)
    with pytest.raises(BadRequest):
        database.runs.record(wrong, trace_id="r1", created_at=tick())
    with pytest.raises(BadRequest):
        database.runs.record(
            RunReport(task_slug="t", model_name="m", cost_usd=math.nan), trace_id="r1", created_at=tick()
        )
    assert database.traces.list() == []
    assert database.changes_since(0) == []


def test_every_finished_trace_is_a_run(database: Database) -> None:
    database.traces.add(trace("a", usage=Usage(prompt_tokens=1, completion_tokens=2), task_hash="h"))
    database.traces.begin(opened("b"))
    (run,) = database.runs.all()
    assert (run.task_slug, run.cost_tokens, run.duration_ms, run.reward) == ("h", 3, None, None)
    with pytest.raises(NotFound):
        database.runs.get("b")


def test_the_seeds_checks_hold(database: Database) -> None:
    database.traces.add(trace("a"))
    with pytest.raises(apsw.ConstraintError):
        database._connections.rows("INSERT INTO labels VALUES ('a', 'accepted', 1.01, NULL)")
    database.feedback.add(thumb("f", "a", True))
    database._connections.rows("INSERT INTO web_cache (url, html) VALUES ('https://docs.python.org', '<p>')")
    assert database._connections.value("SELECT fetched_at IS NOT NULL FROM web_cache") == 1
