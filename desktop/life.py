"""From the docked icon to the clean end: the loop, the parts in their order, and everything put away again."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from core import __version__
from core.errors import NightschoolError
from core.paths import Home
from desktop import log
from desktop.claim import Claim
from desktop.collector import Collector
from desktop.tray import Tray

if TYPE_CHECKING:
    from desktop.context import Context
    from desktop.opening import Opened

THREADS = 4
_log = logging.getLogger("desktop")


class Life(QObject):
    """One app, once. `live` returns when everything has ended."""

    def __init__(self, application: QApplication, tray: Tray, claim: Claim, *, hidden: bool) -> None:
        super().__init__()
        self._application = application
        self._tray = tray
        self._claim = claim
        self._hidden = hidden
        self._context: Context | None = None
        self._parts: list[QObject] = []
        self._window: QObject | None = None

    def live(self) -> int:
        loop = qasync.QEventLoop(self._application)
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(log.catch_in_loop)
        self._pool = ThreadPoolExecutor(THREADS, "work")
        loop.set_default_executor(self._pool)
        self._ending = asyncio.Event()
        collector = Collector()
        collector.start()
        running = loop.create_task(self._run(loop))
        try:
            try:
                loop.run_until_complete(running)
            except RuntimeError:
                if running.done():
                    raise  # a bug of ours
                # The desktop's own logout, or Qt, ended the loop under us.
                return self._end_after_all(loop)
        finally:
            self._pool.shutdown()
            collector.stop()
            loop.close()
        return 0

    def _end_after_all(self, loop: qasync.QEventLoop) -> int:
        """Where the display itself is gone no loop runs any more: the children end with our pipes to them."""
        ending = loop.create_task(self._end())
        try:
            loop.run_until_complete(ending)
        except RuntimeError:
            if ending.done():
                raise  # a bug of ours
            _log.error("The display is gone; Nightschool ends.")
            return 1
        return 0

    def quit(self) -> None:
        self._ending.set()

    async def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.add_signal_handler(number, self.quit)
        self._tray.quit_asked.connect(self.quit)
        await self._try_to_open()
        await self._ending.wait()
        await self._end()

    async def _try_to_open(self) -> None:
        from desktop.opening import open_home

        try:
            home = self._claimed()
            self._open_door(home)
            opened = await asyncio.get_running_loop().run_in_executor(None, open_home, home)
        except NightschoolError as error:
            _log.warning("It cannot be opened: %s", error.code)
            self._show_problem(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told, and may quit
            log.bug(error)
            said = self.tr("Something went wrong in Nightschool itself.")
            hint = self.tr("Copy diagnostics, and send them to whoever mends Nightschool.")
            self._show_problem(NightschoolError(said, hint=hint))
        else:
            await self._open(home, opened)

    def _claimed(self) -> Home:
        """The home that is ours. Raises what keeps it from being that."""
        if self._claim.problem is not None:
            raise self._claim.problem
        assert self._claim.home is not None
        return self._claim.home

    def _show_problem(self, error: NightschoolError) -> None:
        from desktop.language import error_title
        from desktop.problem import ProblemWindow
        from desktop.theme import Theme

        Theme(self._application).choose("system")
        window = ProblemWindow(error, self._claim.home)
        window.quit_asked.connect(self.quit)
        window.retry.connect(self._retry)
        self._window = window
        self._tray.fail(error_title(error.title))
        window.show()

    def _retry(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.blockSignals(True)
            window.deleteLater()
        self._retrying = asyncio.ensure_future(self._try_again())

    async def _try_again(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._claim.take)
        await self._try_to_open()

    def _open_door(self, home: Home) -> None:
        """Other starts show our window, also when all that there is to show is the problem."""
        from desktop.single import Door

        if not any(isinstance(part, Door) for part in self._parts):
            door = Door(home)
            door.knocked.connect(self._show_window)
            self._parts.append(door)

    async def _open(self, home: Home, opened: Opened) -> None:
        from desktop.parts import assemble

        self._context = context = assemble(self._application, self._tray, home, opened, self._pool)
        context.actions.quit_asked.connect(self.quit)
        self._tray.opened.connect(self._show_window)
        self._application.lastWindowClosed.connect(self._last_window_closed)
        _log.info("Nightschool %s is open, process %d", __version__, os.getpid())
        await context.server.start()
        hidden = (self._hidden or opened.config.desktop.start_hidden) and self._tray.has_host
        # From the loop: a window that cannot be built is a bug that is told, and the rest goes on.
        if opened.first_run:
            asyncio.get_running_loop().call_soon(context.windows.show_first_run)
        elif not hidden:
            asyncio.get_running_loop().call_soon(context.windows.show_chat)

    def _show_window(self) -> None:
        from PySide6.QtWidgets import QWidget

        if self._context is not None:
            self._context.windows.show_main()
        elif isinstance(self._window, QWidget):
            self._window.show()
            self._window.raise_()
            self._window.activateWindow()

    def _last_window_closed(self) -> None:
        """Closed windows leave the app in the tray; where there is no tray, nobody could reach it any more."""
        if self._context is None or self._ending.is_set():
            return
        if not self._context.config.desktop.close_to_tray or not self._tray.look():
            self.quit()

    async def _end(self) -> None:
        """Windows first (they save what is typed), then the server child, then the database."""
        from desktop.copying import let_go

        context, self._context = self._context, None
        if context is not None:
            await context.windows.close_all()
            await context.server.stop()
            await context.end()
        if self._window is not None:
            self._window.deleteLater()
        for part in self._parts:
            part.deleteLater()
        self._tray.hide()
        let_go()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
