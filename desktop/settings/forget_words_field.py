"""A name or any words, to be forgotten wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.forget_dialog import ForgetDialog
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

LEAST = 2
"""Characters from which it is worth asking; what is still too short is told by the core."""


class ForgetWords(QWidget):
    """A field and a button; the dialog does the rest."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._field = QLineEdit()
        self._field.setObjectName("forget_words")
        self._field.setAccessibleName(self.tr("Words to forget everywhere"))
        self._field.setPlaceholderText(self.tr("A name, or any words"))
        self._button = QPushButton(self.tr("Forget these wo&rds…"))
        self._button.setObjectName("forget_words_start")
        self._button.setAutoDefault(False)
        self._button.setEnabled(False)
        self._field.textChanged.connect(lambda text: self._button.setEnabled(len(text.strip()) >= LEAST))
        self._field.returnPressed.connect(self._button.click)
        self._button.clicked.connect(lambda: self.ask())
        row = QHBoxLayout()
        row.addWidget(self._field, 1)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("Forget words everywhere")))
        column.addWidget(Words(context.theme, self.tr(
            "Every answer that holds them goes, with what was made of it: evidence, examples, tasks, and lines of logs."
            " You see first what it would be, and afterwards every byte of your home is searched for them."
        )))  # fmt: skip
        column.addLayout(row)

    def ask(self) -> None:
        """Shows what would go."""
        ForgetDialog(self._context, "words", self._field.text().strip(), self.window()).begin()
        self._field.clear()
