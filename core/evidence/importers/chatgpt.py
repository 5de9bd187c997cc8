"""A ChatGPT export: the zip as it was mailed, the unpacked folder, or its `conversations.json`.

Each conversation is a tree in `mapping`; `current_node` ends the branch that is shown, and branches with a rated answer
count as well. Thumbs stand in `message_feedback.json`. The format is not documented by its maker; this follows exports
and the community's descriptions of them: parts of text are taken, what tools and hidden messages said is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.evidence.importers.files import (
    Document,
    archived,
    decoded,
    documents,
    elements,
    files_of,
    member_of,
    opened,
    parsed,
)
from core.evidence.importers.trees import branches
from core.evidence.importers.turns import Item, Said, Skipped, Spoken, as_name, as_object, as_text, moment, turns
from core.records import FinishReason

CHATS, THUMBS = "conversations*.json", "message_feedback*.json"
Statements = dict[str, tuple[Said, ...]]
"""Message id → what was said of it."""
CITED = re.compile(r"[ \t]?【[^】\n]{0,200}】|\ue200[^\ue201]{0,2000}\ue201")
SPOKEN = ("text", "multimodal_text")
ENDINGS: dict[str, FinishReason] = {"max_tokens": "length", "interrupted": "cancelled", "stopped": "cancelled"}


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each answer on a branch that is shown or rated."""
    statements: Statements = {}
    for document in _documents(path, THUMBS):
        yield from _thumb(document, statements)
    unheard = set(statements)
    for document in _documents(path, CHATS):
        row = document if isinstance(document, Skipped) else decoded(document)
        if isinstance(row, Skipped):
            yield row
        elif not isinstance(row.get("mapping"), dict):
            yield Skipped(reason="missing_field", offset=document.offset, member=document.member)
        else:
            unheard -= set(row["mapping"])
            yield from _conversation(row, statements, document.offset, document.member)
    for _ in unheard:
        yield Skipped(reason="no_answer")


def _documents(path: Path, pattern: str) -> Iterator[Document | Skipped]:
    """Of the archive, of the folder, or of the one file and what lies beside it."""
    if path.is_file():
        with opened(path) as file:
            is_archive = file.read(2) == b"PK"
        if is_archive:
            for name, content in archived(path, pattern):
                yield from elements(content, name)
        elif pattern == CHATS:
            yield from documents(path)
        else:
            for beside in sorted(path.parent.glob(pattern)):
                yield from documents(beside, beside.name)
        return
    found = files_of(path, CHATS)
    for file in found if pattern == CHATS else sorted(path.rglob(pattern)):
        yield from documents(file, member_of(path, file))


def _thumb(document: Document | Skipped, statements: Statements) -> Iterator[Skipped]:
    row = document if isinstance(document, Skipped) else decoded(document)
    if isinstance(row, Skipped):
        yield row
        return
    rating = as_name(row.get("rating")).lower().replace("_", "")
    message_id = as_name(row.get("message_id")) or as_name(row.get("id"))
    if rating not in ("thumbsup", "thumbsdown") or not message_id:
        yield Skipped(reason="missing_field", offset=document.offset, member=document.member)
        return
    content = as_object(parsed(row.get("content")))
    given = content.get("tags")
    tags = [tag for tag in given if isinstance(tag, str)] if isinstance(given, list) else []
    said = Said(
        value=rating == "thumbsup",
        at=moment(row.get("create_time")),
        comment=as_name(content.get("text")).strip() or None,
        tags={"tags": ", ".join(tags)} if tags else {},
    )
    statements[message_id] = (*statements.get(message_id, ()), said)


def _conversation(row: dict[str, Any], statements: Statements, offset: int, member: str) -> Iterator[Item]:
    mapping: dict[str, Any] = row["mapping"]
    parents = {key: as_name(as_object(node).get("parent")) for key, node in mapping.items()}
    conversation = as_name(row.get("conversation_id")) or as_name(row.get("id")) or None
    for branch in branches(parents, as_name(row.get("current_node")), [key for key in mapping if key in statements]):
        messages = [(key, as_object(as_object(mapping[key]).get("message"))) for key in branch]
        spoken = [_spoken(message, statements.get(key, ()), offset, member) for key, message in messages]
        yield from turns(
            [one for one in spoken if one], conversation=conversation, began=moment(row.get("create_time"))
        )


def _spoken(message: dict[str, Any], said: tuple[Said, ...], offset: int, member: str) -> Spoken | None:
    """None for what the person did not see, and for what is no word to them or from them."""
    role = as_name(as_object(message.get("author")).get("role"))
    content, metadata = as_object(message.get("content")), as_object(message.get("metadata"))
    failed = content.get("content_type") == "system_error"
    if role not in ("user", "assistant") or not (failed or _was_shown(message, metadata, content)):
        return None
    text = as_text(content.get("parts"))
    return Spoken(
        role="user" if role == "user" else "assistant",
        text=CITED.sub("", text).strip() if role == "assistant" else text,
        at=moment(message.get("create_time")),
        offset=offset,
        member=member,
        model=as_name(metadata.get("model_slug")),
        failed=failed,
        finish_reason=_ending(message, metadata),
        said=said,
    )


def _was_shown(message: dict[str, Any], metadata: dict[str, Any], content: dict[str, Any]) -> bool:
    return (
        message.get("weight", 1) != 0
        and message.get("recipient") in (None, "all")
        and message.get("channel") in (None, "final")
        and not metadata.get("is_visually_hidden_from_conversation")
        and not metadata.get("is_user_system_message")
        and content.get("content_type", "text") in SPOKEN
    )


def _ending(message: dict[str, Any], metadata: dict[str, Any]) -> FinishReason:
    if message.get("status") == "in_progress":
        return "interrupted"
    return ENDINGS.get(as_name(as_object(metadata.get("finish_details")).get("type")), "stop")
