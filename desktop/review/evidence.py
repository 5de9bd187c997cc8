"""The evidence for a change: each note, with a way to the answer that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

if TYPE_CHECKING:
    from core.records import EvidenceNote


class EvidenceList(QWidget):
    """`show_trace` is called with the trace's id."""

    def __init__(
        self, notes: Sequence[EvidenceNote], show_trace: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(0, 1)
        for number, note in enumerate(notes):
            text = QLabel(note.text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            grid.addWidget(text, number, 0)
            if note.trace_id is not None:
                grid.addWidget(self._opener(number, note.trace_id, note.text, show_trace), number, 1)
        if not notes:
            grid.addWidget(QLabel(self.tr("No evidence was given.")), 0, 0)

    def _opener(self, number: int, trace_id: str, text: str, show_trace: Callable[[str], None]) -> QPushButton:
        button = QPushButton(self.tr("Open answer"))
        button.setObjectName(f"evidence_{number}")
        button.setAccessibleName(self.tr("Open the answer of evidence {}").format(number + 1))
        button.setAccessibleDescription(text)
        button.clicked.connect(lambda: show_trace(trace_id))
        return button
