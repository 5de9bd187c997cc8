"""ShareGPT: a JSON array, or JSONL, of `{"id": …, "conversations": [{"from": "human", "value": …}, …]}`.

The format has no times: answers are filed under the time of the import.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.evidence.importers.files import decoded, documents, files_of, member_of
from core.evidence.importers.turns import Item, Skipped, Spoken, as_name, as_object, moment, turns

ROLES = {
    **dict.fromkeys(("human", "user", "prompter"), "user"),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "bing", "bard", "model"), "assistant"),
    "system": "system",
}
TOOLS = ("tool", "function_call", "function_response", "observation", "function", "tool_call", "tool_response")


def read(path: Path, scratch: Path) -> Iterator[Item]:
    """One turn for each answer."""
    for file in files_of(path, "*.json", "*.jsonl"):
        for document in documents(file, member_of(path, file)):
            row = document if isinstance(document, Skipped) else decoded(document)
            if isinstance(row, Skipped):
                yield row
                continue
            said = row.get("conversations", row.get("conversation"))
            spoken = _dialogue(said, document.offset, document.member) if isinstance(said, list) else None
            if spoken is None:
                yield Skipped(
                    reason="wrong_type" if isinstance(said, list) else "missing_field",
                    offset=document.offset,
                    member=document.member,
                )
                continue
            system = as_name(row.get("system"))
            start = [Spoken(role="system", text=system, offset=document.offset)] if system.strip() else []
            began = moment(row.get("timestamp", row.get("created_at")))
            yield from turns([*start, *spoken], conversation=as_name(row.get("id")) or None, began=began)


def _dialogue(messages: list[Any], offset: int, member: str) -> list[Spoken] | None:
    """Without what tools said; None when something in it is no message."""
    spoken = []
    for message in messages:
        said = as_object(message)
        role, text = as_name(said.get("from", said.get("role"))), said.get("value", said.get("content"))
        if role in TOOLS:
            continue
        if role not in ROLES or not isinstance(text, str):
            return None
        spoken.append(Spoken(role=ROLES[role], text=text, offset=offset, member=member))  # type: ignore[arg-type]
    return spoken
