"""The desktop's log: `logs/desktop.log`, rotating, private; bugs with their traceback, never anybody's chat.

What a log may hold is core.privacy.logs' affair: a message of an exception may quote somebody.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable
from logging.handlers import MemoryHandler, RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from core.errors import NightschoolError
from core.privacy.logs import Wordless

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

LOG_BYTES = 2 * 1024 * 1024
LOG_FILES = 3
EARLY_LINES = 1_000_000
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("desktop")
_listeners: list[Callable[[BaseException], None]] = []


class PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read."""

    def _open(self) -> Any:
        return os.fdopen(
            os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8"
        )


def start(folder: Path) -> None:
    """From now on, into `folder`. Raises OSError where it cannot be written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = PrivateFile(folder / "desktop.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    logging.getLogger().setLevel(logging.INFO)
    file.setFormatter(Wordless())
    stop()
    root = logging.getLogger()
    for early in [one for one in root.handlers if isinstance(one, MemoryHandler)]:
        early.setTarget(file)
        root.removeHandler(early)
        early.close()
    root.addHandler(file)


def watch_for_crashes(folder: Path) -> None:
    """A segfault leaves the stacks of all threads in a file of its own: the log may have been rotated by then."""
    file = os.open(folder / "desktop-crash.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    faulthandler.enable(file)  # it stays open: the handler writes to it at the end of everything


def keep_until_started() -> None:
    """What is said before there is a file goes into it later; nothing goes to the terminal."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(MemoryHandler(EARLY_LINES, flushLevel=logging.CRITICAL + 1))


def stop() -> None:
    """Nothing is written any more."""
    for handler in [one for one in logging.getLogger().handlers if isinstance(one, PrivateFile)]:
        logging.getLogger().removeHandler(handler)
        handler.close()


def catch_everything() -> None:
    """Whatever escapes from a slot, a thread or a destructor comes here; Qt's own complaints, too."""
    sys.excepthook = lambda kind, error, trace: bug(error)
    sys.unraisablehook = lambda given: bug(given.exc_value) if given.exc_value is not None else None
    threading.excepthook = lambda given: bug(given.exc_value) if given.exc_value is not None else None
    qInstallMessageHandler(_from_qt)


def catch_in_loop(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        bug(error)
    else:
        _log.error("asyncio: %s", context.get("message"))


def listen(listener: Callable[[BaseException], None]) -> None:
    """`listener` is told of every bug, after it was logged, in whatever thread it happened."""
    _listeners.append(listener)


def stop_listening(listener: Callable[[BaseException], None]) -> None:
    with contextlib.suppress(ValueError):
        _listeners.remove(listener)


def bug(error: BaseException) -> None:
    """Something went wrong in Nightschool itself, or with what a person can be told where nobody caught it."""
    # By name: this is loaded before the icon is there, and asyncio after it.
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "CancelledError":
        return
    _log.error("%s", "Not caught" if isinstance(error, NightschoolError) else "A bug", exc_info=error)
    for listener in list(_listeners):
        listener(error)


def _from_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
