"""Continue's development data: `chatInteraction.jsonl` and `chatFeedback.jsonl`, or the folder `dev_data/<version>`.

An interaction holds the whole prompt as one text (`<user>` and the like, each on a line of its own, before what was
said) and the completion; feedback repeats both. Code that Continue put into the prompt stays there: it cannot be told
apart. Other events (autocomplete, edits, tokens) are no chats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from core.evidence.canonical import sig_hash
from core.evidence.importers.files import decoded, files_of, lines, member_of
from core.evidence.importers.turns import ImportedTurn, Item, Said, Skipped, as_name, moment
from core.records import Message

INTERACTION, FEEDBACK = "chatInteraction", "chatFeedback"
ROLE = re.compile(r"^<(system|user|assistant|tool|thinking)>\n", re.MULTILINE)
NAMES = {"chatInteraction.jsonl": INTERACTION, "chatFeedback.jsonl": FEEDBACK, "chat.jsonl": INTERACTION}
"""The last is how the first was called at first."""


class Row(NamedTuple):
    """One event, and where it stands."""

    facts: dict[str, Any]
    offset: int
    member: str


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each interaction, and for each feedback whose interaction is not there."""
    thumbs: dict[str, list[Said]] = {}
    rated: dict[str, Row] = {}
    for row in _rows(path, FEEDBACK):
        if isinstance(row, Skipped):
            yield row
        elif isinstance(thumb := row.facts.get("feedback"), bool):
            key = _key(row.facts)
            thumbs.setdefault(key, []).append(Said(value=thumb, at=_time(row.facts)))
            rated[key] = row
        else:
            yield Skipped(reason="missing_field", offset=row.offset, member=row.member)
    for row in _rows(path, INTERACTION):
        if isinstance(row, Skipped):
            yield row
            continue
        key = _key(row.facts)
        rated.pop(key, None)
        yield _turn(row, thumbs.get(key, []))
    for key, row in rated.items():
        yield _turn(row, thumbs[key])


def _rows(path: Path, event: str) -> Iterator[Row | Skipped]:
    """The rows of one kind of event. What is of neither kind is told once, with the interactions."""
    for file in _files(path):
        member = file.name if path.is_file() and file != path else member_of(path, file)
        for document in lines(file, member):
            row = document if isinstance(document, Skipped) else decoded(document)
            if isinstance(row, Skipped):
                if (_named(file) or INTERACTION) == event:
                    yield row
                continue
            kind = as_name(row.get("eventName")) or _named(file)
            where = Row(row, document.offset, document.member)
            if kind == event:
                yield where
            elif event == INTERACTION and kind != FEEDBACK:
                yield Skipped(reason="other_event", offset=where.offset, member=where.member)


def _files(path: Path) -> list[Path]:
    """In a folder those of both kinds; of one that was given, also the other that lies beside it."""
    if path.is_dir():
        return files_of(path, *NAMES)
    beside = [path.with_name(name) for name in NAMES if path.name in NAMES]
    return sorted({*files_of(path), *(file for file in beside if file.exists())})


def _named(file: Path) -> str:
    """The kind of event that a file's name tells, where its rows do not."""
    return NAMES.get(file.name, "")


def _key(row: dict[str, Any]) -> str:
    return sig_hash([row.get("prompt"), row.get("completion")])


def _time(row: dict[str, Any]) -> str | None:
    return moment(row.get("timestamp", row.get("createdAt")))


def _turn(row: Row, said: list[Said]) -> Item:
    prompt, completion = row.facts.get("prompt"), row.facts.get("completion")
    skipped = Skipped(reason="missing_field", offset=row.offset, member=row.member)
    if not isinstance(prompt, str) or not isinstance(completion, str):
        return skipped
    messages = _messages(prompt)
    if not any(message.role == "user" for message in messages):
        return msgspec.structs.replace(skipped, reason="no_question")
    if not completion.strip():
        return msgspec.structs.replace(skipped, reason="tool_step" if row.facts.get("tools") else "empty_answer")
    return ImportedTurn(
        messages=messages,
        response=completion.strip("\n"),
        conversation=as_name(row.facts.get("sessionId")) or sig_hash(messages[:1])[:32],
        position=sum(message.role == "assistant" for message in messages),
        at=_time(row.facts),
        offset=row.offset,
        member=row.member,
        model=as_name(row.facts.get("modelName")) or as_name(row.facts.get("modelTitle")),
        role="coder",
        said=tuple(said),
    )


def _messages(prompt: str) -> list[Message]:
    """Without what tools said and how the model thought. A prompt without marks is the question itself."""
    parts = ROLE.split(prompt)
    if len(parts) == 1:
        return [Message(role="user", content=prompt.strip())] if prompt.strip() else []
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [
        Message(role=role, content=text.strip())  # type: ignore[arg-type]
        for role, text in pairs
        if role in ("system", "user", "assistant") and text.strip()
    ]
