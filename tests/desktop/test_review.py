"""The review window: what it shows of each kind of item, and that a decision made anywhere is the one that counts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from core.clock import now, stamp
from core.database import Database, Review
from core.database.approval import approve, reject
from core.records import EditProposal, EvidenceNote, GateFigures, Message, Trace
from desktop.context import Context
from desktop.review.items import Item, look
from desktop.review.window import ReviewWindow
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end

DIFF = """--- a/agents/coder.toml
+++ b/agents/coder.toml
@@ -1,2 +1,3 @@
 name = "coder"
--- an old heading
+Say which file you changed.
+Give the units.
"""
GATE = GateFigures(
    before=0.61, after=0.685, tasks=80, wins=14, losses=5, ties=61, verdict="keep", e_value=31.5,
    worst_cluster="dates", worst_fall=0.02,
)  # fmt: skip


def add(context: Context, review_id: str = "r1", **more: Any) -> None:
    """A review as a teacher puts it there; `ago` in minutes."""
    at = stamp(now() - timedelta(minutes=more.pop("ago", 5)))
    body = msgspec.to_builtins(more.pop("proposal", proposal()))
    values: dict[str, Any] = {"kind": "edit", "title": "Say the units", "body": body, "created_at": at}
    context.database.reviews.add(Review(id=review_id, **{**values, **more}))


def proposal(**more: Any) -> EditProposal:
    values: dict[str, Any] = {
        "op": "patch_system_prompt",
        "target": "agents/coder.toml",
        "summary": "Asks for units in every number.",
        "tier": "review",
        "diff": DIFF,
        "evidence": (
            EvidenceNote(text="Forgot the unit <b>twice</b>.", trace_id="t1"),
            EvidenceNote(text="Seen often."),
        ),
        "gate": GATE,
        "cost_usd": 0.25,
    }
    return EditProposal(**{**values, **more})


@pytest.fixture
async def window(context: Context) -> AsyncIterator[ReviewWindow]:
    made = ReviewWindow(context)
    made.show()
    yield made
    end(made)


def text(window: QWidget, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None, name
    return found.text() if found.isVisible() else ""


def button(window: QWidget, name: str) -> QPushButton:
    found: QPushButton | None = window.findChild(QPushButton, name)
    assert found is not None, name
    return found


def titles(window: ReviewWindow) -> list[str]:
    entries: QListWidget = window.queue.list
    return [entries.item(row).text().splitlines()[0] for row in range(entries.count())]


async def opened(window: ReviewWindow, review_id: str = "r1") -> None:
    window.show_item(review_id)
    await until(lambda: window.view.item is not None and window.view.item.review.id == review_id)


async def test_an_empty_queue_explains_itself(window: ReviewWindow) -> None:
    await until(lambda: "Nothing waits for your word" in text(window, "review_empty"))
    assert not window.view.isVisible()


async def test_an_edit_is_shown_with_words_diff_evidence_gate_and_cost(context: Context, window: ReviewWindow) -> None:
    add(context)
    await opened(window)
    await until(lambda: text(window, "edit_change"))
    assert text(window, "edit_change") == "Changes a part of a system prompt: agents/coder.toml."
    assert "asks you first" in text(window, "edit_tier")
    assert text(window, "diff_summary") == "2 lines added, 1 removed."
    assert text(window, "gate_sentence") == (
        "On 80 tasks the score went from 61.0 % to 68.5 %: 14 better, 5 worse, 61 the same."
        " That is enough evidence to keep it."
    )
    assert text(window, "edit_cost").endswith("$0.25.")
    table = window.findChild(QTableWidget, "gate_table")
    rows = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount())}
    assert rows["Better, worse, the same"] == "14, 5, 61"
    assert rows["Group of tasks that did worst"] == "dates: 2.0 % down"
    assert rows["Verdict"] == "keep"
    assert next(value for name, value in rows.items() if "e-value" in name) == "31.5"


async def test_the_diff_is_text_with_its_signs_and_coloured_live(context: Context, window: ReviewWindow) -> None:
    add(context)
    await opened(window)
    diff = window.findChild(QPlainTextEdit, "review_diff")
    assert diff.toPlainText() == DIFF.rstrip("\n")
    assert diff.accessibleName() and diff.accessibleDescription() == "2 lines added, 1 removed."

    def colours() -> dict[int, str]:
        return {
            selection.cursor.blockNumber(): selection.format.background().color().name()
            for selection in diff.extraSelections()
            if selection.format.hasProperty(selection.format.Property.BackgroundBrush)
        }

    light = context.theme.colours
    assert colours() == {4: light.removed, 5: light.added, 6: light.added}
    context.theme.choose("dark")
    assert colours() == {
        4: context.theme.colours.removed,
        5: context.theme.colours.added,
        6: context.theme.colours.added,
    }
    assert light.added != context.theme.colours.added


async def test_evidence_opens_the_answer_and_is_plain_text(
    context: Context, window: ReviewWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(context.windows, "show_trace", asked.append)
    add(context)
    await opened(window)
    button(window, "evidence_0").click()
    assert asked == ["t1"]
    assert window.findChild(QPushButton, "evidence_1") is None
    note = next(label for label in window.findChildren(QLabel) if "<b>" in label.text())
    assert note.textFormat() == Qt.TextFormat.PlainText


async def test_what_was_not_examined_says_what_approving_means(context: Context, window: ReviewWindow) -> None:
    add(context, proposal=proposal(gate=None))
    await opened(window)
    assert text(window, "gate_sentence") == (
        "Not examined yet: approving means trying it; it is kept only if it passes."
    )
    assert window.findChild(QTableWidget, "gate_table") is None
    assert "still gated" in text(window, "decision_sentence")


async def test_try_it_queues_the_job_and_its_fate_is_told(context: Context, window: ReviewWindow) -> None:
    database = context.database
    add(context)
    await opened(window)
    button(window, "try_it").click()
    await until(lambda: "Waiting for the next night" in text(window, "what_next"))
    assert database.reviews.get("r1").state == "approved"
    assert [job.kind for job in database.jobs.all()] == ["apply_edit"]
    assert text(window, "decision_state").startswith("Approved, ")
    assert not button(window, "try_it").isVisible()
    assert titles(window) == []  # it waits no longer, and stays open on the right
    job = database.jobs.claim("worker", now=now(), lease_s=60)
    context.bridge.jobs_changed.emit()
    await until(lambda: text(window, "what_next") == "Being tried now.")
    database.jobs.finish(job.id, "worker", "failed", now=now(), reason="The gate refused it: 3 answers got worse.")
    context.bridge.jobs_changed.emit()
    await until(lambda: "The gate refused it: 3 answers got worse." in text(window, "what_next"))


async def test_a_job_that_is_done_shows_its_evidence(context: Context, window: ReviewWindow) -> None:
    add(context)
    approve(context.database, "r1", now=now())
    context.database.jobs.claim("worker", now=now(), lease_s=60)
    evidence = {"outcome": "Kept: 4 of 50 answers are better.", "cost_usd": 0.5}
    context.database.jobs.finish("apply-r1", "worker", "done", now=now(), evidence=evidence)
    await opened(window)
    assert text(window, "what_next") == "Done. Kept: 4 of 50 answers are better."


async def test_rejecting_takes_a_reason_and_nothing_else(context: Context, window: ReviewWindow, qtbot: QtBot) -> None:
    add(context)
    await opened(window)
    button(window, "reject").click()
    panel = window.view.decision.reasons
    assert panel.isVisible() and not panel.confirm.isEnabled()
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.words, "   ")
    assert not panel.confirm.isEnabled()
    panel.preset.setCurrentIndex(2)
    qtbot.keyClicks(panel.words, "too chatty")
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    await until(lambda: context.database.reviews.get("r1").state == "rejected")
    assert context.database.reviews.get("r1").reason == "Answers would get worse: too chatty"
    await until(lambda: "too chatty" in text(window, "decision_state"))
    assert context.database.jobs.all() == []


async def test_a_decision_from_elsewhere_updates_the_open_window(context: Context, window: ReviewWindow) -> None:
    add(context)
    await opened(window)
    reject(context.database, "r1", "Not now", now=now())
    context.bridge.reviews_changed.emit()
    await until(lambda: text(window, "decision_state").endswith("Reason: Not now"))
    assert not button(window, "try_it").isVisible()


async def test_deciding_what_was_decided_the_other_way_says_so(context: Context, window: ReviewWindow) -> None:
    add(context)
    await opened(window)
    reject(context.database, "r1", "Not now", now=now())  # and the window has not heard of it
    button(window, "try_it").click()
    await until(lambda: "decided already, from another place" in text(window, "review_problem"))
    assert context.database.reviews.get("r1").state == "rejected"
    assert text(window, "decision_state").startswith("Rejected, ")
    assert context.database.jobs.all() == []


async def test_what_is_read_late_is_neither_shown_nor_decided(
    context: Context, window: ReviewWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()

    def look_slowly(database: Database, review_id: str) -> Item:
        if review_id == "slow":
            slow.wait(5)
        return look(database, review_id)

    monkeypatch.setattr("desktop.review.window.look", look_slowly)
    for review_id in ("first", "slow", "last"):
        add(context, review_id, title=review_id)
    await opened(window, "first")
    window.show_item("slow")
    button(window, "try_it").click()  # while `first` is still in sight, but no longer what was asked for
    await asyncio.sleep(0.1)
    assert context.database.reviews.all(state="approved") == []
    await opened(window, "last")
    slow.set()
    await asyncio.sleep(0.2)
    assert window.view.item.review.id == "last" and text(window, "review_title") == "last"


async def test_next_after_a_decision_is_what_took_its_place(
    context: Context, window: ReviewWindow, qtbot: QtBot
) -> None:
    for number, review_id in enumerate(("old", "middle", "new")):
        add(context, review_id, title=review_id, ago=30 - number)
    await opened(window, "old")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_A)
    await until(lambda: titles(window) == ["middle", "new"])
    qtbot.keyClick(window.queue.list, Qt.Key.Key_J)
    await until(lambda: window.view.item.review.id == "middle")


async def test_what_a_screen_reader_selects_is_what_is_decided(
    context: Context, window: ReviewWindow, qtbot: QtBot
) -> None:
    """AT-SPI's selectChild selects an entry without making it the current one."""
    for number, review_id in enumerate(("old", "middle", "new")):
        add(context, review_id, title=review_id, ago=30 - number)
    await opened(window, "old")
    window.queue.list.item(2).setSelected(True)
    await until(lambda: window.view.item.review.id == "new")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_K)
    await until(lambda: window.view.item.review.id == "middle")


async def test_a_refresh_leaves_what_is_being_typed(context: Context, window: ReviewWindow, qtbot: QtBot) -> None:
    add(context)
    await opened(window)
    button(window, "reject").click()
    words = window.view.decision.reasons.words
    qtbot.keyClicks(words, "half a sen")
    body = window.view.area.widget()
    add(context, "r2", title="Another")
    context.bridge.reviews_changed.emit()
    await until(lambda: "Another" in titles(window))
    assert words.isVisible() and words.text() == "half a sen"
    assert window.view.area.widget() is body


async def test_keys_move_try_and_reject(context: Context, window: ReviewWindow, qtbot: QtBot) -> None:
    for number, review_id in enumerate(("old", "middle", "new")):
        add(context, review_id, title=review_id, ago=30 - number)
    window.refresh()
    await until(lambda: titles(window) == ["old", "middle", "new"])  # the oldest first
    await until(lambda: window.view.item is not None and window.view.item.review.id == "old")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_J)
    await until(lambda: window.view.item.review.id == "middle")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_A)
    await until(lambda: context.database.reviews.get("middle").state == "approved")
    await until(lambda: titles(window) == ["old", "new"])
    qtbot.keyClick(window.queue.list, Qt.Key.Key_J)
    await until(lambda: window.view.item.review.id == "new")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_K)
    await until(lambda: window.view.item.review.id == "old")
    qtbot.keyClick(window.queue.list, Qt.Key.Key_R)
    assert window.view.decision.reasons.isVisible()
    qtbot.keyClicks(window.view.decision.reasons.words, "a jar")  # letters, not commands, while one types
    assert window.view.decision.reasons.words.text() == "a jar"
    assert context.database.reviews.get("old").state == "pending"
    qtbot.keyClick(window.view.decision.reasons.words, Qt.Key.Key_Escape)
    assert button(window, "try_it").isVisible()
    assert "A" in button(window, "try_it").toolTip() and "R" in button(window, "reject").toolTip()


async def test_an_import_is_accepted_or_kept_out_without_a_reason(context: Context, window: ReviewWindow) -> None:
    for trace_id in ("t1", "t2"):
        trace = Trace(
            id=trace_id, created_at=stamp(now()), origin="import", client="old.jsonl",
            messages=[Message(role="user", content="What is a <b>leap</b> year?")], response="Every fourth.",
            finish_reason="stop",
        )  # fmt: skip
        context.database.traces.add(trace)
        add(context, f"import-{trace_id}", kind="import", title="From old.jsonl", body={}, trace_id=trace_id)
    await opened(window, "import-t1")
    shown = window.findChild(QPlainTextEdit, "review_trace").toPlainText()
    assert "What is a <b>leap</b> year?" in shown and "Every fourth." in shown
    assert button(window, "try_it").text() == "&Accept for learning"
    button(window, "reject").click()
    await until(lambda: context.database.reviews.get("import-t1").state == "rejected")
    await opened(window, "import-t2")
    button(window, "try_it").click()
    await until(lambda: context.database.reviews.get("import-t2").state == "approved")
    assert context.database.jobs.all() == []
    await until(lambda: text(window, "decision_state").startswith("Accepted for learning"))
    assert text(window, "what_next") == ""


async def test_an_unknown_kind_is_readable_and_decidable(context: Context, window: ReviewWindow) -> None:
    add(context, kind="finetune", body={"steps": 40, "für": "äöü"})
    await opened(window)
    body = window.findChild(QPlainTextEdit, "review_body").toPlainText()
    assert '"steps": 40' in body and '"für": "äöü"' in body
    button(window, "try_it").click()
    await until(lambda: context.database.reviews.get("r1").state == "approved")


async def test_an_edit_that_cannot_be_read_can_only_be_rejected(context: Context, window: ReviewWindow) -> None:
    add(context, body={"op": "from_the_future"})
    await opened(window)
    assert "from_the_future" in window.findChild(QPlainTextEdit, "review_body").toPlainText()
    assert not button(window, "try_it").isEnabled() and button(window, "reject").isEnabled()
    assert "cannot read the change" in text(window, "decision_sentence")


async def test_decided_items_are_behind_the_filter_the_latest_first(context: Context, window: ReviewWindow) -> None:
    for review_id in ("a", "b", "c"):
        add(context, review_id, title=review_id)
    reject(context.database, "b", "Not now", now=now())
    approve(context.database, "a", now=now() + timedelta(seconds=1))
    window.refresh()
    await until(lambda: titles(window) == ["c"])
    window.queue.filter.setCurrentText("Decided")
    await until(lambda: titles(window) == ["a", "b"])
    assert window.queue.list.item(1).text().endswith("rejected")
    window.queue.filter.setCurrentText("All")
    await until(lambda: titles(window) == ["c", "a", "b"])


async def test_an_item_that_went_with_its_trace_says_so(context: Context, window: ReviewWindow) -> None:
    window.show_item("never-there")
    await until(lambda: "no longer there" in text(window, "review_empty"))
