"""Writes fixtures/schema_vN.sql from the present schema: run once when a schema ships, never over an old file.

python -m tests.database.making_fixture
"""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import apsw.shell

from core.database import Database, Import, Pair, RegisteredSource, Review, TraceSource
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


def fill_imported(database: Database) -> None:
    """What schema 3 added."""
    database.imports.begin(
        Import(
            import_id="chats",
            format="chatgpt",
            source_file="chats.zip",
            sha256="0" * 64,
            recorded_at=tick(),
            counts={"new": 1},
        )
    )
    database.traces.add(trace("imported", "What is imported?", "A chat.", origin="import"))
    database.imports.add_source(
        TraceSource(trace_id="imported", import_id="chats", source_file="chats.zip", line_offset=7, sig_hash="1" * 64)
    )
    database.feedback.add(thumb("f5", "imported", True))
    database.reviews.add(Review(id="import:chats", kind="import", title="Chats", body={}, created_at=tick()))
    database.sources.add(
        RegisteredSource(name="audits", path="/data/audits.jsonl", mapping='name = "audits"', added_at=tick())
    )
    database.forgotten.add(["2" * 64])
    database.pairs.add(
        [
            Pair(
                task_slug="where",
                role="coder",
                prompt_json="[]",
                output_json='"North of Quuxia."',
                label=1,
                run_id="accepted",
                exported_at=tick(),
                trace_id="accepted",
            )
        ]
    )


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
            fill_imported(database)
        target.write_text(dump(home))


if __name__ == "__main__":
    main()
