"""Forgetting: by item, by a range of days, or everything. Each asks first, and says afterwards what went."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.clock import stamp
from core.errors import NightschoolError
from desktop.forget_dialog import ForgetDialog
from desktop.operation import Operation, Progress
from desktop.settings.egress_table import local_time
from desktop.settings.forget_words_field import ForgetWords
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from core.database import BulkDeletion
    from core.records import Trace
    from desktop.context import Context

SHOWN = 50
TYPING_MS = 250
WIDTH = 120
"""Characters of a line in the list."""
ID = Qt.ItemDataRole.UserRole
CONVERSATION = Qt.ItemDataRole.UserRole + 1


class Deletion(QWidget):
    """A searchable list of traces with what may be done to them, a range of days, and all."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asked = 0
        self._operation: Operation[Any] | None = None
        self._stop = threading.Event()
        self._build()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.read)
        self._search.textEdited.connect(lambda: self._typing.start())
        self._search.returnPressed.connect(self.read)
        self._list.itemSelectionChanged.connect(self._enable)
        context.bridge.traces_changed.connect(lambda _: self.isVisible() and self._typing.start())
        self._enable()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        self._context.spawn(self._read(self._search.text().strip()), parent=self, failed=self._failed)

    async def _read(self, wanted: str) -> None:
        """What is typed meanwhile makes this answer out of date."""
        self._asked += 1
        number, traces = self._asked, self._context.database.traces
        if wanted:
            found = await self._context.run(traces.search, wanted, SHOWN)
        else:
            found = await self._context.run(traces.list, limit=SHOWN)
        if number == self._asked:
            self._show(found, wanted)

    def _show(self, found: list[Trace], wanted: str) -> None:
        chosen = {item.data(ID) for item in self._list.selectedItems()}
        self._list.clear()
        for trace in found:
            item = QListWidgetItem(line_of(trace))
            item.setData(ID, trace.id)
            item.setData(CONVERSATION, trace.conversation_id)
            self._list.addItem(item)
            item.setSelected(trace.id in chosen)
        empty = self.tr("Nothing holds these words.") if wanted else self.tr("Nothing has been asked yet.")
        self._empty.say("" if found else empty)
        self._list.setVisible(bool(found))
        self._enable()

    # What may be done

    def delete_selected(self) -> None:
        ids = [item.data(ID) for item in self._list.selectedItems()]
        self._confirm(ids, self.tr("Forget what is selected?"))

    def delete_conversation(self) -> None:
        self._context.spawn(self._delete_conversations(), parent=self, failed=self._failed)

    async def _delete_conversations(self) -> None:
        ids: list[str] = []
        for item in self._list.selectedItems():
            conversation = item.data(CONVERSATION) or item.data(ID)
            ids += await self._context.run(self._context.database.conversations.trace_ids, conversation)
        self._confirm(list(dict.fromkeys(ids)), self.tr("Forget the whole conversation?"))

    def forget_everywhere(self) -> None:
        """The one that is selected, with what was made of it."""
        item = self._list.selectedItems()[0]
        ForgetDialog(self._context, "trace", item.data(ID), self.window()).begin()

    def delete_range(self) -> None:
        self._context.spawn(self._delete_range(), parent=self, failed=self._failed)

    async def _delete_range(self) -> None:
        first, last = (edit.date().toPython() for edit in (self._first, self._last))
        start, end = span(first, last)  # type: ignore[arg-type]
        ids = await self._context.run(self._context.database.traces.ids_between, start, end)
        title = self.tr("Forget everything from {first} to {last}?")
        self._confirm(ids, title.format(first=first, last=last))

    def delete_all(self) -> None:
        self._context.spawn(self._delete_all(), parent=self, failed=self._failed)

    async def _delete_all(self) -> None:
        traces = self._context.database.traces
        ids = await self._context.run(traces.ids_between, "", "~")
        self._confirm(ids, self.tr("Forget everything?"), traces.delete_all)

    def _confirm(self, ids: list[str], title: str, delete: Callable[..., BulkDeletion] | None = None) -> None:
        """delete: what is done then; without it, these ids are forgotten."""
        if not ids:
            self._outcome.say(self.tr("There is nothing to forget there."))
            return
        box = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=self.window())
        box.setObjectName("confirm_delete")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(
            self.tr(
                "%n answers go, with their ratings, from the database, its backups and what was made of them.",
                "",
                len(ids),
            )
            + " "
            + self.tr("This cannot be undone.")
        )
        go = box.addButton(self.tr("Forget %n answers", "", len(ids)), QMessageBox.ButtonRole.DestructiveRole)
        go.setObjectName("confirm_delete_go")
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        forget = delete or partial(self._context.database.traces.delete_many, ids)
        go.clicked.connect(lambda: self._delete(forget))
        box.open()

    def _delete(self, forget: Callable[..., BulkDeletion]) -> None:
        def work(progress: Progress) -> tuple[BulkDeletion, bool]:
            from core.forget.deleted import WAIT_S, behind, clean_deleted

            report = forget(progress=progress.report, cancelled=self._stop.is_set)
            clean_deleted(self._context.home, self._context.database, wait_s=WAIT_S)
            return report, behind(self._context.database)

        self._stop.clear()
        self._outcome.say(self.tr("Forgetting…"))
        operation: Operation[tuple[BulkDeletion, bool]] = Operation(self, work)
        operation.success(self._deleted).failure(self._failed).progress(self._moved)
        self._operation = operation.start(self._context)
        self._enable()

    def cancel(self) -> None:
        """What is gone already stays gone, the rest is kept, and the thread still tells how much that is."""
        self._stop.set()
        self._cancel.setEnabled(False)

    def _moved(self, done: float, total: float, _: str) -> None:
        self._progress.setMaximum(int(total))
        self._progress.setValue(int(done))

    def _deleted(self, done: tuple[BulkDeletion, bool]) -> None:
        report, waits = done
        self._operation = None
        whole = not (report.cancelled or waits) and report.log_emptied
        self._outcome.say(self._told(report, waits), "good" if whole else "warning")
        self._enable()
        self.read()

    def _told(self, report: BulkDeletion, waits: bool) -> str:
        """What went, and what may remain."""
        said = [self.tr("%n answers were forgotten.", "", report.deleted)]
        if report.missing:
            said.append(self.tr("%n were gone already.", "", report.missing))
        if report.backups_cleaned:
            said.append(self.tr("%n backups were cleaned.", "", report.backups_cleaned))
        if report.cancelled:
            left = report.asked - report.deleted - report.missing
            said.append(self.tr("You cancelled: %n are still there.", "", left))
        if not report.log_emptied:
            said.append(self.tr("The database was being read; its last traces go when that ends."))
        if waits:
            said.append(self.tr("Evidence is being made just now: what it holds of them goes when that has ended."))
        return " ".join(said)

    def _failed(self, error: NightschoolError) -> None:
        self._operation = None
        self._outcome.say(str(error), "bad")
        self._enable()

    def _enable(self) -> None:
        busy = self._operation is not None
        some = bool(self._list.selectedItems())
        for button in (self._one, self._conversation):
            button.setEnabled(some and not busy)
        self._everywhere.setEnabled(len(self._list.selectedItems()) == 1 and not busy)
        for button in (self._range, self._all):
            button.setEnabled(not busy)
        self._progress.setVisible(busy)
        self._cancel.setVisible(busy)
        self._cancel.setEnabled(True)

    # How it looks

    def _build(self) -> None:
        theme = self._context.theme
        self._search = QLineEdit()
        self._search.setObjectName("forget_search")
        self._search.setAccessibleName(self.tr("Search what was asked and answered"))
        self._search.setPlaceholderText(self.tr("Search what was asked and answered"))
        self._search.setClearButtonEnabled(True)
        self._list = QListWidget()
        self._list.setObjectName("forget_list")
        self._list.setAccessibleName(self.tr("Answers, newest first"))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setMinimumHeight(self.fontMetrics().height() * 14)
        self._empty = Words(theme, name="forget_empty")
        self._one = self._button(self.tr("&Forget this…"), "forget_one", self.delete_selected)
        self._conversation = self._button(
            self.tr("Forget its &conversation…"), "forget_conversation", self.delete_conversation
        )
        self._everywhere = self._button(self.tr("Forget it every&where…"), "forget_everywhere", self.forget_everywhere)
        self._all = self._button(self.tr("Forget e&verything…"), "forget_all", self.delete_all)
        self._cancel = self._button(self.tr("Cancel"), "forget_cancel", self.cancel)
        self._progress = QProgressBar()
        self._progress.setObjectName("forget_progress")
        self._progress.setAccessibleName(self.tr("Forgetting"))
        self._outcome = Words(theme, name="forget_outcome")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("Forget")))
        column.addWidget(Words(theme, self.tr(
            "What is forgotten leaves the database, its backups, the index of past work and what was made of it to"
            " learn from. Only its bare number is kept, so that it cannot come back."
        )))  # fmt: skip
        for widget in (self._search, self._list, self._empty):
            column.addWidget(widget)
        column.addLayout(side_by_side(self._one, self._conversation, self._everywhere))
        column.addLayout(self._range_row())
        column.addLayout(side_by_side(self._all, self._cancel))
        column.addWidget(self._progress)
        column.addWidget(self._outcome)
        column.addWidget(ForgetWords(self._context))

    def _range_row(self) -> QHBoxLayout:
        self._first, self._last = QDateEdit(), QDateEdit()
        label, until = QLabel(self.tr("From the da&y")), QLabel(self.tr("up &to"))
        today = QDate.currentDate()
        for edit, said, name, day, what in (
            (self._first, label, "forget_from", today.addDays(-7), self.tr("First day to forget")),
            (self._last, until, "forget_until", today, self.tr("Last day to forget")),
        ):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setDate(day)
            edit.setObjectName(name)
            edit.setAccessibleName(what)
            said.setBuddy(edit)
        self._range = self._button(self.tr("Forget these &days…"), "forget_range", self.delete_range)
        return side_by_side(label, self._first, until, self._last, self._range)

    def _button(self, text: str, name: str, does: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: does())
        return button


def side_by_side(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def line_of(trace: Trace) -> str:
    """When, and the beginning of what was asked last."""
    asked = next((m.content for m in reversed(trace.messages) if m.role == "user" and m.content), "")
    flat = " ".join((asked or trace.response).split())
    return f"{local_time(trace.created_at)[:16]}  {flat[:WIDTH]}{'…' if len(flat) > WIDTH else ''}"


def span(first: date, last: date) -> tuple[str, str]:
    """Both days whole, on the local clock, as the database's times: from the first's midnight to the last's end."""
    start = datetime.combine(min(first, last), time.min).astimezone()
    end = datetime.combine(max(first, last) + timedelta(days=1), time.min).astimezone()
    return stamp(start.astimezone(UTC)), stamp(end.astimezone(UTC))
