"""What left this machine: the egress log as a table, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.errors import NightschoolError
from desktop.settings.egress_entries import Entries, Entry, read_entries
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

PAGE = 100
VISIBLE_ROWS = 10


class EgressTable(QWidget):
    """Reads the log when it is shown, and again on demand."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._limit = PAGE
        self._summary = Words(context.theme, self.tr("Reading the log…"), "text", name="egress_summary")
        self._table = self._made_table()
        self._older = self._button(self.tr("Show &older"), "egress_older", self._show_older)
        self._refresh = self._button(self.tr("Read again"), "egress_refresh", self.read)
        row = QHBoxLayout()
        row.addWidget(self._older)
        row.addWidget(self._refresh)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("What left this machine")))
        column.addWidget(Words(context.theme, self.tr(
            "Every request is written down before its connection is made: where, why and how much, never its contents."
        )))  # fmt: skip
        column.addWidget(self._summary)
        column.addWidget(self._table)
        column.addLayout(row)
        self._table.hide()
        self._older.hide()

    def read(self) -> None:
        self._context.spawn(self._read(), parent=self, failed=self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    async def _read(self) -> None:
        self.show_entries(await self._context.run(read_entries, self._context.home.egress_log, self._limit))

    def show_entries(self, entries: Entries) -> None:
        self._summary.say(summary_of(entries), "text")
        self._table.setVisible(bool(entries.newest))
        self._older.setVisible(entries.requests > len(entries.newest))
        self._table.setRowCount(len(entries.newest))
        for row, entry in enumerate(entries.newest):
            for column, text in enumerate(cells(entry)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)

    def _show_older(self) -> None:
        self._limit += PAGE
        self.read()

    def _failed(self, error: NightschoolError) -> None:
        self._summary.say(str(error), "bad")

    def _made_table(self) -> QTableWidget:
        titles = (
            self.tr("When"), self.tr("Why"), self.tr("Where"), self.tr("Method"), self.tr("Sent"), self.tr("Received"),
            self.tr("Outcome"),
        )  # fmt: skip
        table = QTableWidget(0, len(titles))
        table.setObjectName("egress_table")
        table.setAccessibleName(self.tr("What left this machine"))
        table.setHorizontalHeaderLabels(list(titles))
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(table.fontMetrics().height() * 2 * VISIBLE_ROWS)
        return table

    def _button(self, text: str, name: str, does: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())  # type: ignore[operator]
        return button

    def cell_text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text() if item is not None else ""

    @property
    def rows(self) -> int:
        return self._table.rowCount()


def cells(entry: Entry) -> tuple[str, ...]:
    locale = QLocale()
    return (
        local_time(entry.at),
        entry.purpose,
        entry.host,
        entry.method,
        locale.formattedDataSize(entry.bytes_sent),
        locale.formattedDataSize(entry.bytes_received),
        outcome_in_words(entry),
    )


def local_time(stamp: str) -> str:
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return stamp


def outcome_in_words(entry: Entry) -> str:
    said = {
        "sent": QCoreApplication.translate("EgressTable", "no answer yet, or cut off"),
        "answered": QCoreApplication.translate("EgressTable", "answered"),
        "failed": QCoreApplication.translate("EgressTable", "failed"),
        "broken_off": QCoreApplication.translate("EgressTable", "broken off"),
    }[entry.outcome]
    return f"{said} ({entry.detail})" if entry.detail else said


def summary_of(entries: Entries) -> str:
    if not entries.requests:
        return QCoreApplication.translate("EgressTable", "Nothing has left this machine.")
    locale = QLocale()
    said = QCoreApplication.translate(
        "EgressTable", "{requests} requests to {hosts} addresses; {sent} sent, {received} received."
    )
    return said.format(
        requests=entries.requests,
        hosts=entries.hosts,
        sent=locale.formattedDataSize(entries.bytes_sent),
        received=locale.formattedDataSize(entries.bytes_received),
    )
