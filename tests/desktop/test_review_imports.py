"""A whole import in the review window: what it is, what was found in it, and one word for all of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from core.evidence.importers.bringing import Wanted, bring_in
from core.evidence.importers.registering import Registration, register
from desktop.context import Context
from desktop.review.window import ReviewWindow
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end

RECORDED = "2026-05-01T02:00:00.000000Z"
MAPPING = 'class = "verdict"\nrule = "severity"\n[[record]]\ntimestamp = "ts"\n'


@pytest.fixture
async def window(context: Context) -> AsyncIterator[ReviewWindow]:
    made = ReviewWindow(context)
    made.show()
    yield made
    end(made)


def text(window: QWidget, name: str) -> str:
    found = window.findChild(QLabel, name)
    return found.text() if found is not None and found.isVisible() else ""


def figures(window: QWidget) -> dict[str, str]:
    found = window.view.findChildren(QLabel)  # type: ignore[attr-defined]
    return {
        one.objectName().removeprefix("review_count_"): one.text()
        for one in found
        if one.objectName().startswith("review_count_")
    }


def press(window: QWidget, name: str) -> None:
    button: QPushButton | None = window.findChild(QPushButton, name)
    assert button is not None and button.isEnabled()
    button.click()


def chats(context: Context, folder: Path) -> str:
    """Imports four answers, two with a thumb up. Returns the review's id."""
    rows = []
    for number in range(4):
        asked, answered = (f"How far is island {number}?", f"{number} miles.")
        messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        rows.append({"messages": messages, **({"feedback": "good"} if number % 2 else {})})
    path = folder / "chats.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\nnonsense\n")
    wanted = Wanted(format="openai-jsonl", path=path, source_file=str(path), recorded_at=RECORDED)
    done = bring_in(context.home, context.database, wanted)
    assert done.review_id is not None
    return done.review_id


async def opened(window: ReviewWindow, review_id: str) -> None:
    window.show_item(review_id)
    await until(lambda: window.view.item is not None and window.view.item.review.id == review_id)


async def test_an_import_is_shown_with_its_figures_and_some_answers(
    context: Context, window: ReviewWindow, tmp_path: Path
) -> None:
    review_id = await asyncio.to_thread(chats, context, tmp_path)
    await opened(window, review_id)
    await until(lambda: text(window, "review_imported"))
    assert text(window, "review_imported").startswith("Chats from chats.jsonl, read as openai-jsonl.")
    assert figures(window) == {"read": "4", "new": "4", "feedback": "2", "unlabelled": "2", "undated": "4",
                               "skipped:not_json": "1"}  # fmt: skip
    samples = window.findChild(QPlainTextEdit, "review_samples")
    assert samples is not None and samples.toPlainText().count("How far is island") == 3
    assert text(window, "decision_sentence").startswith("Only what you accept is learned from.")


async def test_one_word_holds_for_all_of_it(context: Context, window: ReviewWindow, tmp_path: Path) -> None:
    review_id = await asyncio.to_thread(chats, context, tmp_path)
    await opened(window, review_id)
    await until(lambda: text(window, "review_imported"))
    press(window, "try_it")
    await until(lambda: text(window, "decision_state").startswith("Accepted for learning"))
    assert context.database.exemplars.count() == 2


async def test_it_is_kept_out_without_a_reason(context: Context, window: ReviewWindow, tmp_path: Path) -> None:
    review_id = await asyncio.to_thread(chats, context, tmp_path)
    await opened(window, review_id)
    await until(lambda: text(window, "review_imported"))
    press(window, "reject")
    await until(lambda: text(window, "decision_state").startswith("Kept out"))
    assert context.database.reviews.get(review_id).state == "rejected"
    assert context.database.exemplars.count() == 0


async def test_a_log_that_is_read_in_place(context: Context, window: ReviewWindow, tmp_path: Path) -> None:
    path = tmp_path / "audits.jsonl"
    path.write_text('{"ts": "2026-04-27T00:00:00Z"}\n')
    stream = Registration(name="audits", path=path, source_file="audits.jsonl", mapping=MAPPING, recorded_at=RECORDED)
    await asyncio.to_thread(register, context.database, stream)
    await opened(window, "source:audits")
    await until(lambda: text(window, "review_imported"))
    assert f"The log {path} is read where it lies." in text(window, "review_imported")
    assert figures(window) == {"read": "1", "new": "1"}
    press(window, "try_it")
    await until(lambda: context.database.sources.reviewed("audits"))


async def test_an_import_that_was_deleted_says_so(context: Context, window: ReviewWindow, tmp_path: Path) -> None:
    review_id = await asyncio.to_thread(chats, context, tmp_path)
    context.database.traces.delete_all()
    await opened(window, review_id)
    await until(lambda: "all of them were deleted" in text(window, "review_imported"))
    assert window.findChild(QPlainTextEdit, "review_samples") is None
