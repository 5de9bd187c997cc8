"""Open WebUI: its database `webui.db`, an export of chats, or an export of feedback (Admin > Evaluations).

Tables `chat` (the tree of messages in `chat.history`), `chat_message` (newer versions: the same tree, a row each) and
`feedback` (`data.rating` 1 or -1, `meta.chat_id`, `meta.message_id`, `snapshot.chat`). Open WebUI adds what it
retrieved to the request only when it sends it, so what is stored is what was typed; of an answer, thinking, tool
output and marks of citations are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

from core.evidence.importers.files import (
    SQLITE,
    Document,
    columns,
    copied_database,
    decoded,
    documents,
    files_of,
    member_of,
    opened,
    parsed,
)
from core.evidence.importers.trees import branches
from core.evidence.importers.turns import (
    Item,
    Said,
    Skipped,
    Spoken,
    as_count,
    as_name,
    as_object,
    as_text,
    moment,
    turns,
)
from core.records import Usage

Statements = dict[tuple[str, str], dict[str, Any]]
"""(chat id, message id) → the row of the table `feedback`."""
# What Open WebUI shows folded: how it thought, what a tool gave back, which code it ran.
FOLDED = re.compile(r"<details\b[^>]*\btype=\"(?:reasoning|tool_calls|code_interpreter)\".*?</details>\n?", re.DOTALL)
THINKING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>\n?", re.DOTALL)
CITED = re.compile(r"[ \t]?(?:\[\d+(?:\s*,\s*\d+)*\](?!\())+")
ROLES = ("system", "user", "assistant")


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each answer on a branch that is shown, or that feedback was given on."""
    for file in files_of(path, "*.json", "webui.db"):
        with opened(file) as opened_file:
            is_database = opened_file.read(len(SQLITE)) == SQLITE
        if is_database:
            with copied_database(file, scratch) as connection:
                yield from _database(connection, member_of(path, file))
        else:
            yield from _export(file, member_of(path, file))


def _database(connection: apsw.Connection, member: str) -> Iterator[Item]:
    statements = _statements(connection)
    rows = columns(connection, "chat_message")
    query = "SELECT rowid, id, chat, created_at FROM chat ORDER BY created_at, id"
    seen = set()
    for offset, chat_id, chat, created_at in connection.execute(query):
        seen.add(as_name(chat_id))
        kept = as_object(parsed(chat))
        messages = _rows(connection, as_name(chat_id)) if rows else {}
        yield from _chat(as_name(chat_id), kept, messages, moment(created_at), statements, int(offset), member)
    yield from _snapshots([row for (chat_id, _), row in statements.items() if chat_id not in seen], member)


def _statements(connection: apsw.Connection) -> Statements:
    if not columns(connection, "feedback"):
        return {}
    found: Statements = {}
    query = "SELECT id, data, meta, snapshot, created_at, updated_at FROM feedback ORDER BY created_at, id"
    for feedback_id, data, meta, snapshot, created_at, updated_at in connection.execute(query):
        row = {"id": feedback_id, "data": parsed(data), "meta": parsed(meta), "snapshot": parsed(snapshot)}
        found[_about(row)] = {**row, "created_at": created_at, "updated_at": updated_at}
    return found


def _rows(connection: apsw.Connection, chat_id: str) -> dict[str, dict[str, Any]]:
    """The messages of a chat in newer versions, as they stand in `history.messages` of older ones."""
    query = (
        "SELECT id, role, parent_id, content, model_id, done, error, usage, sources, created_at"
        " FROM chat_message WHERE chat_id = ? ORDER BY created_at, id"
    )
    found = {}
    for message_id, role, parent, content, model, done, error, usage, sources, created_at in connection.execute(
        query, (chat_id,)
    ):
        key = as_name(message_id).removeprefix(f"{chat_id}-")
        found[key] = {
            "id": key,
            "role": role,
            "parentId": parent,
            "content": parsed(content),
            "model": model,
            "done": done is None or bool(done),
            "error": parsed(error),
            "usage": parsed(usage),
            "sources": parsed(sources),
            "timestamp": created_at,
        }
    return found


def _export(file: Path, member: str) -> Iterator[Item]:
    for document in documents(file, member):
        row = document if isinstance(document, Skipped) else decoded(document)
        if isinstance(row, Skipped):
            yield row
            continue
        assert isinstance(document, Document)
        if "snapshot" in row:
            yield from _snapshots([row], member, document.offset)
            continue
        chat = as_object(row.get("chat")) or row
        chat_id = as_name(row.get("id")) or as_name(chat.get("id"))
        if not isinstance(as_object(chat.get("history")).get("messages"), dict):
            yield Skipped(reason="missing_field", offset=document.offset, member=member)
            continue
        yield from _chat(chat_id, chat, {}, moment(row.get("created_at")), {}, document.offset, member)


def _snapshots(rows: list[dict[str, Any]], member: str, offset: int = 0) -> Iterator[Item]:
    """Of chats that are not there any more, what was kept with the feedback: only the answer that it is about."""
    for number, row in enumerate(rows):
        place = _about(row)
        snapshot = as_object(as_object(row.get("snapshot")).get("chat"))
        chat = as_object(snapshot.get("chat")) or snapshot
        if not as_object(as_object(chat.get("history")).get("messages")) or not place[1]:
            yield Skipped(reason="missing_field", offset=offset or number, member=member)
            continue
        chat = {**chat, "history": {**chat["history"], "currentId": place[1]}}
        began = moment(snapshot.get("created_at") or row.get("created_at"))
        yield from _chat(place[0], chat, {}, began, {place: row}, offset or number, member)


def _about(row: dict[str, Any]) -> tuple[str, str]:
    meta = as_object(row.get("meta"))
    return as_name(meta.get("chat_id")), as_name(meta.get("message_id"))


def _chat(
    chat_id: str,
    chat: dict[str, Any],
    rows: dict[str, dict[str, Any]],
    began: str | None,
    statements: Statements,
    offset: int,
    member: str,
) -> Iterator[Item]:
    history = as_object(chat.get("history"))
    messages = {**as_object(history.get("messages")), **rows}
    parents = {key: as_name(as_object(one).get("parentId")) for key, one in messages.items()}
    rated = [message_id for of_chat, message_id in statements if of_chat == chat_id]
    rated += [key for key, one in messages.items() if as_object(as_object(one).get("annotation")).get("rating")]
    system = as_text(chat.get("system")) or as_text(as_object(chat.get("params")).get("system"))
    start = [Spoken(role="system", text=system, offset=offset, member=member)] if system.strip() else []
    for branch in branches(parents, as_name(history.get("currentId")), rated):
        spoken = [_spoken(as_object(messages[key]), statements.get((chat_id, key)), offset, member) for key in branch]
        yield from turns([*start, *(one for one in spoken if one)], conversation=chat_id or None, began=began)


def _spoken(message: dict[str, Any], statement: dict[str, Any] | None, offset: int, member: str) -> Spoken | None:
    role = as_name(message.get("role"))
    if role not in ROLES:
        return None
    text = as_text(message.get("content"))
    if role == "assistant":
        text = _answer(text, cited=bool(message.get("sources") or message.get("citations")))
    usage = as_object(message.get("usage")) or as_object(as_object(message.get("info")).get("usage"))
    return Spoken(
        role=role,  # type: ignore[arg-type]
        text=text,
        at=moment(message.get("timestamp")),
        offset=offset,
        member=member,
        model=as_name(message.get("model")),
        failed=bool(message.get("error")),
        finish_reason="stop" if message.get("done", True) else "interrupted",
        usage=Usage(
            prompt_tokens=as_count(usage.get("prompt_tokens") or usage.get("input_tokens")),
            completion_tokens=as_count(usage.get("completion_tokens") or usage.get("output_tokens")),
        ),
        said=_said(statement) or _said(_annotated(message)),
    )


def _answer(text: str, *, cited: bool) -> str:
    text = THINKING.sub("", FOLDED.sub("", text))
    return (CITED.sub("", text) if cited else text).strip()


def _annotated(message: dict[str, Any]) -> dict[str, Any] | None:
    """The older place of a rating, at the message itself."""
    annotation = message.get("annotation")
    return {"data": annotation} if isinstance(annotation, dict) else None


def _said(row: dict[str, Any] | None) -> tuple[Said, ...]:
    data = as_object(row.get("data")) if row is not None else {}
    rating = {"1": True, "-1": False}.get(str(data.get("rating")))
    if row is None or rating is None:
        return ()
    told = [text for name in ("reason", "comment") if (text := as_name(data.get(name)).strip())]
    detail = as_object(data.get("details")).get("rating")
    return (
        Said(
            value=rating,
            at=moment(row.get("updated_at") or row.get("created_at")),
            comment=": ".join(told) or None,
            tags={"rating of 10": str(detail)} if isinstance(detail, int) else {},
        ),
    )
