"""The desktop as it is, with a clock in its event loop and a hand on its chat: run by bench.desktop.

Reads commands on stdin, one a line: `begin`, `end` (prints the gaps since), `ask TEXT`, `scroll` (one page further down
the list of conversations), `rows` (prints how many are shown), `restart` (the model server, with its model).
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QPlainTextEdit, QPushButton

from desktop import app

TURN_MS = 5


class Probe(QObject):
    """`gaps`: milliseconds between two turns of the loop, over what the timer itself asked for."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=TURN_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._input.activated.connect(self._obey)

    def _turn(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000 - TURN_MS)
        self._last = now

    def _obey(self) -> None:
        command, _, rest = sys.stdin.readline().rstrip("\n").partition(" ")
        match command:
            case "begin":
                self.gaps, self._last = [], time.perf_counter()
                self._timer.start()
                self._say("ok")
            case "end":
                self._timer.stop()
                self._say(self.gaps)
            case "ask":
                widget(QPlainTextEdit, "composer").setPlainText(rest)
                widget(QPushButton, "send").click()
                self._say("ok")
            case "scroll":
                bar = widget(QListView, "conversations").verticalScrollBar()
                bar.setValue(bar.maximum())
                self._say("ok")
            case "rows":
                self._say(widget(QListView, "conversations").model().rowCount())
            case "restart":
                window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow))
                context = window._context  # type: ignore[attr-defined]
                context.spawn(context.server.restart())
                self._say("ok")

    def _say(self, what: Any) -> None:
        print(json.dumps(what), flush=True)


def widget(kind: type[Any], name: str) -> Any:
    """The control of the chat window with this name."""
    for window in QApplication.topLevelWidgets():
        found = window.findChild(kind, name)
        if found is not None:
            return found
    raise LookupError(name)


def main() -> int:
    plain = app.make_application

    def measured(arguments: list[str]) -> QApplication:
        made = plain(arguments)
        made.probe = Probe(made)  # type: ignore[attr-defined]
        return made

    app.make_application = measured
    return app.start(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
