"""A block of code: its language, a copy button, and the text in one width."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QTextCursor, QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.chat.text_segment import copy

MOST_LINES = 40
"""Lines that are shown at once; more scroll inside the block."""
LONGEST_LINE = 1000
"""Characters: a longer line is broken where it is shown (never where it is copied), as laying it out takes long."""


class CodeText(QPlainTextEdit):
    """Read-only text that grows at its end; what stands in it already is not laid out again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._column = 0
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.horizontalScrollBar().rangeChanged.connect(lambda *_: self._fit_bar())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _fit_bar(self) -> None:
        if self.sizeHint().height() != self.height():
            self.updateGeometry()

    def _fit_lines(self) -> None:
        """All of a short block is shown: no bar, whatever the last pixel of its margin says."""
        policy = Qt.ScrollBarPolicy
        scrolls = self.blockCount() > MOST_LINES
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if scrolls else policy.ScrollBarAlwaysOff)
        self.updateGeometry()

    def show_text(self, text: str) -> None:
        if text == self._text:
            return
        if not text.startswith(self._text):
            self.clear()
            self._text, self._column = "", 0
        added, self._text = text[len(self._text) :], text
        lines = self.blockCount()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._broken(added))
        if self.blockCount() != lines:
            self._fit_lines()

    def sizeHint(self) -> QSize:
        needs_bar = self.horizontalScrollBar().maximum() > 0
        bar = self.horizontalScrollBar().sizeHint().height() if needs_bar else 0
        margin = 2 * math.ceil(self.document().documentMargin())
        return QSize(self.fontMetrics().averageCharWidth() * 40, self._height_of_lines() + margin + bar)

    def _height_of_lines(self) -> int:
        """Of those that are shown at once; other scripts and emoji make lines higher."""
        block, height = self.document().firstBlock(), 0.0
        for _ in range(min(self.blockCount(), MOST_LINES)):
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return math.ceil(height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A short block lets the conversation scroll; a long one scrolls itself to its end first."""
        sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if sideways or self.blockCount() > MOST_LINES:
            super().wheelEvent(event)
        else:
            event.ignore()

    def _broken(self, added: str) -> str:
        shown: list[str] = []
        for line in added.split("\n"):
            if shown:
                self._column = 0
            parts = []
            while self._column + len(line) > LONGEST_LINE:
                room = LONGEST_LINE - self._column
                parts.append(line[:room])
                line, self._column = line[room:], 0
            parts.append(line)
            self._column += len(line)
            shown.append("\n".join(parts))
        return "\n".join(shown)


class CodeBlock(QFrame):
    """A code block of an answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.code = ""
        self.language = QLabel()
        self.language.setTextFormat(Qt.TextFormat.PlainText)
        self.copy = QToolButton()
        self.copy.setObjectName("copy_code")
        self.copy.setText(self.tr("Copy code"))
        self.copy.setAutoRaise(True)
        self.copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.copy.clicked.connect(lambda: copy(self.code))
        self.text = CodeText()
        self.text.setAccessibleName(self.tr("Code"))
        head = QHBoxLayout()
        head.addWidget(self.language)
        head.addStretch()
        head.addWidget(self.copy)
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 2, 2, 2)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.text)

    def show_code(self, code: str, language: str) -> None:
        self.code = code
        self.text.show_text(code)
        told = language or self.tr("code")
        if self.language.text() != told:
            self.language.setText(told)
            self.text.setAccessibleName(self.tr("Code, {language}").format(language=told))
            self.copy.setAccessibleName(self.tr("Copy code, {language}").format(language=told))
