"""Role exports: the best new examples, anonymised, and none twice, ever."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.config import Config, ExportConfig
from core.database import Database
from core.evidence import collect, score, screen
from core.evidence.export import sft
from core.evidence.roles import ROLES, RoleExport, export_roles, export_when_due
from core.paths import Home
from core.records import Message, Role
from tests.evidence.export.making import TRAIN, Lines, put, row
from tests.evidence.making import add, feedback, work


def examples(home: Home, role: str) -> list[dict[str, Any]]:
    path = home.datasets / "roles" / f"{role}_sft.jsonl"
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.is_file() else []


def names(home: Home, role: str) -> list[str]:
    return [one["run_id"] for one in examples(home, role)]


def handed_over(home: Home, database: Database, rows: list[Lines], **options: Any) -> RoleExport:
    put(home, rows)
    given = work(home, database, **options)
    sft.run(given)
    return export_roles(given)


def test_each_role_has_its_file(home: Home, database: Database) -> None:
    for number in range(1, 5):
        add(database, number, thumb=True)
    rows = [row(n, model_role=role) for n, role in enumerate(ROLES, start=1)]
    done = handed_over(home, database, rows)
    assert [(one.role, one.new, one.rows) for one in done.roles] == [(role, 1, 1) for role in ROLES]
    assert [names(home, role) for role in ROLES] == [["t1"], ["t2"], ["t3"], ["t4"]]
    assert database.pairs.count() == 4


def test_the_best_first_and_none_twice(home: Home, database: Database) -> None:
    for number in range(1, 6):
        add(database, number, thumb=True)
    rewards = {1: 0.8, 2: 1.0, 3: 0.9, 4: 0.9, 5: 0.74}
    rows = [
        row(n, "accepted", score={"reward": reward, "quality": 1 + 4 * reward}, model_role="coder")
        for n, reward in rewards.items()
    ]
    sizes = [handed_over(home, database, rows, limit=2).roles[1].new for _ in range(4)]
    assert sizes == [2, 2, 0, 0]  # 0.75 is below the quality that an example needs
    first = [pair.run_id for _, pair in database.pairs.page("coder")]
    assert first == ["t2", "t3", "t4", "t1"]
    assert names(home, "coder") == ["t1", "t2", "t3", "t4"]


def test_a_reward_that_is_not_known_is_none(home: Home, database: Database) -> None:
    add(database, 1, thumb=True)
    done = handed_over(home, database, [row(1, score={"reward": None, "quality": None}, model_role="judge")])
    assert (done.roles[3].role, done.roles[3].new) == ("judge", 0)


def test_what_goes_out_is_anonymous(home: Home, database: Database) -> None:
    add(database, 1, thumb=True)
    told = [
        Message(role="user", content="Write to jane.doe@example.org", tool_calls=[{"a": ["joe.bloggs@example.org"]}])
    ]
    handed_over(home, database, [row(1, messages=told, response="Ask mary.major@example.org instead.")])
    (example,) = examples(home, "assistant")
    assert example["prompt"][0]["content"] == "Write to [e-mail]"
    assert example["prompt"][0]["tool_calls"] == [{"a": ["[e-mail]"]}]
    assert example["completion"][0]["content"] == "Ask [e-mail] instead."
    ((_, pair),) = database.pairs.page()
    assert "@" not in pair.prompt_json + pair.output_json


def test_a_deleted_trace_leaves_the_file_and_the_ledger(home: Home, database: Database) -> None:
    for number in (1, 2):
        add(database, number, thumb=True)
    handed_over(home, database, [row(1), row(2)])
    database.traces.delete("t1")
    sft.run(work(home, database))
    assert names(home, "assistant") == ["t2"]
    assert database.pairs.count() == 1


def test_refused_later_it_leaves_the_file_but_is_never_handed_over_again(home: Home, database: Database) -> None:
    for number in (1, 2):
        add(database, number, thumb=True)
    handed_over(home, database, [row(1), row(2)])
    put(home, [row(1, human=0.0), row(2)])
    sft.run(work(home, database))
    assert names(home, "assistant") == ["t2"]
    assert handed_over(home, database, [row(1), row(2)]).roles[0].new == 0
    assert names(home, "assistant") == ["t1", "t2"]


def test_what_was_refused_after_it_was_collected_is_not_handed_over(home: Home, database: Database) -> None:
    for number in (1, 2, 3):
        add(database, number, thumb=True)
    put(home, [row(1), row(2), row(3)])
    sft.run(work(home, database))
    database.feedback.add(feedback(901, "t1", False, metric="thumb"))
    database.feedback.add(feedback(902, "t2", "It is another one.", metric="demonstration"))
    export_roles(work(home, database))
    assert names(home, "assistant") == ["t3"]
    assert database.pairs.count() == 1
    database.feedback.add(feedback(903, "t3", False, metric="thumb"))
    export_roles(work(home, database))
    assert names(home, "assistant") == []


def test_a_correction_that_is_corrected_leaves_the_file(home: Home, database: Database) -> None:
    """The answer that went out is not what the person says today; the run has gone out once all the same."""
    add(database, 1, correction="It is twelve miles, mary@example.org says.", conversation_id=TRAIN[0])
    made(home, database)
    assert [one["completion"][0]["content"] for one in examples(home, "assistant")] == []  # an address: quarantined
    database.feedback.add(feedback(901, "t1", "It is twelve miles.", metric="demonstration"))
    made(home, database)
    assert [one["completion"][0]["content"] for one in examples(home, "assistant")] == ["It is twelve miles."]
    database.feedback.add(feedback(902, "t1", "It is thirteen miles.", metric="demonstration"))
    made(home, database)
    assert names(home, "assistant") == []
    assert database.pairs.count() == 1


def test_what_says_a_refused_answer_again_is_not_handed_over(home: Home, database: Database) -> None:
    turns = [
        Message(role="user", content="How deep?"),
        Message(role="assistant", content="Nine metres."),
        Message(role="user", content="Are you sure?"),
    ]
    add(database, 1, "How deep?", "Nine metres.", conversation_id="a")
    add(database, 2, thumb=True, conversation_id="a")
    handed_over(home, database, [row(2, messages=turns)])
    assert names(home, "assistant") == ["t2"]
    database.feedback.add(feedback(901, "t1", False, metric="thumb"))
    export_roles(work(home, database))
    assert names(home, "assistant") == []
    database.pairs.forget(["t2"])
    assert export_roles(work(home, database)).roles[0].new == 0


@pytest.mark.parametrize("anew", ["It is thirteen miles.", None])
def test_a_correction_that_was_given_anew_or_taken_back_is_not_handed_over(
    home: Home, database: Database, anew: str | None
) -> None:
    add(database, 1, correction="It is twelve miles.", conversation_id=TRAIN[0])
    made(home, database, hand_over=False)
    database.feedback.add(feedback(901, "t1", anew, metric="demonstration"))
    assert export_roles(work(home, database)).roles[0].new == 0


def made(home: Home, database: Database, *, hand_over: bool = True) -> None:
    """By the real stages."""
    given = work(home, database)
    for stage in (collect, score, screen, sft):
        assert stage.run(given).passed
    if hand_over:
        export_roles(given)


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        (ExportConfig(enabled=False), "export.enabled is false"),
        (ExportConfig(min_runs=3), "2 of 3 scored runs (export.min_runs)"),
        (ExportConfig(min_runs=2), ""),
        (ExportConfig(min_runs=2, min_reward=0.95), ""),
        (ExportConfig(min_runs=2, max_examples=1), ""),
    ],
)
def test_by_itself_only_when_due(home: Home, database: Database, chosen: ExportConfig, reason: str) -> None:
    for number in range(1, 4):
        add(database, number, thumb=True)
    better = row(1, "accepted", score={"reward": 0.9, "quality": 4.6})
    put(home, [better, row(2), row(3, human=None)])
    given = work(home, database, config=Config(export=chosen))
    sft.run(given)
    done = export_when_due(given)
    assert (done.status, done.reason) == ("skipped" if reason else "done", reason)
    expected = [] if reason else ["t2"] if (chosen.min_reward > 0.9 or chosen.max_examples == 1) else ["t1", "t2"]
    assert names(home, "assistant") == expected


def test_a_dry_run_leaves_nothing(home: Home, database: Database) -> None:
    add(database, 1, thumb=True)
    put(home, [row(1)])
    sft.run(work(home, database))
    done = export_roles(work(home, database, dry_run=True))
    assert (done.roles[0].new, done.roles[0].rows) == (1, 1)
    assert database.pairs.count() == 0
    assert names(home, "assistant") == []


def test_a_second_time_writes_nothing(home: Home, database: Database) -> None:
    add(database, 1, thumb=True)
    handed_over(home, database, [row(1)])
    path = home.datasets / "roles" / "assistant_sft.jsonl"
    before = path.stat().st_mtime_ns
    roles: tuple[Role, ...] = ("assistant",)
    export_roles(work(home, database), roles)
    assert path.stat().st_mtime_ns == before
