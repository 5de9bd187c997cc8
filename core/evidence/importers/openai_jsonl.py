"""OpenAI chat JSONL: examples for fine-tuning, lines of the Batch API, and stored completions.

https://platform.openai.com/docs/guides/fine-tuning: one example a line, `messages` ending with the answer. Where the
answer stands apart, it is `choices[0].message`, `completion`, or `preferred_output` of the preference form. The form
has no time of its own but `created`, `created_at` or `timestamp` where a logger wrote one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from core.evidence.importers.files import decoded, documents, files_of, member_of
from core.evidence.importers.turns import (
    ImportedTurn,
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

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
TOOLS = ("tool", "function")
CONVERSATION = ("conversation_id", "session_id", "thread_id")
THUMBS = {
    **dict.fromkeys(("true", "up", "thumbs_up", "thumbsup", "good", "positive", "like"), True),
    **dict.fromkeys(("false", "down", "thumbs_down", "thumbsdown", "bad", "negative", "dislike"), False),
}
"""No numbers: 1 is the best of two or the worst of five."""


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each answer of each line."""
    for file in files_of(path, "*.jsonl"):
        for document in documents(file, member_of(path, file)):
            if isinstance(document, Skipped):
                yield document
                continue
            row = decoded(document)
            yield from [row] if isinstance(row, Skipped) else _row(row, document.offset, document.member)


def _row(row: dict[str, Any], offset: int, member: str) -> Iterator[Item]:
    body = as_object(row.get("body")) or row  # a line of the Batch API
    request = as_object(body.get("request")) or body
    asked = _asked(request, body)
    if asked is None:
        yield Skipped(reason="missing_field", offset=offset, member=member)
        return
    common = Spoken(
        role="user",
        text="",
        at=moment(body.get("created", body.get("created_at", row.get("timestamp")))),
        model=as_name(body.get("model")) or as_name(request.get("model")),
        offset=offset,
        member=member,
    )
    dialogue = _dialogue([*asked, *_answers(row, body)], common)
    if dialogue is None:
        yield Skipped(reason="wrong_type", offset=offset, member=member)
        return
    yield from _with_what_was_said(list(turns(dialogue, conversation=_conversation(row, body))), row, body)


def _asked(request: dict[str, Any], body: dict[str, Any]) -> list[Any] | None:
    """The messages, in whichever field; None when there are none."""
    found = request.get("messages", request.get("input", body.get("prompt")))
    if isinstance(found, dict):  # the preference form: {"input": {"messages": […]}}
        found = found.get("messages")
    if isinstance(found, str):
        return [{"role": "user", "content": found}]
    return found if isinstance(found, list) else None


def _answers(row: dict[str, Any], body: dict[str, Any]) -> list[Any]:
    """What was answered, where it does not stand among the messages."""
    response = as_object(as_object(row.get("response")).get("body")) or as_object(row.get("response")) or body
    if isinstance(response.get("choices"), list):
        return [as_object(choice).get("message") for choice in response["choices"][:1]]
    if isinstance(body.get("preferred_output"), list):
        return list(body["preferred_output"])
    if isinstance(body.get("completion"), str):
        return [{"role": "assistant", "content": body["completion"]}]
    return []


def _dialogue(messages: list[Any], common: Spoken) -> list[Spoken] | None:
    """Without what tools said; None when something in it is no message."""
    spoken = []
    for message in messages:
        role = as_name(as_object(message).get("role"))
        if role in TOOLS:
            continue
        if role not in ROLES:
            return None
        spoken.append(msgspec.structs.replace(common, role=ROLES[role], text=as_text(message.get("content"))))
    return spoken


def _conversation(row: dict[str, Any], body: dict[str, Any]) -> str | None:
    holders = (row, body, as_object(row.get("metadata")))
    return next((name for holder in holders for key in CONVERSATION if (name := as_name(holder.get(key)))), None)


def _with_what_was_said(found: list[Item], row: dict[str, Any], body: dict[str, Any]) -> Iterator[Item]:
    """A thumb, score or correction of the line belongs to its last answer; its usage as well."""
    usage = as_object(as_object(row.get("response")).get("usage") or body.get("usage"))
    last = max((number for number, item in enumerate(found) if isinstance(item, ImportedTurn)), default=None)
    for number, item in enumerate(found):
        if number != last or isinstance(item, Skipped):
            yield item
            continue
        yield msgspec.structs.replace(
            item,
            said=_said(row) or _said(as_object(row.get("metadata"))),
            usage=Usage(
                prompt_tokens=as_count(usage.get("prompt_tokens")),
                completion_tokens=as_count(usage.get("completion_tokens")),
            ),
        )


def _said(row: dict[str, Any]) -> tuple[Said, ...]:
    """The fields that loggers use for it: `feedback`, `rating`, `thumb`, `score`, `correction`, `comment`."""
    found = []
    words = [str(row[name]).strip().lower() for name in ("feedback", "rating", "thumb") if name in row]
    thumb = next((THUMBS[word] for word in words if word in THUMBS), None)
    if thumb is not None:
        found.append(Said(value=thumb, comment=as_name(row.get("comment")) or None))
    score = row.get("score")
    if isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1:
        found.append(Said(metric="score", value=float(score)))
    if as_name(row.get("correction")).strip():
        found.append(Said(metric="demonstration", value=as_name(row["correction"])))
    return tuple(found)
