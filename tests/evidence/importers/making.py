"""Files as other programs write them, small, to the shapes that they publish; and a short way to bring them in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import apsw

from core.database import Database
from core.evidence.importers.bringing import Brought, Wanted, bring_in
from core.evidence.importers.formats import format_named
from core.evidence.importers.turns import ImportedTurn, Item, Skipped
from core.paths import Home
from core.records import Trace

RECORDED = "2026-05-01T02:00:00.000000Z"
BEGAN = 1_735_725_600
"""2025-01-01T10:00:00Z."""


def items(name: str, path: Path, scratch: Path) -> list[Item]:
    scratch.mkdir(exist_ok=True)
    found = list(format_named(name).read(path, scratch))
    assert list(scratch.iterdir()) == [], "the copy is taken away"
    return found


def turns(found: list[Item]) -> list[ImportedTurn]:
    return [one for one in found if isinstance(one, ImportedTurn)]


def skipped(found: list[Item]) -> list[str]:
    return sorted(one.reason for one in found if isinstance(one, Skipped))


def said(turn: ImportedTurn) -> list[tuple[str, str]]:
    """(role, text) of what was asked, then the answer."""
    return [*((m.role, m.content or "") for m in turn.messages), ("answer", turn.response)]


def brought(home: Home, database: Database, name: str, path: Path, **more: Any) -> Brought:
    wanted = Wanted(format=name, path=path, source_file=path.name, **{"recorded_at": RECORDED, **more})
    return bring_in(home, database, wanted)


def all_traces(database: Database) -> list[Trace]:
    """In the order in which they were written."""
    return sorted(database.traces.list(limit=1000, order="asc"), key=lambda trace: row_of(database, trace.id))


def row_of(database: Database, trace_id: str) -> int:
    return database.runs.get(trace_id).id


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def document(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


# ---- ChatGPT ----------------------------------------------------------------------------------------


def node(key: str, parent: str | None, role: str = "user", text: str = "", **more: Any) -> dict[str, Any]:
    """One entry of `mapping`; without a role the empty root."""
    message: dict[str, Any] | None = None
    if role:
        message = {
            "id": key,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": more.pop("at", None),
            "update_time": None,
            "content": {"content_type": "text", "parts": [text]},
            "status": "finished_successfully",
            "end_turn": True,
            "weight": 1.0,
            "metadata": {"model_slug": "gpt-4o"} if role == "assistant" else {},
            "recipient": "all",
            "channel": None,
        } | more
    return {"id": key, "message": message, "parent": parent, "children": []}


def chatgpt_conversation(nodes: list[dict[str, Any]], current: str, key: str = "conv-1") -> dict[str, Any]:
    return {
        "title": "Islands",
        "create_time": BEGAN + 0.25,
        "update_time": BEGAN + 100,
        "mapping": {one["id"]: one for one in nodes},
        "moderation_results": [],
        "current_node": current,
        "conversation_id": key,
        "id": key,
        "default_model_slug": "gpt-4o",
        "is_archived": False,
    }


def chatgpt_branching() -> dict[str, Any]:
    """A regenerated answer, and an edited question after it."""
    return chatgpt_conversation(
        [
            node("root", None, ""),
            node("q1", "root", "user", "Where is Zorbia?", at=BEGAN + 1),
            node("a1", "q1", "assistant", "South.", at=BEGAN + 2),
            node("a1b", "q1", "assistant", "North of Quuxia.", at=BEGAN + 3),
            node("q2", "a1b", "user", "And Fnord?", at=BEGAN + 4),
            node("a2", "q2", "assistant", "Nowhere.", at=BEGAN + 5),
        ],
        "a2",
    )


def chatgpt_zip(
    path: Path, conversations: list[Any], feedback: list[Any] | None = None, name: str = "conversations.json"
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, json.dumps(conversations))
        archive.writestr("message_feedback.json", json.dumps(feedback or []))
        archive.writestr("user.json", json.dumps({"email": "ada@example.org"}))
        archive.writestr("chat.html", "<html></html>")
    return path


# ---- Open WebUI -------------------------------------------------------------------------------------


def webui_message(key: str, parent: str | None, role: str, text: Any, **more: Any) -> dict[str, Any]:
    return {"id": key, "parentId": parent, "childrenIds": [], "role": role, "content": text, **more}


def webui_chat(messages: list[dict[str, Any]], current: str, **more: Any) -> dict[str, Any]:
    """What stands in the column `chat`."""
    return {
        "title": "Islands",
        "models": ["llama3"],
        "params": {},
        "history": {"messages": {one["id"]: one for one in messages}, "currentId": current},
        "messages": [],
        "tags": [],
        "timestamp": BEGAN * 1000,
        **more,
    }


def webui_two_turns(**more: Any) -> dict[str, Any]:
    return webui_chat(
        [
            webui_message("q1", None, "user", "Where is Zorbia?", timestamp=BEGAN + 1),
            webui_message("a1", "q1", "assistant", "North.", timestamp=BEGAN + 2, model="llama3", done=True),
            webui_message("q2", "a1", "user", "And Fnord?", timestamp=BEGAN + 3),
            webui_message("a2", "q2", "assistant", "Nowhere.", timestamp=BEGAN + 4, model="llama3", done=True),
        ],
        "a2",
        **more,
    )


def webui_feedback(rating: int, chat_id: str, message_id: str, **more: Any) -> dict[str, Any]:
    """One row of the table `feedback`, or of its export."""
    return {
        "id": f"f-{chat_id}-{message_id}",
        "user_id": "u",
        "version": 0,
        "type": "rating",
        "data": {"rating": rating, "model_id": "llama3", "reason": "helpful", "comment": "well said", "tags": []},
        "meta": {"model_id": "llama3", "message_id": message_id, "message_index": 1, "chat_id": chat_id},
        "snapshot": None,
        "created_at": BEGAN + 50,
        "updated_at": BEGAN + 60,
        **more,
    }


def webui_database(
    path: Path,
    chats: dict[str, dict[str, Any]],
    feedback: list[dict[str, Any]] | None = None,
    rows: list[tuple[Any, ...]] | None = None,
) -> Path:
    """`rows`: of the table `chat_message` of newer versions, None for an older one without it."""
    database = apsw.Connection(str(path))
    database.execute(
        "CREATE TABLE user (id VARCHAR(255) PRIMARY KEY, name VARCHAR(255));"
        "CREATE TABLE chat (id VARCHAR(255) PRIMARY KEY, user_id VARCHAR(255), title TEXT, share_id VARCHAR(255),"
        " archived INTEGER, created_at DATETIME, updated_at DATETIME, chat JSON, pinned BOOLEAN, meta JSON);"
        "CREATE TABLE feedback (id TEXT PRIMARY KEY, user_id TEXT, version BIGINT, type TEXT, data JSON, meta JSON,"
        " snapshot JSON, created_at BIGINT, updated_at BIGINT);"
    ).fetchall()
    for key, chat in chats.items():
        database.execute(
            "INSERT INTO chat (id, user_id, title, created_at, updated_at, chat) VALUES (?, 'u', 'Islands', ?, ?, ?)",
            (key, BEGAN, BEGAN, json.dumps(chat)),
        )
    for one in feedback or []:
        values = [json.dumps(v) if isinstance(v, dict) else v for v in one.values()]
        database.execute(f"INSERT INTO feedback ({', '.join(one)}) VALUES ({', '.join('?' * len(one))})", values)
    if rows is not None:
        database.execute(
            "CREATE TABLE chat_message (id TEXT PRIMARY KEY, chat_id TEXT, user_id TEXT, role TEXT, parent_id TEXT,"
            " content JSON, output JSON, model_id TEXT, files JSON, sources JSON, embeds JSON, meta JSON, done BOOLEAN,"
            " status_history JSON, error JSON, usage JSON, context_summary TEXT, created_at BIGINT, updated_at BIGINT)"
        )
        database.executemany(
            "INSERT INTO chat_message (id, chat_id, role, parent_id, content, model_id, done, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
            rows,
        )
    database.close()
    return path


# ---- llm --------------------------------------------------------------------------------------------


def llm_database(path: Path, responses: list[dict[str, Any]]) -> Path:
    """logs.db after `llm`'s migrations up to 0.27."""
    database = apsw.Connection(str(path))
    database.execute(
        'CREATE TABLE "conversations" ([id] TEXT PRIMARY KEY, [name] TEXT, [model] TEXT);'
        'CREATE TABLE "responses" ([id] TEXT PRIMARY KEY, [model] TEXT, [prompt] TEXT, [system] TEXT,'
        " [prompt_json] TEXT, [options_json] TEXT, [response] TEXT, [response_json] TEXT,"
        " [conversation_id] TEXT REFERENCES [conversations]([id]), [duration_ms] INTEGER, [datetime_utc] TEXT,"
        " [input_tokens] INTEGER, [output_tokens] INTEGER, [token_details] TEXT, [schema_id] TEXT,"
        " [resolved_model] TEXT);"
        "CREATE TABLE [fragments] ([id] INTEGER PRIMARY KEY, [hash] TEXT, [content] TEXT, [datetime_utc] TEXT,"
        " [source] TEXT);"
        'CREATE TABLE "prompt_fragments" ([response_id] TEXT, [fragment_id] INTEGER, [order] INTEGER);'
        'CREATE TABLE "system_fragments" ([response_id] TEXT, [fragment_id] INTEGER, [order] INTEGER);'
    ).fetchall()
    for number, one in enumerate(responses):
        values = {
            "id": f"r{number}",
            "model": "gpt-4o-mini",
            "prompt": "Where is Zorbia?",
            "response": "North.",
            "conversation_id": "c1",
            "duration_ms": 900,
            "datetime_utc": f"2025-01-01T10:00:0{number}.123456",
            "input_tokens": 7,
            "output_tokens": 3,
            **one,
        }
        database.execute(
            f"INSERT INTO responses ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            list(values.values()),
        )
    database.close()
    return path


# ---- OpenTelemetry ----------------------------------------------------------------------------------


def otlp(value: Any) -> dict[str, Any]:
    """A value as OTLP JSON has it."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [otlp(one) for one in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": attributes(value)}}
    return {"stringValue": value}


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": otlp(value)} for key, value in values.items()]


def span(values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": "chat gpt-4o",
        "kind": 3,
        "startTimeUnixNano": str(BEGAN * 10**9),
        "endTimeUnixNano": str(BEGAN * 10**9 + 1_500_000_000),
        "attributes": attributes({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", **values}),
        "status": {},
        **more,
    }


def event(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "timeUnixNano": str(BEGAN * 10**9), "attributes": attributes(values)}


def spans(*found: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": list(found)}]}]}


def logs(*found: dict[str, Any]) -> dict[str, Any]:
    return {"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": list(found)}]}]}


# ---- Claude Code ------------------------------------------------------------------------------------


def entry(key: str, parent: str | None, kind: str, content: Any, second: int = 0, **more: Any) -> dict[str, Any]:
    """One line of a transcript."""
    message: dict[str, Any] = {"role": kind, "content": content}
    if kind == "assistant":
        usage = {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 4}
        message |= {"id": f"msg_{key}", "model": "claude-opus-4-5", "stop_reason": "end_turn", "usage": usage}
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/ada/project",
        "sessionId": "session-1",
        "version": "2.1.12",
        "gitBranch": "main",
        "type": kind,
        "message": message | more.pop("message", {}),
        "uuid": key,
        "timestamp": f"2025-01-01T10:00:{second:02d}.000Z",
        **more,
    }


def words(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text}]


def use(name: str, key: str = "toolu_1") -> list[dict[str, Any]]:
    return [{"type": "tool_use", "id": key, "name": name, "input": {"file_path": "secret.py"}}]


def result(text: str, key: str = "toolu_1", *, failed: bool = False) -> list[dict[str, Any]]:
    part = {"type": "tool_result", "tool_use_id": key, "content": text}
    return [part | ({"is_error": True} if failed else {})]
