"""What the table of nights reads and asks for, as plain functions that run in a thread; no Qt here."""

from __future__ import annotations

from datetime import datetime

from core.database import Database, Job, SessionRow
from core.errors import BadRequest, NotFound

MOST = 500
ROLLBACK = "rollback"


def sessions(database: Database) -> list[SessionRow]:
    """Newest first."""
    return database.history.sessions(MOST)


def can_roll_back(row: SessionRow) -> bool:
    """There is a checkpoint of before, and nobody asked for it yet."""
    return row.outcome is not None and row.outcome.checkpoint is not None and row.rollback is None


def ask_rollback(database: Database, job_id: str, *, now: datetime) -> Job:
    """Queues the job that undoes this session; asked twice, it is one job. Raises NotFound, BadRequest."""
    row = next((row for row in sessions(database) if row.job_id == job_id), None)
    if row is None:
        raise NotFound("This session is no longer in the history.")
    if row.outcome is None or row.outcome.checkpoint is None:
        raise BadRequest("This session kept no checkpoint, so there is nothing to roll back to.")
    payload = {"session_id": job_id, "checkpoint": row.outcome.checkpoint}
    return database.jobs.insert(f"rollback-{job_id}", ROLLBACK, payload, now=now)
