"""The page of nights and sessions: a table, and below it what one of them did, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.clock import now
from desktop.history.session_view import SessionView
from desktop.history.sessions import ask_rollback, sessions
from desktop.history.words import changed, dollars, kind_name, outcome
from desktop.moments import when

if TYPE_CHECKING:
    from core.database import SessionRow
    from desktop.context import Context

ID = Qt.ItemDataRole.UserRole


class SessionsPage(QWidget):
    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: dict[str, SessionRow] = {}
        self._turn = 0
        self.table = self._make_table()
        self.details = SessionView()
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setObjectName("history_empty")
        self.empty.setText(
            self.tr(
                "No night has run yet.\n\nNights come later: in a night the student will study what you rated and sit"
                " an exam, and only what passes is kept. Until then every question and answer is recorded on this"
                " computer, with your thumbs and corrections; a corrected answer already helps at the next question."
            )
        )
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.table)
        both.addWidget(self.details)
        both.setChildrenCollapsible(False)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(both)
        box = QVBoxLayout(self)
        box.addWidget(self.stack)
        self.table.itemSelectionChanged.connect(self._selected)
        self.details.roll_back.connect(self._roll_back)
        context.bridge.jobs_changed.connect(lambda: self.refresh() if self.isVisible() else None)

    def refresh(self) -> None:
        self._context.spawn(self._read(), parent=self)

    async def _read(self) -> None:
        self._turn += 1
        turn = self._turn
        rows = await self._context.run(sessions, self._context.database)
        if turn == self._turn:
            self._fill(rows)

    def _fill(self, rows: Sequence[SessionRow]) -> None:
        before = self._current()
        self._rows = {row.job_id: row for row in rows}
        self.stack.setCurrentIndex(1 if rows else 0)
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            self._entry(number, row)
        ids = list(self._rows)
        if rows:
            self.table.selectRow(ids.index(before) if before in ids else 0)
        self.table.blockSignals(False)
        self._selected()

    def _entry(self, number: int, row: SessionRow) -> None:
        cost = dollars(row.outcome.cost_usd) if row.outcome is not None else ""
        for column, text in enumerate((when(row.at), kind_name(row.kind), outcome(row), cost, changed(row))):
            cell = QTableWidgetItem(text)
            cell.setToolTip(text)
            cell.setData(ID, row.job_id)
            self.table.setItem(number, column, cell)

    def _current(self) -> str | None:
        cell = next(iter(self.table.selectedItems()), None)  # screen readers select without making it current
        return None if cell is None else str(cell.data(ID))

    def _selected(self) -> None:
        self.details.show_row(self._rows.get(self._current() or ""))

    def _roll_back(self, job_id: str) -> None:
        self._context.spawn(self._ask(job_id), parent=self)

    async def _ask(self, job_id: str) -> None:
        await self._context.run(ask_rollback, self._context.database, job_id, now=now())
        await self._read()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 5)
        table.setObjectName("sessions")
        table.setAccessibleName(self.tr("Nights and sessions"))
        table.setHorizontalHeaderLabels(
            [self.tr("When"), self.tr("Kind"), self.tr("Outcome"), self.tr("Cost"), self.tr("What changed")]
        )
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        return table

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
