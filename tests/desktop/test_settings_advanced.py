"""The settings as a file: checked as one types, saved only when right, nothing overwritten that somebody else wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from core import config as settings
from desktop.context import Context
from desktop.settings.advanced import AdvancedPage
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end

FILE = "# mine\n[server]\nport = 8080\n"


@pytest.fixture
async def page(context: Context) -> AsyncIterator[AdvancedPage]:
    context.home.config_file.write_text(FILE)
    context.config = settings.load(context.home)
    made = AdvancedPage(context)
    made.show()
    await until(lambda: made.editor.toPlainText() == FILE)
    yield made
    end(made)


def button(page: AdvancedPage, name: str) -> QPushButton:
    return page.findChild(QPushButton, name)


def said(page: AdvancedPage, name: str) -> str:
    return page.findChild(Words, name).text()


def problems(page: AdvancedPage) -> list[str]:
    listed = page.findChild(QListWidget, "config_problems")
    return [listed.item(row).text() for row in range(listed.count())]


async def test_what_is_wrong_is_listed_by_line_and_cannot_be_saved(page: AdvancedPage, qtbot: QtBot) -> None:
    page.editor.setPlainText(FILE + 'host = 3\n\n[teacher]\nprovidr = "none"\n')
    await until(lambda: len(problems(page)) == 2)
    assert problems(page)[0].startswith("Line 4: server.host: ") and problems(page)[1].startswith("Line 7: ")
    assert not button(page, "config_save").isEnabled()
    listed = page.findChild(QListWidget, "config_problems")
    listed.setCurrentRow(1)
    qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert page.editor.textCursor().blockNumber() == 6
    assert "2" in page.editor.accessibleDescription()


async def test_saving_writes_the_text_as_it_is_and_tells_everybody(page: AdvancedPage, context: Context) -> None:
    wanted = FILE.replace("8080", "8081") + "# and a remark\n"
    page.editor.setPlainText(wanted)
    assert not button(page, "config_save").isEnabled()  # not before it was looked at
    await until(lambda: button(page, "config_save").isEnabled())
    button(page, "config_save").click()
    await until(lambda: context.config.server.port == 8081)
    assert context.home.config_file.read_text() == wanted
    assert said(page, "config_outcome") == "Saved."
    assert not button(page, "config_save").isEnabled() and not button(page, "config_revert").isEnabled()


async def test_a_text_that_became_wrong_after_the_check_is_not_saved(page: AdvancedPage, context: Context) -> None:
    page.editor.setPlainText(FILE.replace("8080", "8081"))
    await until(lambda: button(page, "config_save").isEnabled())
    page.editor.setPlainText("broken [")
    assert not button(page, "config_save").isEnabled()
    page.save()
    await asyncio.sleep(0.1)
    assert context.home.config_file.read_text() == FILE


async def test_revert_loads_the_file_and_undo_brings_the_typing_back(page: AdvancedPage) -> None:
    page.editor.setPlainText("broken [")
    await until(lambda: problems(page))
    button(page, "config_revert").click()
    await until(lambda: page.editor.toPlainText() == FILE)
    await until(lambda: not problems(page))
    page.editor.undo()
    assert page.editor.toPlainText() == "broken ["


async def test_a_change_from_outside_shows_where_nothing_is_being_typed(page: AdvancedPage, context: Context) -> None:
    await context.set_value("server.port", "9000")
    await until(lambda: "port = 9000" in page.editor.toPlainText())
    assert not page.changed


async def test_a_change_from_outside_loses_no_typing_and_is_not_overwritten(
    page: AdvancedPage, context: Context
) -> None:
    mine = FILE.replace("8080", "8082")
    page.editor.setPlainText(mine)
    await until(lambda: button(page, "config_save").isEnabled())
    await context.set_value("server.port", "9000")
    await until(lambda: "changed elsewhere" in said(page, "config_outcome"))
    assert page.editor.toPlainText() == mine
    button(page, "config_save").click()
    await until(lambda: "meantime" in said(page, "config_outcome"))
    assert settings.load(context.home).server.port == 9000 and page.editor.toPlainText() == mine


async def test_a_broken_file_can_be_mended_here(context: Context) -> None:
    context.home.config_file.write_text("[server\nport = 1\n")
    page = AdvancedPage(context)
    page.show()
    await until(lambda: problems(page))
    page.editor.setPlainText("[server]\nport = 1\n")
    await until(lambda: button(page, "config_save").isEnabled())
    button(page, "config_save").click()
    await until(lambda: context.config.server.port == 1)
    end(page)
