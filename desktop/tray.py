"""The tray: an icon whose shape tells the state, and a menu that follows what happens.

Where there is no tray host the icon waits for one; every function is in the windows' menus as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from desktop.icons import State, state_icon
from desktop.tray_host import has_host

if TYPE_CHECKING:
    from core.server.supervised import ServerStatus
    from desktop.context import Context

LOOK_MS = 3_000
"""How often a tray host is looked for, only while there is none."""
OPENING = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)


class Tray(QObject):
    """Made before anything else is loaded; `attach` gives it its menu."""

    opened = Signal()
    """The icon was clicked."""
    quit_asked = Signal()
    host_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "starting"
        self.words = self.tr("Nightschool is starting")
        self.icon: QSystemTrayIcon | None = None
        self._context: Context | None = None
        self.menu = QMenu()
        self.menu.setObjectName("tray_menu")
        self.menu.addAction(self.tr("&Quit")).triggered.connect(lambda _=False: self.quit_asked.emit())
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self.look)
        if has_host():
            self._make_icon()
        else:
            self._looking.start()

    @property
    def has_host(self) -> bool:
        return self.icon is not None and not self._looking.isActive()

    def attach(self, context: Context) -> None:
        """The whole menu, and a state that follows the app's."""
        self._context = context
        actions = context.actions
        self.menu.clear()
        actions.fill_answer(self.menu)
        self.menu.addSeparator()
        self.menu.addActions([actions.chat, actions.ask, actions.review])
        self.menu.addAction(actions.last_night)
        self.menu.addActions([actions.history, actions.settings])
        self.menu.addSeparator()
        self.menu.addActions([actions.copy_endpoint, actions.copy_diagnostics])
        self.menu.addSeparator()
        self.menu.addAction(actions.quit)
        context.bridge.server_changed.connect(lambda _: self.update_state())
        context.bridge.answering_changed.connect(lambda _: self.update_state())
        actions.refreshed.connect(self.update_state)
        self.update_state()

    def fail(self, title: str) -> None:
        """Nothing could be opened: the icon says so, the problem's window says why."""
        self._show("error", f"{QApplication.applicationDisplayName()}: {title}")

    def hide(self) -> None:
        self._looking.stop()
        if self.icon is not None:
            self.icon.hide()

    def update_state(self) -> None:
        if (context := self._context) is not None:
            state = state_of(context.server.status, context.bridge.answering, context.actions.waiting)
            self._show(state, tooltip(state, context.server.status, context.actions.waiting))

    def look(self) -> bool:
        """Whether there is a tray host now; a panel may come late, and may end."""
        there = has_host()
        if there == self.has_host:
            return there
        if there:
            self._looking.stop()
            self._make_icon()
        else:
            self._looking.start()
        self.host_changed.emit(there)
        return there

    def _make_icon(self) -> None:
        if self.icon is not None:
            self.icon.hide()
        self.icon = QSystemTrayIcon(state_icon(self.state), self)
        self.icon.setToolTip(self.words)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.show()

    def _show(self, state: State, words: str) -> None:
        changed = state != self.state
        self.state, self.words = state, words
        if self.icon is not None:
            if changed:
                self.icon.setIcon(state_icon(state))
            if self.icon.toolTip() != words:
                self.icon.setToolTip(words)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in OPENING:
            self.opened.emit()


def state_of(server: ServerStatus, answering: int, waiting: int) -> State:
    """What matters most to the person, first."""
    if server.state == "failed":
        return "error"
    if server.state in ("starting", "loading", "restarting", "stopped"):
        return "starting"
    if answering:
        return "thinking"
    return "review" if waiting else "ready"


def tooltip(state: State, server: ServerStatus, waiting: int) -> str:
    """One line: the app's name, and its state in words."""
    words = {
        "error": server.problem or QCoreApplication.translate("Tray", "The server could not be started."),
        "starting": QCoreApplication.translate("Tray", "The student is getting ready."),
        "thinking": QCoreApplication.translate("Tray", "The student is thinking."),
        "review": QCoreApplication.translate("Tray", "Waiting for your review: {}").format(waiting),
        "ready": QCoreApplication.translate("Tray", "The student is ready."),
    }[state]
    return f"{QApplication.applicationDisplayName()}: {words}"
