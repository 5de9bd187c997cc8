"""The Teacher page: a key typed here lands in the real keyring and nowhere else; Test makes a real call elsewhere."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.errors import TeacherError
from core.teacher.keys import KeyState
from desktop.context import Context
from desktop.settings.ask_teacher import TeacherTest, asked_teacher, understood
from desktop.settings.key_field import KeyField, state_in_words
from desktop.settings.teacher_page import TeacherPage
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end
from tests.teacher.endpoint import Endpoint, endpoint, error_reply, openai_reply
from tests.teacher.keyring_service import KeyringService, keyring_service

KEY = "sk-test-Zx81-geheim"
# keyring 25.7's SecretService backend leaves its D-Bus socket to the garbage collector when it raises.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringService]:
    """A keyring of its own, unlocked and empty, for this process and its children."""
    import keyring
    from keyring.backends import SecretService, fail

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
    with keyring_service(tmp_path / "keyring") as found:
        for name, value in found.environment.items():
            if name != "HOME":
                monkeypatch.setenv(name, value)
        found.unlock()
        keyring.set_keyring(SecretService.Keyring())
        yield found
    keyring.set_keyring(fail.Keyring())


@pytest.fixture
def no_keyring() -> None:
    import keyring
    from keyring.backends import fail

    keyring.set_keyring(fail.Keyring())


@pytest.fixture
def teacher_api() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found


@pytest.fixture
async def page(context: Context) -> AsyncIterator[TeacherPage]:
    made = TeacherPage(context)
    made.show()
    yield made
    made.test.cancel()
    end(made)


def button(widget: QWidget, name: str) -> QPushButton:
    return widget.findChild(QPushButton, name)


def said(widget: QWidget, name: str) -> str:
    return widget.findChild(Words, name).text()


def type_key(page: TeacherPage, qtbot: QtBot) -> QLineEdit:
    line = page.findChild(QLineEdit, "teacher_key_text")
    qtbot.keyClicks(line, KEY)
    return line


# The key


async def test_without_a_provider_there_is_nothing_to_type(page: TeacherPage) -> None:
    assert page.key.state == ""
    assert not page.findChild(QLineEdit, "teacher_key_text").isEnabled()
    assert not button(page, "teacher_test_start").isEnabled()
    assert "Choose who" in said(page, "teacher_key_state")


@pytest.mark.slow
async def test_a_key_is_typed_kept_and_removed_and_stands_nowhere_under_the_home(
    service: KeyringService, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    from keyring.backends import SecretService

    await context.set_value("teacher.provider", "anthropic")
    await until(lambda: page.key.state == "missing")
    assert not button(page, "teacher_key_remove").isEnabled() and not button(page, "teacher_key_save").isEnabled()
    line = type_key(page, qtbot)
    assert line.echoMode() == QLineEdit.EchoMode.Password and KEY not in line.displayText()
    qtbot.mouseClick(button(page, "teacher_key_save"), Qt.MouseButton.LeftButton)
    await until(lambda: page.key.state == "present")
    assert line.text() == "" and not line.isUndoAvailable()
    assert await context.run(SecretService.Keyring().get_password, "nightschool", "anthropic") == KEY
    for path in context.home.root.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
    qtbot.mouseClick(button(page, "teacher_key_remove"), Qt.MouseButton.LeftButton)
    await until(lambda: page.key.state == "missing")
    assert await context.run(SecretService.Keyring().get_password, "nightschool", "anthropic") is None


@pytest.mark.slow
async def test_a_stored_key_is_never_filled_in(service: KeyringService, page: TeacherPage, context: Context) -> None:
    from keyring.backends import SecretService

    await context.run(SecretService.Keyring().set_password, "nightschool", "openai", KEY)
    await context.set_value("teacher.provider", "openai")
    await until(lambda: page.key.state == "present")
    assert page.findChild(QLineEdit, "teacher_key_text").text() == ""


@pytest.mark.slow
async def test_a_locked_keyring_is_told_and_a_key_that_was_typed_stays(
    service: KeyringService, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    from keyring.backends import SecretService

    await context.run(SecretService.Keyring().set_password, "nightschool", "anthropic", "old")
    service.lock()
    await context.set_value("teacher.provider", "anthropic")
    await until(lambda: page.key.state == "locked")
    assert "locked" in said(page, "teacher_key_state")
    line = type_key(page, qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: page.key.state == "locked" and button(page, "teacher_key_save").isEnabled())
    assert line.text() == KEY
    service.unlock()
    qtbot.mouseClick(button(page, "teacher_key_check"), Qt.MouseButton.LeftButton)
    await until(lambda: page.key.state == "present")
    assert line.text() == KEY


@pytest.mark.slow
async def test_a_keyring_that_does_not_answer_blocks_nothing(
    service: KeyringService, page: TeacherPage, context: Context
) -> None:
    os.kill(service.daemon.pid, signal.SIGSTOP)
    try:
        await context.set_value("teacher.provider", "anthropic")
        await until(lambda: page.key.state == "checking")
        longest, before = 0.0, time.monotonic()
        for _ in range(100):
            await asyncio.sleep(0.005)
            longest, before = max(longest, time.monotonic() - before), time.monotonic()
        assert longest < 0.4, "imports in the thread share the interpreter, but no more"
        assert page.key.state == "checking"
    finally:
        os.kill(service.daemon.pid, signal.SIGCONT)
    await until(lambda: page.key.state == "missing", 10)


async def test_without_a_keyring_what_to_do_is_said_and_the_key_stays_typed(
    no_keyring: None, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    await context.set_value("teacher.provider", "anthropic")
    await until(lambda: page.key.state == "unavailable")
    line = type_key(page, qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: page.key.state == "unavailable" and button(page, "teacher_key_save").isEnabled())
    assert "GNOME Keyring" in said(page, "teacher_key_state") and line.text() == KEY
    assert "GNOME Keyring" in line.accessibleDescription()


async def test_another_provider_forgets_what_was_typed_for_the_first(
    no_keyring: None, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    await context.set_value("teacher.provider", "anthropic")
    line = type_key(page, qtbot)
    await context.set_value("teacher.provider", "openai")
    assert line.text() == ""


async def test_an_answer_for_an_earlier_provider_is_not_shown(no_keyring: None, context: Context) -> None:
    field = KeyField(context)
    heard: list[str] = []
    field.state_changed.connect(heard.append)
    field.set_provider("anthropic")
    field.set_provider("none")
    await asyncio.sleep(0.3)
    assert field.state == "" and heard == ["checking", ""]
    end(field)


def test_every_state_of_a_keyring_has_its_words() -> None:
    for state in (*get_args(KeyState), "checking", ""):
        assert state_in_words(state) != state
        assert len(state_in_words(state)) > 20


# The test


async def ready_to_test(context: Context, teacher_api: Endpoint) -> None:
    from keyring.backends import SecretService

    await context.run(SecretService.Keyring().set_password, "nightschool", "openai", KEY)
    await context.set_value("teacher.provider", "openai")
    await context.set_value("teacher.model", "gpt-test")
    await context.set_value("teacher.base_url", teacher_api.url)


@pytest.mark.slow
async def test_the_teacher_is_really_asked_and_the_answer_told(
    service: KeyringService, teacher_api: Endpoint, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    teacher_api.script = [openai_reply("Good evening.")]
    await ready_to_test(context, teacher_api)
    assert "one short greeting" in said(page, "teacher_test_about")
    start, cancel = button(page, "teacher_test_start"), button(page, "teacher_test_cancel")
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    assert cancel.isVisible() and not start.isEnabled()
    assert said(page, "teacher_test_outcome").startswith("Waiting")
    outcome = page.findChild(Words, "teacher_test_outcome")
    await until(lambda: not page.test.running, 40)
    assert outcome.text().startswith("The teacher answered after ") and outcome.tone == "good", outcome.text()
    (seen,) = teacher_api.seen
    assert seen.headers["authorization"] == f"Bearer {KEY}" and len(seen.body["messages"][-1]["content"]) < 200
    assert start.isEnabled() and not cancel.isVisible()
    assert context.home.egress_log.exists()


@pytest.mark.slow
async def test_a_refusal_is_told_in_words(
    service: KeyringService, teacher_api: Endpoint, page: TeacherPage, context: Context
) -> None:
    teacher_api.script = [error_reply(401, f"bad key {KEY}")]
    await ready_to_test(context, teacher_api)
    page.test.start()
    await until(lambda: not page.test.running, 40)
    assert "refused the key" in said(page, "teacher_test_outcome")
    assert KEY not in said(page, "teacher_test_outcome")
    assert page.findChild(Words, "teacher_test_outcome").tone == "bad"


@pytest.mark.slow
async def test_a_test_can_be_cancelled_and_leaves_no_process(
    service: KeyringService, teacher_api: Endpoint, page: TeacherPage, context: Context, qtbot: QtBot
) -> None:
    import psutil

    slow = openai_reply("late")
    slow.delay_s = 60
    teacher_api.script = [slow]
    await ready_to_test(context, teacher_api)
    page.test.start()
    await until(lambda: teacher_api.seen, 40)
    qtbot.mouseClick(button(page, "teacher_test_cancel"), Qt.MouseButton.LeftButton)
    await until(lambda: not page.test.running)
    assert said(page, "teacher_test_outcome").startswith("Cancelled.")
    assert button(page, "teacher_test_start").isEnabled()
    mine = [child for child in psutil.Process().children() if "teacher" in child.cmdline()]
    assert mine == []


async def test_cancelling_at_once_is_no_error(no_keyring: None, context: Context) -> None:
    await context.set_value("teacher.provider", "openai")
    test = TeacherTest(context)
    test.start()
    test.cancel()
    await until(lambda: not test.running)
    test.start()
    await asyncio.sleep(0.05)
    test.cancel()
    await until(lambda: not test.running)
    end(test)


def test_whatever_the_child_says_becomes_words() -> None:
    assert understood(b'{"ok": true, "model": "m", "latency_ms": 12}', b"")["model"] == "m"
    assert understood(b'{"error": {"message": "No", "hint": "Do"}}', b"")["message"] == "No"
    assert understood(b"", b"The teacher could not be asked: no.\nDo this.\n")["message"].endswith("no. Do this.")
    with pytest.raises(TeacherError):
        understood(b"", b"")


@pytest.mark.slow
async def test_without_a_teacher_the_child_says_so(context: Context) -> None:
    answer = await asked_teacher(str(context.home.root))
    assert not answer.get("ok") and answer["message"]
