"""One editor for each type and kind of setting; which one is decided by the declaration alone.

An editor speaks text, as `core.config.parse_text` takes it: what is wrong stays in it as it was typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from core.config import SettingInfo, text_of
from desktop.settings.words import declared

CHARACTERS = {"int": 12, "float": 12, "time": 8}
"""How wide a field is, where its contents are short."""
NAMES = {"": "(empty)", "en": "English", "de": "Deutsch", "openai": "OpenAI"}
"""Choices that are not said as they are written; a language has its own name in every language."""


class Editor(QWidget):
    """`edited` at every change; `committed(explicit)` when the person is done: True by Enter or a click."""

    edited = Signal()
    committed = Signal(bool)
    abandoned = Signal()
    """Esc"""
    typed = False
    """What is typed is the person's work and stays when it cannot be written; a click is made again."""

    def __init__(self, info: SettingInfo, control: QWidget) -> None:
        super().__init__()
        self.info, self.control = info, control
        self._showing = False
        control.setObjectName("setting_" + info.key.replace(".", "_"))
        control.setAccessibleName(declared(info.label))
        control.installEventFilter(self)
        self.setFocusProxy(control)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.addWidget(control)

    def text(self) -> str:
        raise NotImplementedError

    def show_text(self, text: str) -> None:
        """Without `edited` or `committed`."""
        self._showing = True
        try:
            self._show(text)
        finally:
            self._showing = False

    def _show(self, text: str) -> None:
        raise NotImplementedError

    def _chosen(self) -> None:
        """A click, a key, or a screen reader's hand, which presses no key and clicks nothing."""
        if not self._showing:
            self.edited.emit()
            self.committed.emit(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc gives up what was typed; the wheel scrolls the page and turns no setting over by accident."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.abandoned.emit()
            return True
        return super().eventFilter(watched, event)


class CheckEditor(Editor):
    def __init__(self, info: SettingInfo) -> None:
        self._box = QCheckBox(declared(info.label))
        super().__init__(info, self._box)
        self.row.addStretch(1)
        self._box.toggled.connect(self._chosen)

    def text(self) -> str:
        return "true" if self._box.isChecked() else "false"

    def _show(self, text: str) -> None:
        self._box.setChecked(text == "true")


class ChoiceEditor(Editor):
    def __init__(self, info: SettingInfo) -> None:
        self._box = QComboBox()
        super().__init__(info, self._box)
        for choice in info.choices:
            self._box.addItem(choice_in_words(choice), choice)
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.row.addStretch(1)
        self._box.currentIndexChanged.connect(self._chosen)

    def text(self) -> str:
        return str(self._box.currentData())

    def _show(self, text: str) -> None:
        self._box.setCurrentIndex(self._box.findData(text))


class LineEditor(Editor):
    """Numbers, times, lists and text: what was typed stays, right or wrong."""

    typed = True

    def __init__(self, info: SettingInfo) -> None:
        self.line = QLineEdit()
        super().__init__(info, self.line)
        width = CHARACTERS.get(info.type) or CHARACTERS.get(info.kind)
        if width:
            self.line.setMaximumWidth(self.line.fontMetrics().horizontalAdvance("0" * width) + 24)
        if info.unit:
            self.row.addWidget(QLabel(declared(info.unit)))
        if width:
            self.row.addStretch(1)
        self.line.setPlaceholderText(self._placeholder())
        self.line.textChanged.connect(self._changed)
        self.line.returnPressed.connect(lambda: self.committed.emit(True))

    def text(self) -> str:
        return self.line.text()

    def _show(self, text: str) -> None:
        if text != self.line.text():
            self.line.setText(text)

    def _changed(self) -> None:
        if not self._showing:
            self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Not `editingFinished`: that stays silent where a screen reader's hand has put the text."""
        if event.type() == QEvent.Type.FocusOut and watched is self.line:
            self.committed.emit(False)
        return super().eventFilter(watched, event)

    def _placeholder(self) -> str:
        if self.info.type == "list":
            return self.tr("several, with commas between them")
        if self.info.kind == "time":
            return self.tr("22:30")
        return text_of(self.info.default)


class PathEditor(LineEditor):
    """A line with Browse…"""

    def __init__(self, info: SettingInfo) -> None:
        super().__init__(info)
        self._browse = QPushButton(self.tr("Browse…"))
        self._browse.setObjectName(self.control.objectName() + "_browse")
        self._browse.setAccessibleName(self.tr("Browse for: {label}").format(label=declared(info.label)))
        self._browse.setAutoDefault(False)
        self._browse.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._browse.clicked.connect(self.browse)
        self.row.addWidget(self._browse)

    def browse(self) -> QFileDialog:
        dialog = QFileDialog(self.window(), declared(self.info.label))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setObjectName("browse_dialog")
        if self.info.kind == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        start = Path(self.text()).parent if self.text() else Path.home()
        dialog.setDirectory(str(start))
        dialog.fileSelected.connect(self.take)
        dialog.open()
        return dialog

    def take(self, path: str) -> None:
        """A file that was chosen, as if it had been typed."""
        self.line.setText(path)
        self.committed.emit(True)


def editor_for(info: SettingInfo) -> Editor:
    """The control that a declaration asks for."""
    if info.type == "bool":
        return CheckEditor(info)
    if info.choices:
        return ChoiceEditor(info)
    if info.kind in ("path", "folder", "file"):
        return PathEditor(info)
    return LineEditor(info)


def plain(choice: str) -> str:
    """`high_contrast` in English, as a person writes it."""
    words = choice.replace("_", " ").replace("-", " ")
    return NAMES.get(choice) or words[:1].upper() + words[1:]


def choice_in_words(choice: Any) -> str:
    """The same in the person's language, where it is known."""
    return declared(plain(str(choice)))
