"""Each setting of `[reward]`, `[evidence]` and `[export]` is felt: another value, another output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.config import Config, describe
from core.database import Database
from core.evidence import run
from core.evidence.receipts import Receipts
from core.evidence.roles import export_when_due
from core.paths import Home
from core.records import Message
from tests.evidence.making import add, files, work

MEASURED = {"compile_pass": True, "tests_passed": 3, "tests_total": 4, "lint_errors": 10}
LIKE = "Write down which boats of the {} fleet leave the harbour on Monday morning before the tide turns, with times."


def a_day(database: Database) -> None:
    """Work of every kind that a setting looks at."""
    for number in range(1, 31):
        add(database, number, conversation_id=f"c{number}", thumb=True, role="coder")
    add(database, 31, conversation_id="d31", thumb=True, measured=MEASURED, role="coder")
    add(database, 32, conversation_id="d32", score=0.8, role="coder")
    add(database, 33, conversation_id="d33", thumb=True, measured={"compile_pass": False, "lint_errors": 50})
    for number, seconds in ((34, 2), (35, 60), (36, 900)):
        add(database, number, conversation_id=f"d{number}", thumb=True, duration_ms=1000.0 * seconds,
            messages=with_tools(number))  # fmt: skip
    add(database, 37, LIKE.format("northern"), conversation_id="d37", thumb=True)
    add(database, 38, LIKE.format("southern"), conversation_id="d38", thumb=True)
    for number in range(41, 49):
        add(database, number, conversation_id=f"f{number}", thumb=False)


def with_tools(number: int) -> list[Message]:
    call = {"id": "1", "type": "function", "function": {"name": "tide", "arguments": "{}"}}
    return [
        Message(role="user", content=f"When is the tide at pier {number}?"),
        Message(role="assistant", tool_calls=[call]),
        Message(role="tool", content=f"at {number % 24} o'clock", tool_call_id="1"),
    ]


def changed(key: str, value: Any) -> Config:
    section, _, name = key.partition(".")
    part = msgspec.structs.replace(getattr(Config(), section), **{name: value})
    return msgspec.structs.replace(Config(), **{section: part})


def scores(home: Home) -> Any:
    return {name: raw for name, raw in files(home.scored).items() if "/20" in name}


def sft(home: Home) -> Any:
    return files(home.datasets / "sft")


def quarantined(home: Home) -> Any:
    return files(home.quarantine)


def roles(home: Home) -> Any:
    return files(home.datasets / "roles") if (home.datasets / "roles").exists() else {}


def drift(home: Home) -> Any:
    receipts = Receipts(home.receipts)
    newest = receipts.newest
    assert newest is not None
    return receipts.drift(newest.run_id).severity


FELT: list[tuple[str, Any, Callable[[Home], Any]]] = [
    ("reward.compile", 1.0, scores),
    ("reward.tests", 1.0, scores),
    ("reward.errors", 1.0, scores),
    ("reward.human", 1.0, scores),
    ("reward.seed_compatible", True, scores),
    ("evidence.drift_threshold", 9.0, drift),
    ("evidence.near_duplicate", 0.5, quarantined),
    ("evidence.private_names", ("Northern",), quarantined),
    ("evidence.validation_share", 0.8, sft),
    ("evidence.min_duration_s", 100.0, sft),
    ("evidence.max_duration_s", 3_600.0, sft),
    ("training.min_quality", 4.5, sft),
    ("export.enabled", False, roles),
    ("export.min_runs", 1_000, roles),
    ("export.min_reward", 0.95, roles),
    ("export.max_examples", 2, roles),
]


def outcome(home: Home, database: Database, config: Config) -> None:
    a_day(database)
    run.run(work(home, database, config=config))
    for number in range(101, 165):
        add(database, number, conversation_id=f"e{number}", thumb=False)
    this = work(home, database, config=config)
    run.run(this)
    export_when_due(this)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("usual"))
    with Database.open(home) as database:
        outcome(home, database, Config())
    return home


def test_the_table_is_whole() -> None:
    declared = {one.key for one in describe() if one.key.startswith(("reward.", "evidence.", "export."))}
    assert {key for key, _, _ in FELT} == declared | {"training.min_quality"}


@pytest.mark.slow
@pytest.mark.parametrize(("key", "value", "seen"), FELT, ids=lambda one: one if isinstance(one, str) else "")
def test_a_setting_is_felt(usual: Home, tmp_path: Path, key: str, value: Any, seen: Callable[[Home], Any]) -> None:
    home = Home(tmp_path / "home")
    with Database.open(home) as database:
        outcome(home, database, changed(key, value))
    assert seen(home) != seen(usual)
