"""Long work as an object: who asked for it, the work, what follows on success and on failure, progress, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.errors import NightschoolError

if TYPE_CHECKING:
    from desktop.context import Context

T = TypeVar("T")


class Progress(QObject):
    """How far it is: `moved(done, total, text)`; total 0 means nobody knows. May be reported from any thread."""

    moved = Signal(object, object, str)

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = False
        """What works in a thread looks at this now and then."""

    def report(self, done: float, total: float = 0, text: str = "") -> None:
        self.moved.emit(done, total, text)


class Operation(Generic[T]):
    """`Operation(window, lambda progress: work(progress)).success(f).failure(g).progress(h).start(context)`.

    work: a function of the Progress that runs in a thread, or one that returns a coroutine.
    The parent's busy cursor and button states are its own affair: `success`, `failure` and `ended` say when.
    """

    def __init__(self, parent: QWidget, work: Callable[[Progress], T | Coroutine[Any, Any, T]]) -> None:
        self._parent = parent
        self._work = work
        self._success: Callable[[T], None] | None = None
        self._failure: Callable[[NightschoolError], None] | None = None
        self._ended: Callable[[], None] | None = None
        self._task: asyncio.Task[Any] | None = None
        self._progress = Progress()

    def success(self, done: Callable[[T], None]) -> Operation[T]:
        self._success = done
        return self

    def failure(self, failed: Callable[[NightschoolError], None]) -> Operation[T]:
        """Where it is not given, the person is told by a notice."""
        self._failure = failed
        return self

    def ended(self, ended: Callable[[], None]) -> Operation[T]:
        """Called at the end in any case: done, failed, cancelled."""
        self._ended = ended
        return self

    def progress(self, moved: Callable[[float, float, str], None]) -> Operation[T]:
        self._progress.moved.connect(moved)
        return self

    def start(self, context: Context) -> Operation[T]:
        self._task = context.spawn(self._run(context), parent=self._parent, failed=self._failure)
        return self

    def cancel(self) -> None:
        self._progress.cancelled = True
        if self._task is not None:
            self._task.cancel()

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def _run(self, context: Context) -> None:
        try:
            if asyncio.iscoroutinefunction(self._work):
                result = await self._work(self._progress)
            else:
                result = await context.run(self._work, self._progress)
            if self._success is not None:
                self._success(result)
        finally:
            if self._ended is not None:
                self._ended()
