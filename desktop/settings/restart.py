"""Says that something takes effect when the model server is restarted, and restarts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.config import Config, describe_one, restart_needed
from core.errors import NightschoolError
from desktop.settings.words import Words, declared

if TYPE_CHECKING:
    from core.server.supervised import ServerStatus
    from desktop.context import Context


class RestartBar(QWidget):
    """Shown while settings differ from those that the server was last started with."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._taken = context.config
        """What the server knows."""
        self.setObjectName("restart_bar")
        self._words = Words(context.theme, tone="warning", name="restart_words")
        self._button = QPushButton(self.tr("&Restart now"))
        self._button.setObjectName("restart_now")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self.restart)
        row = QHBoxLayout(self)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        context.bridge.config_changed.connect(self._tell)
        context.bridge.server_changed.connect(self._server_changed)
        self._tell(context.config)

    def restart(self) -> None:
        self._button.setEnabled(False)
        self._words.say(self.tr("The model server is being restarted…"))
        self._context.spawn(self._restart(), parent=self, failed=self._failed)

    async def _restart(self) -> None:
        try:
            await self._context.server.restart()
        finally:
            self._button.setEnabled(True)
        self._tell(self._context.config)

    def _server_changed(self, status: ServerStatus) -> None:
        """Whoever starts it, and for whatever reason: it reads the settings then."""
        if status.own and (status.state == "starting" or (status.state == "restarting" and not status.restart_in_s)):
            self._taken = self._context.config
            self._tell(self._taken)

    def _failed(self, error: NightschoolError) -> None:
        self._words.say(str(error), "bad")

    def _tell(self, config: Config) -> None:
        waiting = [declared(describe_one(key).label) for key in restart_needed(self._taken, config)]
        self.setVisible(bool(waiting))
        status = self._context.server.status
        somebody_elses = status.state != "stopped" and not status.own
        self._button.setVisible(not somebody_elses)
        names = ", ".join(waiting)
        if somebody_elses:
            said = self.tr("{names}: takes effect when the model server, which was started elsewhere, is restarted.")
        else:
            said = self.tr("{names}: takes effect when the model server is restarted.")
        self._words.say(said.format(names=names), "warning")
