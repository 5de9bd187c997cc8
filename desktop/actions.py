"""What can be done from anywhere: one set of QActions for the tray's menu and for the windows' menu bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar

from desktop import copying, last_answer
from desktop.chat.rating import say_thumb
from desktop.last_answer import LastAnswer

if TYPE_CHECKING:
    from core.database import Database
    from desktop.context import Context

LONGEST_READING_MS = 30_000
"""Some tray hosts tell when a menu opens and never when it closes."""


class Actions(QObject):
    """They follow the database: what they say and offer is of now."""

    quit_asked = Signal()
    refreshed = Signal()
    """The last answer, or the number of reviews that wait, is another."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._busy = self._again = False
        self._opening = False
        """A menu has just opened, and nobody has looked for it yet whether there is a newer answer."""
        self.last: LastAnswer | None = None
        """what the menus speak of"""
        self.newest: LastAnswer | None = None
        self._holding = QTimer(self, singleShot=True, interval=LONGEST_READING_MS)
        self._holding.timeout.connect(self._let_go)
        self.waiting = 0
        """reviews that wait for the person"""
        self.night = ""
        """what the last night or session came to, in one line; "" when there was none"""
        self._make_rating()
        self._make_doors()
        self._make_rest()
        bridge = context.bridge
        for signal in (bridge.traces_changed, bridge.feedback_changed, bridge.reviews_changed, bridge.jobs_changed):
            signal.connect(self.refresh)
        self._show()

    def _make_rating(self) -> None:
        self.headline = self._action("last_answer", "", None)
        self.headline.setEnabled(False)
        self.up = self._action("rate_up", self.tr("👍 &Good answer"), lambda: self._rate(True))
        self.down = self._action("rate_down", self.tr("👎 &Bad answer"), lambda: self._rate(False))
        for action in (self.up, self.down):
            action.setCheckable(True)
        self.take_back = self._action("take_back", self.tr("&Take the rating back"), lambda: self._rate(None))
        self.correct = self._action("correct", self.tr("&Correct…"), self._correct)
        self.rating = (self.up, self.down, self.take_back, self.correct)

    def _make_doors(self) -> None:
        windows = self._context.windows
        self.chat = self._action("open_chat", self.tr("Open &chat"), windows.show_chat)
        self.ask = self._action("ask", self.tr("&Ask…"), windows.ask, QKeySequence.StandardKey.New)
        self.review = self._action("review", "", windows.show_review, "Ctrl+Shift+R")
        self.history = self._action("history", self.tr("&History"), windows.show_history, "Ctrl+Shift+H")
        self.last_night = self._action("last_night", "", windows.show_history)
        self.settings = self._action("settings", self.tr("&Settings"), windows.show_settings, "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)

    def _make_rest(self) -> None:
        context = self._context
        self.copy_endpoint = self._action(
            "copy_endpoint",
            self.tr("Copy &endpoint and key"),
            lambda: context.spawn(copying.copy_endpoint(context)),
        )
        self.copy_diagnostics = self._action(
            "copy_diagnostics", self.tr("Copy &diagnostics"), lambda: context.spawn(copying.copy_diagnostics(context))
        )
        self.about = self._action("about", self.tr("A&bout Nightschool"), self._about)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit = self._action("quit", self.tr("&Quit"), self.quit_asked.emit, QKeySequence.StandardKey.Quit)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _action(
        self,
        name: str,
        text: str,
        does: Callable[[], object] | None,
        keys: QKeySequence.StandardKey | str | None = None,
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        if does is not None:
            action.triggered.connect(lambda _checked=False: does())
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        return action

    def add_to(self, bar: QMenuBar) -> None:
        """The two menus that every main window has, so that nothing is reachable from the tray only."""
        self.fill_app(bar.addMenu(self.tr("&Nightschool")))
        self.fill_answer(bar.addMenu(self.tr("&Last answer")))

    def fill_app(self, menu: QMenu) -> None:
        menu.addActions([self.ask, self.review, self.history, self.settings])
        menu.addSeparator()
        menu.addActions([self.copy_endpoint, self.copy_diagnostics, self.about])
        menu.addSeparator()
        menu.addAction(self.quit)

    def fill_answer(self, menu: QMenu) -> None:
        """Who reads in it rates what it says, also when another answer arrives before the click."""
        menu.addActions([self.headline, *self.rating])
        menu.aboutToShow.connect(self._hold)
        # After the click: Qt hides the menu first, and only then triggers the action.
        menu.aboutToHide.connect(self._let_go, Qt.ConnectionType.QueuedConnection)

    def _hold(self) -> None:
        """What other programs did is heard of a moment later, so it is looked for at once."""
        self._let_go()
        self._opening = True
        self._holding.start()
        self.refresh()

    def _let_go(self) -> None:
        self._opening = False
        self._holding.stop()
        self.last = self.newest
        self._show()

    def refresh(self) -> None:
        """Reads anew, soon; many changes at once are one reading."""
        self._again = True
        if not self._busy:
            self._busy = True
            self._context.spawn(self._read())

    async def _read(self) -> None:
        context = self._context
        try:
            while self._again:
                self._again, opening = False, self._opening
                self._take_answer(await context.run(last_answer.read, context.database))
                if opening:
                    self._opening = False
                waiting = await context.run(context.database.reviews.count, "pending")
                night = await context.run(last_night, context.database)
                self.waiting, self.night = waiting, last_answer.shortened(night)
                self._show()
        finally:
            self._busy = False

    def _take_answer(self, newest: LastAnswer | None) -> None:
        """In one turn of the loop: what is rated is never another answer than the menu speaks of."""
        self.newest = newest
        if self._opening or not self._holding.isActive() or same(self.last, newest):
            self.last = newest
        self._show()

    def _show(self) -> None:
        last = self.last
        self.headline.setText(self._headline())
        for action in self.rating:
            action.setVisible(last is not None)
        self.up.setChecked(last is not None and last.thumb is True)
        self.down.setChecked(last is not None and last.thumb is False)
        self.take_back.setVisible(last is not None and last.thumb is not None)
        self.last_night.setVisible(bool(self.night))
        self.last_night.setText(self.tr("Last night: {}").format(self.night).replace("&", "&&"))
        self.review.setText(self.tr("&Review ({})…").format(self.waiting) if self.waiting else self.tr("&Review…"))
        self.refreshed.emit()

    def _headline(self) -> str:
        if self.last is None:
            return self.tr("No answer yet")
        line = self.last.line or self.tr("An answer without words")
        return self.tr("“{}” ({})").format(line, self.last.client).replace("&", "&&")

    def _rate(self, thumb: bool | None) -> None:
        """A thumb that stands already is taken back by choosing it again."""
        if self.last is None:
            return
        self._opening = False
        wanted = None if thumb == self.last.thumb else thumb
        self._show()  # Qt has turned the check mark already; what is stored decides
        self._context.spawn(self._store(self.last.trace_id, wanted))

    async def _store(self, trace_id: str, thumb: bool | None) -> None:
        context = self._context
        try:
            await context.run(say_thumb, context.database, trace_id, thumb)
        finally:
            self.refresh()
        context.bridge.feedback_changed.emit([trace_id])

    def _correct(self) -> None:
        if self.last is not None:
            self._context.windows.correct(self.last.trace_id)

    def _about(self) -> None:
        from desktop.about import about

        about(self._context, QApplication.activeWindow())


def same(one: LastAnswer | None, other: LastAnswer | None) -> bool:
    return one is not None and other is not None and one.trace_id == other.trace_id


def last_night(database: Database) -> str:
    """One line of the newest night or session that has ended: what came of it, or why nothing did."""
    for row in database.history.sessions(limit=10):
        if row.finished_at is not None:
            return row.outcome.outcome if row.outcome is not None else row.reason or ""
    return ""
