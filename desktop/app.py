"""The app's life: one instance, icon first, then the loop, the database, the server child; and a clean end."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication


def make_application(arguments: list[str]) -> QApplication:
    application = QApplication(arguments)
    application.setApplicationName("nightschool")
    application.setApplicationDisplayName("Nightschool")
    application.setDesktopFileName("nightschool")
    application.setQuitOnLastWindowClosed(False)
    application.setStyle("Fusion")
    return application


def start(arguments: list[str]) -> int:
    make_application(arguments)
    return 0
