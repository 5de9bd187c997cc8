"""Opens a link after a click, and only what a browser or a mail program opens."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

ALLOWED = ("https", "http", "mailto")


def may_open(url: QUrl) -> bool:
    return url.isValid() and url.scheme().lower() in ALLOWED


def open_link(url: QUrl) -> bool:
    """False for what is never opened: files, scripts and programs of this machine."""
    return may_open(url) and QDesktopServices.openUrl(url)
