"""The desktop under test: real widgets (offscreen), a real home and database, Qt and asyncio in one loop.

Every test that touches a widget or a Context is `async def`: pytest-asyncio runs it in a qasync loop, so that Qt's
events and asyncio's tasks both go on while the test awaits. Rules that follow:
- wait with `await until(lambda: …)`, or `await asyncio.sleep(…)`; never with qtbot.wait*/waitUntil/waitSignal, which
  spin a second event loop inside the running task ("Cannot enter into task …");
- `qtbot.keyClick`, `qtbot.mouseClick`, `qtbot.keyClicks` and `qtbot.addWidget` are fine;
- an exception in a slot, and a bug in a spawned task, fails the test (`bugs` lists those of tasks).
`context`: a Context over the test's own home; its server child is not started. `served`: the same over one real running
server with the demo student, shared by the session (mark its users slow).
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported anywhere

import pytest
import pytestqt.plugin
import qasync
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from core import config, paths
from core.database import Database
from core.paths import Home
from core.server.supervised import ServerChild
from desktop import log
from desktop.bridge import Bridge
from desktop.context import Context
from desktop.theme import Theme
from tests.running import Running, running

# Between tests pytest-qt turns Qt's loop over, and qasync's with it: tasks would step while none runs, and die of it.
pytestqt.plugin._process_events = lambda: None


class Loop(qasync.QEventLoop):
    """qasync does the same once more when what it ran is done (`run loop one last time`)."""

    def run_until_complete(self, future: Any) -> Any:
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(self._stop)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(self._stop)
        return task.result()

    def _stop(self, _: object) -> None:
        self.stop()


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], object]]:
    return {"qt": qt_loop}


def qt_loop() -> asyncio.AbstractEventLoop:
    return Loop(QApplication.instance() or QApplication(["nightschool"]))


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> QApplication:
    """Before the loop, which needs it."""
    qapp.setQuitOnLastWindowClosed(False)
    return qapp


@pytest.fixture(autouse=True, scope="module")
def seldom_looked_at() -> None:
    """What is loaded by now stays; looking at all of it again after each test takes longer than the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Qt's objects die in Qt's thread: left to the collector, they may die in a thread of a later test, and a timer of
    theirs then fires at nothing (SIGSEGV in activateTimers). What was copied dies with them: this platform's clipboard
    would drop it after Python has ended (SIGSEGV in Shiboken, pytest exits 139 with every test passed)."""
    yield
    QApplication.clipboard().clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture(autouse=True)
def bugs() -> Iterator[list[BaseException]]:
    """Bugs that were logged; a test that means to have one empties the list."""
    found: list[BaseException] = []
    log.listen(found.append)
    yield found
    log.stop_listening(found.append)
    assert found == []


async def until(holds: Callable[[], object], timeout_s: float = 5.0, what: str = "") -> None:
    """Returns when it holds; fails the test when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, what or "it never came true"
        await asyncio.sleep(0.01)


def make_context(home: Home, qapp: QApplication) -> Context:
    bridge = Bridge()
    server = ServerChild(home, on_change=bridge.server_changed.emit)
    theme = Theme(qapp)
    theme.choose("light", contrast="off", motion="on")
    return Context(home, Database.open(home), bridge, server, theme, config.load(home))


@pytest.fixture
async def context(home: Home, qapp: QApplication) -> AsyncIterator[Context]:
    made = make_context(home, qapp)
    yield made
    await made.windows.close_all()
    await made.end()


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("served") / "home"
    home.mkdir(mode=0o700)
    with running(home) as server:
        yield server


@pytest.fixture
async def served(demo_server: Running, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Context]:
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(demo_server.home))
    made = make_context(paths.home(), qapp)
    await made.server.start()
    await made.server.wait_ready(60)
    yield made
    await made.windows.close_all()
    await made.server.stop()
    await made.end()
