"""A conversation in the form that teachers take: one system text, then user and assistant in turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from core.records import Message

Turn = tuple[Literal["user", "assistant"], str]


def turns(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """(system, turns). Neighbours of one role are joined, tool results are told as the user's, empty ones left out.

    The first turn is always a user's.
    """
    system = "\n\n".join(m.content for m in messages if m.role == "system" and m.content)
    found: list[Turn] = []
    for message in messages:
        if message.role == "system" or not message.content:
            continue
        role: Literal["user", "assistant"] = "assistant" if message.role == "assistant" else "user"
        if found and found[-1][0] == role:
            found[-1] = (role, f"{found[-1][1]}\n\n{message.content}")
        elif found or role == "user":
            found.append((role, message.content))
    return system, found
