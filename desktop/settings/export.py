"""Export my data: everything that Nightschool knows, as one file that other programs can read."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.errors import NightschoolError
from desktop.operation import Operation, Progress
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context


class Export(QWidget):
    """Asks for a file, then writes it in a thread, with progress and Cancel."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._stop = threading.Event()
        self._operation: Operation[Any] | None = None
        self._start = QPushButton(self.tr("E&xport my data…"))
        self._start.setObjectName("export_start")
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setObjectName("export_cancel")
        self._cancel.setAccessibleName(self.tr("Cancel the export"))
        self._progress = QProgressBar()
        self._progress.setObjectName("export_progress")
        self._progress.setAccessibleName(self.tr("Exporting"))
        self._outcome = Words(context.theme, name="export_outcome")
        row = QHBoxLayout()
        for button in (self._start, self._cancel):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("Export")))
        column.addWidget(Words(context.theme, self.tr(
            "One archive with your answers, ratings, settings and agents, readable by other programs. No keys are in"
            " it, and nothing is taken out: whoever has it can read your chats."
        )))  # fmt: skip
        column.addLayout(row)
        column.addWidget(self._progress)
        column.addWidget(self._outcome)
        self._start.clicked.connect(self.choose)
        self._cancel.clicked.connect(self.cancel)
        self._enable()

    def choose(self) -> QFileDialog:
        dialog = QFileDialog(self.window(), self.tr("Export my data"))
        dialog.setObjectName("export_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilter(self.tr("Archives (*.zip)"))
        dialog.setDefaultSuffix("zip")
        day = QDate.currentDate().toString("yyyy-MM-dd")
        dialog.setDirectory(str(Path.home()))
        dialog.selectFile(f"nightschool-{day}.zip")
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.open()
        return dialog

    def export(self, target: Path) -> None:
        def work(progress: Progress) -> Any:
            takeout = importlib.import_module("core.privacy.takeout").takeout
            home, database = self._context.home, self._context.database
            return takeout(home, database, target, progress=progress.report, cancelled=self._stop.is_set)

        self._stop.clear()
        self._progress.setRange(0, 0)
        self._outcome.say("")
        operation: Operation[Any] = Operation(self, work)
        operation.success(lambda report: self._done(report, target)).failure(self._failed).progress(self._moved)
        self._operation = operation.start(self._context)
        self._enable()

    def cancel(self) -> None:
        """The thread stops soon and takes away what it had written."""
        self._stop.set()
        self._cancel.setEnabled(False)

    def _moved(self, done: float, total: float, _: str) -> None:
        self._progress.setRange(0, int(total))
        self._progress.setValue(int(done))

    def _done(self, report: Any, target: Path) -> None:
        self._operation = None
        if report.cancelled:
            self._outcome.say(self.tr("Cancelled. No file was left behind."))
        else:
            said = self.tr("%n answers were exported to {path} ({size}).", "", report.lines.get("traces.jsonl", 0))
            self._outcome.say(said.format(path=target, size=QLocale().formattedDataSize(report.bytes)), "good")
        self._enable()

    def _failed(self, error: NightschoolError) -> None:
        self._operation = None
        self._outcome.say(str(error), "bad")
        self._enable()

    def _enable(self) -> None:
        busy = self._operation is not None
        self._start.setEnabled(not busy)
        self._cancel.setVisible(busy)
        self._cancel.setEnabled(True)
        self._progress.setVisible(busy)
