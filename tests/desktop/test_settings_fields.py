"""One setting's field: wrong values explain themselves, right ones are written, nothing that is typed is lost."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core import config as settings
from core.config import describe_one
from desktop.context import Context
from desktop.settings.field import Field
from desktop.settings.restart import RestartBar
from desktop.settings.schedule import cron_in_words
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end

PORT = "server.port"
CRON = "learning.distillation.triggers.scheduled_cron"


shown: list[Field] = []


@pytest.fixture(autouse=True)
async def _hidden_in_time(context: Context) -> AsyncIterator[None]:
    """Closing a field ends its typing, which may write: while there is a loop, so not by qtbot."""
    yield
    while shown:
        closed = shown.pop()
        end(closed)


def made(context: Context, key: str, qtbot: QtBot) -> Field:
    field = Field(context, describe_one(key))
    field.show()
    shown.append(field)
    return field


def typed(field: Field, text: str, qtbot: QtBot, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    line = field.editor.control
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(line, text)
    if end is not None:
        qtbot.keyClick(line, end)


def leave(field: Field) -> None:
    QApplication.sendEvent(field.editor.control, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))


def note(field: Field) -> Words:
    return field.findChild(Words, field.editor.control.objectName() + "_note")


def button(field: Field, what: str) -> QPushButton:
    return field.findChild(QPushButton, f"{field.editor.control.objectName()}_{what}")


def in_file(context: Context, key: str) -> object:
    return settings.get_value(settings.load(context.home), key)


async def change_outside(context: Context, key: str, text: str) -> None:
    """As the CLI does it, and as the app then tells its windows."""
    context.bridge.config_changed.emit(await context.run(settings.set_value, context.home, key, text))


async def test_a_wrong_value_is_explained_kept_and_not_written(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "70000", qtbot)
    assert note(field).isVisible() and note(field).text() == "Give a whole number from 0 to 65535."
    assert note(field).tone == "bad"
    assert "65535" in field.editor.control.accessibleDescription()
    await asyncio.sleep(0.1)
    assert field.editor.text() == "70000" and note(field).text() == "Give a whole number from 0 to 65535."
    assert not context.home.config_file.exists()


async def test_the_explanation_comes_while_one_types_and_goes_when_it_is_right(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "80x", qtbot, end=None)
    assert field.error and note(field).isVisible()
    qtbot.keyClick(field.editor.control, Qt.Key.Key_Backspace)
    assert not field.error and not note(field).isVisible()
    assert not context.home.config_file.exists()


async def test_esc_brings_the_saved_value_back(context: Context, qtbot: QtBot) -> None:
    settings.set_value(context.home, PORT, "8080")
    context.config = settings.load(context.home)
    field = made(context, PORT, qtbot)
    typed(field, "99999", qtbot, end=Qt.Key.Key_Escape)
    assert field.editor.text() == "8080" and not field.error
    assert in_file(context, PORT) == 8080


async def test_leaving_the_field_writes_it(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "8081", qtbot, end=None)
    leave(field)
    await until(lambda: context.config.server.port == 8081)
    assert in_file(context, PORT) == 8081


async def test_a_screen_readers_hand_works_as_well(context: Context, qtbot: QtBot) -> None:
    """It presses no key: it sets texts, toggles and selects."""
    port, on, theme = (made(context, key, qtbot) for key in (PORT, "desktop.start_hidden", "desktop.theme"))
    assert isinstance(port.editor.control, QLineEdit)
    port.editor.control.setText("99999")
    assert port.error
    port.editor.control.setText("8087")
    leave(port)
    await until(lambda: in_file(context, PORT) == 8087)
    assert isinstance(on.editor.control, QCheckBox) and isinstance(theme.editor.control, QComboBox)
    on.editor.control.toggle()
    await until(lambda: in_file(context, "desktop.start_hidden") is True)
    theme.editor.control.setCurrentIndex(2)
    await until(lambda: in_file(context, "desktop.theme") == "dark")


async def test_the_same_value_is_not_written_again(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, " 0", qtbot)
    assert field.editor.text() == "0"
    assert not context.home.config_file.exists()


async def test_reset_shows_only_where_it_does_something_and_empties_the_file(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    assert not button(field, "reset").isVisible()
    typed(field, "8082", qtbot)
    await until(lambda: button(field, "reset").isVisible())
    assert "port" in context.home.config_file.read_text()
    qtbot.mouseClick(button(field, "reset"), Qt.MouseButton.LeftButton)
    await until(lambda: not button(field, "reset").isVisible())
    assert field.editor.text() == "0"
    assert "port" not in context.home.config_file.read_text()
    assert context.config.server.port == 0


async def test_a_change_from_outside_shows(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    await change_outside(context, PORT, "9000")
    assert field.editor.text() == "9000" and not field.conflict


@pytest.mark.parametrize(("what", "expected"), [("keep", 8083), ("take", 9000)])
async def test_a_change_from_outside_never_takes_away_what_is_being_typed(
    context: Context, qtbot: QtBot, what: str, expected: int
) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "8083", qtbot, end=None)
    await change_outside(context, PORT, "9000")
    assert field.editor.text() == "8083" and field.conflict
    assert "9000" in note(field).text()
    leave(field)  # leaving it decides nothing
    await asyncio.sleep(0.2)
    assert in_file(context, PORT) == 9000 and field.editor.text() == "8083"
    qtbot.mouseClick(button(field, what), Qt.MouseButton.LeftButton)
    await until(lambda: in_file(context, PORT) == expected and field.saved == expected)
    assert field.editor.text() == str(expected) and not field.conflict
    assert not button(field, "keep").isVisible()


async def test_a_change_of_another_setting_leaves_the_typing_alone(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "80", qtbot, end=None)
    await change_outside(context, "server.max_body_mb", "17")
    assert field.editor.text() == "80" and not field.conflict


async def test_a_file_that_cannot_be_written_loses_nothing(context: Context, qtbot: QtBot) -> None:
    context.home.config_file.write_text("port = [")
    field = made(context, PORT, qtbot)
    typed(field, "8084", qtbot)
    await until(lambda: "TOML" in field.error)
    assert field.editor.text() == "8084" and note(field).isVisible()
    assert context.home.config_file.read_text() == "port = ["


async def test_once_the_file_is_mended_what_it_refused_is_written(context: Context, qtbot: QtBot) -> None:
    context.home.config_file.write_text("port = [")
    field = made(context, PORT, qtbot)
    typed(field, "8084", qtbot)
    await until(lambda: "TOML" in field.error)
    context.home.config_file.write_text("")
    await context.reload_config()
    await until(lambda: in_file(context, PORT) == 8084)
    assert field.error == "" and field.editor.text() == "8084"


async def test_a_click_that_the_file_refuses_goes_back(context: Context, qtbot: QtBot) -> None:
    context.home.config_file.write_text("port = [")
    field = made(context, "desktop.start_hidden", qtbot)
    box = field.editor.control
    assert isinstance(box, QCheckBox)
    before = box.isChecked()
    box.click()
    await until(lambda: "TOML" in field.error)
    assert box.isChecked() == before and note(field).isVisible()
    context.home.config_file.write_text("")
    await context.reload_config()
    assert field.error == "" and not note(field).isVisible() and box.isChecked() == before


async def test_going_on_typing_while_it_is_written_is_no_conflict(context: Context, qtbot: QtBot) -> None:
    field = made(context, PORT, qtbot)
    typed(field, "80", qtbot)
    qtbot.keyClicks(field.editor.control, "85")
    await until(lambda: field.saved == 80)
    assert field.editor.text() == "8085" and not field.conflict
    qtbot.keyClick(field.editor.control, Qt.Key.Key_Return)
    await until(lambda: in_file(context, PORT) == 8085)


async def test_what_needs_a_restart_says_so_and_what_does_not_is_silent(context: Context, qtbot: QtBot) -> None:
    bar = RestartBar(context)
    qtbot.addWidget(bar)
    port, body = made(context, PORT, qtbot), made(context, "server.max_body_mb", qtbot)
    typed(body, "32", qtbot)
    await until(lambda: body.saved == 32)
    assert not bar.isVisibleTo(None) and not note(body).text()
    typed(port, "8086", qtbot)
    await until(lambda: bar.isVisibleTo(None))
    assert "restart" in note(port).text()
    assert "Port" in bar.findChild(Words, "restart_words").text()
    qtbot.mouseClick(button(port, "reset"), Qt.MouseButton.LeftButton)
    await until(lambda: not bar.isVisibleTo(None))


async def test_browse_puts_the_file_into_the_field(context: Context, qtbot: QtBot) -> None:
    keys = [info for info in settings.describe() if info.kind in ("path", "folder")]
    for info in keys:
        field = made(context, info.key, qtbot)
        opened = field.editor.browse()  # type: ignore[attr-defined]
        opened.fileSelected.emit("/some/where")
        await until(lambda info=info: in_file(context, info.key) == "/some/where")
        opened.close()
    assert keys


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 3 * * *", "every day at 03:00; next: Sunday 22 November at 03:00"),
        ("30 22 * * 1-5", "Monday to Friday at 22:30; next: Monday 23 November at 22:30"),
        ("5 4 * * 0", "every Sunday at 04:05; next: Sunday 22 November at 04:05"),
        ("nonsense", ""),
    ],
)
def test_a_schedule_reads_plainly(line: str, said: str) -> None:
    assert cron_in_words(line, datetime(2026, 11, 21, 15, 0)) == said


async def test_the_reading_of_a_schedule_follows_the_typing(context: Context, qtbot: QtBot) -> None:
    field = made(context, CRON, qtbot)
    words = field.findChild(QWidget, field.editor.control.objectName() + "_reading")
    assert words.text().startswith("every day at 03:00; next:")
    typed(field, "30 22 * * *", qtbot, end=None)
    assert words.text().startswith("every day at 22:30; next:")
    typed(field, "30 25 * * *", qtbot, end=None)
    assert not words.isVisible() and field.error


async def test_nothing_of_a_field_is_looked_at_on_the_disk_by_the_qt_thread(context: Context, qtbot: QtBot) -> None:
    """Even where the file is unreadable, building a field neither fails nor asks."""
    context.home.config_file.write_text("broken [")
    context.home.config_file.chmod(0)
    field = made(context, PORT, qtbot)
    assert field.editor.text() == "0"


@pytest.mark.slow
async def test_restart_now_gives_the_server_the_new_settings(context: Context, qtbot: QtBot) -> None:
    await context.server.start()
    await context.server.wait_ready(60)
    bar = RestartBar(context)
    try:
        before = context.server.pid
        free = free_port()
        await context.set_value(PORT, str(free))
        await until(lambda: bar.isVisibleTo(None))
        qtbot.mouseClick(bar.findChild(QPushButton, "restart_now"), Qt.MouseButton.LeftButton)
        await until(lambda: (context.server.status.url or "").endswith(f":{free}"), 60)
        assert context.server.pid != before
        assert not bar.isVisibleTo(None)
    finally:
        await context.server.stop()
        end(bar)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
