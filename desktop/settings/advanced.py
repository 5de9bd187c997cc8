"""The whole of config.toml as text, checked as it is typed; where the home is; diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from core.config import Problem, check_document, read_text, write_document
from core.errors import NightschoolError
from desktop import copying
from desktop.settings.toml_editor import TomlEditor
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

TYPING_MS = 200
LINE = Qt.ItemDataRole.UserRole


class AdvancedPage(QWidget):
    """`file_text` is what the file held when it was last read here; Save writes only over that."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.file_text = ""
        self._checked: str | None = None
        self._build()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.check)
        self.editor.textChanged.connect(self._edited)
        context.bridge.config_changed.connect(lambda _: self.read())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    @property
    def changed(self) -> bool:
        return self.editor.toPlainText() != self.file_text

    def read(self) -> None:
        """What the file holds now, unless somebody is typing here: then that it changed is said."""
        self._context.spawn(self._read(), parent=self, failed=self._failed)

    def revert(self) -> None:
        self._context.spawn(self._read(give_up=True), parent=self, failed=self._failed)

    def check(self) -> None:
        self._context.spawn(self._check(self.editor.toPlainText()), parent=self, failed=self._failed)

    def save(self) -> None:
        if self._save.isEnabled():
            self._context.spawn(self._write(self.editor.toPlainText()), parent=self, failed=self._failed)

    async def _read(self, give_up: bool = False) -> None:
        text = await self._context.run(read_text, self._context.home)
        if text == self.file_text and self._checked is not None and not give_up:
            return
        if self.changed and not give_up and self.editor.toPlainText() != text:
            self._outcome.say(
                self.tr("The file was changed elsewhere. Revert loads it; Undo then brings your text back."), "warning"
            )
            return
        self.file_text = text
        if self.editor.toPlainText() != text:
            self.editor.replace_all(text)
        self._outcome.say("")
        await self._check(text)

    async def _check(self, text: str) -> None:
        problems = await self._context.run(check_document, text)
        if text == self.editor.toPlainText():
            self._checked = text
            self._show_problems(problems)

    async def _write(self, text: str) -> None:
        config = await self._context.run(write_document, self._context.home, text, expected=self.file_text)
        self.file_text = text
        self._outcome.say(self.tr("Saved."), "good")
        self._enable()
        self._context.bridge.config_changed.emit(config)

    def _edited(self) -> None:
        self._save.setEnabled(False)
        self._typing.start()

    def _show_problems(self, problems: list[Problem]) -> None:
        self._problems.clear()
        for problem in problems:
            item = QListWidgetItem(self.tr("Line {line}: {message}").format(line=problem.line, message=problem.message))
            item.setData(LINE, problem.line)
            self._problems.addItem(item)
        self._problems.setVisible(bool(problems))
        said = self.tr("%n problems; Enter on one jumps to its line. Nothing is saved before they are mended.", "",
                       len(problems))  # fmt: skip
        self._verdict.say(said if problems else self.tr("This file is in order."), "bad" if problems else "good")
        self.editor.setAccessibleDescription(self._verdict.text())
        self._enable()

    def _enable(self) -> None:
        checked = self._checked == self.editor.toPlainText()
        self._save.setEnabled(checked and self.changed and not self._problems.count())
        self._revert.setEnabled(self.changed)

    def _failed(self, error: NightschoolError) -> None:
        self._outcome.say(str(error), "bad")

    def _jump(self, item: QListWidgetItem) -> None:
        self.editor.go_to(item.data(LINE))

    # Home and diagnostics

    def open_folder(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.home.root))):
            self._told.say(self.tr("No program for folders was found. The path can be copied from above."), "warning")

    def copy_diagnostics(self) -> None:
        self._context.spawn(self._copy(), parent=self, failed=lambda error: self._told.say(str(error), "bad"))

    async def _copy(self) -> None:
        await copying.collect(self._context)
        self._told.say(self.tr("Copied: versions, settings and the log, without keys and chat text."), "good")

    # How it looks

    def _build(self) -> None:
        theme = self._context.theme
        self.editor = TomlEditor()
        self.editor.setObjectName("config_text")
        self.editor.setAccessibleName(self.tr("Text of config.toml"))
        self.editor.setPlaceholderText(self.tr("Nothing has been changed yet: every setting has its default."))
        self.editor.setMinimumHeight(self.fontMetrics().height() * 18)
        self._problems = QListWidget()
        self._problems.setObjectName("config_problems")
        self._problems.setAccessibleName(self.tr("Problems"))
        self._problems.setMaximumHeight(self.fontMetrics().height() * 7)
        self._problems.itemActivated.connect(self._jump)
        self._problems.itemClicked.connect(self._jump)
        self._problems.hide()
        self._verdict = Words(theme, name="config_verdict")
        self._outcome = Words(theme, name="config_outcome")
        self._told = Words(theme, name="home_told")
        self._save = self._button(self.tr("Sa&ve"), "config_save", self.save)
        self._revert = self._button(self.tr("Re&vert"), "config_revert", self.revert)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("The settings as a file")))
        for widget in (self.editor, self._verdict, self._problems, self._outcome):
            column.addWidget(widget)
        column.addLayout(self._row(self._save, self._revert))
        column.addWidget(heading(self.tr("Where everything is kept")))
        path = QLabel(str(self._context.home.root))
        path.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        path.setObjectName("home_path")
        path.setAccessibleName(self.tr("Home folder"))
        column.addWidget(path)
        column.addLayout(self._row(
            self._button(self.tr("&Open folder"), "home_open", self.open_folder),
            self._button(self.tr("Copy &diagnostics"), "diagnostics_copy", self.copy_diagnostics),
        ))  # fmt: skip
        column.addWidget(self._told)
        self._enable()

    def _button(self, text: str, name: str, does: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())
        return button

    def _row(self, *buttons: QPushButton) -> QHBoxLayout:
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        return row
