"""The review window: the authoritative place for a person's word; a notification is only a door to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.clock import now
from core.errors import NightschoolError, NotFound
from desktop.review.item_view import ItemView
from desktop.review.items import Item, decide, listed, look
from desktop.review.queue import QueueList
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from core.database import Review
    from desktop.context import Context

AGES_MS = 60_000


class ReviewWindow(QWidget):
    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._current: str | None = None
        self._turn = 0
        """Counts refreshes: what a slower, older one read is not shown."""
        self._deciding = False
        self.setObjectName("review_window")
        self.setWindowTitle(self.tr("Review"))
        self.queue = QueueList()
        self.view = ItemView(context)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setObjectName("review_empty")
        self.right = QStackedWidget()
        self.right.addWidget(self.empty)
        self.right.addWidget(self.view)
        self._arrange()
        self._connect()
        self.refresh()

    def show_item(self, review_id: str) -> None:
        """Opens that item, decided or not; says so when it is gone."""
        self._current = review_id
        self.refresh()

    def refresh(self, problem: str = "") -> None:
        """Reads the list and the open item again."""
        self._context.spawn(self._read(problem), parent=self)

    def _refresh_if_seen(self) -> None:
        if self.isVisible():  # showing it reads again anyway
            self.refresh()

    async def _read(self, problem: str = "") -> None:
        self._turn += 1
        turn = self._turn
        reviews: list[Review] = await self._context.run(listed, self._context.database, self.queue.shown)
        if turn != self._turn:
            return
        if self._current is None and reviews:
            self._current = reviews[0].id
        current = self._current
        item = None if current is None else await self._context.run(self._look, current)
        if turn == self._turn:
            self._show(reviews, item, problem)

    def _look(self, review_id: str) -> Item | None:
        try:
            return look(self._context.database, review_id)
        except NotFound:
            return None

    def _show(self, reviews: list[Review], item: Item | None, problem: str) -> None:
        gone = item is None and self._current is not None
        if item is None:
            self._current = None
        self.queue.fill(reviews, self._current)
        if item is not None:
            self.view.show_item(item, problem)
        self.empty.setText(self._empty_text(gone, bool(reviews)))
        self.right.setCurrentWidget(self.view if item is not None else self.empty)

    def _empty_text(self, gone: bool, others: bool) -> str:
        if gone:
            return self.tr("This item is no longer there: what it was about was deleted.")
        if others:
            return self.tr("Choose an item on the left.")
        return self.tr(
            "Nothing waits for your word.\n\nWhen the teacher proposes a change that needs it, or past work is"
            " imported, it stands here with its reasons. Nothing of it takes effect before you say so."
        )

    def _choose(self, review_id: str) -> None:
        if review_id != self._current:
            self.show_item(review_id)

    def _decide(self, approved: bool, reason: str = "") -> None:
        item = self.view.item
        if self._deciding or item is None or item.review.state != "pending" or item.review.id != self._current:
            return
        self._deciding = True
        self.view.decision.set_busy(True)
        self._context.spawn(self._write(item.review.id, approved, reason), parent=self)

    async def _write(self, review_id: str, approved: bool, reason: str) -> None:
        problem = ""
        try:
            await self._context.run(
                decide, self._context.database, review_id, approved=approved, reason=reason, now=now()
            )
        except NightschoolError as error:
            problem = self._told(error)
        self._deciding = False
        self.view.decision.set_busy(False)
        await self._read(problem)

    def _told(self, error: NightschoolError) -> str:
        if error.code == "already_decided":
            return self.tr("This was decided already, from another place; your decision was not taken.")
        return str(error)

    def _by_key(self, approve: bool) -> None:
        button = self.view.decision.approve if approve else self.view.decision.reject
        if self.right.currentWidget() is self.view and button.isVisible() and button.isEnabled():
            button.click()

    def _connect(self) -> None:
        self.queue.chosen.connect(self._choose)
        self.queue.filtered.connect(lambda: self.refresh())
        self.view.decision.approved.connect(lambda: self._decide(True))
        self.view.decision.rejected.connect(lambda reason: self._decide(False, reason))
        self._context.bridge.reviews_changed.connect(self._refresh_if_seen)
        self._context.bridge.jobs_changed.connect(self._refresh_if_seen)
        for key, does in (
            (Qt.Key.Key_A, partial(self._by_key, True)),
            (Qt.Key.Key_R, partial(self._by_key, False)),
            (Qt.Key.Key_J, partial(self.queue.step, 1)),
            (Qt.Key.Key_K, partial(self.queue.step, -1)),
        ):
            QShortcut(QKeySequence(key), self, does)
        self._ages = QTimer(self, interval=AGES_MS)
        self._ages.timeout.connect(self._refresh_if_seen)
        self._ages.start()

    def _arrange(self) -> None:
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.queue)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.addWidget(left)
        sides.addWidget(self.right)
        sides.setStretchFactor(0, 1)
        sides.setStretchFactor(1, 3)
        sides.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.addWidget(MessageBar(self._context.bridge, self._context.theme))
        outer.addWidget(sides, stretch=1)
        letter = self.fontMetrics().averageCharWidth()
        sides.setSizes([36 * letter, 94 * letter])
        self.resize(130 * letter, 42 * self.fontMetrics().lineSpacing())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)
