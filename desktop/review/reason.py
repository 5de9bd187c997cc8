"""The reason of a rejection: one of a few, in one's own words, or both; never none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget


class ReasonPanel(QWidget):
    given = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = QComboBox()
        self.preset.setObjectName("reject_preset")
        self.preset.addItem(self.tr("Choose a reason, or write one"))
        self.preset.addItems(
            [
                self.tr("Not what I want"),
                self.tr("Answers would get worse"),
                self.tr("It changes too much"),
                self.tr("The evidence does not convince me"),
                self.tr("Not now"),
            ]
        )
        self.words = QLineEdit()
        self.words.setObjectName("reject_words")
        self.words.setMaxLength(1000)
        self.confirm = QPushButton(self.tr("Reject"))
        self.confirm.setObjectName("reject_confirm")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("reject_cancel")
        self._arrange()
        self.preset.currentIndexChanged.connect(self._changed)
        self.words.textChanged.connect(self._changed)
        self.words.returnPressed.connect(self._give)
        self.confirm.clicked.connect(self._give)
        self.cancel.clicked.connect(self.cancelled.emit)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape), self, self.cancelled.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )  # fmt: skip
        self._changed()

    @property
    def reason(self) -> str:
        chosen = self.preset.currentText() if self.preset.currentIndex() > 0 else ""
        return ": ".join(part for part in (chosen, self.words.text().strip()) if part)

    def begin(self) -> None:
        self.preset.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        self.preset.setCurrentIndex(0)
        self.words.clear()

    def _changed(self) -> None:
        self.confirm.setEnabled(bool(self.reason))

    def _give(self) -> None:
        if self.reason:
            self.given.emit(self.reason)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        why, own = QLabel(self.tr("&Why not")), QLabel(self.tr("In your &words"))
        why.setBuddy(self.preset)
        own.setBuddy(self.words)
        grid.addWidget(why, 0, 0)
        grid.addWidget(self.preset, 0, 1, 1, 2)
        grid.addWidget(own, 1, 0)
        grid.addWidget(self.words, 1, 1, 1, 2)
        hint = QLabel(self.tr("What is proposed next depends on it."), wordWrap=True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.cancel)
        buttons.addWidget(hint, stretch=1)
        grid.addLayout(buttons, 2, 0, 1, 3)
        grid.setColumnStretch(1, 1)
