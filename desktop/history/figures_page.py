"""The page of plots: how answers, ratings, the benchmark and the costs went over time."""

from __future__ import annotations

import asyncio
import importlib
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.history.figure_view import FigureView
from desktop.history.figures import NAMES, days_of, figures

if TYPE_CHECKING:
    from types import ModuleType

    from desktop.context import Context
    from desktop.history.figures import Figure
    from desktop.history.plot import Plot

SETTLE_MS = 1000
"""Many answers in a row are read again once."""


class FiguresPage(QWidget):
    """Reads when it is shown, when the range changes, and a second after something happened."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._module: ModuleType | None = None
        self._turn = 0
        self.range = QComboBox()
        self.range.setObjectName("history_range")
        for text, days in (
            (self.tr("7 days"), 7),
            (self.tr("30 days"), 30),
            (self.tr("90 days"), 90),
            (self.tr("All"), None),
        ):
            self.range.addItem(text, days)
        self.range.setCurrentIndex(1)
        self.as_table = QCheckBox(self.tr("Show as &table"))
        self.as_table.setObjectName("show_as_table")
        self.views = [FigureView(name, self._plot) for name in NAMES]
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._arrange()
        self._connect()

    def refresh(self) -> None:
        self._context.spawn(self._read(), parent=self)

    def drop_plots(self) -> None:
        """What is being read now is drawn no more, too."""
        self._turn += 1
        for view in self.views:
            view.drop_plot()

    async def _read(self) -> None:
        self._turn += 1
        turn = self._turn
        today = datetime.now().astimezone().date()
        days = await self._context.run(days_of, self._context.database, self.range.currentData(), today)
        found = figures(days)
        if self._module is None and any(figure.lines for figure in found.values()):
            # numpy and pyqtgraph take a third of a second to import: not in this thread.
            self._module = await self._context.run(importlib.import_module, "desktop.history.plot")
        for view in self.views:
            if turn != self._turn:
                return
            view.show_figure(found[view.name])
            await asyncio.sleep(0)  # a plot takes some 30 ms to make: others get their turn in between

    def _plot(self, figure: Figure) -> Plot:
        assert self._module is not None
        made: Plot = self._module.Plot(figure.unit, self._context.theme)
        return made

    def _show_as_table(self, as_table: bool) -> None:
        for view in self.views:
            view.show_as_table(as_table)

    def _something_happened(self) -> None:
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    def _connect(self) -> None:
        self.range.currentIndexChanged.connect(lambda: self.refresh())
        self.as_table.toggled.connect(self._show_as_table)
        self._settle.timeout.connect(self.refresh)
        bridge = self._context.bridge
        for signal in (bridge.jobs_changed, bridge.feedback_changed, bridge.traces_changed):
            signal.connect(lambda *_: self._something_happened())

    def _arrange(self) -> None:
        label = QLabel(self.tr("&Time"))
        label.setBuddy(self.range)
        top = QHBoxLayout()
        for widget in (label, self.range, self.as_table):
            top.addWidget(widget)
        top.addStretch()
        inside = QWidget()
        column = QVBoxLayout(inside)
        for view in self.views:
            column.addWidget(view)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("Figures over time"))
        scroll.setWidget(inside)
        box = QVBoxLayout(self)
        box.addLayout(top)
        box.addWidget(scroll)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
