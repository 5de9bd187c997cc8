"""The left side: search, the list of conversations, new and forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton, QStyledItemDelegate, QVBoxLayout, QWidget

from desktop.chat.conversation_list import ID, ConversationList, Index

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

    from desktop.context import Context

TYPING_MS = 250


class TwoLines(QStyledItemDelegate):
    """Title, and below it when and from whom. One height for all, so that 50,000 rows cost no more than ten."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.fontMetrics.averageCharWidth() * 20, int(option.fontMetrics.lineSpacing() * 2.6))


class ListedConversations(QListView):
    """Delete asks to forget."""

    forget = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.forget.emit()
        else:
            super().keyPressEvent(event)


class ConversationPane(QWidget):
    """`opened(id)` when the person chooses one."""

    opened = Signal(str)
    new = Signal()
    forget = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: str | None = None
        self.search = QLineEdit()
        self.search.setObjectName("search_conversations")
        self.search.setPlaceholderText(self.tr("Search conversations"))
        self.search.setAccessibleName(self.tr("Search conversations"))
        self.search.setClearButtonEnabled(True)
        self.new_button = QPushButton(self.tr("Ne&w conversation"))
        self.new_button.setObjectName("new_conversation")
        self.list = ListedConversations()
        self.list.setObjectName("conversations")
        self.list.setAccessibleName(self.tr("Conversations"))
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = ConversationList(context, self)
        self._quiet = False
        """True while rows come and go: Qt then selects a neighbour, which nobody asked to open."""
        # Before the view hears of it, and after.
        model = self.model
        for about in (
            model.rowsAboutToBeRemoved,
            model.rowsAboutToBeInserted,
            model.rowsAboutToBeMoved,
            model.modelAboutToBeReset,
        ):
            about.connect(lambda *_: self._set_quiet(True))
        self.list.setModel(model)
        for done in (model.rowsRemoved, model.rowsInserted, model.rowsMoved, model.modelReset):
            done.connect(lambda *_: self._set_quiet(False))
        self.nothing = QLabel()
        self.nothing.setObjectName("no_conversations")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        self.forget_button = QPushButton(self.tr("&Forget this conversation…"))
        self.forget_button.setObjectName("forget_conversation")
        self.forget_button.setEnabled(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self.new_button, self.search, self.nothing):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        box.addWidget(self.forget_button)
        self._connect()
        self.model.fetchMore()

    def _connect(self) -> None:
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(lambda: self.model.search(self.search.text()))
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._search_now)
        self.new_button.clicked.connect(self.new)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.list.forget.connect(self._forget)
        self.forget_button.clicked.connect(self._forget)
        self.model.loaded.connect(self._loaded)

    def show_current(self, conversation_id: str | None) -> None:
        """Which conversation stands at the right; None for a new one."""
        self._current = conversation_id
        self.forget_button.setEnabled(conversation_id is not None)
        row = None if conversation_id is None else self.model.row_of(conversation_id)
        selection = self.list.selectionModel()
        if row is None:
            selection.clear()
        elif self.list.currentIndex().row() != row or not selection.isSelected(self.model.index(row)):
            self.list.setCurrentIndex(self.model.index(row))  # it is the current one: nothing is opened

    def _search_now(self) -> None:
        self._typing.stop()
        self.model.search(self.search.text())

    def _choose(self, index: QModelIndex) -> None:
        found = index.data(ID)
        if found is not None and found != self._current:
            self.opened.emit(found)

    def _set_quiet(self, quiet: bool) -> None:
        self._quiet = quiet

    def _selected(self) -> None:
        """By mouse, by the arrow keys, or by a screen reader, which changes the selection alone."""
        chosen = self.list.selectionModel().selectedIndexes()
        if chosen and not self._quiet:
            self._choose(chosen[0])

    def _forget(self) -> None:
        if self._current is not None:
            self.forget.emit(self._current)

    def _loaded(self) -> None:
        searching = bool(self.search.text().strip())
        told = self.tr("No conversation holds these words.") if searching else self.tr("No conversation yet.")
        self.nothing.setText(told)
        self.nothing.setVisible(self.model.is_empty)
        self.show_current(self._current)
