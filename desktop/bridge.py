"""The one place where events of the core become Qt signals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import NightschoolError
from core.records import Record
from desktop.language import error_title

if TYPE_CHECKING:
    from core.database import Change

Level = Literal["info", "warning", "error"]


class Notice(Record, frozen=True):
    """Something to tell the person inside the app. `cause` is a stable word: a new notice takes the old one's place."""

    title: str
    text: str = ""
    hint: str = ""
    level: Level = "error"
    cause: str = ""

    @classmethod
    def of(cls, error: NightschoolError) -> Notice:
        return cls(title=error_title(error.title), text=error.message, hint=error.hint, cause=error.code)


class Bridge(QObject):
    """Its signals are emitted in the Qt thread, whatever thread the event came from."""

    server_changed = Signal(object)
    """core.server.supervised.ServerStatus"""
    changes = Signal(object)
    """list[Change]: everything that happened in the database, by whichever process"""
    traces_changed = Signal(object)
    """list[str]: trace ids that were finished, deleted or got other metadata"""
    feedback_changed = Signal(object)
    """list[str]: trace ids that somebody rated, corrected, or that a tool measured"""
    reviews_changed = Signal()
    jobs_changed = Signal()
    answering_changed = Signal(int)
    """how many answers are being made now, for all clients together"""
    config_changed = Signal(object)
    """core.config.Config"""
    config_read = Signal()
    """config.toml was read and is right, whether or not anything in it is another"""
    told = Signal(object)
    """Notice"""
    notices_changed = Signal()
    _followed = Signal(object, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answering = 0
        self.notices: list[Notice] = []
        """Those that were not put away yet, oldest first."""
        self.told.connect(self._keep)
        self._followed.connect(self._spread, Qt.ConnectionType.QueuedConnection)

    @property
    def answering(self) -> int:
        return self._answering

    def follow(self, changes: list[Change], answering: int) -> None:
        """Called by the database's Follower, in its own thread."""
        self._followed.emit(changes, answering)

    def fail_to_follow(self, error: NightschoolError) -> None:
        """Called by the Follower too, when it cannot read: what the windows show may be old then."""
        self.told.emit(Notice.of(error))

    def tell(self, title: str, text: str = "", *, hint: str = "", level: Level = "info", cause: str = "") -> None:
        self.told.emit(Notice(title=title, text=text, hint=hint, level=level, cause=cause))

    def withdraw(self, notice: Notice | str) -> None:
        """Puts it away; a text is the cause that holds no longer."""
        kept = [one for one in self.notices if notice not in (one, one.cause)]
        if len(kept) < len(self.notices):
            self.notices = kept
            self.notices_changed.emit()

    def _keep(self, notice: Notice) -> None:
        same = notice.cause or notice
        self.notices = [one for one in self.notices if same not in (one, one.cause)] + [notice]
        self.notices_changed.emit()

    def _spread(self, changes: list[Change], answering: int) -> None:
        if changes:
            self.changes.emit(changes)
        kinds = {change.kind for change in changes}
        if touched := _ids(changes, ("trace", "metadata", "delete")):
            self.traces_changed.emit(touched)
        if touched := _ids(changes, ("feedback", "signals")):
            self.feedback_changed.emit(touched)
        if "review" in kinds or "delete" in kinds:
            self.reviews_changed.emit()
        if "job" in kinds:
            self.jobs_changed.emit()
        if answering != self._answering:
            self._answering = answering
            self.answering_changed.emit(answering)


def _ids(changes: Iterable[Change], kinds: tuple[str, ...]) -> list[str]:
    """Trace ids of these kinds of change, each once, in order."""
    return list(dict.fromkeys(c.trace_id for c in changes if c.kind in kinds and c.trace_id is not None))
