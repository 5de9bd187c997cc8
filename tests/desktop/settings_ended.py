"""Ends a widget that a test made, while there is still a loop for what its typing wants to write."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget


def end(widget: QWidget) -> None:
    """Deleted here and now: by the garbage collector it might be in a thread, where Qt's objects must not die."""
    widget.close()
    shiboken6.delete(widget)
