"""The first run's window: one page a step, stored as it is left, driven by the keyboard."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QPushButton, QScrollArea, QTimeEdit, QWidget
from pytestqt.qtbot import QtBot

from core import config
from core.database import Database
from core.first_run import FirstRun, Welcomed, needed
from core.server.student import demo_student
from desktop.context import Context
from desktop.first_run.window import FirstRunWindow
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end


@pytest.fixture(autouse=True)
def no_other_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What Ollama and others of this machine hold is nobody's business here."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    for name in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def window(context: Context) -> AsyncIterator[FirstRunWindow]:
    made = FirstRunWindow(context)
    made.show()
    await until(lambda: made.step is not None)
    yield made
    end(made)


def button(window: QWidget, name: str) -> QPushButton:
    found: QPushButton = window.findChild(QPushButton, name)
    return found


def text(window: QWidget, name: str) -> str:
    found: QLabel = window.findChild(QLabel, name)
    return found.text() if found.isVisible() else ""


def models(window: FirstRunWindow) -> list[str]:
    found: QListWidget = window.findChild(QListWidget, "first_run_models")
    return [found.item(row).text().splitlines()[0] for row in range(found.count())]


async def at(window: FirstRunWindow, step: str) -> None:
    await until(lambda: window.step == step and window.next.isVisible() and not window._busy, what=step)


async def go(window: FirstRunWindow, step: str) -> None:
    """Next, until this step; skipping the teacher."""
    while window.step != step:
        here = window.step
        await until(lambda: window.next.isEnabled() or window.skip.isVisible())
        (window.skip if here == "teacher" else window.next).click()
        await until(lambda here=here: window.step != here, what=f"leaving {here}")
        await at(window, str(window.step))


async def test_all_of_it_by_keyboard_alone(context: Context, window: FirstRunWindow, qtbot: QtBot) -> None:
    await at(window, "welcome")

    async def press(key: Qt.Key) -> None:
        focused = window.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, key)
        await asyncio.sleep(0)

    await until(lambda: window.focusWidget() is window.next)
    await press(Qt.Key.Key_Return)
    await at(window, "model")
    await until(lambda: "No other model was found" in text(window, "first_run_search"))
    await press(Qt.Key.Key_Return)  # in the list of models it means: this one
    await at(window, "schedule")
    await press(Qt.Key.Key_Space)  # the check box: no nights
    await until(lambda: not window.findChild(QTimeEdit, "first_run_time").isEnabled())
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    await at(window, "teacher")
    await until(lambda: window.focusWidget() is window.skip)  # the way for most is one key away
    await press(Qt.Key.Key_Return)
    await at(window, "done")
    assert not needed(context.home, context.database)
    assert context.config.learning.distillation.triggers.scheduled_enabled is False
    assert context.config.teacher.provider == "none" and context.config.models.chosen == ""


async def test_closed_midway_it_goes_on_at_that_step(context: Context, window: FirstRunWindow) -> None:
    await go(window, "schedule")
    window.close()
    assert needed(context.home, context.database)
    again = FirstRunWindow(context)  # as after a kill: only the database knows
    again.show()
    await at(again, "schedule")
    assert "you are here" in again.steps.labels["schedule"].accessibleName()
    again.back.click()
    await at(again, "model")
    end(again)
    window.show()  # and the same window shown again
    await at(window, "model")


async def test_models_of_this_machine_are_listed_and_taken(context: Context, window: FirstRunWindow) -> None:
    context.home.models.mkdir(parents=True)
    shutil.copy(demo_student(), context.home.models / "mine.gguf")
    (context.home.models / "broken.gguf").write_bytes(b"no")
    await go(window, "model")
    await until(lambda: "Found on this computer" in text(window, "first_run_search"))
    assert models(window)[0] == "The demo student" and {"mine", "broken"} & set(models(window)) >= {"mine"}
    shown = window.findChild(QListWidget, "first_run_models")
    assert shown.currentRow() == 0
    shown.setCurrentRow(models(window).index("mine"))
    window.next.click()
    await at(window, "schedule")
    assert config.load(context.home).models.chosen == "mine" == context.config.models.chosen
    window.back.click()
    await at(window, "model")
    await until(lambda: shown.count() > 1 and shown.currentItem().text().startswith("mine"))


async def test_what_a_screen_reader_selects_is_what_is_taken(context: Context, window: FirstRunWindow) -> None:
    """AT-SPI's selectChild selects an entry without making it the current one."""
    context.home.models.mkdir(parents=True)
    shutil.copy(demo_student(), context.home.models / "mine.gguf")
    await go(window, "model")
    await until(lambda: "Found on this computer" in text(window, "first_run_search"))
    shown = window.findChild(QListWidget, "first_run_models")
    shown.clearSelection()
    assert not window.next.isEnabled()
    shown.item(models(window).index("mine")).setSelected(True)
    window.next.click()
    await at(window, "schedule")
    assert context.config.models.chosen == "mine"


async def test_a_file_that_is_no_model_is_refused_and_the_step_stays(
    context: Context, window: FirstRunWindow, tmp_path: Path
) -> None:
    await go(window, "model")
    await until(lambda: "No other model" in text(window, "first_run_search"))
    wrong = tmp_path / "letter.gguf"
    wrong.write_text("Dear reader")
    window.pages["model"].add_file(str(wrong))  # type: ignore[attr-defined]
    window.next.click()
    await until(lambda: text(window, "first_run_problem"))
    assert window.step == "model" and context.config.models.chosen == ""
    assert models(window) == ["The demo student", "letter.gguf"]
    window.findChild(QListWidget, "first_run_models").setCurrentRow(models(window).index("The demo student"))
    assert text(window, "first_run_problem") == ""
    good = tmp_path / "good.gguf"
    shutil.copy(demo_student(), good)
    window.pages["model"].add_file(str(good))  # type: ignore[attr-defined]
    window.next.click()
    await at(window, "schedule")
    assert context.config.models.chosen == "good" and text(window, "first_run_problem") == ""


async def test_tab_stops_at_a_page_only_where_it_scrolls(context: Context, window: FirstRunWindow) -> None:
    await at(window, "welcome")
    area = window.stack.currentWidget()
    assert isinstance(area, QScrollArea)
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus
    window.resize(window.width(), window.minimumSizeHint().height())
    await until(lambda: area.verticalScrollBar().maximum() > 0)
    assert area.focusPolicy() == Qt.FocusPolicy.StrongFocus


async def test_the_schedule_is_kept_and_says_that_nothing_studies_yet(context: Context, window: FirstRunWindow) -> None:
    await go(window, "schedule")
    page = window.pages["schedule"]
    assert any("Nothing studies at night yet" in label.text() for label in page.findChildren(QLabel))
    time = window.findChild(QTimeEdit, "first_run_time")
    await until(lambda: time.time() == QTime(3, 0))
    time.setTime(QTime(23, 15))
    await go(window, "teacher")
    triggers = context.config.learning.distillation.triggers
    assert (triggers.scheduled_enabled, triggers.scheduled_cron) == (True, "15 23 * * *")


async def test_a_schedule_of_another_form_stays_unless_changed(context: Context, window: FirstRunWindow) -> None:
    key = "learning.distillation.triggers.scheduled_cron"
    await context.set_value(key, "0 2 * * 1-5")
    await go(window, "schedule")
    await until(lambda: "0 2 * * 1-5" in text(window, "first_run_custom"))
    await go(window, "teacher")
    assert context.config.learning.distillation.triggers.scheduled_cron == "0 2 * * 1-5"


async def test_a_teacher_needs_its_key_and_says_what_is_sent(context: Context, window: FirstRunWindow) -> None:
    keyring.set_keyring(fail.Keyring())
    await go(window, "teacher")
    assert window.skip.isVisible() and not window.next.isEnabled()
    assert not window.findChild(QLabel, "first_run_sent").isVisible()
    provider = window.findChild(QComboBox, "first_run_provider")
    provider.setCurrentIndex(provider.findData("anthropic"))
    assert "egress log" in text(window, "first_run_sent")
    await until(lambda: window.pages["teacher"].key.state == "unavailable")  # type: ignore[attr-defined]
    assert not window.next.isEnabled() and window.skip.isEnabled()
    window.skip.click()
    await at(window, "done")
    assert config.load(context.home).teacher.provider == "none"


async def test_the_end_opens_the_chat_with_a_question(context: Context, window: FirstRunWindow) -> None:
    await go(window, "done")
    await until(lambda: text(window, "first_run_question").endswith("?"))
    question = text(window, "first_run_question").partition(": ")[2]
    button(window, "first_run_ask").click()
    chat = context.windows.built("chat")
    await until(lambda: chat.composer.text.toPlainText() == question)
    assert chat.isVisible() and not window.isVisible()
    chat.close()


async def test_downloads_open_below_the_models(context: Context, window: FirstRunWindow) -> None:
    await go(window, "model")
    button(window, "first_run_download").click()
    page = window.pages["model"]
    view = page.downloads  # type: ignore[attr-defined]
    assert view.isVisible() and not button(window, "first_run_download").isEnabled()
    context.home.models.mkdir(parents=True, exist_ok=True)
    shutil.copy(demo_student(), context.home.models / "fetched.gguf")
    view.installed.emit("fetched")
    shown = window.findChild(QListWidget, "first_run_models")
    await until(lambda: shown.currentItem().text().startswith("fetched"))


@pytest.mark.slow
async def test_a_server_that_runs_takes_up_the_chosen_student(context: Context, window: FirstRunWindow) -> None:
    context.home.models.mkdir(parents=True)
    shutil.copy(demo_student(), context.home.models / "mine.gguf")
    await context.server.start()
    await context.server.wait_ready(60)
    before = context.server.pid
    try:
        await go(window, "model")
        await until(lambda: "mine" in models(window))
        window.findChild(QListWidget, "first_run_models").setCurrentRow(models(window).index("mine"))
        window.next.click()
        await until(lambda: context.server.pid not in (None, before), 30)
        await context.server.wait_ready(60)
        assert window.step == "schedule" and context.server.status.own
    finally:
        await context.server.stop()


async def test_a_second_press_before_the_first_is_written_counts_for_nothing(
    context: Context, window: FirstRunWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    await go(window, "schedule")
    moves: list[str] = []
    back = FirstRun.back

    def slowly(machine: FirstRun) -> str:
        moves.append(machine.step)
        time.sleep(0.1)
        return back(machine)

    monkeypatch.setattr(FirstRun, "back", slowly)
    window.back.click()
    window._go_back()
    await at(window, "model")
    await asyncio.sleep(0.2)
    assert moves == ["schedule"] and window.step == "model"


async def test_a_database_that_fails_is_told_and_nothing_moves(context: Context, window: FirstRunWindow) -> None:
    await at(window, "welcome")
    other = Database.open(context.home)
    FirstRun(context.home, other).go(Welcomed())
    other.close()
    context.database.close()
    window.next.click()
    await until(lambda: "closed" in text(window, "first_run_problem"))
    assert window.step == "welcome"
