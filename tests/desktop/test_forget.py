"""Forgetting everywhere from the windows: the plan first, then the question, then what came of it; by a real child."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.forget.intents import Intents
from core.forget.records import LOST, Plan, Receipt, Standing
from desktop.chat.window import ChatWindow
from desktop.context import Context
from desktop.forget_dialog import ForgetDialog
from desktop.forget_words import named, reason, told_plan, told_receipt
from desktop.settings.deletion import Deletion
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end
from tests.evidence.making import add
from tests.forget.making import ANSWER, NAME, NOW, QUESTION

RECEIPT = Receipt(
    id="forget_1", recorded_at="2026-05-02T03:00:00Z", kind="trace", state="gone everywhere",
    traces={"chosen": ("t1", "t2")}, rows=(), sources=(), imports=(), removed={"traces": 2, "evidence": 3, "logs": 1},
    adapters=("night-1",), adapters_unknown=("foreign",), jobs=("retrain-night-1-1",),
)  # fmt: skip


@pytest.fixture
async def opened() -> AsyncIterator[list[QWidget]]:
    widgets: list[QWidget] = []
    yield widgets
    for widget in widgets:
        end(widget)


def filled(context: Context) -> None:
    database = context.database
    add(database, 1, QUESTION, ANSWER, conversation_id="c1", thumb=True)
    add(database, 2, "Where is Zorbia?", "North of it all.", conversation_id="c2")
    database.jobs.insert("session-1", "session", {"about": NAME}, now=NOW)


def dialog() -> ForgetDialog:
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ForgetDialog)]
    return found


def said(name: str) -> str:
    return dialog().findChild(Words, name).text()


@contextmanager
def closing(qtbot: QtBot) -> Iterator[None]:
    yield
    qtbot.mouseClick(dialog().findChild(QPushButton, "forget_everywhere_close"), Qt.MouseButton.LeftButton)


async def test_words_are_shown_first_and_then_forgotten(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    filled(context)
    page = Deletion(context)
    opened.append(page)
    page.show()
    field = page.findChild(QLineEdit, "forget_words")
    start = page.findChild(QPushButton, "forget_words_start")
    assert not start.isEnabled() and field.accessibleName()
    qtbot.keyClicks(field, NAME.lower())
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert field.text() == "", "the words do not stay on the screen"
    with closing(qtbot):
        await until(lambda: "cannot be brought back" in said("forget_summary"), timeout_s=30)
        assert "1 answers that you chose" in said("forget_details") and "Found as: Quuxina" in said("forget_details")
        assert context.database.traces.get("t1"), "nothing went yet"
        go = dialog().findChild(QPushButton, "forget_everywhere_go")
        assert go.isVisible() and not go.isDefault() and not go.autoDefault()
        qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
        dialog().reject()
        assert dialog().isVisible(), "it cannot be closed while it works"
        await until(lambda: said("forget_summary").startswith("Gone everywhere"), timeout_s=30)
        assert not go.isVisible()
    assert context.database.traces.is_deleted("t1") and not context.database.traces.is_deleted("t2")
    assert context.database.jobs.get("session-1").payload == {"about": "[forgotten]"}
    assert len(Intents(context.home).receipts()) == 1


async def test_closed_before_the_question_nothing_goes(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    filled(context)
    page = Deletion(context)
    opened.append(page)
    page.show()
    rows = page.findChild(QListWidget, "forget_list")
    await until(lambda: rows.count() == 2)
    everywhere = page.findChild(QPushButton, "forget_everywhere")
    assert not everywhere.isEnabled()
    rows.item(1).setSelected(True)
    qtbot.mouseClick(everywhere, Qt.MouseButton.LeftButton)
    with closing(qtbot):
        await until(lambda: "cannot be brought back" in said("forget_summary"), timeout_s=30)
    assert context.database.traces.get("t1") and Intents(context.home).receipts() == []


async def test_what_cannot_be_done_is_told(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    asked = ForgetDialog(context, "words", "ab")
    asked.begin()
    with closing(qtbot):
        await until(lambda: "too short" in said("forget_summary"), timeout_s=30)
        assert not dialog().findChild(QPushButton, "forget_everywhere_go").isVisible()


async def test_nothing_found_asks_nothing(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    ForgetDialog(context, "words", "nobody at all").begin()
    with closing(qtbot):
        await until(lambda: said("forget_summary") == "Nothing of it is here.", timeout_s=30)
        assert not dialog().findChild(QPushButton, "forget_everywhere_go").isVisible()


async def test_a_conversation_from_the_chat(context: Context, opened: list[QWidget], qtbot: QtBot) -> None:
    filled(context)
    window = ChatWindow(context)
    opened.append(window)
    window.show()
    window.open_conversation("c1")
    await until(lambda: window.talk.id == "c1")
    window.findChild(QAction, "menu_forget_everywhere").trigger()
    with closing(qtbot):
        await until(lambda: "cannot be brought back" in said("forget_summary"), timeout_s=30)
        qtbot.mouseClick(dialog().findChild(QPushButton, "forget_everywhere_go"), Qt.MouseButton.LeftButton)
        await until(lambda: "orgotten" in said("forget_summary") or "Gone" in said("forget_summary"), timeout_s=30)
        await until(lambda: window.talk.id is None)
    assert context.database.traces.is_deleted("t1") and context.database.traces.get("t2")


def test_every_outcome_has_its_words() -> None:
    told = told_receipt(RECEIPT)
    assert told.tone == "good" and "2 answers were forgotten." in told.details
    assert any("night-1" in line for line in told.details) and any("foreign" in line for line in told.details)
    places = tuple(Standing(place=f"file{number}", how="text", why="x") for number in range(12))
    standing = Receipt(**{**as_fields(RECEIPT), "state": "still stands", "standing": places})
    assert "… and 4 more places." in told_receipt(standing).details and told_receipt(standing).tone == "warning"
    lost = Standing(place="everything", how="not searched", why=LOST)
    unproved = Receipt(**{**as_fields(RECEIPT), "state": "not proved", "not_searched": (lost,)})
    assert "named again" in told_receipt(unproved).summary
    empty = Plan(kind="words", traces={}, places={}, adapters=())
    assert told_plan(empty).summary == "Nothing of it is here."
    assert named("searching every byte") == "Searching every byte…" and reason(lost) == LOST


def as_fields(receipt: Receipt) -> dict[str, object]:
    return {name: getattr(receipt, name) for name in Receipt.__struct_fields__}
