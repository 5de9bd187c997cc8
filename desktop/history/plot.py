"""One plot by pyqtgraph. Importing this module imports numpy and pyqtgraph: only a thread does, at first use.

It shows and takes no input: the wheel scrolls the page, and the table beside it is what the keyboard and AT-SPI read.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.history.words import line_title, value_text

if TYPE_CHECKING:
    from desktop.history.figures import Figure, Line, Unit
    from desktop.theme import Theme

TICKS = 6
WIDTH = 2.0


class DayAxis(pg.AxisItem):  # type: ignore[misc]
    """Whole days, labelled as the person's language writes day and month."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        return [(max(1.0, round((high - low) / TICKS)), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [short(date.fromordinal(int(value))) if value >= 1 else "" for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    def __init__(self, unit: Unit) -> None:
        super().__init__("left")
        self._unit = unit

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._unit == "count":
            return [str(int(value)) if value == int(value) else "" for value in values]
        return [value_text(value, self._unit) for value in values]


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Reused for its life: only what is drawn in it changes."""

    def __init__(self, unit: Unit, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"left": ValueAxis(unit), "bottom": DayAxis("bottom")})
        self._theme = theme
        self._figure: Figure | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseEnabled(x=False, y=False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setAntialiasing(True)
        self.setFixedHeight(14 * self.fontMetrics().lineSpacing())
        self._legend = self.addLegend(offset=(-10, 5)) if unit == "count" else None
        theme.changed.connect(self._paint)
        self._paint()

    def draw(self, figure: Figure) -> None:
        self._figure = figure
        self._paint()

    def close(self) -> bool:
        """Nothing of the legend outlives it: Python's collector takes its labels' insides while Qt still asks them."""
        self._theme.changed.disconnect(self._paint)
        self.clear()
        legend, self._legend = self._legend, None
        if legend is not None:
            self.scene().removeItem(legend)
        super().close()
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _paint(self) -> None:
        colours = self._theme.colours
        self.setBackground(colours.base)
        self.showGrid(x=False, y=True, alpha=0.25)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(colours.border))
            axis.setTextPen(pg.mkPen(colours.text))
            axis.setStyle(tickFont=self.font())
        self.clear()
        if self._legend is not None:
            self._legend.setLabelTextColor(colours.text)
        for line in self._figure.lines if self._figure is not None else ():
            self._curve(line)
        self._frame()

    def _curve(self, line: Line) -> None:
        """Up and down differ in shape and dashes too, not in colour alone."""
        assert self._figure is not None
        down = line.name == "down"
        colour = QColor(self._colour(line))
        style = Qt.PenStyle.DashLine if down else Qt.PenStyle.SolidLine
        self.plot(
            [day.toordinal() for day, _ in line.points],
            [value for _, value in line.points],
            name=line_title(line.name, self._figure.name),
            pen=pg.mkPen(colour, width=WIDTH, style=style),
            symbol="t" if down else "o",
            symbolSize=self.fontMetrics().height() * 0.4,
            symbolBrush=colour,
            symbolPen=None,
        )

    def _colour(self, line: Line) -> str:
        colours = self._theme.colours
        return {"up": colours.good, "down": colours.bad}.get(line.name, colours.accent)

    def _frame(self) -> None:
        """Shares stand between 0 and 1; counts and dollars begin at 0; one lone day has room at both sides."""
        if self._figure is None or not self._figure.lines:
            return
        days = self._figure.days
        self.setXRange(days[0].toordinal() - 0.5, days[-1].toordinal() + 0.5, padding=0.02)
        most = max(value for line in self._figure.lines for _, value in line.points)
        self.setYRange(0, 1 if self._figure.unit == "share" else max(most, 0.01), padding=0.08)

    def curves(self) -> list[Any]:
        """What is drawn now, for tests and for nobody else."""
        return list(self.listDataItems())


def short(day: date) -> str:
    """Day and month, as 21/11: the person's own short form without the year."""
    form = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    wanted = "".join(letter for letter in form if letter not in "yY").strip("-/. ,'")
    return QLocale().toString(_qdate(day), wanted)


def _qdate(day: date) -> Any:
    from PySide6.QtCore import QDate

    return QDate(day.year, day.month, day.day)
