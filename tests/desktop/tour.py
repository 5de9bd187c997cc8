"""A home with something of everything, and a way through every window of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
from PySide6.QtWidgets import (
    QWidget,
)

from core.clock import now, stamp
from core.database import Review
from core.errors import ConfigError, DatabaseError
from core.first_run import STEPS
from core.records import (
    EditProposal,
    EvidenceNote,
    Feedback,
    GateFigures,
    Message,
    Retrieved,
    SessionOutcome,
    Trace,
    Validation,
)
from desktop.about import about
from desktop.bridge import Notice
from desktop.chat.trace_dialog import TraceDialog
from desktop.context import Context
from desktop.problem import ProblemWindow
from desktop.settings.pages import pages
from desktop.tray import Tray
from tests.desktop.conftest import until
from tests.desktop.test_first_run import go

DIFF = "--- ω\n+++ ω\n@@ -1 +1 @@\n-ω\n+ω\n"
GATE = GateFigures(
    before=0.61, after=0.685, tasks=80, wins=14, losses=5, ties=61, verdict="keep", e_value=31.5,
    worst_cluster="ωω", worst_fall=0.02,
)  # fmt: skip


def lived_in(context: Context) -> None:
    """A home with something of everything, its own words in Greek."""
    database = context.database
    grounds = [Retrieved(trace_id=f"t{number}", kind="accepted", injected=True) for number in (1, 2)]
    for number in range(6):
        at = stamp(now() - timedelta(hours=number))
        said = [Message(role="user", content=f"ωω {number}")]
        doubts = Validation(status="failed", reasons=("empty", "too long", "ungrounded: ω")) if number == 1 else None
        trace = Trace(
            id=f"t{number}", created_at=at, conversation_id="c1", client="desktop" if number else "ωω", messages=said,
            response="ωω", model="ω", variant="ω", finish_reason="stop", validation=doubts,
            retrieved=grounds if number == 0 else [], cost_usd=0.1 if number == 3 else 0.0,
        )  # fmt: skip
        database.traces.add(trace)
    database.feedback.add(Feedback(id="f1", trace_id="t1", created_at=stamp(now()), value=True))
    database.feedback.add(Feedback(id="f2", trace_id="t2", created_at=stamp(now()), metric="demonstration", value="ω"))
    for kind, evidence in (("edit", (EvidenceNote(text="ω", trace_id="t1"),)), ("import", ())):
        edit = EditProposal(
            op="patch_system_prompt", target="ω", summary="ω", tier="review", diff=DIFF,
            evidence=evidence, gate=GATE, cost_usd=0.25,
        )  # fmt: skip
        database.reviews.add(
            Review(
                id=kind, kind=kind, title="ω", body=msgspec.to_builtins(edit), created_at=stamp(now()), trace_id="t3"
            )
        )
    night(context, "n1", "done", SessionOutcome(outcome="ω", changes=("ω", "ω"), score_before=0.5, score_after=0.6))
    night(context, "n2", "failed")
    night(context, "n3", "skipped")
    database.jobs.insert("n4", "night", {}, now=now())


def night(context: Context, job_id: str, ending: str, outcome: SessionOutcome | None = None) -> None:
    jobs = context.database.jobs
    jobs.insert(job_id, "night", {}, now=now())
    assert jobs.claim("worker", now=now(), lease_s=60, kinds=["night"]) is not None
    evidence = None if outcome is None else msgspec.to_builtins(outcome)
    reason = None if outcome else "ω"
    jobs.finish(job_id, "worker", ending, now=now(), evidence=evidence, reason=reason)  # type: ignore[arg-type]


async def tour(context: Context) -> AsyncIterator[tuple[str, QWidget]]:
    """Every window and page, with time to fill itself."""
    context.actions.refresh()
    context.bridge.told.emit(Notice.of(DatabaseError("ω", hint="ω")))
    context.windows.show_chat("c1")
    await asyncio.sleep(0.5)
    yield "chat", context.windows.get("chat")
    for item in ("edit", "import"):
        context.windows.show_review(item)
        await asyncio.sleep(0.3)
        yield f"review {item}", context.windows.get("review")
    context.windows.show_history()
    await asyncio.sleep(0.3)
    yield "history", context.windows.get("history")
    for page in pages():
        context.windows.show_settings(page.name)
        await asyncio.sleep(0.3)
        yield f"settings {page.name}", context.windows.get("settings")
    context.windows.show_first_run()
    first_run = context.windows.get("first_run")
    await until(lambda: first_run.step is not None)
    for step in STEPS:
        await go(first_run, step)
        await asyncio.sleep(0.3)
        yield f"first run {step}", first_run
    box = about(context, None)
    yield "about", box
    box.close()
    problem = ProblemWindow(ConfigError("ω", hint="ω"), context.home)
    yield "problem", problem
    problem.deleteLater()
    dialog = TraceDialog(context, "t1")
    await asyncio.sleep(0.3)
    yield "trace", dialog
    dialog.deleteLater()
    tray = Tray()
    tray.attach(context)
    yield "tray", tray.menu
    tray.hide()
