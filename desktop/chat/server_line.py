"""How the student stands, in words, with what can be done where it does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

if TYPE_CHECKING:
    from core.server.supervised import ServerStatus


class ServerLine(QWidget):
    """One line. `open_settings` and `restart` are asked for by its buttons, which are there only where they help."""

    open_settings = Signal()
    restart = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setObjectName("server_state")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.settings = QPushButton(self.tr("Open Settings → &Model"))
        self.settings.setObjectName("open_model_settings")
        self.settings.clicked.connect(self.open_settings)
        self.again = QPushButton(self.tr("Start &again"))
        self.again.setObjectName("restart_server")
        self.again.clicked.connect(self.restart)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.words, 1)
        box.addWidget(self.settings)
        box.addWidget(self.again)

    def show_status(self, status: ServerStatus) -> None:
        told = self._told(status)
        if told != self.words.text():
            self.words.setText(told)
            self.words.setAccessibleName(told)
        failed = status.state == "failed"
        self.settings.setVisible(failed)
        self.again.setVisible((failed and status.own) or status.state == "stopped")

    def _told(self, status: ServerStatus) -> str:
        model = status.model or self.tr("the student")
        match status.state:
            case "starting":
                return self.tr("The server is starting…")
            case "loading":
                return self.tr("Loading {model}… You can type meanwhile.").format(model=model)
            case "ready":
                return self._ready(status, model)
            case "restarting":
                why = status.problem or self.tr("It stopped.")
                return self.tr("{why} It is being restarted…").format(why=why)
            case "failed":
                why = status.problem or self.tr("The server could not be started.")
                return self.tr("No answers can be given now. {why}").format(why=why)
        return self.tr("The server is stopped.")

    def _ready(self, status: ServerStatus, model: str) -> str:
        told = self.tr("Ready: {model}").format(model=model)
        if status.retrieval == "lexical":
            told += self.tr(" · past work is searched by words only for now")
        elif status.retrieval == "off":
            told += self.tr(" · past work is not used")
        if not status.own:
            told += self.tr(" · served by a server that was started elsewhere")
        return told
