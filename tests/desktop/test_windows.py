"""Windows are built once and remembered; work beside them ends with them; what goes wrong reaches the person."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from core.config import Config, DesktopConfig
from core.errors import ConfigError, NotFound
from core.records import Trace
from desktop import life, parts
from desktop.bridge import Notice
from desktop.claim import Claim
from desktop.collector import Collector
from desktop.config_watch import ConfigWatch
from desktop.context import Context
from desktop.operation import Operation, Progress
from desktop.problem import ProblemWindow
from desktop.widgets.message_bar import MessageBar, sentence
from desktop.windows import MARK, WINDOWS
from tests.desktop.conftest import until


@pytest.mark.parametrize("name", WINDOWS)
async def test_a_window_is_built_once_and_shown_again(context: Context, name: str) -> None:
    show = getattr(context.windows, f"show_{name}")
    show()
    window = context.windows.built(name)
    assert window.isVisible()
    window.close()
    assert not window.isVisible()
    show()
    assert context.windows.built(name) is window
    assert window.isVisible()


@pytest.mark.parametrize("name", WINDOWS)
async def test_large_letters_ask_for_no_more_than_the_screen_has(context: Context, name: str) -> None:
    usual = QApplication.font()
    large = QApplication.font()
    large.setPointSize(30)
    QApplication.setFont(large)
    try:
        window = context.windows.get(name)
        room = window.screen().availableSize()
        assert window.width() <= room.width() and window.height() < room.height()
    finally:
        QApplication.setFont(usual)


async def test_its_place_is_kept(context: Context) -> None:
    context.windows.show_history()
    context.windows.built("history").setGeometry(QRect(40, 50, 640, 480))
    await context.windows.close_all()
    assert context.windows.built("history") is None
    kept = context.database.state.get(f"{MARK}history")
    assert kept is not None
    context.windows.looks = {"history": kept}
    context.windows.show_history()
    assert context.windows.built("history").geometry() == QRect(40, 50, 640, 480)


async def test_a_window_that_cannot_save_keeps_no_other_from_it(context: Context, bugs: list[BaseException]) -> None:
    class Fails(QWidget):
        async def save(self) -> None:
            raise RuntimeError("no")

    class Saves(QWidget):
        saved = False

        async def save(self) -> None:
            Saves.saved = True

    context.windows._built |= {"one": Fails(), "two": Saves()}
    await context.windows.close_all()
    assert Saves.saved
    assert [str(bug) for bug in bugs] == ["no"]
    bugs.clear()


async def test_a_window_that_is_built_while_the_others_save_goes_too(context: Context) -> None:
    class Late(QWidget):
        async def save(self) -> None:
            context.windows.show_history()

    context.windows._built["late"] = Late()
    await context.windows.close_all()
    assert context.windows.built("history") is None


async def test_a_trace_stays_open_where_no_other_window_is(context: Context) -> None:
    """Nobody else holds it: Python would take it away as soon as it stands there."""
    context.database.traces.add(
        Trace(id="a", created_at="2026-11-21T10:00:00.000000Z", response="Paris", finish_reason="stop")
    )
    context.windows.show_trace("a")
    await asyncio.sleep(0.1)
    gc.collect()
    dialogs = [one for one in QApplication.topLevelWidgets() if one.objectName() == "trace_dialog"]
    assert [one.isVisible() for one in dialogs] == [True]
    dialogs[0].close()
    await asyncio.sleep(0.05)
    assert not [one for one in QApplication.topLevelWidgets() if one.objectName() == "trace_dialog"]


async def test_what_a_person_can_be_told_is_told(context: Context) -> None:
    async def fails() -> None:
        raise NotFound("There is no trace x.", hint="Look again.")

    seen: list[str] = []
    context.spawn(fails(), failed=lambda error: seen.append(error.message))
    context.spawn(fails())
    await until(lambda: seen and context.bridge.notices)
    assert seen == ["There is no trace x."]
    assert sentence(context.bridge.notices[0]) == "Not found. There is no trace x. Look again."


async def test_a_bug_is_logged_and_told_once(context: Context, bugs: list[BaseException]) -> None:
    parts.tell_of_bugs(context)

    async def fails() -> None:
        raise KeyError("words of a person")

    for _ in range(3):
        context.spawn(fails())
    await until(lambda: len(bugs) == 3)
    assert [notice.title for notice in context.bridge.notices] == ["Something went wrong in Nightschool itself"]
    context.bridge.withdraw("bug")
    context.spawn(fails())
    await until(lambda: len(bugs) == 4)
    assert context.bridge.notices == []
    bugs.clear()


async def test_work_ends_with_its_widget(context: Context) -> None:
    widget = QWidget()
    task = context.spawn(asyncio.sleep(60), parent=widget)
    await asyncio.sleep(0)
    shiboken6.delete(widget)
    await until(task.done)
    assert task.cancelled()


async def test_a_setting_is_written_told_and_kept(context: Context) -> None:
    told: list[Config] = []
    context.bridge.config_changed.connect(told.append)
    await context.set_value("desktop.theme", "dark")
    assert (context.config.desktop.theme, told[-1].desktop.theme) == ("dark", "dark")
    assert "dark" in context.home.config_file.read_text()
    with pytest.raises(ConfigError):
        await context.set_value("desktop.theme", "pink")
    await context.reset_value("desktop.theme")
    assert context.config.desktop.theme == DesktopConfig().theme
    assert len(told) == 2


async def test_what_another_program_writes_is_taken_up(context: Context) -> None:
    context.keep(ConfigWatch(context))
    file = context.home.config_file
    file.write_text('[desktop]\ntheme = "dark"\n')
    await until(lambda: context.config.desktop.theme == "dark")
    replaced = file.with_suffix(".new")
    replaced.write_text('[desktop]\ntheme = "light"\n')
    replaced.replace(file)
    await until(lambda: context.config.desktop.theme == "light")
    file.write_text('[desktop]\ntheme = "pink"\n')
    await until(lambda: context.bridge.notices)
    assert context.config.desktop.theme == "light"
    file.write_text('[desktop]\ntheme = "dark"\n')
    await until(lambda: context.config.desktop.theme == "dark")
    assert context.bridge.notices == []
    file.unlink()
    await until(lambda: context.config.desktop.theme == "system")


async def test_notices_are_shown_in_every_window_and_put_away_from_all(context: Context) -> None:
    bars = [MessageBar(context.bridge, context.theme) for _ in range(2)]
    assert all(bar.isHidden() for bar in bars)
    context.bridge.tell("The disk is full.", "Nothing was lost", level="error", cause="disk")
    context.bridge.tell("The disk is full.", "Free some space", level="error", cause="disk")
    texts = [
        [label.text() for label in bar.findChildren(QLabel, "notice_text") if not label.isHidden()] for bar in bars
    ]
    assert [lines[-1] for lines in texts] == ["The disk is full. Free some space"] * 2
    assert all(not bar.isHidden() for bar in bars)
    bars[0].findChildren(QToolButton, "notice_away")[-1].click()
    assert context.bridge.notices == []
    assert all(bar.isHidden() for bar in bars)
    for bar in bars:
        bar.deleteLater()


async def test_an_operation_tells_its_progress_its_end_and_its_failure(context: Context) -> None:
    window = QWidget()
    seen: list[object] = []

    def work(progress: Progress) -> str:
        progress.report(1, 2, "half")
        return threading.current_thread().name

    def fails(_progress: Progress) -> str:
        raise NotFound("gone")

    done: Operation[str] = Operation(window, work)
    done.progress(lambda *moved: seen.append(moved)).success(seen.append).ended(lambda: seen.append("ended"))
    done.start(context)
    await until(lambda: "ended" in seen)
    await until(lambda: (1, 2, "half") in seen)
    assert any(str(one).startswith("work") for one in seen)
    failed: Operation[str] = Operation(window, fails)
    failed.failure(lambda error: seen.append(error.message)).start(context)
    await until(lambda: "gone" in seen)
    window.deleteLater()


async def test_an_operation_can_be_cancelled_in_its_thread(context: Context) -> None:
    window = QWidget()
    begun, stopped = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        begun.set()
        while not progress.cancelled:
            stopped.wait(0.01)
        stopped.set()

    running: Operation[None] = Operation(window, work)
    running.start(context)
    await until(begun.is_set)
    running.cancel()
    await until(stopped.is_set)
    await until(lambda: not running.running)
    window.deleteLater()


async def test_the_problem_window_offers_what_can_be_done(context: Context) -> None:
    window = ProblemWindow(ConfigError("It is wrong.", hint="Mend it."), context.home)
    asked: list[str] = []
    window.retry.connect(lambda: asked.append("retry"))
    window.quit_asked.connect(lambda: asked.append("quit"))
    window.show()
    assert window.focusWidget().objectName() == "problem_retry", "what Enter presses"
    for name in ("problem_retry", "problem_quit"):
        window.findChild(QWidget, name).click()  # type: ignore[union-attr]
    assert asked == ["retry", "quit"]
    assert window.findChild(QLabel, "problem_hint").text() == "Mend it."  # type: ignore[union-attr]
    window.blockSignals(True)
    window.deleteLater()


async def test_without_a_tray_closing_the_last_window_ends_the_app(context: Context, qapp: object) -> None:
    from desktop.tray import Tray

    app = life.Life(qapp, Tray(), Claim(), hidden=False)  # type: ignore[arg-type]
    app._ending = asyncio.Event()
    app._context = context
    there = True
    app._tray.look = lambda: there  # type: ignore[method-assign]
    app._last_window_closed()
    assert not app._ending.is_set()
    context.config = Config(desktop=DesktopConfig(close_to_tray=False))
    app._last_window_closed()
    assert app._ending.is_set()
    app._ending.clear()
    context.config = Config()
    there = False
    app._last_window_closed()
    assert app._ending.is_set()


def test_a_notice_is_one_sentence_after_another() -> None:
    assert sentence(Notice(title="A", text="B.", hint="C.")) == "A. B. C."
    assert sentence(Notice(title="Really?", text="")) == "Really?"


async def test_garbage_is_collected_in_the_qt_thread_only(context: Context) -> None:
    """Threads that allocate a lot never destroy what belongs to Qt; the Qt thread does."""
    where: list[str] = []

    class Garbage:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            where.append(threading.current_thread().name)

    def allocate(count: int) -> None:
        for _ in range(count):
            Garbage()
            [[] for _ in range(10)]

    collector = Collector()
    collector.start()
    try:
        await asyncio.gather(*(context.run(allocate, 3_000) for _ in range(4)))
        assert where == []
        collector.look()
        assert len(where) >= 10_000
        assert set(where) == {threading.main_thread().name}
    finally:
        collector.stop()
    assert gc.isenabled()


async def test_titles_leave_the_apps_name_to_qt(context: Context) -> None:
    """Qt puts an em dash and the name behind a title that does not end with it."""
    windows = [context.windows.get(name) for name in WINDOWS]
    for title in [*(window.windowTitle() for window in windows), ProblemWindow(ConfigError("No."), None).windowTitle()]:
        before, _, _ = title.rpartition("Nightschool")
        assert title and "–" not in title and "—" not in title, title
        assert title.count("Nightschool") == 0 or (title.endswith("Nightschool") and "Nightschool" not in before), title
