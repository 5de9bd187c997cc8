"""Reads conversations and answers from the database, for threads; no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFound
from desktop.chat.said import Said, of_turn, take_trace

if TYPE_CHECKING:
    from core.database import Database
    from core.records import Trace

COMPARED = 200
"""Newest answers of a conversation among which others to the same question are looked for."""
TITLE_CHARS = 300


def read_conversation(database: Database, conversation_id: str, chosen: str | None = None) -> list[Said]:
    """Its messages; [] when there is none. chosen: the answer that the person wants to see last."""
    try:
        said = [of_turn(turn) for turn in database.conversations.turns(conversation_id)]
    except NotFound:
        return []
    last = said[-1]
    if last.trace is not None and last.alternatives:
        answers = same_question(database, conversation_id, last.trace)
        if chosen in answers and chosen != last.trace_id:
            said[-1] = last = read_answer(database, chosen)
        last.answers, last.alternatives = tuple(answers), len(answers) - 1
    return said


def same_question(database: Database, conversation_id: str, trace: Trace) -> list[str]:
    """Ids of all answers to what `trace` was asked, oldest first."""
    found = []
    for trace_id in database.conversations.trace_ids(conversation_id)[-COMPARED:]:
        try:
            other = database.traces.get(trace_id)
        except NotFound:  # deleted this very moment
            continue
        said_something = bool(other.response or other.tool_calls) or other.id == trace.id
        if other.messages == trace.messages and said_something and other.origin not in ("benchmark", "replay"):
            found.append(other.id)
    return found


def read_answer(database: Database, trace_id: str) -> Said:
    """One answer with what was said of it. Raises NotFound."""
    from core.database.labels import correction_text, people, standing
    from core.database.turns import thumb_of

    trace = database.traces.get(trace_id)
    held = standing(database.feedback.for_trace(trace_id), people(simulated=database.simulated))
    said = Said(role="assistant", text=trace.response, thumb=thumb_of(held.value))
    said.correction = None if held.correction is None else correction_text(held.correction)
    take_trace(said, trace)
    return said


def questions_of(database: Database, trace_ids: list[str]) -> dict[str, str]:
    """trace id → what was asked, "" where it was deleted."""
    found = {}
    for trace_id in trace_ids:
        try:
            found[trace_id] = question_of(database.traces.get(trace_id))[:TITLE_CHARS]
        except NotFound:
            found[trace_id] = ""
    return found


def question_of(trace: Trace) -> str:
    return next((m.content or "" for m in reversed(trace.messages) if m.role == "user"), "")


def conversation_of(database: Database, trace_id: str) -> str:
    """Raises NotFound."""
    trace = database.traces.get(trace_id)
    return trace.conversation_id or trace.id
