"""The list of what waits and of what was decided, with a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.clock import now
from desktop.moments import age
from desktop.review.words import kind_name

if TYPE_CHECKING:
    from core.database import Review
    from desktop.review.items import Shown

ID = Qt.ItemDataRole.UserRole


class QueueList(QWidget):
    chosen = Signal(str)
    """the id of the review that was moved to"""
    filtered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self._row = 0
        """Where the person was; stays when that item leaves the list."""
        self.filter = QComboBox()
        self.filter.setObjectName("review_filter")
        for text, shown in (
            (self.tr("Waiting"), "pending"),
            (self.tr("Decided"), "decided"),
            (self.tr("All"), "all"),
        ):
            self.filter.addItem(text, shown)
        self.list = QListWidget()
        self.list.setObjectName("review_list")
        self.list.setAccessibleName(self.tr("Items to review"))
        self.list.setWordWrap(True)
        self.list.setToolTip(self.tr("J or Down: next. K or Up: the one before."))
        self.count = QLabel(wordWrap=True)
        self.count.setObjectName("review_count")
        self._arrange()
        self.filter.currentIndexChanged.connect(lambda: self.filtered.emit())
        self.list.itemSelectionChanged.connect(self._moved)  # screen readers select without making it current

    @property
    def shown(self) -> Shown:
        found: Shown = self.filter.currentData()
        return found

    @property
    def ids(self) -> list[str]:
        return [self.list.item(row).data(ID) for row in range(self.list.count())]

    def fill(self, reviews: Sequence[Review], current: str | None) -> None:
        """Puts the mark on `current`; on none where it is not in the list."""
        self._filling = True
        try:
            self.list.clear()
            for review in reviews:
                self.list.addItem(self._entry(review))
            ids = [review.id for review in reviews]
            self.list.setCurrentRow(ids.index(current) if current in ids else -1)
            if current in ids:
                self._row = ids.index(current)
        finally:
            self._filling = False
        self.count.setText(self._counted(reviews))

    def step(self, by: int) -> None:
        """To the next item (1) or the one before (-1); from an item that has left, to what is in its place."""
        if self.list.count() == 0:
            return
        here = next((self.list.row(entry) for entry in self.list.selectedItems()), -1)
        row = here + by if here >= 0 else self._row + min(by, 0)
        self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))

    def _entry(self, review: Review) -> QListWidgetItem:
        parts = [kind_name(review.kind), age(review.created_at, now())]
        if review.state != "pending":
            parts.append(self.tr("approved") if review.state == "approved" else self.tr("rejected"))
        about = ", ".join(parts)
        entry = QListWidgetItem(f"{review.title}\n{about}")
        entry.setData(ID, review.id)
        entry.setData(Qt.ItemDataRole.AccessibleTextRole, f"{review.title}, {about}")
        return entry

    def _counted(self, reviews: Sequence[Review]) -> str:
        if reviews:
            return ""
        return self.tr("Nothing waits.") if self.shown == "pending" else self.tr("Nothing was decided yet.")

    def _moved(self) -> None:
        entry = next(iter(self.list.selectedItems()), None)
        if entry is not None and not self._filling:
            self._row = self.list.row(entry)
            self.chosen.emit(entry.data(ID))

    def _arrange(self) -> None:
        label = QLabel(self.tr("&Show"))
        label.setBuddy(self.filter)
        box = QVBoxLayout(self)
        box.addWidget(label)
        box.addWidget(self.filter)
        box.addWidget(self.list, stretch=1)
        box.addWidget(self.count)
