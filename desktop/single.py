"""One desktop a home: a lock decides, a local socket lets a second start show the first one's window.

The kernel drops the lock with its holder, so that a socket left by a killed process is known to be stale. The socket
lies in the home (Unix) where its path is short enough for the system, else where the session keeps such files, under
a name that stands for the home. Only its owner may knock.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from core.paths import Home

LONGEST_PATH = 80
"""Unix allows about 104 bytes, and Qt makes the socket under a longer name first."""
SHOW, SHOWN = b"show\n", b"shown\n"
WAIT_S = 10.0


def address(home: Home) -> str:
    """Where the first instance of this home listens."""
    mark = QCryptographicHash.hash(str(home.root).encode(), QCryptographicHash.Algorithm.Sha256)
    name = f"nightschool-{bytes(mark.data()).hex()[:24]}"
    if sys.platform == "win32":
        return name
    own = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name
    path = home.lock("desktop").with_suffix(".socket")
    return str(path if len(os.fsencode(path)) <= LONGEST_PATH else own)


class Door(QObject):
    """Where other starts knock. Only the holder of the lock opens it."""

    knocked = Signal()

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        # A socket that a killed process left is in nobody's way: Qt renames its new one over it.
        self.open = self._server.listen(address(home))

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        if bytes(socket.readLine(64).data()) == SHOW:
            self.knocked.emit()
            socket.write(SHOWN)
            socket.flush()
        socket.disconnectFromServer()


def knock(home: Home, wait_s: float = WAIT_S) -> bool:
    """Has the first instance show its window. False when it did not answer in time: it may still be starting."""
    deadline = time.monotonic() + wait_s
    while (left := deadline - time.monotonic()) > 0:
        if _ask(address(home), left):
            return True
        time.sleep(0.05)
    return False


def _ask(name: str, wait_s: float) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(1000):
        return False
    socket.write(SHOW)
    socket.flush()
    answered = socket.waitForReadyRead(int(wait_s * 1000)) and bytes(socket.readLine(64).data()) == SHOWN
    socket.abort()
    return answered


def refused(home: Home, holder: int | None) -> str:
    """What a second start says on its terminal when the first does not answer."""
    where = Path(home.logs / "desktop.log")
    return f"Nightschool is running already (process {holder or 'unknown'}) but does not answer; see {where}."
