"""Traces put straight into the database, for tests that are about what is done with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.clock import stamp
from core.database import Database
from core.records import Message, Trace

START = datetime(2026, 1, 1, tzinfo=UTC)


def ask_recorded(
    database: Database, trace_id: str, question: str, *, response: str = "An answer.", client: str = "cli"
) -> Trace:
    """A finished trace, a second after the one before it."""
    trace = Trace(
        id=trace_id,
        created_at=stamp(START + timedelta(seconds=database.counts().traces)),
        client=client,
        conversation_id="conv-1",
        messages=[Message(role="user", content=question)],
        response=response,
        finish_reason="stop",
        model="demo-student",
    )
    database.traces.add(trace)
    return trace
