"""Jobs: long work as rows, claimed under a lease, each ending with its evidence or its reason (law 1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from core.clock import stamp
from core.database.changes import ChangeLog
from core.database.connection import Connections, Row
from core.database.traces import as_json
from core.errors import DatabaseError, NotFound
from core.records import Record

State = Literal["queued", "running", "done", "skipped", "failed"]
Ending = Literal["done", "skipped", "failed"]
COLUMNS = (
    "job_id, kind, state, payload, evidence, reason, attempts, created_at, not_before, owner, lease_until,"
    " started_at, finished_at"
)


class LeaseLost(DatabaseError):
    """Another worker holds this job now, or it has ended: nothing was written."""

    code, status, title = "lease_lost", 409, "This job is no longer yours"


class Job(Record, frozen=True):
    """Times are UTC ISO-8601. A running job whose lease ran out may be claimed by anybody."""

    id: str
    kind: str
    state: State
    payload: dict[str, Any]
    evidence: dict[str, Any] | None
    """What proves the effect of a job that is `done`."""
    reason: str | None
    """Why it was skipped or failed."""
    attempts: int
    created_at: str
    not_before: str
    owner: str | None
    lease_until: str | None
    started_at: str | None
    finished_at: str | None


class Jobs:
    """`now` is always given; a lease is a number of seconds from it."""

    def __init__(self, connections: Connections, changes: ChangeLog) -> None:
        self._connections = connections
        self._changes = changes

    def insert(
        self, job_id: str, kind: str, payload: dict[str, Any], *, now: datetime, not_before: datetime | None = None
    ) -> Job:
        """Queues it. The same id again changes nothing, so that a trigger that fires twice makes one job."""
        with self._connections.transaction():
            added = self._connections.rows(
                "INSERT INTO jobs (job_id, kind, state, payload, created_at, not_before)"
                " VALUES (?, ?, 'queued', ?, ?, ?) ON CONFLICT (job_id) DO NOTHING RETURNING 1",
                (job_id, kind, as_json(payload), stamp(now), stamp(not_before or now)),
            )
            if added:
                self._changes.note("job", subject=job_id)
            return self.get(job_id)

    def claim(self, owner: str, *, now: datetime, lease_s: float, kinds: Sequence[str] | None = None) -> Job | None:
        """The oldest job that is due, or whose worker's lease ran out; None when there is none.

        owner: a name of the worker that no other uses, as its process and start time.
        """
        which = f"AND kind IN ({','.join('?' * len(kinds))})" if kinds is not None else ""
        with self._connections.transaction():
            job_id = self._connections.value(
                "SELECT job_id FROM jobs WHERE ((state = 'queued' AND not_before <= ?)"
                f" OR (state = 'running' AND lease_until < ?)) {which} ORDER BY not_before, created_at, job_id LIMIT 1",
                (stamp(now), stamp(now), *(kinds or ())),
            )
            if job_id is None:
                return None
            self._connections.rows(
                "UPDATE jobs SET state = 'running', owner = ?, lease_until = ?, started_at = ?,"
                " attempts = attempts + 1 WHERE job_id = ?",
                (owner, stamp(now + timedelta(seconds=lease_s)), stamp(now), job_id),
            )
            self._changes.note("job", subject=job_id)
            return self.get(job_id)

    def renew(self, job_id: str, owner: str, *, now: datetime, lease_s: float) -> None:
        """Keeps the lease. Raises LeaseLost."""
        with self._connections.transaction():
            self._require(job_id, owner)
            self._connections.rows(
                "UPDATE jobs SET lease_until = ? WHERE job_id = ?", (stamp(now + timedelta(seconds=lease_s)), job_id)
            )

    def finish(
        self,
        job_id: str,
        owner: str,
        state: Ending,
        *,
        now: datetime,
        evidence: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> Job:
        """`done` needs evidence of its effect, `skipped` and `failed` a reason (ValueError). Raises LeaseLost."""
        if (state == "done" and not evidence) or (state != "done" and not reason):
            raise ValueError("a job ends done with evidence, or skipped or failed with a reason")
        with self._connections.transaction():
            self._require(job_id, owner)
            self._connections.rows(
                "UPDATE jobs SET state = ?, evidence = ?, reason = ?, finished_at = ?, owner = NULL,"
                " lease_until = NULL WHERE job_id = ?",
                (state, None if evidence is None else as_json(evidence), reason, stamp(now), job_id),
            )
            self._changes.note("job", subject=job_id)
            return self.get(job_id)

    def get(self, job_id: str) -> Job:
        row = self._connections.row(f"SELECT {COLUMNS} FROM jobs WHERE job_id = ?", (job_id,))
        if row is None:
            raise NotFound(f"There is no job {job_id}.")
        return as_job(row)

    def all(self, *, kind: str | None = None, state: State | None = None, limit: int = 100) -> list[Job]:
        """Newest first."""
        rows = self._connections.rows(
            f"SELECT {COLUMNS} FROM jobs WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR state = ?2)"
            " ORDER BY created_at DESC, job_id DESC LIMIT ?3",
            (kind, state, limit),
        )
        return [as_job(row) for row in rows]

    def _require(self, job_id: str, owner: str) -> None:
        job = self.get(job_id)
        if job.state != "running" or job.owner != owner:
            raise LeaseLost(f"Job {job_id} is {job.state}, held by {job.owner or 'nobody'}.")


def as_job(row: Row) -> Job:
    values = dict(zip(Job.__struct_fields__, row, strict=True))
    for name in ("payload", "evidence"):
        values[name] = None if values[name] is None else msgspec.json.decode(values[name])
    return Job(**values)
