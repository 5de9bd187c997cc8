"""Out of the index of past work: by the running server, which follows the database, or by us where none runs."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Collection

from core.forget.records import NOT_FOLLOWED
from core.lock import HomeLock
from core.paths import Home
from core.replay.saved_index import rows_on_disk
from core.replay.vector_files import IndexDamaged
from core.replay.vectors import VectorIndex

WAIT_S = 30.0
STEP_S = 0.1
LOCK_WAIT_S = 0.3


def take_out(
    home: Home, rows: Collection[int], *, wait_s: float = WAIT_S, cancelled: Callable[[], bool] = lambda: False
) -> str:
    """Returns "" once no row of them is in the saved index, else why one may be."""
    lock = HomeLock(home.lock("server"))
    deadline = time.monotonic() + wait_s
    while rows and not cancelled():
        if lock.acquire(timeout_s=LOCK_WAIT_S):
            try:
                _by_us(home, rows)
            finally:
                lock.release()
            return ""
        if not _there(home, rows):
            return ""
        if time.monotonic() > deadline:
            return NOT_FOLLOWED
        time.sleep(STEP_S)
    return "" if not rows else "it was cancelled before the index was looked at"


def _by_us(home: Home, rows: Collection[int]) -> None:
    """A damaged index is thrown away: it is made anew from the database."""
    try:
        index = VectorIndex.load(home.index)
    except FileNotFoundError:
        return
    except IndexDamaged:
        for path in home.index.glob("*"):
            path.unlink(missing_ok=True)
        return
    gone = [index.delete(row, forget=True) for row in rows]
    if any(gone) or index.logged:
        index.save()


def _there(home: Home, rows: Collection[int]) -> bool:
    try:
        return not rows_on_disk(home.index).isdisjoint(rows)
    except FileNotFoundError:
        return False
    except (OSError, struct.error, IndexDamaged):
        return True  # it is being replaced just now, or the server will make it anew
