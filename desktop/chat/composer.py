"""Where the person types: Enter sends, Shift+Enter begins a new line, Esc stops the answer."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

FEWEST_LINES, MOST_LINES = 2, 8


class ComposerText(QPlainTextEdit):
    """The text alone, with the keys that mean something else here."""

    sent = Signal()
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
        elif enter:
            self.insertPlainText("\n")  # Qt would insert a line separator, which is no end of a line to anybody else
            self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text())


class Composer(QWidget):
    """`sent(text)`, `stopped`, `edited(text)`. While an answer is made it can be typed in, but not sent."""

    sent = Signal(str)
    stopped = Signal()
    edited = Signal(str)
    editing_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._restoring = False
        self.is_editing = False
        """True while the last question is being changed."""
        self.text = ComposerText()
        self.text.setObjectName("composer")
        self.text.setAccessibleName(self.tr("Your question"))
        self.text.setAccessibleDescription(self.tr("Enter sends, Shift+Enter begins a new line, Escape stops"))
        self.text.setPlaceholderText(self.tr("Ask something. Enter sends, Shift+Enter begins a new line."))
        self.send = QPushButton(self.tr("&Send"))
        self.send.setObjectName("send")
        self.stop = QPushButton(self.tr("S&top"))
        self.stop.setObjectName("stop")
        self.stop.setToolTip(self.tr("Esc"))
        self._banner = QLabel(self.tr("You are editing your last question."))
        self._leave = QToolButton()
        self._leave.setObjectName("cancel_edit")
        self._leave.setText(self.tr("Cancel"))
        self.waiting = QLabel()
        self.waiting.setObjectName("composer_status")
        self.waiting.setWordWrap(True)
        self._lay_out()
        self.text.sent.connect(self._send)
        self.text.escaped.connect(self._escape)
        self.text.textChanged.connect(self._changed)
        self.send.clicked.connect(self._send)
        self.stop.clicked.connect(self.stopped)
        self._leave.clicked.connect(self.end_edit)
        self.tell("")
        self.set_busy(False)
        self.end_edit()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self._banner)
        above.addWidget(self._leave)
        above.addStretch()
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        column = QVBoxLayout()
        column.addStretch()
        column.addWidget(self.send)
        column.addWidget(self.stop)
        row.addLayout(column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(above)
        box.addLayout(row)
        box.addWidget(self.waiting)

    def set_busy(self, busy: bool) -> None:
        """busy: an answer is being made in this conversation."""
        had_focus = self.send.hasFocus() or self.stop.hasFocus()
        self._busy = busy
        self.stop.setVisible(busy)
        self.send.setVisible(not busy)
        if had_focus:
            self.text.setFocus()
        self._fit()

    def tell(self, text: str) -> None:
        """A line below, such as why an answer waits."""
        if self.waiting.text() != text:
            self.waiting.setText(text)
        self.waiting.setVisible(bool(text))

    def restore(self, text: str) -> None:
        """Puts a draft there, without telling that it was edited."""
        self._restoring = True
        self.text.setPlainText(text)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self._restoring = False

    def propose(self, text: str) -> None:
        """Puts a question there as if it had been typed; what stands there already stays before it."""
        before = self.text.toPlainText().rstrip()
        self.text.setPlainText(f"{before}\n{text}" if before and before != text else text)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.text.setFocus()

    def begin_edit(self, question: str) -> None:
        self.is_editing = True
        self._banner.show()
        self._leave.show()
        self.restore(question)
        self.text.setFocus()

    def end_edit(self) -> None:
        was, self.is_editing = self.is_editing, False
        self._banner.hide()
        self._leave.hide()
        if was:
            self.restore("")
            self.editing_ended.emit()

    def _send(self) -> None:
        text = self.text.toPlainText()
        if text.strip() and not self._busy:
            self.sent.emit(text)

    def _escape(self) -> None:
        if self._busy:
            self.stopped.emit()
        elif self.is_editing:
            self.end_edit()

    def _changed(self) -> None:
        self._fit()
        if not self._restoring and not self.is_editing:
            self.edited.emit(self.text.toPlainText())

    def _fit(self) -> None:
        self.send.setEnabled(bool(self.text.toPlainText().strip()))
        lines = min(max(self.text.document().blockCount(), FEWEST_LINES), MOST_LINES)
        frame = 2 * (self.text.frameWidth() + int(self.text.document().documentMargin())) + 2
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + frame)
