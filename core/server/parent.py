"""A server that another program started ends with it, within seconds and in every phase of its life.

The parent holds the other end of our stdin. When that closes, answers of others that are under way get a moment,
then the server ends in order; what does not end in order is ended all the same. A parent that leaves in good order
may say so before (`FINISH`): then others' answers get the time that they need.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable

FINISH = "finish\n"
PATIENT_S = 10.0
"""How long others' answers may take after a parent that said FINISH."""
LAST_ANSWERS_S = 2.5
"""How long others' answers may take after a parent that was killed."""
END_WITHIN_S = 4.2
"""After so long a server whose parent was killed is gone, whatever it was doing; its children end with it."""


class Parent:
    """Watches stdin from the moment of its making."""

    def __init__(self) -> None:
        self.patient = False
        self._gone = False
        self._tell: Callable[[], None] | None = None
        self._lock = threading.Lock()
        # A daemon thread, since nothing can interrupt a blocked read; on the bare descriptor, since Python aborts at
        # exit when a daemon thread holds the lock of sys.stdin.
        threading.Thread(target=self._watch, name="stdin", daemon=True).start()

    @property
    def grace_s(self) -> float:
        return PATIENT_S if self.patient else LAST_ANSWERS_S

    def attach(self) -> asyncio.Event:
        """An event of the running loop, set when the parent is gone. From now on there is something to end in order."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed by a signal before
                loop.call_soon_threadsafe(ended.set)

        with self._lock:
            self._tell = tell
            if self._gone:
                ended.set()
        return ended

    def _watch(self) -> None:
        said = b""
        with contextlib.suppress(OSError):
            while piece := os.read(0, 4096):
                said = (said + piece)[-16:]
        with self._lock:
            self.patient = said.split()[-1:] == [FINISH.strip().encode()]
            self._gone = True
            if self._tell is None:
                os._exit(0)  # still importing: nothing was opened yet
            self._tell()
        if not self.patient:
            time.sleep(END_WITHIN_S)
            os._exit(1)
