"""One figure on the page: its title, its sentence, and the plot, or the table, or why there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from desktop.history.words import figure_title, line_title, missing, summary, value_text
from desktop.moments import day_name

if TYPE_CHECKING:
    from desktop.history.figures import Figure, Name
    from desktop.history.plot import Plot

MOST_ROWS = 8
"""Shown at once in the table; more are scrolled."""


class FigureView(QWidget):
    """`make_plot` is called once there is something to draw: until then pyqtgraph is not needed."""

    def __init__(self, name: Name, make_plot: Callable[[Figure], Plot], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.figure: Figure | None = None
        self.plot: Plot | None = None
        self._make_plot = make_plot
        self._as_table = False
        self.setObjectName(f"figure_{name}")
        self.title = QLabel(figure_title(name))
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.sentence = QLabel(wordWrap=True)
        self.sentence.setObjectName(f"summary_{name}")
        self.table = QTableWidget()
        self.table.setObjectName(f"table_{name}")
        self.table.setAccessibleName(figure_title(name))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self._box = QVBoxLayout(self)
        for widget in (self.title, self.sentence, self.table):
            self._box.addWidget(widget)
        self._choose()

    def show_figure(self, figure: Figure) -> None:
        self.figure = figure
        self.sentence.setText(summary(figure) if figure.lines else missing(self.name))
        if figure.lines:
            if self.plot is None:
                self.plot = self._make_plot(figure)
                self.plot.setObjectName(f"plot_{self.name}")
                self.plot.setAccessibleName(figure_title(self.name))
                self._box.addWidget(self.plot)
            self.plot.setAccessibleDescription(summary(figure))
            self.plot.draw(figure)
            self._fill(figure)
        self._choose()

    def show_as_table(self, as_table: bool) -> None:
        self._as_table = as_table
        self._choose()

    def drop_plot(self) -> None:
        """pyqtgraph's scene must be gone before the interpreter ends: else it is freed after Qt, by SIGSEGV."""
        if self.plot is not None:
            self._box.removeWidget(self.plot)
            self.plot.close()
            self.plot.deleteLater()
            self.plot = None

    def _choose(self) -> None:
        something = self.figure is not None and bool(self.figure.lines)
        self.table.setVisible(something and self._as_table)
        if self.plot is not None:
            self.plot.setVisible(something and not self._as_table)

    def _fill(self, figure: Figure) -> None:
        heads = [self.tr("Day"), *(line_title(line.name, figure.name) for line in figure.lines)]
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        days = figure.days[::-1]
        self.table.setRowCount(len(days))
        for column, line in enumerate(figure.lines, start=1):
            values = dict(line.points)
            for row, day in enumerate(days):
                self.table.setItem(row, 0, QTableWidgetItem(day_name(day)))
                self.table.setItem(row, column, QTableWidgetItem(value_text(values[day], figure.unit)))
        height = (min(len(days), MOST_ROWS) + 0.5) * self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(int(height) + self.table.horizontalHeader().sizeHint().height())
