"""Writes fixtures/schema_vN.sql from the present schema: run once when a schema ships, never over an old file.

python -m tests.database.making_fixture
"""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import apsw.shell

from core.database import Database, Review
from core.database.migrations import MIGRATIONS
from core.paths import Home
from tests.database.making import correction, signals, thumb, tick, trace

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


def fill(database: Database) -> None:
    """One of each thing that the test of upgrades looks for."""
    database.traces.add(trace("accepted"))
    database.feedback.add(thumb("f1", "accepted", True))
    database.traces.add(trace("corrected", "What is corrected?", "The worse answer."))
    database.feedback.add(correction("f2", "corrected", "The better answer."))
    database.traces.add(trace("partial", answer="Somewhere."))
    database.feedback.add(thumb("f3", "partial", 0.5, metric="score"))
    database.signals.add(signals("partial", compile_pass=True, tests_passed=1, tests_total=2))
    database.traces.add(trace("rejected"))
    database.feedback.add(thumb("f4", "rejected", False))
    database.traces.update_metadata("rejected", {"seen": "yes"})
    database.jobs.insert("job", "collect", {"n": 1}, now=MOMENT)
    database.jobs.claim("worker", now=MOMENT, lease_s=60)
    database.jobs.finish("job", "worker", "done", now=MOMENT, evidence={"rows": 4})
    database.reviews.add(Review(id="review", kind="edit", title="A change", body={"x": 1}, created_at=tick()))
    database.reviews.decide("review", "approved", decided_at=tick())
    database.state.set("draft:c1", "What I was about to ask")
    database.notices.first_today("a review waits", "2026-11-21")


def dump(home: Home) -> str:
    out = io.StringIO()
    shell = apsw.shell.Shell(stdout=out, args=(str(home.database),))
    shell.process_command(".dump")
    connection = shell.db
    pragmas = "".join(f"PRAGMA {name} = {connection.pragma(name)};\n" for name in ("user_version", "application_id"))
    connection.close()
    # The head names the day, the folder and the user of whoever ran this.
    return out.getvalue().split("\n\n", 1)[1] + pragmas


def main() -> None:
    target = Path(__file__).parent / "fixtures" / f"schema_v{MIGRATIONS[-1].number}.sql"
    if target.exists():
        raise SystemExit(f"{target.name} has shipped: it is never written again")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with Database.open(home, clock=lambda: MOMENT) as database:
            fill(database)
        target.write_text(dump(home))


if __name__ == "__main__":
    main()
