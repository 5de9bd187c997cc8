"""The newest answer of any client, in a line, with what the person said of it; and saying something of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import new_id, now, stamp
from core.errors import NotFound
from core.records import Feedback, Record, Trace

if TYPE_CHECKING:
    from core.database import Database

LONGEST = 60


class LastAnswer(Record, frozen=True):
    """`line`: the first line of the answer, "" when it has no words. `thumb`: the latest statement, None: none."""

    trace_id: str
    client: str
    line: str
    thumb: bool | None
    corrected: bool


def read(database: Database) -> LastAnswer | None:
    """None while there is no answer at all."""
    try:
        trace = database.traces.last()
        said = database.feedback.for_trace(trace.id)
    except NotFound:  # none yet, or deleted in this instant
        return None
    thumbs = [one.value for one in said if one.source == "user" and one.metric == "thumb"]
    corrections = [one for one in said if one.source == "user" and (one.correction or one.metric == "demonstration")]
    latest = thumbs[-1] if thumbs else None
    return LastAnswer(
        trace_id=trace.id,
        client=trace.client,
        line=first_line(trace),
        thumb=latest if isinstance(latest, bool) else None,
        corrected=bool(corrections),
    )


def first_line(trace: Trace) -> str:
    """The first line that has words in it, without the marks of Markdown, short enough for a menu."""
    for line in trace.response.splitlines():
        words = " ".join(line.strip("#>*-`_ \t").split())
        if words:
            return shortened(words)
    return ""


def shortened(words: str) -> str:
    """At most a menu's width."""
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def rate(database: Database, trace_id: str, thumb: bool | None) -> None:
    """One statement of the person; None takes the earlier one back. Raises NotFound when it was deleted meanwhile."""
    said = Feedback(id=new_id("fb-"), trace_id=trace_id, created_at=stamp(now()), metric="thumb", value=thumb)
    database.feedback.add(said)
