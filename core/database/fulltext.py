"""Full text: what a person typed as an FTS5 query that cannot be a syntax error, and words that are taken out again."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from core.database.connection import Connections

WORD = re.compile(r"[^\W_]+")
MAX_TERMS = 64
MERGE_PAGES = 500
"""A step of `merge_away`: some 10 ms, between which others may write."""


def words(text: str) -> list[str]:
    """The distinct words of `text` in order, lower case, at most MAX_TERMS."""
    found = dict.fromkeys(word.lower() for word in WORD.findall(text))
    return list(found)[:MAX_TERMS]


def every_word(text: str) -> str:
    """A query for records that hold all the words, the last one as a prefix; "" when there is no word."""
    query = all_words(words(text))
    return f"{query}*" if query else ""


def all_words(terms: list[str]) -> str:
    return " AND ".join(f'"{term}"' for term in terms)


def any_word(terms: list[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def take_out(connections: Connections, trace_ids: Sequence[str], *, merge_later: bool) -> None:
    """Takes traces that are still there out of the index, inside the caller's transaction.

    At once, each word costs as much as all that holds it: milliseconds a trace in a large home. `merge_later` only
    marks them, a hundred times quicker; the words are gone from the file after `merge_away`.
    """
    these = (msgspec.json.encode(trace_ids).decode(),)
    if merge_later:
        connections.rows("INSERT INTO trace_fts (trace_fts, rank) VALUES ('secure-delete', 0)")
    connections.rows(
        "INSERT INTO trace_fts (trace_fts, rowid, asked, answered) SELECT 'delete', row, asked, answered"
        " FROM trace_text WHERE row IN (SELECT row FROM traces WHERE trace_id IN (SELECT value FROM json_each(?)))",
        these,
    )
    if merge_later:
        connections.rows("INSERT INTO trace_fts (trace_fts, rank) VALUES ('secure-delete', 1)")


def merge_away(connections: Connections) -> None:
    """Writes the index of traces anew without what was marked, in short steps."""
    connection, pages = connections.get(), -MERGE_PAGES
    done = False
    while not done:
        before = connection.total_changes()
        # Negative: begin to merge everything into one; positive: go on. It is done once nothing changes.
        connections.rows("INSERT INTO trace_fts (trace_fts, rank) VALUES ('merge', ?)", (pages,))
        pages, done = MERGE_PAGES, connection.total_changes() - before < 2
    connections.rows("INSERT INTO trace_fts (trace_fts) VALUES ('optimize')")
