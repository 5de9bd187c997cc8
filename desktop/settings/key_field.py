"""The teacher's key: typed here, kept in the keyring of the system, never shown again; and in what state that is.

The key is in this process only between the typing and the saving. The field is never filled from the keyring.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.errors import NightschoolError
from desktop.settings.words import Tone, Words

if TYPE_CHECKING:
    from desktop.context import Context

TONES: dict[str, Tone] = {"present": "good", "missing": "muted", "checking": "muted", "": "muted"}


class KeyField(QWidget):
    """`set_provider(name)` looks at once; `state` is a KeyState, `checking` meanwhile, or empty without a provider."""

    state_changed = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._provider = ""
        self._state = ""
        self._asked = 0
        self.setObjectName("teacher_key")
        self._build()
        self._show_state("")

    @property
    def state(self) -> str:
        return self._state

    def set_provider(self, name: str) -> None:
        """`none` or empty: there is nothing to keep a key for."""
        provider = "" if name == "none" else name
        if provider == self._provider:
            return
        self._provider = provider
        self._typed.clear()
        self.check()

    def check(self) -> None:
        """Asks the keyring, which may wait for its owner's password: nothing waits for it here."""
        if not self._provider:
            self._asked += 1
            self._show_state("")
            return
        self._start("state")

    def _build(self) -> None:
        self._typed = QLineEdit()
        self._typed.setObjectName("teacher_key_text")
        self._typed.setEchoMode(QLineEdit.EchoMode.Password)
        self._typed.setPlaceholderText(self.tr("Paste the key here"))
        self._typed.textChanged.connect(lambda: self._enable())
        self._typed.returnPressed.connect(self._save)
        label = QLabel(self.tr("API &key"))
        label.setBuddy(self._typed)
        self._typed.setAccessibleName(self.tr("API key"))
        self._save_button = self._button(self.tr("Save key"), "teacher_key_save", self._save)
        self._remove_button = self._button(self.tr("Remove key"), "teacher_key_remove", self._remove)
        self._check_button = self._button(self.tr("Check again"), "teacher_key_check", self.check)
        row = QHBoxLayout()
        row.addWidget(self._typed, 1)
        for button in (self._save_button, self._remove_button, self._check_button):
            row.addWidget(button)
        theme = self._context.theme
        self._told = Words(theme, name="teacher_key_state")
        about = Words(
            theme, self.tr("The key is kept in this computer's keyring only, in no file. It is never shown again.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self._told)
        column.addWidget(about)

    def _button(self, text: str, name: str, does: Any) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())
        return button

    def _save(self) -> None:
        if self._typed.text().strip() and self._save_button.isEnabled():
            text = self._typed.text().strip()
            self._start("save", text)

    def _remove(self) -> None:
        self._start("remove")

    def _start(self, what: str, *given: str) -> None:
        self._asked += 1
        self._show_state("checking")
        self._context.spawn(self._ask(what, self._provider, self._asked, *given), parent=self, failed=self._failed)

    async def _ask(self, what: str, provider: str, number: int, *given: str) -> None:
        """An answer that is overtaken by a newer question is not shown."""
        keys = await self._context.run(importlib.import_module, "core.teacher.keys")
        try:
            if what == "save":
                await keys.Keys().save(provider, keys.Key(given[0]))
            elif what == "remove":
                await keys.Keys().remove(provider)
            state = await keys.Keys().state(provider)
        except keys.KeyUnavailable as error:
            state = error.state
        else:
            if what == "save" and state == "present":
                self._typed.clear()
        if number == self._asked:
            self._show_state(state)

    def _failed(self, error: NightschoolError) -> None:
        self._show_state("unavailable")
        self._told.say(str(error), "bad")

    def _show_state(self, state: str) -> None:
        self._state = state
        text = state_in_words(state)
        self._told.say(text, TONES.get(state, "bad"))
        self._typed.setAccessibleDescription(text)
        self._enable()
        self.state_changed.emit(state)

    def _enable(self) -> None:
        chosen, busy = bool(self._provider), self._state == "checking"
        self._typed.setEnabled(chosen)
        self._save_button.setEnabled(chosen and not busy and bool(self._typed.text().strip()))
        self._remove_button.setEnabled(self._state == "present")
        self._check_button.setEnabled(chosen and not busy)


def state_in_words(state: str) -> str:
    """What the keyring's state means for the person, and what to do about it."""
    said = {
        "": QCoreApplication.translate("KeyField", "Choose who the teacher is first; then a key can be kept here."),
        "checking": QCoreApplication.translate(
            "KeyField", "Asking the keyring… It may show a window of its own to ask for your password."
        ),
        "present": QCoreApplication.translate("KeyField", "The key is in the keyring."),
        "missing": QCoreApplication.translate("KeyField", "There is no key yet. Paste one above and choose Save key."),
        "locked": QCoreApplication.translate(
            "KeyField", "The keyring is locked. Unlock it (by logging in, or in your passwords app), then check again."
        ),
        "denied": QCoreApplication.translate(
            "KeyField", "The keyring refused. Allow Nightschool to use it when it asks, then check again."
        ),
        "unavailable": QCoreApplication.translate(
            "KeyField",
            "This computer has no keyring that can keep a key. Start one, for example GNOME Keyring or KWallet,"
            " then check again. Without it the teacher cannot be used; everything else works.",
        ),
        "timeout": QCoreApplication.translate(
            "KeyField",
            "The keyring did not answer in time. It may be waiting for your password in another window; answer it,"
            " then check again.",
        ),
    }
    return said.get(state, state)
