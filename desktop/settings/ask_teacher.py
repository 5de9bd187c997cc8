"""Asks the teacher one short question in a child process, and tells the outcome in words.

The teacher's libraries are never imported here; `nightschool teacher test --json` is a program of its own that can be
cancelled at any moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLocale, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.errors import NightschoolError, TeacherError
from core.process import python_child, python_environment
from desktop.settings.words import Words

if TYPE_CHECKING:
    from desktop.context import Context

COMMAND = ("teacher", "test", "--json")
SPOKEN_EVERY_MS = 1_000


class TeacherTest(QWidget):
    """A button Test, what is sent, how it went; Cancel while it goes on."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: asyncio.Task[Any] | None = None
        self._waited_s = 0
        self.setObjectName("teacher_test")
        theme = context.theme
        self._button = QPushButton(self.tr("&Test the teacher"))
        self._button.setObjectName("teacher_test_start")
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setObjectName("teacher_test_cancel")
        self._outcome = Words(theme, name="teacher_test_outcome")
        about = Words(
            theme,
            self.tr(
                "Test sends one short greeting to the teacher with your key, no chat text. It may cost a fraction of a"
                " cent, and stands in the egress log."
            ),
            name="teacher_test_about",
        )
        self._button.setAccessibleDescription(about.text())
        row = QHBoxLayout()
        for button in (self._button, self._cancel):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(about)
        column.addLayout(row)
        column.addWidget(self._outcome)
        self._button.clicked.connect(self.start)
        self._cancel.clicked.connect(self.cancel)
        self._clock = QTimer(self)
        self._clock.setInterval(SPOKEN_EVERY_MS)
        self._clock.timeout.connect(self._tick)
        self._show_running(False)

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    def set_possible(self, possible: bool) -> None:
        """False while no teacher is chosen: then there is nobody to test."""
        self.setEnabled(possible)

    def start(self) -> None:
        if self.running:
            return
        self._waited_s = 0
        self._show_running(True)
        self._outcome.say(self.tr("Waiting for the teacher's answer…"), "muted")
        self._task = self._context.spawn(self._run(), parent=self, failed=self._failed)

    def cancel(self) -> None:
        if self._task is not None and self.running:
            self._task.cancel()
            self._outcome.say(self.tr("Cancelled. If the greeting had left already, it stands in the egress log."))

    async def _run(self) -> None:
        try:
            self._tell(await asked_teacher(str(self._context.home.root)))
        finally:
            self._show_running(False)

    def _tell(self, answer: dict[str, Any]) -> None:
        waited = QLocale().toString((answer.get("latency_ms") or 0) / 1000, "f", 1)
        seconds = self.tr("{seconds} s").format(seconds=waited)
        if answer.get("ok"):
            said = self.tr("The teacher answered after {time}: {model}.")
            self._outcome.say(said.format(time=seconds, model=answer.get("model", "")), "good")
            return
        message = str(answer.get("message") or self.tr("The teacher could not be asked."))
        self._outcome.say(f"{message} {answer.get('hint', '')}".strip(), "bad")

    def _failed(self, error: NightschoolError) -> None:
        self._outcome.say(str(error), "bad")

    def _tick(self) -> None:
        self._waited_s += 1
        self._outcome.say(self.tr("Waiting for the teacher's answer… %n s", "", self._waited_s), "muted")

    def _show_running(self, running: bool) -> None:
        focused = self._cancel.hasFocus() or self._button.hasFocus()
        self._button.setEnabled(not running)
        self._cancel.setVisible(running)
        if focused:
            (self._cancel if running else self._button).setFocus()
        if running:
            self._clock.start()
        else:
            self._clock.stop()


async def asked_teacher(home: str) -> dict[str, Any]:
    """What the child said. It is killed when this is cancelled. Raises TeacherError when it said nothing."""
    child = await asyncio.create_subprocess_exec(
        *python_child("core.cli"),
        *COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**python_environment(), "NIGHTSCHOOL_HOME": home},
    )
    try:
        said, complained = await read_both(child)
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return understood(said, complained)


async def read_both(child: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """Not `communicate`: that closes stdin, whose end tells the child that this process is gone."""
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    said, complained = await asyncio.gather(child.stdout.read(), child.stderr.read())
    await child.wait()
    child.stdin.close()
    return said, complained


def understood(said: bytes, complained: bytes) -> dict[str, Any]:
    """The JSON document, or what was complained of. Raises TeacherError when there is neither."""
    with contextlib.suppress(ValueError):
        answer = json.loads(said)
        if isinstance(answer, dict):
            return answer["error"] if isinstance(answer.get("error"), dict) else answer
    if text := complained.decode("utf-8", "replace").strip():
        return {"ok": False, "message": " ".join(text.split())}
    raise TeacherError(
        QCoreApplication.translate("TeacherTest", "The test ended without a result."),
        hint=QCoreApplication.translate("TeacherTest", "Copy diagnostics on the Advanced page tells more."),
    )
