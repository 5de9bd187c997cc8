"""Checks that the file is whole and that everything derived is what it would be if worked out again."""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from core.database.connection import Connections
from core.database.labelling import Labelling

FULL_TEXT = ("trace_fts", "exemplar_fts")


def problems(connections: Connections, labelling: Labelling) -> list[str]:
    """[] when all is well. One consistent view: nobody writes meanwhile. Reads every page and every label."""
    with connections.transaction():
        for table in FULL_TEXT:
            # FTS5 keeps the shape of its index, looks again only when it is read, and the pragma does not read:
            # after another process wrote, it would call that shape damaged (SQLite 3.54).
            connections.rows(f"SELECT 1 FROM {table} LIMIT 1")
        return [*_pages(connections), *_full_text(connections), *_derived(connections, labelling)]


def _pages(connections: Connections) -> Iterator[str]:
    for (line,) in connections.rows("PRAGMA integrity_check"):
        if line != "ok":
            yield str(line)
    for table, row, parent, _ in connections.rows("PRAGMA foreign_key_check"):
        yield f"{table} row {row} names a missing row of {parent}"
    for (trace_id,) in connections.rows("SELECT trace_id FROM traces WHERE trace_id IN (SELECT * FROM tombstones)"):
        yield f"trace {trace_id} was deleted and is there"
    forgotten = "SELECT trace_id FROM trace_sources WHERE sig_hash IN (SELECT sig_hash FROM forgotten_rows)"
    for (trace_id,) in connections.rows(forgotten):
        yield f"trace {trace_id} comes from a row that was forgotten"


def _full_text(connections: Connections) -> Iterator[str]:
    """FTS5 reads the content again and compares it with its index."""
    for table in FULL_TEXT:
        try:
            connections.get().execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        except apsw.CorruptError:
            yield f"{table} does not agree with the text it indexes"


def _derived(connections: Connections, labelling: Labelling) -> Iterator[str]:
    said = (
        "SELECT trace_id FROM (SELECT trace_id FROM feedback UNION SELECT trace_id FROM trace_signals"
        " UNION SELECT trace_id FROM labels UNION SELECT trace_id FROM exemplars)"
        " WHERE trace_id IN (SELECT trace_id FROM traces)"
    )
    for (trace_id,) in connections.rows(said):
        judged = labelling.judge(trace_id)
        stored = connections.row("SELECT verdict, reward, correction FROM labels WHERE trace_id = ?", (trace_id,))
        expected = (judged.label.verdict, judged.label.reward, judged.correction)
        if (stored or ("needs_human_review", None, None)) != expected:
            yield f"the label of {trace_id} is {stored}, and should be {expected}"
        kind = connections.value("SELECT kind FROM exemplars WHERE trace_id = ?", (trace_id,))
        if kind != judged.kind:
            yield f"the exemplar of {trace_id} is {kind}, and should be {judged.kind}"
