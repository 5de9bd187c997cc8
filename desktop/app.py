"""The app's life: one instance, the icon first, then the loop, the database, the server child; and a clean end.

Modules are imported where they are first needed: what stands before the icon is what a person waits for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from desktop import display
from desktop.claim import Claim

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

BACKGROUND = "--background"
NO_DISPLAY = 69
"""EX_UNAVAILABLE"""


def start(arguments: list[str]) -> int:
    """Runs until the person quits. Returns the exit status; a second start shows the first one's window."""
    if (without := display.problem()) is not None:
        print(f"{without} `nightschool serve` works without one.", file=sys.stderr)
        return NO_DISPLAY
    claim = Claim()
    claim.take()
    if claim.is_elsewhere:
        return show_the_first(claim)
    from desktop import log

    log.keep_until_started()
    log.catch_everything()
    application = make_application(arguments)
    from desktop.language import speak
    from desktop.tray import Tray

    speak(application, "system")  # until the settings are read
    tray = Tray()
    application.processEvents()  # the icon is docked here, before everything else is loaded
    import_asyncio_without_tls()
    from desktop.life import Life

    life = Life(application, tray, claim, hidden=BACKGROUND in arguments)
    try:
        return life.live()
    finally:
        claim.release()


def import_asyncio_without_tls() -> None:
    """asyncio loads OpenSSL, 6 MB of a small program, for TLS; the window only ever speaks plain HTTP to loopback.

    asyncio goes on without it, as it does where Python is built without ssl; who asks for ssl later still gets it.
    """
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]
    import asyncio  # noqa: F401

    del sys.modules["ssl"]


def show_the_first(claim: Claim) -> int:
    from desktop import single

    assert claim.home is not None, "somebody has it"
    if single.knock(claim.home):
        return 0
    print(single.refused(claim.home, claim.holder), file=sys.stderr)
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
