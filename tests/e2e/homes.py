"""Homes to start the desktop on."""

from __future__ import annotations

from pathlib import Path

from core.clock import now, stamp
from core.database import Database, Review
from core.first_run import FirstRun, ModelChoice, ScheduleChoice, Welcomed
from core.paths import Home
from core.records import Message, Trace


def settled(folder: Path) -> Home:
    """A home whose first run is over: the demo student, no night, no teacher."""
    home = Home(folder / "home")
    home.root.mkdir(mode=0o700)
    with Database.open(home) as database:
        run = FirstRun(home, database)
        run.go(Welcomed())
        run.go(ModelChoice(kind="demo"))
        run.go(ScheduleChoice(enabled=False))
        run.skip()
        assert run.step == "done"
    return home


def edit_review(review_id: str, title: str) -> Review:
    """A question as the Teacher puts it into the queue."""
    body = {
        "op": "patch_system_prompt",
        "target": "agents/grounded.toml",
        "summary": "Say the unit of every figure.",
        "tier": "review",
        "diff": "--- agents/grounded.toml\n+++ agents/grounded.toml\n@@ -1 +1 @@\n-Be brief.\n+Be brief. Name units.\n",
        "evidence": [{"trace_id": None, "text": "Three answers left the unit out."}],
        "gate": {"before": 0.61, "after": 0.72, "tasks": 60, "wins": 11, "losses": 3, "ties": 46, "e_value": 24.0,
                 "verdict": "keep"},
        "session_id": "session-1",
        "cost_usd": 0.42,
    }  # fmt: skip
    return Review(id=review_id, kind="edit", title=title, body=body, created_at=stamp(now()))


def add_review(home: Home, review_id: str, title: str = "Name the unit of every figure") -> None:
    with Database.open(home) as database:
        database.reviews.add(edit_review(review_id, title))


def review_of(home: Home, review_id: str) -> Review:
    with Database.open(home) as database:
        return database.reviews.get(review_id)


def add_answer(home: Home, trace_id: str, question: str, answer: str, client: str = "editor") -> None:
    with Database.open(home) as database:
        database.traces.add(
            Trace(
                id=trace_id,
                created_at=stamp(now()),
                client=client,
                messages=[Message(role="user", content=question)],
                response=answer,
                finish_reason="stop",
            )
        )
