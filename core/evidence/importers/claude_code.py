"""Claude Code: a transcript `~/.claude/projects/<project>/<session>.jsonl`, or a folder of them.

Entries form a tree by `parentUuid`; the last entry of each tree ends the branch that counts. The answer to a question
is what was said after the last tool was used. Side chains (agents that an agent asked), hidden entries, commands and
what the program put into the messages are left out. The format is not documented; this follows what it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from core.evidence.importers.files import Document, decoded, files_of, lines, member_of
from core.evidence.importers.trees import path_to
from core.evidence.importers.turns import (
    Item,
    Skipped,
    Spoken,
    as_count,
    as_name,
    as_object,
    as_text,
    moment,
    summed,
    turns,
)
from core.records import Usage

PUT_IN = re.compile(r"<(system-reminder|ide_opened_file|ide_selection|local-command-caveat)>.*?</\1>\n?", re.DOTALL)
COMMAND = re.compile(
    r"\s*<(?:command-name|command-message|local-command-stdout|local-command-stderr|bash-input|bash-stdout|bash-stderr)>"
    r"|\s*\[Request interrupted by user"
)


class Entry(NamedTuple):
    """One line."""

    row: dict[str, Any]
    offset: int
    member: str


class Step(NamedTuple):
    """One line of an answer. Lines of the same message repeat its usage."""

    spoken: Spoken
    message_id: str


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each question that was answered in words."""
    for file in files_of(path, "*.jsonl"):
        entries: dict[str, Entry] = {}
        for document in lines(file, member_of(path, file)):
            yield from _enter(document, entries)
        yield from _sessions(entries, file.stem)


def _enter(document: Document | Skipped, entries: dict[str, Entry]) -> Iterator[Skipped]:
    """Tells what is left out; entries that only hold the tree together are kept as well."""
    row = document if isinstance(document, Skipped) else decoded(document)
    if isinstance(row, Skipped):
        yield row
        return
    skipped = Skipped(reason="other_event", offset=document.offset, member=document.member)
    talks, key = row.get("type") in ("user", "assistant"), as_name(row.get("uuid"))
    if talks and not key:
        yield msgspec.structs.replace(skipped, reason="missing_field")
        return
    if not talks or row.get("isSidechain"):
        yield skipped
    for _ in range(_failed_tools(row)):
        yield msgspec.structs.replace(skipped, reason="tool_error")
    if key and not row.get("isSidechain"):
        entries[key] = Entry(row, document.offset, document.member)


def _failed_tools(row: dict[str, Any]) -> int:
    content = as_object(row.get("message")).get("content")
    parts = [as_object(part) for part in content] if isinstance(content, list) else []
    return sum(part.get("type") == "tool_result" and bool(part.get("is_error")) for part in parts)


def _sessions(entries: dict[str, Entry], name: str) -> Iterator[Item]:
    parents = {key: as_name(entry.row.get("parentUuid")) for key, entry in entries.items()}
    for leaf in _last_of_each_tree(parents):
        branch = [entries[key] for key in path_to(leaf, parents)]
        session = next((found for entry in branch if (found := as_name(entry.row.get("sessionId")))), name)
        yield from turns(_dialogue(branch), conversation=session, role="coder")


def _last_of_each_tree(parents: dict[str, str]) -> Iterable[str]:
    """In the order in which the trees began. An entry's parent stands before it."""
    roots: dict[str, str] = {}
    last: dict[str, str] = {}
    for key, parent in parents.items():
        roots[key] = roots.get(parent, key)
        last[roots[key]] = key
    return last.values()


def _dialogue(branch: Sequence[Entry]) -> Iterator[Spoken]:
    steps: list[Step] = []
    asked: Spoken | None = None
    for entry in branch:
        if entry.row.get("type") == "assistant":
            steps.append(_step(entry))
        elif entry.row.get("type") == "user" and (question := _question(entry)) is not None:
            yield from _answer(steps, asked)
            steps, asked = [], question
            yield question
    yield from _answer(steps, asked)


def _question(entry: Entry) -> Spoken | None:
    """None for results of tools, and for what the program says in the person's name."""
    content = as_object(entry.row.get("message")).get("content")
    text = PUT_IN.sub("", as_text(content)).strip()
    if not text or entry.row.get("isMeta") or entry.row.get("isCompactSummary") or COMMAND.match(text):
        return None
    return Spoken(
        role="user", text=text, at=moment(entry.row.get("timestamp")), offset=entry.offset, member=entry.member
    )


def _step(entry: Entry) -> Step:
    message = as_object(entry.row.get("message"))
    content, usage = message.get("content"), as_object(message.get("usage"))
    parts = [as_object(part) for part in content] if isinstance(content, list) else []
    cached = as_count(usage.get("cache_read_input_tokens"))
    read_in = as_count(usage.get("input_tokens")) + as_count(usage.get("cache_creation_input_tokens")) + cached
    failed = bool(entry.row.get("isApiErrorMessage")) or message.get("model") == "<synthetic>"
    spoken = Spoken(
        role="assistant",
        text=as_text(content).strip("\n"),
        at=moment(entry.row.get("timestamp")),
        offset=entry.offset,
        member=entry.member,
        model=as_name(message.get("model")),
        failed=failed,
        finish_reason="length" if message.get("stop_reason") == "max_tokens" else "stop",
        usage=Usage(
            prompt_tokens=read_in, completion_tokens=as_count(usage.get("output_tokens")), cached_tokens=cached
        ),
        tools=tuple(as_name(part.get("name")) for part in parts if part.get("type") == "tool_use"),
    )
    return Step(spoken, as_name(message.get("id")) or as_name(entry.row.get("uuid")))


def _answer(steps: Sequence[Step], asked: Spoken | None) -> Iterator[Spoken]:
    """One message for all steps: the words of those after the last tool."""
    if not steps:
        return
    last_use = max((number for number, step in enumerate(steps) if step.spoken.tools), default=-1)
    said = [step.spoken for step in steps[last_use + 1 :]]
    last = steps[-1].spoken
    yield msgspec.structs.replace(
        last,
        text="\n\n".join(one.text for one in said if one.text and not one.failed),
        usage=summed({step.message_id: step.spoken.usage for step in steps}.values()),
        duration_ms=_between(asked.at, last.at) if asked is not None else None,
        tools=tuple(tool for step in steps for tool in step.spoken.tools),
    )


def _between(begin: str | None, end: str | None) -> float | None:
    """Milliseconds; None where the clock was set back."""
    if begin is None or end is None or end < begin:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() * 1000
