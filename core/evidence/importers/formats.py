"""Which formats there are, and which of them a file looks like."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import apsw

from core.evidence.importers.files import SQLITE, ImportProblem, decoded, documents, names_in, opened
from core.evidence.importers.turns import Item, Skipped

FORMATS = {
    "openai-jsonl": "core.evidence.importers.openai_jsonl",
    "openwebui": "core.evidence.importers.openwebui",
    "chatgpt": "core.evidence.importers.chatgpt",
    "continue": "core.evidence.importers.continue_dev",
    "sharegpt": "core.evidence.importers.sharegpt",
    "otel": "core.evidence.importers.otel",
    "claude-code": "core.evidence.importers.claude_code",
    "llm": "core.evidence.importers.llm_logs",
}
"""Name → module; each has `read`. `jsonl`, which needs a mapping, is none of these: its rows are read in place."""
LOOKED_AT = 20
"""Documents of a file that are looked at to guess its format: logs begin with lines of other kinds."""


class Format(Protocol):
    """What a format's module offers."""

    def read(self, path: Path, scratch: Path) -> Iterator[Item]:
        """All answers in a file or folder. `scratch`: an empty private folder for copies. Raises ImportProblem."""
        ...


def format_named(name: str) -> Format:
    module: Any = importlib.import_module(FORMATS[name])
    found: Format = module
    return found


def looks_like(path: Path) -> str | None:
    """The format that a file seems to have; None when unsure, and for a folder. Raises ImportProblem."""
    if path.is_dir():
        return None
    with opened(path) as file:
        head = file.read(len(SQLITE))
    if head == SQLITE:
        return _of_database(path)
    if head[:2] == b"PK":
        return _of_archive(path)
    found = (decoded(d) for d in itertools.islice(documents(path), LOOKED_AT) if not isinstance(d, Skipped))
    return next((name for row in found if isinstance(row, dict) and (name := _of_object(row))), None)


def refuse_another(path: Path, name: str) -> None:
    """Raises ImportProblem when the file clearly is of another format."""
    seems = looks_like(path)
    if seems is not None and seems != name:
        raise ImportProblem(
            f"{path} is no {name} file.", hint=f"It looks like {seems}: nightschool import {seems} {path}"
        )


def _of_database(path: Path) -> str | None:
    """Read-only and without looking at its log: the tables are what is asked for."""
    try:
        connection = apsw.Connection(f"file:{path.absolute()}?mode=ro&immutable=1", flags=apsw.SQLITE_OPEN_READONLY
                                     | apsw.SQLITE_OPEN_URI)  # fmt: skip
    except apsw.Error:
        return None
    try:
        tables = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except apsw.Error:
        return None
    finally:
        connection.close()
    if "chat" in tables and "feedback" in tables | {"feedback"} and "user" in tables:
        return "openwebui"
    return "llm" if {"responses", "conversations"} <= tables or "logs" in tables else None


def _of_archive(path: Path) -> str | None:
    chats = (name.startswith("conversations") and name.endswith(".json") for name in names_in(path))
    return "chatgpt" if any(chats) else None


def _of_object(row: dict[str, Any]) -> str | None:
    for name, needed in SIGNS:
        if all(key in row for key in needed):
            return name
    return None


SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("chatgpt", ("mapping", "current_node")),
    ("chatgpt", ("mapping", "create_time")),
    ("openwebui", ("chat", "user_id")),
    ("openwebui", ("snapshot", "meta", "data")),
    ("openwebui", ("history", "models")),
    ("otel", ("resourceSpans",)),
    ("otel", ("resourceLogs",)),
    ("continue", ("eventName", "schema")),
    ("continue", ("prompt", "completion", "sessionId")),
    ("claude-code", ("type", "sessionId", "uuid")),
    ("claude-code", ("type", "summary", "leafUuid")),
    ("sharegpt", ("conversations",)),
    ("openai-jsonl", ("messages",)),
    ("openai-jsonl", ("body", "custom_id")),
)
"""Fields that only objects of this format have together; the first that fits."""
