"""Python's cyclic garbage, collected in the Qt thread only.

CPython collects in whatever thread happens to allocate; in one of ours for work it would destroy widgets and timers
there, and Qt crashes (Anki turns the automatic collector off for the same reason: qt/aqt/main.py, `gc.disable`).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 10_000
SOME, MANY = 2_000, 50
"""New objects that are worth a look at the young ones; such looks that are worth one at all."""


class Collector(QObject):
    """From `start` to `stop`. What was loaded by the first look stays for good, and is never looked at again."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def look(self) -> None:
        """Cheap while nothing happened."""
        if gc.get_count()[0] < SOME:
            return
        gc.collect(2 if self._looks % MANY == 0 else 1)
        if self._looks == 0:
            gc.freeze()  # all that the start has loaded: a look at everything stays short
        self._looks += 1
