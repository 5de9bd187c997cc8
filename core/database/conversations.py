"""Conversations as a person sees them: a list, newest first, and the turns of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from core.database.connection import Connections, Row
from core.database.deletion import BulkDeletion, Cancelled, Deletion, Progress
from core.database.fulltext import every_word
from core.database.labels import people
from core.database.traces import as_json, encodable
from core.database.turns import Turn, turns_of
from core.errors import NotFound
from core.records import Message

TITLE = 60
"""Characters of a title at most."""
ASKED_FOR = "origin NOT IN ('benchmark', 'replay')"
"""Must stand in a query exactly so, else SQLite does not use the two indexes of schema 2."""

LISTED = f"""
SELECT t.row, t.conversation, t.trace_id, t.created_at, t.client, t.model, t.origin,
  (SELECT substr(m.value ->> '$.content', 1, 2000) FROM json_each(t.record, '$.messages') AS m
   WHERE m.value ->> '$.role' = 'user' LIMIT 1)
FROM traces AS t INDEXED BY conversations_by_time
WHERE t.{ASKED_FOR}
  %s
  AND NOT EXISTS (
    SELECT 1 FROM traces AS n INDEXED BY conversations_newest
    WHERE n.{ASKED_FOR} AND n.conversation = t.conversation AND (n.created_at, n.row) > (t.created_at, t.row))
ORDER BY t.created_at DESC, t.row DESC LIMIT ?3
"""
# Both steps read indexes only: the records of what was found are the only ones that are read.
HOLDING = f"""
SELECT DISTINCT s.conversation FROM traces AS s INDEXED BY conversations_by_time
WHERE s.{ASKED_FOR} AND +s.row IN (%s)
"""
FOLLOWING = "AND (t.created_at, t.row) < (?1, ?2) "
WITH_WORDS = HOLDING % "SELECT rowid FROM trace_fts WHERE trace_fts MATCH ?4"
# The record as it lies there is three times quicker to look through; what it says is then asked of the few that pass.
WITH_TEXT = HOLDING % (
    "SELECT x.row FROM traces AS p CROSS JOIN trace_text AS x ON x.row = p.row WHERE instr(lower(p.record), lower(?5))"
    " AND (instr(lower(x.asked), lower(?4)) OR instr(lower(x.answered), lower(?4)))"
)


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list."""

    id: str
    """The conversation's id; the trace's own where it has none."""
    title: str
    """First line of the first thing that was asked, shortened at a word; "" when nothing was asked in words."""
    newest: str
    """Id of its newest trace, which may still be open."""
    client: str
    model: str
    at: str
    """When the newest trace began."""
    from_person: bool
    """False: imported or simulated."""
    row: int
    """Place of the newest trace, so that a page can follow on even when that trace is deleted meanwhile."""


class Conversations:
    """Made from the traces at each call; nothing of it is stored."""

    def __init__(self, connections: Connections, deletion: Deletion, *, simulated: bool) -> None:
        self._connections = connections
        self._deletion = deletion
        self._speakers = people(simulated=simulated)

    def page(self, *, limit: int = 50, after: Conversation | None = None, search: str = "") -> list[Conversation]:
        """Newest first, those that follow `after`. What only benchmark or replay asked is left out.

        search: those in which a trace holds every word (the last one may be begun only); where no trace does, those
        that hold the text as it stands. Any text is safe.
        """
        following, place = ("", (None, None)) if after is None else (FOLLOWING, (after.at, after.row))
        if not search.strip():
            return self._listed(following, (*place, limit))
        query = every_word(search)
        if query and self._connections.row("SELECT 1 FROM trace_fts WHERE trace_fts MATCH ? LIMIT 1", (query,)):
            return self._listed(f"{following}AND t.conversation IN ({WITH_WORDS})", (*place, limit, query))
        text = encodable(search.strip())
        return self._listed(
            f"{following}AND t.conversation IN ({WITH_TEXT})", (*place, limit, text, as_json(text)[1:-1])
        )

    def get(self, conversation_id: str) -> Conversation:
        """Raises NotFound, also for one that only benchmark or replay asked."""
        found = self._listed("AND t.conversation = ?4", (None, None, 1, conversation_id))
        if not found:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return found[0]

    def turns(self, conversation_id: str) -> list[Turn]:
        """The path that ends in its newest trace. Raises NotFound."""
        found = turns_of(self._connections, conversation_id, self._speakers)
        if not found:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return found

    def trace_ids(self, conversation_id: str) -> list[str]:
        """Every trace of it, every branch and origin, oldest first; [] when there is none."""
        rows = self._connections.rows(
            "SELECT trace_id FROM (SELECT trace_id, created_at, row FROM traces WHERE conversation_id = ?1"
            " UNION ALL SELECT trace_id, created_at, row FROM traces WHERE trace_id = ?1 AND conversation_id IS NULL)"
            " ORDER BY created_at, row",
            (conversation_id,),
        )
        return [trace_id for (trace_id,) in rows]

    def delete(
        self, conversation_id: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> BulkDeletion:
        """All its branches, and its draft. Raises NotFound."""
        found = self.trace_ids(conversation_id)
        if not found:
            raise NotFound(f"There is no conversation {conversation_id}.")
        return self._deletion.delete_many(found, progress=progress, cancelled=cancelled)

    def _listed(self, condition: str, bindings: Sequence[object]) -> list[Conversation]:
        return [_conversation(row) for row in self._connections.rows(LISTED % condition, tuple(bindings))]


def titled(messages: Iterable[Message]) -> str:
    """The title of a conversation that begins with `messages`."""
    return shortened(next((m.content for m in messages if m.role == "user"), None) or "")


def shortened(text: str, length: int = TITLE) -> str:
    """The first line of `text` that says something, cut after a word where one ends in time."""
    line = next((found for line in text.splitlines() if (found := re.sub(r"\s+", " ", line).strip())), "")
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    kept = cut if line[length - 1] == " " else cut.rpartition(" ")[0]
    # One long word, or a script without spaces: cut where the room ends.
    return f"{(kept if len(kept) > length // 3 else cut).rstrip(' ,;:.–-')}…"


def _conversation(row: Row) -> Conversation:
    return Conversation(
        row=row[0],
        id=row[1],
        newest=row[2],
        at=row[3],
        client=row[4],
        model=row[5],
        from_person=row[6] == "user",
        title=shortened(row[7] or ""),
    )
