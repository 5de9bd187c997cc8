"""The newest answer of any client, in a line, with what the person said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFound
from core.records import Record, Trace

if TYPE_CHECKING:
    from core.database import Database

LONGEST = 60


class LastAnswer(Record, frozen=True):
    """`line`: the first line of the answer, "" when it has no words. `thumb`: as the chat shows it."""

    trace_id: str
    client: str
    line: str
    thumb: bool | None


def read(database: Database) -> LastAnswer | None:
    """None while there is no answer at all."""
    from core.database.labels import people, standing
    from core.database.turns import thumb_of

    try:
        trace = database.traces.last()
        said = database.feedback.for_trace(trace.id)
    except NotFound:  # none yet, or deleted in this instant
        return None
    return LastAnswer(
        trace_id=trace.id,
        client=trace.client,
        line=first_line(trace),
        thumb=thumb_of(standing(said, people(simulated=database.simulated)).value),
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
