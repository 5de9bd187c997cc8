"""The editor in which an answer becomes the one that would have been right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

FEWEST_LINES, MOST_LINES = 4, 20


class CorrectionEditor(QWidget):
    """Begins with the answer's text. `saved(text)` and `given_up`; an empty correction is none and cannot be saved."""

    saved = Signal(str)
    given_up = Signal()
    edited = Signal(str)

    def __init__(self, answer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("correction_editor")
        told = QLabel(self.tr("What would have been the &right answer? The student is shown it from now on."))
        told.setWordWrap(True)
        self.text = QPlainTextEdit(answer)
        self.text.setObjectName("correction")
        self.text.setAccessibleName(self.tr("The right answer"))
        self.text.setTabChangesFocus(True)
        told.setBuddy(self.text)
        self.save = QPushButton(self.tr("&Save correction"))
        self.save.setObjectName("save_correction")
        self.save.setToolTip(self.tr("Ctrl+Enter"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("cancel_correction")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.cancel)
        row.addWidget(self.problem, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(told)
        box.addWidget(self.text)
        box.addLayout(row)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.given_up)
        self.text.textChanged.connect(self._changed)
        self._changed()

    def fail(self, told: str) -> None:
        """It could not be kept; the text stays for another try."""
        self.problem.setText(told)
        self.problem.show()
        self.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
        ):
            self._save()
        else:
            super().keyPressEvent(event)

    def _save(self) -> None:
        text = self.text.toPlainText()
        if text.strip():
            self.setEnabled(False)
            self.saved.emit(text)

    def _changed(self) -> None:
        text = self.text.toPlainText()
        self.save.setEnabled(bool(text.strip()))
        lines = min(max(self.text.document().blockCount() + 1, FEWEST_LINES), MOST_LINES)
        self.text.setMinimumHeight(lines * self.text.fontMetrics().lineSpacing())
        self.edited.emit(text)
