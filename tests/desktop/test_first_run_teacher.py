"""The first run's teacher: its key is typed into the page, lands in the real keyring, and only then one goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import SecretService, fail
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from core.first_run import FirstRun, ModelChoice, ScheduleChoice, Welcomed
from desktop.context import Context
from desktop.first_run.window import FirstRunWindow
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end
from tests.teacher.keyring_service import KeyringService, keyring_service

KEY = "sk-test-Zx81-geheim"
# keyring 25.7's SecretService backend leaves its D-Bus socket to the garbage collector when it raises.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringService]:
    with keyring_service(tmp_path / "keyring") as found:
        for name, value in found.environment.items():
            if name != "HOME":
                monkeypatch.setenv(name, value)
        found.unlock()
        keyring.set_keyring(SecretService.Keyring())
        yield found
    keyring.set_keyring(fail.Keyring())


async def test_a_typed_key_lets_a_teacher_in(service: KeyringService, context: Context, qtbot: QtBot) -> None:
    machine = FirstRun(context.home, context.database)
    for choice in (Welcomed(), ModelChoice(kind="demo"), ScheduleChoice(enabled=True)):
        machine.go(choice)
    window = FirstRunWindow(context)
    window.show()
    await until(lambda: window.step == "teacher" and window.skip.isEnabled())
    provider = window.findChild(QComboBox, "first_run_provider")
    provider.setCurrentIndex(provider.findData("openai"))
    page = window.pages["teacher"]
    await until(lambda: page.key.state == "missing")  # type: ignore[attr-defined]
    assert not window.next.isEnabled()
    line = window.findChild(QLineEdit, "teacher_key_text")
    qtbot.keyClicks(line, KEY)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: window.next.isEnabled())
    assert window.step == "teacher"  # Enter in the key's field keeps the key, and nothing else
    assert keyring.get_password("nightschool", "openai") == KEY
    window.findChild(QLineEdit, "first_run_base_url").setText("http://models.example.org/v1")
    window.next.click()
    await until(lambda: bool(window.problem.text()))
    assert window.step == "teacher"  # a key in clear over the network: refused
    window.findChild(QLineEdit, "first_run_base_url").setText("https://models.example.org/v1")
    window.findChild(QCheckBox, "first_run_escalate").setChecked(True)
    window.next.click()
    await until(lambda: window.step == "done")
    await until(lambda: context.config.teacher.provider == "openai")
    assert context.config.teacher.escalate and context.config.teacher.base_url == "https://models.example.org/v1"
    assert all(KEY.encode() not in path.read_bytes() for path in context.home.root.rglob("*") if path.is_file())
    end(window)
