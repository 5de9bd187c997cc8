"""Whatever stands in a file of any format: it is read or counted, and never ends in a traceback."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.evidence.importers.files import ImportProblem
from core.evidence.importers.formats import FORMATS, looks_like
from core.evidence.importers.turns import ImportedTurn
from tests.evidence.importers.making import (
    chatgpt_branching,
    chatgpt_zip,
    document,
    items,
    jsonl,
    llm_database,
    logs,
    otlp,
    spans,
    webui_database,
    webui_feedback,
    webui_two_turns,
)
from tests.evidence.importers.test_lines import ANSWER, QUESTION, chat_feedback, interaction, shared
from tests.evidence.importers.test_programs import FORMS, session

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 3, 1e300, 10**40, "", "x", "\ud83d", "\x00", "2025-01-01", [], {}, [[]], [None],
    [{}], {"": None}, [{"type": "text"}], {"parts": 3}, "[", '{"a"', '[{"type": 1}]',
)  # fmt: skip


def chatgpt(folder: Path, value: Any) -> Path:
    return chatgpt_zip(folder / "c.zip", value[0], value[1])


def webui(folder: Path, value: Any) -> Path:
    rows = [row for row in value[1] if isinstance(row, dict)] if isinstance(value[1], list) else []
    names = set(webui_feedback(1, "c", "a1"))
    kept = [{key: val for key, val in row.items() if key in names} for row in rows]
    return webui_database(folder / "webui.db", {"c": value[0]}, [as_columns(row) for row in kept if row])


def as_columns(row: dict[str, Any]) -> dict[str, Any]:
    """Lists as JSON, and numbers that SQLite can hold."""
    plain = {key: json.dumps(value) if isinstance(value, list) else value for key, value in row.items()}
    return {key: str(value) if isinstance(value, int) and abs(value) > 2**60 else value for key, value in plain.items()
            if not (isinstance(value, str) and not value.isascii())}  # fmt: skip


def rows_of_llm(folder: Path, value: Any) -> Path:
    rows = [as_columns({key: v for key, v in row.items() if not isinstance(v, dict)}) for row in value
            if isinstance(row, dict)]  # fmt: skip
    known = {"prompt", "response", "system", "model", "duration_ms", "datetime_utc", "conversation_id"}
    return llm_database(folder / "logs.db", [{k: v for k, v in row.items() if k in known} for row in rows])


Made = Callable[[Path, Any], Path]
LOG = {"eventName": "gen_ai.user.message", "body": otlp({"content": "a"}), "traceId": "1", "spanId": "2"}
ROWS_OF_LLM = [{"prompt": "a", "response": "b", "system": "s", "model": "m", "duration_ms": 5,
                "datetime_utc": "2025-01-01", "conversation_id": "c"}]  # fmt: skip
STATEMENT = {"id": "a1", "rating": "thumbs_up", "content": '{"tags": ["x"]}', "create_time": 5}
FORMS_OF_OPENAI = [
    {"messages": [QUESTION, ANSWER], "created": 5, "usage": {}, "metadata": {}, "feedback": "good"},
    {"body": {"messages": [QUESTION]}, "response": {"body": {"choices": [{"message": ANSWER}], "usage": {}}}},
    {"input": {"messages": [QUESTION]}, "preferred_output": [ANSWER]},
]
SAMPLES: dict[str, tuple[Any, Made]] = {
    "openai-jsonl": (FORMS_OF_OPENAI, lambda folder, value: jsonl(folder / "a.jsonl", value)),
    "sharegpt": ([shared(("human", "a"), ("gpt", "b"), id="x")], lambda f, v: document(f / "a.json", v)),
    "continue": ([interaction(), chat_feedback(True)], lambda f, v: jsonl(f / "a.jsonl", v)),
    "claude-code": (session(), lambda f, v: jsonl(f / "a.jsonl", v)),
    "otel": ([*map(spans, FORMS.values()), logs(LOG)], lambda f, v: jsonl(f / "a.jsonl", v)),
    "chatgpt": ([[chatgpt_branching()], [STATEMENT]], chatgpt),
    "openwebui": ([webui_two_turns(), [webui_feedback(1, "c", "a1", snapshot={"chat": {}})]], webui),
    "llm": (ROWS_OF_LLM, rows_of_llm),
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything in it."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        found.append((value, key))
        found += places(inner)
    return found


def spoiled(value: Any, chance: random.Random) -> Any:
    """The same with one to three values exchanged for odd ones, taken away, or named otherwise."""
    value = copy.deepcopy(value)
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice([place for place in places(value) if place[0] is not value])
        kind = chance.random()
        if kind < 0.7:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif isinstance(container, dict) and kind < 0.85:
            container.pop(key, None)
        elif isinstance(container, dict) and key in container:
            container[f"{key}?"] = container.pop(key)
    return value


def tried(name: str, path: Path, scratch: Path) -> int:
    """How many turns it gave; each must hold what it says."""
    scratch.mkdir(exist_ok=True)
    try:
        looks_like(path)
        found = items(name, path, scratch)
    except ImportProblem:
        return 0
    for turn in found:
        if isinstance(turn, ImportedTurn):
            assert turn.response.strip() and any(message.role == "user" for message in turn.messages)
            json.dumps(turn.response).encode()
            turn.response.encode()
    return sum(isinstance(turn, ImportedTurn) for turn in found)


def spoil_many(name: str, tmp_path: Path, count: int) -> int:
    sample, make = SAMPLES[name]
    total = 0
    for seed in range(count):
        folder = tmp_path / str(seed)
        folder.mkdir()
        value = spoiled(sample, random.Random(f"{name} {seed}"))
        total += tried(name, make(folder, value), tmp_path / "scratch")
    return total


@pytest.mark.parametrize("name", FORMATS)
def test_odd_values_anywhere(tmp_path: Path, name: str) -> None:
    assert spoil_many(name, tmp_path, 60) > 0, "most of a file is still read"


@pytest.mark.prove
@pytest.mark.parametrize("name", FORMATS)
def test_odd_values_anywhere_in_full(tmp_path: Path, name: str) -> None:
    assert spoil_many(name, tmp_path, 1000) > 0


def bytes_exchanged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randint(1, len(data))] if chance.random() < 0.3 else data)


def damage_many(name: str, tmp_path: Path, count: int) -> None:
    sample, make = SAMPLES[name]
    path = make(tmp_path, sample)
    whole = path.read_bytes()
    for seed in range(count):
        path.write_bytes(bytes_exchanged(whole, random.Random(f"{name} {seed}")))
        tried(name, path, tmp_path / "scratch")


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_bytes_anywhere(tmp_path: Path, name: str) -> None:
    damage_many(name, tmp_path, 60)


@pytest.mark.prove
@pytest.mark.parametrize("name", FORMATS)
def test_damaged_bytes_anywhere_in_full(tmp_path: Path, name: str) -> None:
    damage_many(name, tmp_path, 1000)


def test_depth_beyond_measure(tmp_path: Path) -> None:
    deep = b'{"messages": ' + b"[" * 200_000 + b"]" * 200_000 + b"}\n"
    (tmp_path / "a.jsonl").write_bytes(deep)
    assert tried("openai-jsonl", tmp_path / "a.jsonl", tmp_path / "scratch") == 0
    (tmp_path / "a.json").write_bytes(b"[" * 200_000)
    assert tried("sharegpt", tmp_path / "a.json", tmp_path / "scratch") == 0
