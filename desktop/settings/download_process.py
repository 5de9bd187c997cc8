"""Downloads as the window knows them: each a child process, none outliving this one; shared by every view.

A download that is paused is no process, only its part on the disk; going on is a new process. So a crash, a kill and
the end of the program are pauses, too.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, Signal

from core.errors import NightschoolError
from core.process import python_child, python_environment

if TYPE_CHECKING:
    from core.engine.fetch.parts import Incomplete
    from core.paths import Home
    from desktop.context import Context

State = Literal["running", "pausing", "paused", "cancelling", "failed", "done"]
PATIENCE_MS = 4_000
"""A child that was asked to pause ends within 2 s; after this it is killed, which loses nothing either."""
UNKNOWN = "unknown"


class Download(QObject):
    """One file on its way to be a student. Sizes in bytes, rate in bytes a second."""

    changed = Signal()
    ended = Signal()
    """Its process is gone; `state` says how."""

    def __init__(self, home: Home, reference: str, *, revision: str = "", title: str = "", parent: QObject) -> None:
        super().__init__(parent)
        self.reference, self.revision, self.title = reference, revision, title or reference
        self.name = ""
        self.state: State = "paused"
        self.stage = ""
        self.bytes = self.size = 0
        self.rate = 0.0
        self.eta_s: float | None = None
        self.note = ""
        self.error: dict[str, str] | None = None
        self.choices: tuple[str, ...] = ()
        """Files of the repository, where it was not said which is meant."""
        self.verified = True
        self._home = home
        self._process: QProcess | None = None

    @property
    def going(self) -> bool:
        """A process is at it."""
        return self._process is not None

    def start(self) -> None:
        """Begin, go on, or try again."""
        if self.going or self.state == "done":
            return
        self.state, self.stage, self.error, self.note, self.rate, self.eta_s = "running", "asking", None, "", 0.0, None
        self._process = process = QProcess(self)
        environment = QProcessEnvironment()
        for key, value in {**python_environment(), "NIGHTSCHOOL_HOME": str(self._home.root)}.items():
            environment.insert(key, value)
        process.setProcessEnvironment(environment)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        argv = [*python_child("core.cli"), "models", "download", self.reference, "--json-progress", "--stop-with-stdin"]
        if self.revision:
            argv += ["--revision", self.revision]
        process.start(argv[0], argv[1:])
        self.changed.emit()

    def pause(self) -> None:
        if self._process is not None and self.state == "running":
            self.state = "pausing"
            self._process.closeWriteChannel()
            self.changed.emit()

    def cancel(self) -> None:
        """Ends the process where there is one; what came is thrown away by `Downloads`, once it ended."""
        if self.state in ("cancelling", "done"):
            return
        self.state = "cancelling"
        if self._process is not None:
            self._process.closeWriteChannel()
            self.changed.emit()
        else:
            self.changed.emit()
            self.ended.emit()

    def stop_now(self) -> None:
        """For the end of the program: the child is gone when this returns."""
        process = self._process
        if process is None:
            return
        process.finished.disconnect(self._finished)
        process.closeWriteChannel()
        if not process.waitForFinished(PATIENCE_MS):
            process.kill()
            process.waitForFinished(PATIENCE_MS)
        self._process, self.state = None, "paused"

    def _read(self) -> None:
        assert self._process is not None
        while self._process.canReadLine():
            self._take(bytes(self._process.readLine().data()))
        self.changed.emit()

    def _take(self, line: bytes) -> None:
        try:
            told: dict[str, Any] = json.loads(line)
        except ValueError:
            return
        if "done" in told:
            done = told["done"]
            self.name, self.verified = done["name"], done["verified"]
            self.bytes = self.size = done["size"]
            self.stage = "done"
        elif "error" in told:
            self.error = told["error"]
            self.choices = tuple(told["error"].get("choices", ()))
        elif "stage" in told:
            self.stage, self.note, self.name = told["stage"], told["note"], told["name"] or self.name
            if told["size"]:
                self.bytes, self.size = told["bytes"], told["size"]
                self.rate, self.eta_s = told["rate"], told["eta_s"]

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._finished()

    def _finished(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        while process.canReadLine():
            self._take(bytes(process.readLine().data()))
        process.deleteLater()
        if self.stage == "done":
            self.state = "done"
        elif self.error is not None and self.state != "cancelling":
            self.state = "failed"
        elif self.state == "pausing":
            self.state = "paused"
        elif self.state == "running":
            self.state, self.error = "failed", {"code": UNKNOWN, "message": _ended_by_itself(), "hint": ""}
        self.changed.emit()
        self.ended.emit()


def _ended_by_itself() -> str:
    return QCoreApplication.translate(
        "Downloads", "The download ended before it was done. What came so far is kept; resume it to go on."
    )


class Downloads(QObject):
    """Every download of this program, and those that an earlier one left unfinished."""

    changed = Signal()
    """There are others than before."""
    installed = Signal(str)
    """A whole student is in its place; its name."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.bridge)
        self._context = context
        self.rows: list[Download] = []
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop_all)

    @staticmethod
    def of(context: Context) -> Downloads:
        """The one of this program; it ends with the bridge."""
        return context.bridge.findChild(Downloads) or Downloads(context)

    async def load(self) -> None:
        """Takes in what lies unfinished on the disk."""
        from core.engine.fetch.parts import incomplete

        known = {row.name for row in self.rows} | {row.reference for row in self.rows}
        for left in await self._context.run(incomplete, self._context.home):
            if left.name not in known and f"{left.repo}:{left.file}" not in known and not left.active:
                self._take_in(left)

    def _take_in(self, left: Incomplete) -> None:
        revision = "" if left.revision == "main" else left.revision
        row = self._row(f"{left.repo}:{left.file}", revision, left.name)
        row.name, row.bytes, row.size = left.name, left.bytes, left.size
        self.changed.emit()

    def add(self, reference: str, *, revision: str = "", title: str = "") -> Download:
        """Begin a download, or go on with the one that there is of the same file."""
        row = next((row for row in self.rows if (row.reference, row.revision) == (reference, revision)), None)
        if row is None or row.state == "done":
            row = self._row(reference, revision, title)
            self.changed.emit()
        row.start()
        return row

    def settle(self, row: Download, file: str) -> None:
        """It is said now which file is meant: its own download takes the place of the one that could not begin."""
        self.put_away(row)
        self.add(f"{row.reference.partition(':')[0]}:{file}", revision=row.revision)

    def put_away(self, row: Download) -> None:
        """Takes a finished one from the list."""
        if row in self.rows and not row.going:
            self.rows.remove(row)
            row.deleteLater()
            self.changed.emit()

    def stop_all(self) -> None:
        for row in self.rows:
            row.stop_now()

    def _row(self, reference: str, revision: str, title: str) -> Download:
        row = Download(self._context.home, reference, revision=revision, title=title, parent=self)
        row.ended.connect(lambda: self._ended(row))
        self.rows.append(row)
        return row

    def _ended(self, row: Download) -> None:
        if row.state == "done":
            self.installed.emit(row.name)
        elif row.state == "cancelling":
            self._context.spawn(self._discard(row), failed=lambda error: self._not_discarded(row, error))

    async def _discard(self, row: Download) -> None:
        from core.engine.fetch.parts import discard
        from core.errors import NotFound

        if row.name:
            with contextlib.suppress(NotFound):  # not a byte had come
                await self._context.run(discard, self._context.home, row.name)
        self.put_away(row)

    def _not_discarded(self, row: Download, error: NightschoolError) -> None:
        row.state, row.error = "failed", {"code": error.code, "message": error.message, "hint": error.hint}
        row.changed.emit()
