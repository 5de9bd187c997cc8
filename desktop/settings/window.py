"""The settings window: a list of pages and a search at the left, the page at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.settings.pages import Page, pages
from desktop.settings.restart import RestartBar
from desktop.settings.search import Hit, hits
from desktop.settings.words import Words
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from desktop.context import Context

NAME = Qt.ItemDataRole.UserRole


class SettingsWindow(QWidget):
    """A page is built when it is first shown."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._pages: dict[str, Page] = {page.name: page for page in pages()}
        self._built: dict[str, QScrollArea] = {}
        self.setObjectName("settings_window")
        self.setWindowTitle(self.tr("Settings"))
        self._build()
        line = self.fontMetrics().height()
        self.resize(line * 52, line * 42)
        self.show_page("model" if "model" in self._pages else next(iter(self._pages)))

    def show_page(self, name: str) -> None:
        """An unknown name shows Advanced: there, everything can be set."""
        name = name if name in self._pages else "advanced"
        self._search.clear()
        if name not in self._built:
            self._built[name] = self._scrolled(self._pages[name])
            self._stack.addWidget(self._built[name])
        self._stack.setCurrentWidget(self._built[name])
        row = list(self._pages).index(name)
        if self._list.currentRow() != row:
            self._list.setCurrentRow(row)

    @property
    def page(self) -> str:
        return next(name for name, area in self._built.items() if area is self._stack.currentWidget())

    def jump(self, hit: Hit) -> None:
        """Its page, with the cursor in its control."""
        self.show_page(hit.page)
        control = self._built[self.page].findChild(QWidget, hit.control)
        if control is not None:
            # A page that was just built has no places yet.
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            control.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._reveal(control)

    # Search

    def _searched(self, text: str) -> None:
        self._hits.clear()
        for hit in hits(text) if text.strip() else []:
            item = QListWidgetItem(f"{hit.title} – {self._pages[hit.page].title}")
            item.setData(NAME, hit)
            self._hits.addItem(item)
        self._hits.setCurrentRow(0)
        self._hits.setVisible(bool(self._hits.count()))
        self._list.setVisible(not text.strip())
        self._nothing.say(self.tr("No setting holds these words.") if text.strip() and not self._hits.count() else "")

    def _take_hit(self) -> None:
        for item in self._hits.selectedItems():
            self.jump(item.data(NAME))

    def _page_selected(self) -> None:
        for item in self._list.selectedItems():
            self.show_page(item.data(NAME))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search: Down goes into the list, Esc gives the search up. Anywhere: what has the focus is in view."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down and watched is self._search and self._hits.count():
                self._hits.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape and self._search.text():
                self._search.clear()
                self._search.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _reveal(self, control: QWidget | None) -> None:
        """Tab and the search bring a control into view, with what is said around it."""
        area = self._stack.currentWidget()
        page = area.widget() if isinstance(area, QScrollArea) else None
        if control is None or page is None or not isinstance(area, QScrollArea) or not page.isAncestorOf(control):
            return
        margin = self.fontMetrics().height() * 4
        place = QRect(control.mapTo(page, control.rect().topLeft()), control.size())
        if place.height() < area.viewport().height():
            area.ensureVisible(place.center().x(), place.center().y(), margin, margin)

    # How it looks

    def _build(self) -> None:
        self._search = QLineEdit()
        self._search.setObjectName("settings_search")
        self._search.setPlaceholderText(self.tr("Search settings"))
        self._search.setAccessibleName(self.tr("Search settings"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._searched)
        self._search.returnPressed.connect(self._take_hit)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self, self.close)
        self._list = self._made_list("settings_pages", self.tr("Pages"))
        for page in self._pages.values():
            item = QListWidgetItem(page.title)
            item.setData(NAME, page.name)
            self._list.addItem(item)
        # The selection, not the current item: a screen reader changes only that.
        self._list.itemSelectionChanged.connect(self._page_selected)
        self._hits = self._made_list("settings_hits", self.tr("Settings found"))
        self._hits.itemActivated.connect(lambda _: self._take_hit())
        self._hits.itemClicked.connect(lambda _: self._take_hit())
        self._hits.hide()
        for watched in (self._search, self._hits):
            watched.installEventFilter(self)
        self._nothing = Words(self._context.theme, name="settings_nothing")
        left = QVBoxLayout()
        label = QLabel(self.tr("&Search"))
        label.setBuddy(self._search)
        for widget in (label, self._search, self._nothing):
            left.addWidget(widget)
        left.addWidget(self._list, 1)
        left.addWidget(self._hits, 1)
        left.addStretch(0)
        self._stack = QStackedWidget()
        right = QVBoxLayout()
        right.addWidget(MessageBar(self._context.bridge, self._context.theme, self))
        right.addWidget(self._stack, 1)
        right.addWidget(RestartBar(self._context))
        row = QHBoxLayout(self)
        row.addLayout(left, 1)
        row.addLayout(right, 3)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now.window() is self:
            self._reveal(now)

    def _made_list(self, name: str, title: str) -> QListWidget:
        made = QListWidget()
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setMinimumWidth(self.fontMetrics().averageCharWidth() * 22)
        return made

    def _scrolled(self, page: Page) -> QScrollArea:
        area = QScrollArea()
        area.setObjectName(f"page_{page.name}")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shown = page.make(self._context, page.name)
        shown.setAccessibleName(page.title)
        area.setWidget(shown)
        return area
