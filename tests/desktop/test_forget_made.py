"""What a window deletes leaves evidence and datasets as well, whichever way it is deleted: proved by every byte."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDateEdit, QListWidget, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.evidence.run import alone
from core.forget.deleted import clean_deleted
from desktop.bridge import Notice
from desktop.chat.window import ChatWindow
from desktop.context import Context
from desktop.settings.deletion import Deletion
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end
from tests.desktop.test_chat_window import window_on
from tests.forget import making
from tests.forget.making import standing

LATER = "goes when that has ended"


@pytest.fixture
async def made(context: Context) -> Context:
    """Trace t1 of conversation c1, in evidence, datasets and a role's file."""
    making.the_secret(context.database)
    making.others(context.database)
    making.made(context.home, context.database)
    assert {path.split("/")[0] for path in standing(context.home)} >= {"evidence", "datasets"}
    return context


@pytest.fixture
async def page(made: Context) -> AsyncIterator[Deletion]:
    widget = Deletion(made)
    widget.show()
    listed = widget.findChild(QListWidget, "forget_list")
    await until(lambda: listed.count() == 9)
    yield widget
    end(widget)


def press(widget: QWidget, name: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(widget.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


async def agreed(page: Deletion, qtbot: QtBot) -> Words:
    await until(lambda: page.findChild(QMessageBox, "confirm_delete") is not None)
    press(page.findChild(QMessageBox, "confirm_delete"), "confirm_delete_go", qtbot)
    outcome = page.findChild(Words, "forget_outcome")
    await until(lambda: "forgotten" in outcome.text(), what=outcome.text())
    return outcome


def choose(page: Deletion) -> None:
    listed = page.findChild(QListWidget, "forget_list")
    (item,) = [listed.item(row) for row in range(listed.count()) if making.NAME in listed.item(row).text()]
    item.setSelected(True)


@pytest.mark.parametrize("button", ["forget_one", "forget_conversation", "forget_range", "forget_all"])
async def test_from_the_settings(page: Deletion, made: Context, qtbot: QtBot, button: str) -> None:
    choose(page)
    for name in ("forget_from", "forget_until"):
        page.findChild(QDateEdit, name).setDate(QDate(2026, 4, 27))
    press(page, button, qtbot)
    outcome = await agreed(page, qtbot)
    assert standing(made.home) == set()
    assert outcome.tone == "good" and LATER not in outcome.text()


async def test_the_settings_say_when_it_has_to_wait(page: Deletion, made: Context, qtbot: QtBot) -> None:
    choose(page)
    with alone(made.home):
        press(page, "forget_one", qtbot)
        outcome = await agreed(page, qtbot)
        assert LATER in outcome.text() and outcome.tone == "warning"
        assert standing(made.home) != set()
    clean_deleted(made.home, made.database)
    assert standing(made.home) == set()


async def told_in_the_chat(window: ChatWindow, made: Context) -> Notice:
    told: list[Notice] = []
    made.bridge.told.connect(told.append)
    window.pane.forget_button.click()
    (box,) = window.findChildren(QMessageBox)
    box.findChild(QPushButton, "forget_it").click()
    await until(lambda: told)
    return told[0]


async def test_from_the_chat(made: Context, qtbot: QtBot) -> None:
    said = await told_in_the_chat(await window_on(made, qtbot, "c1"), made)
    assert standing(made.home) == set()
    assert said.level == "info" and not said.hint


async def test_the_chat_says_when_it_has_to_wait(made: Context, qtbot: QtBot) -> None:
    window = await window_on(made, qtbot, "c1")
    with alone(made.home):
        said = await told_in_the_chat(window, made)
    assert LATER in said.hint and standing(made.home) != set()
