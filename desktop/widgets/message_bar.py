"""Notices inside a window: what happened, what to do about it, and a button that puts it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStyle, QToolButton, QVBoxLayout, QWidget

from desktop.bridge import Bridge, Notice
from desktop.theme import Theme

MOST = 3
ICONS = {
    "info": QStyle.StandardPixmap.SP_MessageBoxInformation,
    "warning": QStyle.StandardPixmap.SP_MessageBoxWarning,
    "error": QStyle.StandardPixmap.SP_MessageBoxCritical,
}


class MessageBar(QWidget):
    """Shows the bridge's notices, the newest first; one that is put away is gone from every window."""

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setAccessibleName(self.tr("Notices"))
        self._bridge = bridge
        self._theme = theme
        self._rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        bridge.notices_changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        for row in self._rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(notice) for notice in self._bridge.notices[-MOST:][::-1]]
        for row in self._rows:
            self._layout.addWidget(row)
        self.setVisible(bool(self._rows))

    def _row(self, notice: Notice) -> QWidget:
        frame = QFrame(self)
        frame.setObjectName("notice")
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        frame.setAutoFillBackground(True)
        frame.setBackgroundRole(frame.palette().ColorRole.Button)
        size = self.fontMetrics().height()
        picture = QLabel(frame)
        picture.setPixmap(self.style().standardIcon(ICONS[notice.level]).pixmap(size, size))
        text = QLabel(sentence(notice), frame)
        text.setObjectName("notice_text")
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setAccessibleName(sentence(notice))
        row = QHBoxLayout(frame)
        row.setContentsMargins(size // 2, size // 4, size // 2, size // 4)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        row.addWidget(self._away(notice, frame), 0, Qt.AlignmentFlag.AlignTop)
        QAccessible.updateAccessibility(QAccessibleEvent(text, QAccessible.Event.Alert))
        return frame

    def _away(self, notice: Notice, frame: QFrame) -> QToolButton:
        button = QToolButton(frame)
        button.setObjectName("notice_away")
        button.setText("✕")
        button.setAutoRaise(True)
        button.setAccessibleName(self.tr("Put this notice away"))
        button.setToolTip(self.tr("Put this notice away"))
        button.clicked.connect(lambda: self._bridge.withdraw(notice))
        return button


def sentence(notice: Notice) -> str:
    """Title, what happened and what to do, as one piece of text."""
    title = f"{notice.title}." if notice.title and notice.title[-1] not in ".?…" else notice.title
    return " ".join(part for part in (title, notice.text, notice.hint) if part)
