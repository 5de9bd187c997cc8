"""A proposed edit: what would change in words, the diff, the evidence, the gate's figures, what it cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.review.diff_view import DiffView
from desktop.review.evidence import EvidenceList
from desktop.review.gate_table import GateTable
from desktop.review.words import change_sentence, cost, tier_sentence

if TYPE_CHECKING:
    from core.records import EditProposal
    from desktop.theme import Theme


class EditView(QWidget):
    def __init__(
        self, proposal: EditProposal, theme: Theme, show_trace: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._say(proposal.summary, "edit_summary")
        self._say(change_sentence(proposal.op, proposal.target), "edit_change")
        self._say(tier_sentence(proposal.tier), "edit_tier")
        self._head(self.tr("What would change"))
        if proposal.diff.strip():
            diff = DiffView(proposal.diff, theme)
            self._say(diff.accessibleDescription(), "diff_summary")
            self._box.addWidget(diff)
        else:
            self._say(self.tr("No lines of a file: {}").format(proposal.summary), "diff_summary")
        self._head(self.tr("What the gate found"))
        self._box.addWidget(GateTable(proposal.gate))
        self._head(self.tr("Evidence"))
        self._box.addWidget(EvidenceList(proposal.evidence, show_trace))
        self._head(self.tr("Cost"))
        self._say(self.tr("To propose this, the teacher was paid: {}.").format(cost(proposal.cost_usd)), "edit_cost")

    def _say(self, text: str, name: str) -> None:
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setObjectName(name)
        self._box.addWidget(label)

    def _head(self, text: str) -> None:
        label = QLabel(text)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        self._box.addSpacing(label.fontMetrics().height() // 2)
        self._box.addWidget(label)
