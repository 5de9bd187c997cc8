"""One setting as a block: label, control, what it does, and what is to be said about it now.

`saved` is what stands in the file. What is typed is written when it is right and the person is done; else it stays,
with the reason beside it. When the file changes meanwhile the typing stays, too, and the person chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core import config as settings
from core.config import Config, SettingInfo
from core.errors import NightschoolError
from desktop.settings.editors import Editor, editor_for
from desktop.settings.schedule import reading
from desktop.settings.words import Words, declared

if TYPE_CHECKING:
    from desktop.context import Context


class Field(QWidget):
    """`written(key)` after the file was changed through it."""

    written = Signal(str)

    def __init__(self, context: Context, info: SettingInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.info = info
        self._context = context
        self._saved = settings.get_value(context.config, info.key)
        self._writing: str | None = None
        self._conflict = False
        self._ask_restart = False
        self._error = ""
        self._was_refused = False
        self.editor: Editor = editor_for(info)
        self._build()
        self.editor.show_text(self._saved_text)
        self._tell()
        self.editor.edited.connect(self._edited)
        self.editor.committed.connect(self._commit)
        self.editor.abandoned.connect(self.take_saved)
        context.bridge.config_changed.connect(self.take_config)
        context.bridge.config_read.connect(self._file_is_right)

    @property
    def saved(self) -> Any:
        return self._saved

    @property
    def error(self) -> str:
        """The sentence beside the field, empty when there is nothing wrong."""
        return self._error

    @property
    def conflict(self) -> bool:
        return self._conflict

    def take_saved(self) -> None:
        """Give up what was typed."""
        self._conflict = self._was_refused = False
        self._error = ""
        self.editor.show_text(self._saved_text)
        self._tell()

    def take_config(self, config: Config) -> None:
        """The file is another now; whoever changed it."""
        value, before = settings.get_value(config, self.info.key), self._saved_text
        if value == self._saved:
            return
        typed = self.editor.text()
        self._saved = value
        if self._parsed(typed) == value or typed == before:
            self.take_saved()
        elif self._writing is None or self._parsed(self._writing) != value:
            self._conflict = True
        self._tell()

    def reset(self) -> None:
        """Back to the default, and out of the file."""
        self._context.spawn(self._reset(), parent=self, failed=self._refused)

    def highlight(self) -> None:
        self.editor.control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def _saved_text(self) -> str:
        return settings.text_of(self._saved)

    def _build(self) -> None:
        theme = self._context.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, self.fontMetrics().height() // 2)
        if self.info.type != "bool":
            label = QLabel(declared(self.info.label))
            label.setBuddy(self.editor.control)
            column.addWidget(label)
        name = self.editor.control.objectName()
        self._reset_button = self._button(self.tr("Reset to default"), name + "_reset", self.reset)
        row = QHBoxLayout()
        row.addWidget(self.editor, 1)
        row.addWidget(self._reset_button)
        column.addLayout(row)
        self._reading = Words(theme, name=name + "_reading")
        self._note = Words(theme, name=name + "_note")
        self._keep = self._button(self.tr("Keep mine"), name + "_keep", lambda: self._commit(True))
        self._take = self._button(self.tr("Take the other"), name + "_take", self.take_saved)
        choice = QHBoxLayout()
        choice.addWidget(self._keep)
        choice.addWidget(self._take)
        choice.addStretch(1)
        for words in (self._note, self._reading, Words(theme, declared(self.info.description))):
            column.addWidget(words)
        column.insertLayout(column.indexOf(self._note) + 1, choice)

    def _button(self, text: str, name: str, does: Any) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(f"{text}: {declared(self.info.label)}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())
        return button

    def _edited(self) -> None:
        self._was_refused = False
        self._error = self._problem()
        self._tell()

    def _problem(self) -> str:
        return settings.check(self.info.key, self.editor.text()) or ""

    def _parsed(self, text: str) -> Any:
        try:
            return settings.parse_text(text, self.info)
        except NightschoolError:
            return None

    def _commit(self, explicit: bool) -> None:
        """Leaving the field never settles a conflict; Enter or a click does."""
        text = self.editor.text()
        self._error = self._problem()
        if not self._error and self._parsed(text) == self._saved:
            self.take_saved()
        elif not self._error and text != self._writing and (explicit or not self._conflict):
            self._conflict = False
            self._context.spawn(self._write(text), parent=self, failed=self._refused)
        self._tell()

    async def _write(self, text: str) -> None:
        self._writing = text
        try:
            await self._context.set_value(self.info.key, text)
        finally:
            self._writing = None
        self._done()

    async def _reset(self) -> None:
        await self._context.reset_value(self.info.key)
        self.take_saved()
        self._done()

    def _done(self) -> None:
        self._ask_restart = self.info.restart
        self._tell()
        self.written.emit(self.info.key)

    def _refused(self, error: NightschoolError) -> None:
        """The file did not take it (a full disk, a broken file): what was typed stays, what was clicked goes back."""
        if not self.editor.typed:
            self.editor.show_text(self._saved_text)
        self._error = str(error)
        self._was_refused = True
        self._tell()

    def _file_is_right(self) -> None:
        """What was refused for the file's sake is written after all."""
        if self._was_refused:
            self._was_refused = False
            self._commit(False)

    def _tell(self) -> None:
        """Everything that is said beside the control, aloud too."""
        text, tone = "", "muted"
        if self._conflict:
            other = self._saved_text or self.tr("nothing")
            said = self.tr("This was changed elsewhere to “{value}” while you typed. Nothing of yours is lost: choose.")
            text, tone = said.format(value=other), "warning"
        if self._error:
            text, tone = f"{text} {self._error}".strip(), "bad"
        elif not self._conflict and self._ask_restart:
            text = self.tr("Takes effect when the model server is restarted.")
        self._note.say(text, tone)  # type: ignore[arg-type]
        self._reading.say(reading(self.info, self.editor.text()) if not self._error else "")
        self._keep.setVisible(self._conflict and not self._error)
        self._take.setVisible(self._conflict)
        self._reset_button.setVisible(self._saved != self.info.default)
        aloud = (text, self._reading.text(), declared(self.info.description))
        self.editor.control.setAccessibleDescription(" ".join(part for part in aloud if part))
