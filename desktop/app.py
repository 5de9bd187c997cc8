"""The app's life: one instance, the icon first, then the loop, the database, the server child; and a clean end.

Modules are imported where they are first needed: what stands before the icon is what a person waits for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from core.errors import NightschoolError
from core.paths import Home, home
from desktop import display

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from core.lock import HomeLock

BACKGROUND = "--background"
NO_DISPLAY = 69
"""EX_UNAVAILABLE"""


def start(arguments: list[str]) -> int:
    """Runs until the person quits. Returns the exit status; a second start shows the first one's window."""
    if (without := display.problem()) is not None:
        print(f"{without} `nightschool serve` works without one.", file=sys.stderr)
        return NO_DISPLAY
    place, problem = find_home()
    lock: HomeLock | None = None
    if place is not None:
        try:
            lock = take_lock(place)
        except NightschoolError as error:
            problem = error
        else:
            if lock is None:
                return show_the_first(place)
    from desktop import log

    log.keep_until_started()
    log.catch_everything()
    application = make_application(arguments)
    from desktop.tray import Tray

    tray = Tray()
    application.processEvents()  # the icon is docked here, before everything else is loaded
    from desktop.life import Life

    life = Life(application, tray, place, problem, hidden=BACKGROUND in arguments)
    try:
        return life.live()
    finally:
        if lock is not None:
            lock.release()


def find_home() -> tuple[Home | None, NightschoolError | None]:
    try:
        return home(), None
    except NightschoolError as error:
        return None, error


def take_lock(place: Home) -> HomeLock | None:
    """None when another desktop of this home holds it. Raises DatabaseError where it cannot be made."""
    from core.lock import HomeLock

    lock = HomeLock(place.lock("desktop"))
    return lock if lock.acquire() else None


def show_the_first(place: Home) -> int:
    from core.lock import HomeLock
    from desktop import single

    if single.knock(place):
        return 0
    print(single.refused(place, HomeLock(place.lock("desktop")).holder()), file=sys.stderr)
    return 1


def make_application(arguments: list[str]) -> QApplication:
    """The QApplication, before any widget or icon."""
    from PySide6.QtWidgets import QApplication

    application = QApplication([argument for argument in arguments if argument != BACKGROUND])
    application.setApplicationName("nightschool")
    application.setApplicationDisplayName("Nightschool")
    application.setDesktopFileName("nightschool")
    application.setQuitOnLastWindowClosed(False)
    application.setStyle("Fusion")
    return application
