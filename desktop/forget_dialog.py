"""Forget everywhere: what would go, the question, how far it is, and whether it is gone from every byte.

The work is done by a child process (`core.forget`), so that a long search never stands in the window's way. What was
begun is finished even when this is closed: the child lives until the program ends, and what is interrupted then is
taken up by the next forgetting or run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.errors import NightschoolError
from core.forget.records import Kind, Plan, Receipt, Target
from core.process import Backoff, Child, python_child
from desktop.forget_words import Told, named, told_plan, told_receipt
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

WIDTH = 60
"""Characters."""


class ForgetDialog(QDialog):
    """`ForgetDialog(context, "words", "Aunt Quuxina", parent).begin()`: opens, looks, and asks."""

    forgotten = Signal()

    def __init__(self, context: Context, kind: Kind, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._target = Target(kind=kind, value=value)
        self._working = False
        self._build()

    def begin(self) -> None:
        self.open()
        self._context.spawn(self._look(), parent=self, failed=self._failed)

    async def _look(self) -> None:
        plan = msgspec.convert(await self._asked("plan"), Plan)
        told = told_plan(plan)
        self._show(told)
        self._go.setVisible(not plan.is_empty)
        self._go.setEnabled(not plan.is_empty)

    def go(self) -> None:
        """Does what was shown."""
        self._working = True
        self._go.setEnabled(False)
        self._close.setEnabled(False)
        self._context.spawn(self._forget(), parent=self, failed=self._failed)

    async def _forget(self) -> None:
        receipt = msgspec.convert(await self._asked("forget"), Receipt)
        self._go.hide()
        self._show(told_receipt(receipt))
        self._done()
        self.forgotten.emit()

    async def _asked(self, what: str) -> object:
        """The child's answer; its progress is shown on the way."""
        self._progress.show()
        self._progress.setRange(0, 0)
        child = Child(
            "forgetting",
            python_child("core.forget"),
            env={"NIGHTSCHOOL_HOME": str(self._context.home.root)},
            backoff=Backoff(tries=0),
        )
        try:
            await child.start()
            return await self._answer(child, what)
        finally:
            await child.stop()

    async def _answer(self, child: Child, what: str) -> object:
        answer: object = None
        async for item in child.stream(what, msgspec.to_builtins(self._target)):
            if "moved" in item:
                self._moved(*item["moved"])
            else:
                answer = item["answer"]
        return answer

    def _moved(self, about: str, done: int, of: int) -> None:
        self._progress.setRange(0, 1000 if of else 0)
        self._progress.setValue(1000 * done // of if of else 0)
        self._summary.say(named(about), "muted")

    def _failed(self, error: NightschoolError) -> None:
        self._go.hide()
        self._show(Told(str(error), "bad", ()))
        self._done()

    def _done(self) -> None:
        self._working = False
        self._close.setEnabled(True)
        self._close.setFocus()

    def _show(self, told: Told) -> None:
        self._progress.hide()
        self._summary.say(told.summary, told.tone)
        self._details.say("\n".join(told.details))

    # ---- how it looks --------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self._context.theme
        self.setObjectName("forget_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Forget everywhere"))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * WIDTH)
        self._summary = Words(theme, self.tr("Looking for it…"), name="forget_summary")
        self._details = Words(theme, name="forget_details", tone="text")
        self._progress = QProgressBar()
        self._progress.setObjectName("forget_everywhere_progress")
        self._progress.setAccessibleName(self.tr("Forgetting"))
        self._progress.setTextVisible(False)
        buttons = QDialogButtonBox()
        self._go = QPushButton(self.tr("&Forget all of this"))
        self._go.setObjectName("forget_everywhere_go")
        self._go.setAutoDefault(False)
        self._go.hide()
        self._close = QPushButton(self.tr("&Close"))
        self._close.setObjectName("forget_everywhere_close")
        self._close.setDefault(True)
        buttons.addButton(self._go, QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton(self._close, QDialogButtonBox.ButtonRole.RejectRole)
        self._go.clicked.connect(lambda: self.go())
        self._close.clicked.connect(lambda: self.reject())
        column = QVBoxLayout(self)
        for widget in (heading(self.tr("Forget everywhere")), self._summary, self._details, self._progress, buttons):
            column.addWidget(widget)

    def reject(self) -> None:
        """Escape, too: not while it is being done."""
        if not self._working:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._working:
            event.ignore()
        else:
            super().closeEvent(event)
