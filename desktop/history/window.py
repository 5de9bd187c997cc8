"""The history window: nights and sessions on one page, plots of how it goes on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop.history.figures_page import FiguresPage
from desktop.history.sessions_page import SessionsPage
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from desktop.context import Context


class HistoryWindow(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("history_window")
        self.setWindowTitle(self.tr("History"))
        self.sessions = SessionsPage(context)
        self.figures = FiguresPage(context)
        self.pages = QTabWidget()
        self.pages.setObjectName("history_pages")
        self.pages.setAccessibleName(self.tr("Pages of the history"))
        self.pages.addTab(self.sessions, self.tr("&Nights and sessions"))
        self.pages.addTab(self.figures, self.tr("How it &goes"))
        box = QVBoxLayout(self)
        box.addWidget(MessageBar(context.bridge, context.theme))
        box.addWidget(self.pages)
        self.resize(120 * self.fontMetrics().averageCharWidth(), 40 * self.fontMetrics().lineSpacing())
        # While the plots are there still: what Qt destroys with the window is not what pyqtgraph holds besides.
        self.destroyed.connect(self.figures.drop_plots)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.figures.drop_plots)
