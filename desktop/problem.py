"""What is shown instead of the app when its home or database cannot be used: what is wrong, and what to do."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton, QStyle, QVBoxLayout, QWidget

from core.errors import NightschoolError
from core.paths import Home
from desktop import copying
from desktop.icons import app_icon
from desktop.language import error_title


class ProblemWindow(QWidget):
    """Try again, Copy diagnostics, Quit. Closing it is quitting: there is nothing else that could be used."""

    retry = Signal()
    quit_asked = Signal()

    def __init__(self, error: NightschoolError, home: Home | None) -> None:
        super().__init__()
        self.setObjectName("problem_window")
        self.setWindowTitle(self.tr("Cannot start"))
        self.setWindowIcon(app_icon())
        self._error = error
        self._home = home
        em = self.fontMetrics().height()
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * em, 2 * em, 2 * em, em)
        layout.setSpacing(em)
        picture = QLabel()
        icon = self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxCritical)
        picture.setPixmap(icon.pixmap(2 * em, 2 * em))
        layout.addWidget(picture)
        self._label("problem_title", error_title(error.title), bold=True)
        self._label("problem_message", error.message)
        self._label("problem_hint", error.hint)
        self._copied = self._label("problem_copied", self.tr("Diagnostics are copied; they hold no chats and no keys."))
        self._copied.hide()
        layout.addStretch(1)
        layout.addWidget(self._buttons())
        self.setMinimumWidth(28 * em)
        retry = self.findChild(QPushButton, "problem_retry")
        assert retry is not None
        retry.setFocus(Qt.FocusReason.OtherFocusReason)  # what Enter presses

    def _label(self, name: str, text: str, *, bold: bool = False) -> QLabel:
        label = QLabel(text)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = label.font()
        font.setBold(bold)
        label.setFont(font)
        label.setVisible(bool(text))
        self._layout.addWidget(label)
        return label

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        for name, text, side, does in (
            ("problem_copy", self.tr("&Copy diagnostics"), role.ActionRole, self._copy),
            ("problem_retry", self.tr("&Try again"), role.AcceptRole, self.retry.emit),
            ("problem_quit", self.tr("&Quit"), role.RejectRole, self.quit_asked.emit),
        ):
            button = box.addButton(text, side)
            button.setObjectName(name)
            button.clicked.connect(lambda _=False, does=does: does())
        return box

    def _copy(self) -> None:
        self._copying = asyncio.ensure_future(self._collect())

    async def _collect(self) -> None:
        """In a thread: it looks at the machine and reads logs."""
        loop = asyncio.get_running_loop()
        copying.put(await loop.run_in_executor(None, copying.diagnostics_text, self._home, self._error))
        self._copied.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.quit_asked.emit()
