"""The first run's window: the steps, one page each, and the way back and forth; core.first_run decides and stores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.errors import NightschoolError
from core.first_run import STEPS, FirstRun, Step
from desktop.first_run.done_page import DonePage
from desktop.first_run.model_step import ModelStep
from desktop.first_run.schedule_step import ScheduleStep
from desktop.first_run.steps_list import StepsList
from desktop.first_run.teacher_step import TeacherStep
from desktop.first_run.welcome_page import WelcomePage
from desktop.settings.words import Words
from desktop.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from desktop.context import Context
    from desktop.first_run.step import StepPage


class FirstRunWindow(QWidget):
    """Closed midway it goes on at that step: each is stored as it is left."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._first_run: FirstRun | None = None
        self._busy = True
        self.setObjectName("first_run_window")
        self.setWindowTitle(self.tr("Welcome to Nightschool"))
        self.done = DonePage(context)
        self.pages: dict[Step, StepPage] = {
            "welcome": WelcomePage(context),
            "model": ModelStep(context),
            "schedule": ScheduleStep(context),
            "teacher": TeacherStep(context),
            "done": self.done,
        }
        self.steps = StepsList(context.theme)
        self.stack = QStackedWidget()
        self.problem = Words(context.theme, tone="bad", name="first_run_problem")
        self.back = self._button("first_run_back", self.tr("&Back"), self._go_back)
        self.skip = self._button("first_run_skip", self.tr("&Skip this"), self._skip)
        self.next = self._button("first_run_next", self.tr("&Next"), self._go_on)
        self._arrange()
        self.done.ask.connect(self._ask)
        for page in self.pages.values():
            page.changed.connect(self._changed)
            page.entered.connect(lambda: self.next.click())
        self._enable()

    @property
    def step(self) -> Step | None:
        return None if self._first_run is None else self._first_run.step

    async def _begin(self) -> None:
        self._set_busy(True)
        self._first_run = await self._context.run(FirstRun, self._context.home, self._context.database)
        await self._show()

    async def _show(self) -> None:
        """The page of the step that the machine is at now."""
        assert self._first_run is not None
        self.problem.say("")
        step = self._first_run.step
        page = self.pages[step]
        try:
            await page.fill(self._first_run)
        except NightschoolError as error:  # the page is shown all the same, with what it had
            self._refused(error)
        self.steps.show_step(step)
        self.stack.setCurrentIndex(STEPS.index(step))
        self._set_busy(False)
        self._focus(page)
        await page.look(self._first_run)
        self._enable()

    def _go_on(self) -> None:
        if self.step == "done":
            self.close()
            return
        self._do(self._leave)

    def _go_back(self) -> None:
        assert self._first_run is not None
        self._do(partial(self._context.run, self._first_run.back))

    def _skip(self) -> None:
        assert self._first_run is not None
        self._do(partial(self._context.run, self._first_run.skip))

    def _do(self, move: Callable[[], Awaitable[object]]) -> None:
        """One move at a time."""
        if self._busy:
            return
        self._set_busy(True)
        self._context.spawn(self._move(move), parent=self, failed=self._refused)

    async def _move(self, move: Callable[[], Awaitable[object]]) -> None:
        before = self._context.config.models.chosen
        try:
            await move()
            await self._context.reload_config()
        except Exception:  # not when cancelled: the window is gone then
            self._set_busy(False)
            raise
        if self._context.config.models.chosen != before:
            self._context.spawn(self._take_up_model(), parent=self)  # beside: it takes as long as a model's loading
        await self._show()

    async def _leave(self) -> None:
        assert self._first_run is not None
        choice = await self.pages[self._first_run.step].choice()
        if choice is not None:
            await self._context.run(self._first_run.go, choice)

    async def _take_up_model(self) -> None:
        """A server of ours that runs already loads the student that was chosen; another's does so when restarted."""
        server = self._context.server
        if server.status.own and server.status.state != "stopped":
            await server.restart()

    def _refused(self, error: NightschoolError) -> None:
        """The step stays; nothing of it was stored."""
        self.problem.say(str(error), "bad")

    def _changed(self) -> None:
        """What was refused is not what is chosen now."""
        self.problem.say("")
        self._enable()

    def _ask(self, question: str) -> None:
        self._context.windows.show_chat()
        self._context.windows.get("chat").ask(question)
        self.close()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._enable()

    def _enable(self) -> None:
        machine = self._first_run
        ready: bool = machine is not None and not self._busy and self.pages[machine.step].ready
        last = machine is not None and machine.step == "done"
        self.next.setEnabled(ready)
        self.next.setText(self.tr("&Close") if last else self.tr("&Next"))
        self.back.setEnabled(machine is not None and not self._busy and machine.can_go_back)
        skips = machine is not None and machine.can_skip
        self.skip.setVisible(skips)
        self.skip.setEnabled(skips and not self._busy)

    def _focus(self, page: StepPage) -> None:
        fallback = self.skip if self.skip.isVisible() else self.next
        (page.first_control() or fallback).setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, name: str, text: str, does: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(True)  # outside of dialogs Enter would press nothing
        button.clicked.connect(lambda: does())
        return button

    def _arrange(self) -> None:
        for page in self.pages.values():
            scroll = QScrollArea(widgetResizable=True)
            scroll.setFrameShape(QScrollArea.Shape.NoFrame)
            scroll.setAccessibleName(page.title.text())
            scroll.setWidget(page)
            stop_where_it_scrolls(scroll)
            self.stack.addWidget(scroll)
        buttons = QHBoxLayout()
        buttons.addWidget(self.back)
        buttons.addStretch()
        buttons.addWidget(self.skip)
        buttons.addWidget(self.next)
        right = QVBoxLayout()
        right.addWidget(MessageBar(self._context.bridge, self._context.theme))
        right.addWidget(self.stack, stretch=1)
        right.addWidget(self.problem)
        right.addLayout(buttons)
        both = QHBoxLayout(self)
        both.addWidget(self.steps)
        both.addLayout(right, stretch=1)
        self.resize(100 * self.fontMetrics().averageCharWidth(), 32 * self.fontMetrics().lineSpacing())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if event.spontaneous():  # only back from being minimised
            return
        self._context.spawn(self._begin(), parent=self, failed=self._refused)


def stop_where_it_scrolls(scroll: QScrollArea) -> None:
    """Tab stops at it only where the arrow keys move something."""

    def look(_: int, most: int) -> None:
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    bar = scroll.verticalScrollBar()
    bar.rangeChanged.connect(look)
    look(0, bar.maximum())
