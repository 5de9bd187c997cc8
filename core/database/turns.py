"""The turns of one conversation, each answer with the trace that made it and what was said of it.

Clients send the whole conversation again with each request, so its newest trace holds the path that was taken; what
was regenerated or edited away stands in other traces of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import msgspec

from core.database.connection import Connections
from core.database.labels import NO, YES, Source, Verdict, correction_text, standing
from core.records import Feedback, Message, Trace

LOOKED_AT = 2_000
"""Newest traces of a conversation that are compared: a client may put everything it ever asks into one."""
_trace = msgspec.json.Decoder(Trace).decode
_feedback = msgspec.json.Decoder(Feedback).decode


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message, in the order in which it was said."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    trace_id: str | None = None
    """Of an answer: the trace that made it; None when it was made elsewhere or deleted."""
    verdict: Verdict = "needs_human_review"
    thumb: bool | None = None
    """What the person says of it now; None when nothing, or when it was taken back."""
    correction: str | None = None
    """The better answer that the person gave, as it stands now."""
    alternatives: int = 0
    """How many other answers the same question has: regenerated, or before an edit further down."""
    trace: Trace | None = None


class _Said(msgspec.Struct, frozen=True):
    verdict: Verdict = "needs_human_review"
    thumb: bool | None = None
    correction: str | None = None
    corrections: tuple[str, ...] = ()
    """All that were ever given: an older one may stand in the conversation."""


def turns_of(connections: Connections, conversation_id: str, speakers: Collection[Source]) -> list[Turn]:
    """[] when there is no such conversation. speakers: whose feedback is a person's in this home."""
    rows = connections.rows(
        "SELECT record FROM traces AS t INDEXED BY conversations_newest"
        " WHERE t.origin NOT IN ('benchmark', 'replay') AND t.conversation = ?"
        " ORDER BY t.created_at DESC, t.row DESC LIMIT ?",
        (conversation_id, LOOKED_AT),
    )
    if not rows:
        return []
    newest: Trace = _trace(rows[0][0])
    family = [newest, *(trace for trace in (_trace(record) for (record,) in rows[1:]) if _on_path(trace, newest))]
    said = {trace.id: _said(connections, trace.id, speakers) for trace in family}
    turns = [_turn(newest.messages, place, family, said) for place in range(len(newest.messages))]
    return [*turns, _answer(newest, _spoken(connections, newest), family, said)]


def _on_path(trace: Trace, newest: Trace) -> bool:
    """True when it was asked what the newest was asked, or a beginning of it."""
    return trace.messages == newest.messages[: len(trace.messages)]


def _turn(messages: Sequence[Message], place: int, family: Sequence[Trace], said: dict[str, _Said]) -> Turn:
    message = messages[place]
    text = message.content or ""
    if message.role != "assistant":
        return Turn(role=message.role, text=text)
    asked = [trace for trace in family if len(trace.messages) == place]
    for trace in asked:
        if text in (trace.response, *said[trace.id].corrections):
            return _answer(trace, text, family, said)
    return Turn(role="assistant", text=text, alternatives=sum(map(_answered, asked)))


def _answer(trace: Trace, text: str, family: Sequence[Trace], said: dict[str, _Said]) -> Turn:
    others = [one for one in family if len(one.messages) == len(trace.messages) and one is not trace]
    heard = said[trace.id]
    return Turn(
        role="assistant",
        text=text,
        trace_id=trace.id,
        verdict=heard.verdict,
        thumb=heard.thumb,
        correction=heard.correction,
        alternatives=sum(map(_answered, others)),
        trace=trace,
    )


def _answered(trace: Trace) -> bool:
    return bool(trace.response or trace.tool_calls)


def _spoken(connections: Connections, trace: Trace) -> str:
    """What an answer says; of one that is being made, what was kept so far."""
    if trace.finish_reason is not None:
        return trace.response
    said = connections.rows("SELECT text FROM trace_chunks WHERE trace_id = ? ORDER BY row", (trace.id,))
    return "".join(text for (text,) in said)


def _said(connections: Connections, trace_id: str, speakers: Collection[Source]) -> _Said:
    rows = connections.rows("SELECT record FROM feedback WHERE trace_id = ? ORDER BY row", (trace_id,))
    statements: list[Feedback] = [_feedback(record) for (record,) in rows]
    held = standing(statements, speakers)
    corrections = (correction_text(one) for one in statements if one.source in speakers)
    return _Said(
        verdict=_verdict(connections, trace_id) or "needs_human_review",
        thumb=thumb_of(held.value),
        correction=None if held.correction is None else correction_text(held.correction),
        corrections=tuple(text for text in corrections if text is not None),
    )


def _verdict(connections: Connections, trace_id: str) -> Verdict | None:
    verdict: Verdict | None = connections.value("SELECT verdict FROM labels WHERE trace_id = ?", (trace_id,))
    return verdict


def thumb_of(value: float | None) -> bool | None:
    """A score counts as the thumb that it amounts to (DESIGN §5); in between it is neither."""
    if value is None or NO < value < YES:
        return None
    return value >= YES
