"""What every window is given: home, database, server child, bridge, and ways to do work off the Qt thread."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from PySide6.QtWidgets import QWidget

from core.errors import ConfigError, NightschoolError
from desktop.actions import Actions
from desktop.bridge import Bridge, Notice
from desktop.log import bug
from desktop.theme import Theme
from desktop.windows import Windows

if TYPE_CHECKING:
    from core.config import Config
    from core.database import Database
    from core.paths import Home
    from core.server.supervised import ServerChild

THREADS = 4
P = ParamSpec("P")
T = TypeVar("T")
Failed = Callable[[NightschoolError], None]


@dataclass(eq=False)
class Context:
    """One of it lives as long as the app. Everything is used from the Qt thread only."""

    home: Home
    database: Database
    bridge: Bridge
    server: ServerChild
    theme: Theme
    config: Config
    windows: Windows = field(init=False)
    actions: Actions = field(init=False)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "work"))
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _kept: list[object] = field(default_factory=list)
    _at_end: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.windows = Windows(self)
        self.actions = Actions(self)
        self.bridge.config_changed.connect(self._take_config)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work` in a thread: whatever reads files, the database or the keyring goes through here."""
        call = functools.partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.pool, call)

    def spawn(
        self, work: Coroutine[Any, Any, Any], *, parent: QWidget | None = None, failed: Failed | None = None
    ) -> asyncio.Task[Any]:
        """Runs `work` beside; it ends when `parent` goes. What goes wrong reaches the person: by `failed`, else as a
        notice; a bug is logged and told once."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        if parent is not None:
            gone = parent.destroyed.connect(lambda: task.cancel())
            task.add_done_callback(lambda _: parent_still_there(parent, gone))
        task.add_done_callback(lambda done: self._ended(done, failed))
        return task

    async def set_value(self, key: str, text: str) -> None:
        """Writes one setting and tells everybody. Raises ConfigError with the sentence to show beside the field."""
        from core.config import set_value

        self.bridge.config_changed.emit(await self.run(set_value, self.home, key, text))

    async def reset_value(self, key: str) -> None:
        """One setting back to its default. Raises ConfigError."""
        from core.config import reset

        self.bridge.config_changed.emit(await self.run(reset, self.home, key))

    async def reload_config(self) -> None:
        """Takes up what another program wrote; a file that is wrong is told, and changes nothing."""
        from core.config import load

        config = await self.run(load, self.home)
        self.bridge.withdraw(ConfigError.code)
        if config != self.config:
            self.bridge.config_changed.emit(config)
        self.bridge.config_read.emit()

    def keep(self, part: object) -> None:
        """Holds a part that nobody else holds, as long as the app lives."""
        self._kept.append(part)

    def at_end(self, work: Callable[[], object]) -> None:
        """`work` runs when the app ends, the last one given first: in a thread, or in the loop where it is async."""
        self._at_end.append(work)

    async def end(self) -> None:
        """Cancels what still runs, does what was kept for the end, and closes the database."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for work in [self.database.close, *self._at_end][::-1]:
            await (work() if inspect.iscoroutinefunction(work) else self.run(work))
        self._kept.clear()
        self.pool.shutdown(wait=False)

    def _take_config(self, config: Config) -> None:
        self.config = config

    def _ended(self, task: asyncio.Task[Any], failed: Failed | None) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        if not isinstance(error, NightschoolError):
            bug(error)
        elif failed is not None:
            failed(error)
        else:
            self.bridge.told.emit(Notice.of(error))


def parent_still_there(parent: QWidget, connection: Any) -> None:
    """Lets go of a finished task's hold on its widget."""
    import shiboken6

    if shiboken6.isValid(parent):
        parent.disconnect(connection)
