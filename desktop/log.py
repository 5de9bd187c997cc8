"""The desktop's log: `logs/desktop.log`, rotating, private; never what somebody asked or was answered."""

from __future__ import annotations

import logging

_log = logging.getLogger("desktop")


def bug(error: BaseException) -> None:
    """Something went wrong in Nightschool itself: into the log with its traceback."""
    _log.error("A bug: %s", type(error).__name__, exc_info=error)
