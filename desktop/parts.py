"""Puts the parts of an open app together: context, follower, tray, notifications, and who hears whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from core.database.follow import Follower
from core.errors import NightschoolError
from core.paths import Home
from core.server.supervised import ServerChild, ServerStatus
from desktop import log
from desktop.bridge import Bridge, Notice
from desktop.config_watch import ConfigWatch
from desktop.context import Context
from desktop.icons import app_icon
from desktop.language import speak
from desktop.notifications import Notifications
from desktop.theme import Theme
from desktop.tray import Tray

if TYPE_CHECKING:
    from desktop.opening import Opened


FOLLOW_S = 0.5
"""How soon what another process did is seen; asked more often, it is what an idle app spends its time on."""


def assemble(application: QApplication, tray: Tray, home: Home, opened: Opened, pool: ThreadPoolExecutor) -> Context:
    application.setWindowIcon(app_icon())
    speak(application, opened.config.desktop.language)
    bridge = Bridge()
    theme = Theme(application)
    theme.follow(opened.config)
    bridge.config_changed.connect(theme.follow)
    server = ServerChild(home, on_change=bridge.server_changed.emit)
    context = Context(home, opened.database, bridge, server, theme, opened.config, pool=pool)
    context.windows.looks = opened.looks
    tray.attach(context)
    tell_of_the_tray(context, tray)
    tell_of_the_server(context)
    tell_of_bugs(context)
    follower = Follower(opened.database, bridge.follow, FOLLOW_S, on_problem=bridge.fail_to_follow)
    follower.start()
    context.at_end(follower.stop)
    notifications = Notifications(context)
    notifications.start()
    context.keep(notifications)
    context.at_end(notifications.end)
    context.keep(ConfigWatch(context))
    context.actions.refresh()
    return context


def tell_of_the_tray(context: Context, tray: Tray) -> None:
    def changed(there: bool) -> None:
        if there:
            context.bridge.withdraw("no_tray")
        else:
            context.bridge.tell(
                QCoreApplication.translate("Parts", "This desktop shows no tray icons"),
                QCoreApplication.translate(
                    "Parts",
                    "Everything is in this window's menus instead. Closing the last window ends Nightschool.",
                ),
                cause="no_tray",
            )

    tray.host_changed.connect(changed)
    changed(tray.has_host)


def tell_of_the_server(context: Context) -> None:
    def changed(status: ServerStatus) -> None:
        if status.state == "failed":
            title = QCoreApplication.translate("Parts", "The student cannot answer")
            context.bridge.tell(title, status.problem or "", level="error", cause="server")
        elif status.state == "ready":
            context.bridge.withdraw("server")

    context.bridge.server_changed.connect(changed)


def tell_of_bugs(context: Context) -> None:
    """Once: the person can do nothing about it but tell somebody, and the log has each."""
    told: list[BaseException] = []

    def happened(error: BaseException) -> None:
        if isinstance(error, NightschoolError):
            context.bridge.told.emit(Notice.of(error))
        elif not told:
            told.append(error)
            context.bridge.told.emit(
                Notice(
                    title=QCoreApplication.translate("Parts", "Something went wrong in Nightschool itself"),
                    text=QCoreApplication.translate("Parts", "Nothing of yours is lost that was shown as saved."),
                    hint=QCoreApplication.translate(
                        "Parts", "Copy diagnostics (in the menu) has what is needed to mend it."
                    ),
                    cause="bug",
                )
            )

    log.listen(happened)
    context.at_end(lambda: log.stop_listening(happened))
