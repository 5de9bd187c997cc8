"""The gate's figures as a small table, under the sentence that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from desktop.review.words import gate_sentence, score, verdict_name

if TYPE_CHECKING:
    from core.records import GateFigures


class GateTable(QWidget):
    """Without figures only the sentence that says what approving means then."""

    def __init__(self, gate: GateFigures | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        sentence = QLabel(gate_sentence(gate), wordWrap=True)
        sentence.setObjectName("gate_sentence")
        box.addWidget(sentence)
        if gate is not None:
            box.addWidget(self._table(gate))

    def _table(self, gate: GateFigures) -> QTableWidget:
        rows = self._rows(gate)
        table = QTableWidget(len(rows), 2)
        table.setObjectName("gate_table")
        table.setAccessibleName(self.tr("What the gate found"))
        table.setHorizontalHeaderLabels([self.tr("Figure"), self.tr("Value")])
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        for number, (name, value) in enumerate(rows):
            table.setItem(number, 0, QTableWidgetItem(name))
            table.setItem(number, 1, QTableWidgetItem(value))
        table.resizeColumnsToContents()
        table.resizeRowsToContents()
        table.horizontalHeader().setStretchLastSection(True)
        height = table.horizontalHeader().sizeHint().height() + sum(table.rowHeight(n) for n in range(len(rows)))
        table.setFixedHeight(height + 2 * table.frameWidth())
        return table

    def _rows(self, gate: GateFigures) -> list[tuple[str, str]]:
        rows = [
            (self.tr("Score before"), score(gate.before)),
            (self.tr("Score after"), score(gate.after)),
            (self.tr("Tasks"), str(gate.tasks)),
            (self.tr("Better, worse, the same"), f"{gate.wins}, {gate.losses}, {gate.ties}"),
            (self.tr("Verdict"), verdict_name(gate.verdict)),
        ]
        if gate.e_value is not None:
            name = self.tr("Strength of the evidence (e-value; 20 is strong)")
            rows.insert(-1, (name, QLocale().toString(gate.e_value, "g", 3)))
        if gate.worst_cluster:
            fall = gate.worst_cluster
            if gate.worst_fall is not None:
                fall = self.tr("{}: {} down").format(fall, score(gate.worst_fall))
            rows.append((self.tr("Group of tasks that did worst"), fall))
        return rows
