"""Sees when `config.toml` is changed by another program, without looking again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

if TYPE_CHECKING:
    from desktop.context import Context

SETTLE_MS = 100
"""Editors write, rename and set modes in a row."""


class ConfigWatch(QObject):
    """The folder is watched too: a file that is replaced as a whole is another file."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._file = context.home.config_file
        self._seen = self._mark()
        self._watcher = QFileSystemWatcher([str(context.home.root)], self)
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        self._watcher.fileChanged.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self._look)
        self._watch_file()

    def _watch_file(self) -> None:
        if self._seen is not None and str(self._file) not in self._watcher.files():
            self._watcher.addPath(str(self._file))

    def _mark(self) -> tuple[int, int, int] | None:
        """What tells one state of the file from another."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _look(self) -> None:
        before, self._seen = self._seen, self._mark()
        self._watch_file()
        if self._seen != before:
            self._context.spawn(self._context.reload_config())
