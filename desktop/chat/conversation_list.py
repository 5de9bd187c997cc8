"""The list of conversations: pages are read in threads, as far as the person scrolls; a search is a list of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from core.errors import NotFound
from desktop.chat import words

if TYPE_CHECKING:
    from core.database.conversations import Conversation
    from desktop.context import Context

PAGE = 50
REFRESH_MS = 200
ID = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class ConversationList(QAbstractListModel):
    """Newest first. Rows are `Conversation`s; `search` and changes in the database start it anew."""

    loaded = Signal()
    """a page arrived, or there is none"""

    def __init__(self, context: Context, parent: Any = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[Conversation] = []
        self._search = ""
        self._is_whole = False
        self._reading = False
        self._wanted = 0
        """Counts what was asked for: a page that comes for an older wish is thrown away."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(lambda: context.spawn(self._refresh()))
        context.bridge.traces_changed.connect(lambda _: self.refresh_soon())

    # ---- for the view -----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        one = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{self._title(one)}\n{self._below(one)}"
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return ", ".join(part for part in (self._title(one), self._below(one)) if part)
            case Qt.ItemDataRole.UserRole:
                return one.id
        return None

    def canFetchMore(self, parent: Index = NOWHERE) -> bool:
        return not parent.isValid() and not self._is_whole

    def fetchMore(self, parent: Index = NOWHERE) -> None:
        if not parent.isValid() and not self._reading and not self._is_whole:
            self._reading = True
            self._context.spawn(self._next_page(self._wanted))

    def _title(self, one: Conversation) -> str:
        return one.title or self.tr("(nothing was asked in words)")

    def _below(self, one: Conversation) -> str:
        imported = "" if one.from_person else self.tr("not asked by you")
        return " · ".join(part for part in (words.when(one.at), words.asked_by(one.client), imported) if part)

    # ---- for the pane -----------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """True once it is known that there is nothing to list."""
        return self._is_whole and not self._rows

    def row_of(self, conversation_id: str) -> int | None:
        return next((at for at, one in enumerate(self._rows) if one.id == conversation_id), None)

    def search(self, text: str) -> None:
        text = text.strip()
        if text != self._search:
            self._search = text
            self.restart()

    def restart(self) -> None:
        self._wanted += 1
        self.beginResetModel()
        self._rows, self._is_whole, self._reading = [], False, False
        self.endResetModel()
        self.fetchMore()

    def refresh_soon(self) -> None:
        """Many changes at once are one reading."""
        if not self._timer.isActive():
            self._timer.start()

    async def _next_page(self, wanted: int) -> None:
        try:
            after = self._rows[-1] if self._rows else None
            page = await self._context.run(self._page, after, self._search)
            if wanted != self._wanted:
                return
            known = {one.id for one in self._rows}
            self._is_whole = len(page) < PAGE
            self._insert([one for one in page if one.id not in known])
        finally:
            if wanted == self._wanted:
                self._reading = False
        self.loaded.emit()

    def _insert(self, page: list[Conversation]) -> None:
        if page:
            self.beginInsertRows(NOWHERE, len(self._rows), len(self._rows) + len(page) - 1)
            self._rows += page
            self.endInsertRows()

    def _page(self, after: Conversation | None, search: str) -> list[Conversation]:
        return self._context.database.conversations.page(limit=PAGE, after=after, search=search)

    async def _refresh(self) -> None:
        """Reads the first page again; what moved up leaves its old place, what is gone goes."""
        wanted = self._wanted
        rows = await self._context.run(self._read_again, list(self._rows), self._search)
        if wanted == self._wanted and not self._reading:
            self._is_whole = self._is_whole or len(rows) < PAGE
            self._show(rows)
            self.loaded.emit()

    def _read_again(self, rows: list[Conversation], search: str) -> list[Conversation]:
        first = self._page(None, search)
        fresh = {one.id for one in first}
        rest = [one for one in rows if one.id not in fresh]
        if len(first) < PAGE:
            return first
        last = (first[-1].at, first[-1].row)
        return first + [one for one in rest if (one.at, one.row) < last and self._is_there(one)]

    def _is_there(self, one: Conversation) -> bool:
        try:
            self._context.database.traces.get(one.newest)
        except NotFound:
            return False
        return True

    def _show(self, rows: list[Conversation]) -> None:
        """Rows that stay keep their selection: only what is other is taken out and put in."""
        kept = {one.id for one in rows}
        for at in range(len(self._rows) - 1, -1, -1):
            if self._rows[at].id not in kept:
                self._take(at)
        for at, one in enumerate(rows):
            self._put(at, one)

    def _take(self, at: int) -> None:
        self.beginRemoveRows(NOWHERE, at, at)
        del self._rows[at]
        self.endRemoveRows()

    def _put(self, at: int, one: Conversation) -> None:
        """`one` comes to stand at `at`; everything above is in order already."""
        if at < len(self._rows) and self._rows[at].id == one.id:
            if self._rows[at] != one:
                self._rows[at] = one
                self.dataChanged.emit(self.index(at), self.index(at))
            return
        now = next((row for row in range(at, len(self._rows)) if self._rows[row].id == one.id), None)
        if now is None:
            self.beginInsertRows(NOWHERE, at, at)
            self._rows.insert(at, one)
            self.endInsertRows()
            return
        self.beginMoveRows(NOWHERE, now, now, NOWHERE, at)
        del self._rows[now]
        self._rows.insert(at, one)
        self.endMoveRows()
        self.dataChanged.emit(self.index(at), self.index(at))
