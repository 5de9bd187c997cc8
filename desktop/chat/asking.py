"""One question on its way: waits for the student, takes the answer as it comes, and says how it ended.

It goes on when another conversation is looked at. Whatever happens, the question and what was answered until then stay
here: the server keeps them from its first token on, and before that they stand in the database as unsent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from core.errors import ModelUnavailable, NightschoolError
from core.process import WORDS
from desktop.chat.drafts import Drafts, unsent
from desktop.chat.said import Said, history

if TYPE_CHECKING:
    from core.process import Ending as ProcessEnding
    from core.server.reach import Ended, Opened
    from core.server.supervised import ServerStatus
    from desktop.context import Context

Place = Literal["new", "again", "edited"]
"""`again` and `edited` take the place of what is recorded, which comes back should they not arrive."""
ENDING_EVERY_S, ENDING_TRIES = 0.1, 20


class Asking(QObject):
    """`question` and `answer` are what the view shows; `answer.text` is set at the end, `so_far()` is whole."""

    changed = Signal()
    """the answer's status, or what is known about it, is another"""
    text = Signal(str)
    """a further piece of the answer"""
    ended = Signal()

    def __init__(
        self,
        context: Context,
        drafts: Drafts,
        conversation: str,
        question: Said,
        before: Sequence[Said],
        *,
        is_new: bool,
        agent: str | None = None,
    ) -> None:
        super().__init__()
        self._context = context
        self._drafts = drafts
        self.before = [*before]
        self._messages = history([*before, question])
        self._agent = agent
        self._pieces: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self.conversation = conversation
        self.kept_as = unsent("new" if is_new else conversation)
        self.question = question
        self.answer = Said(role="assistant", status="waiting", local=True)
        self.over = asyncio.Event()
        self.place: Place = "new"

    def start(self) -> None:
        self._drafts.keep(self.kept_as, self.question.text)
        self._drafts.flush()
        self._task = self._context.spawn(self._run())

    def stop(self) -> None:
        """The person stops it: what was said stays, and the server records it as cancelled."""
        if self._task is not None:
            self._task.cancel()

    @property
    def is_over(self) -> bool:
        return self.over.is_set()

    def so_far(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def is_sent(self) -> bool:
        """True once the server has written the question down."""
        return self.answer.trace_id is not None

    async def _run(self) -> None:
        answer = self.answer
        try:
            await self._until_ready()
            await self._take_answer()
            if answer.status == "streaming":
                answer.status = "done"
        except asyncio.CancelledError:
            answer.status = "stopped"
        except NightschoolError as error:
            answer.status = "broken"
            answer.problem = await self._told(error)
        except BaseException:  # a bug: it is raised again, and logged where tasks end
            answer.status = "broken"
            answer.problem = self.tr("Something went wrong in this window; the log says what.")
            raise
        finally:
            self._end()

    async def _until_ready(self) -> None:
        """Waits while the student loads; a student that failed is told at once."""
        moved = asyncio.Event()
        bridge = self._context.bridge

        def heard(_: ServerStatus) -> None:
            moved.set()

        bridge.server_changed.connect(heard)
        try:
            while (status := self._context.server.status).state in ("starting", "loading", "restarting"):
                moved.clear()
                self.answer.problem = waiting_for(status)
                self.changed.emit()
                with contextlib.suppress(TimeoutError):  # a signal that was missed costs a second, not the answer
                    await asyncio.wait_for(moved.wait(), 1.0)
            self.answer.problem = ""
        finally:
            bridge.server_changed.disconnect(heard)

    async def _take_answer(self) -> None:
        from core.server.reach import Ended, Opened, Text

        client = self._context.server.client()
        events = client.chat(self._messages, conversation_id=self.conversation, agent=self._agent)
        async with contextlib.aclosing(events):
            async for event in events:
                if isinstance(event, Text):
                    self._pieces.append(event.text)
                    self.text.emit(event.text)
                elif isinstance(event, Opened):
                    self._opened(event)
                elif isinstance(event, Ended):
                    self._take_end(event)

    def _opened(self, event: Opened) -> None:
        answer = self.answer
        answer.trace_id, answer.model, answer.variant = event.trace_id, event.model, event.variant
        answer.grounded_in = event.retrieved
        answer.status = "streaming"
        self.question.status, self.question.problem = "done", ""
        self._drafts.keep(self.kept_as, "")
        self.changed.emit()

    def _take_end(self, event: Ended) -> None:
        answer = self.answer
        answer.variant, answer.grounded_in = event.variant, event.retrieved
        answer.validation, answer.escalated = event.validation, event.escalated
        if not event.stored:
            answer.not_stored = event.storage_error or self.tr("the server does not keep it")
        if event.finish_reason in ("error", "interrupted"):
            answer.status = "broken"
        elif event.finish_reason == "cancelled":
            answer.status = "stopped"
        answer.problem = event.error or ""

    def _end(self) -> None:
        self.answer.text = self.so_far()
        if not self.is_sent:
            self.question.status, self.question.problem = "unsent", self.answer.problem
            self.question.local = True
        else:
            self.answer.local = bool(self.answer.not_stored)
            self.question.local = self.answer.local
        self.over.set()
        self.changed.emit()
        self.ended.emit()

    async def _told(self, error: NightschoolError) -> str:
        """Why there is no (further) answer. A broken connection says only that it broke: the supervisor knows why."""
        if not isinstance(error, ModelUnavailable):
            return str(error)
        ending = await self._ending()
        if ending is None:
            return str(error)
        told = self.tr("The student's server {ended}. It is restarted by itself, and you can go on then.")
        return told.format(ended=WORDS[ending])

    async def _ending(self) -> ProcessEnding | None:
        """How the server ended, if it did; it is heard of a moment after the stream broke."""
        for _ in range(ENDING_TRIES):
            status = self._context.server.status
            if status.state != "ready":
                return status.ending
            await asyncio.sleep(ENDING_EVERY_S)
        return None


def waiting_for(status: ServerStatus) -> str:
    """Why an answer does not begin yet."""
    from PySide6.QtCore import QCoreApplication

    translate = QCoreApplication.translate
    if status.state == "restarting":
        told = translate("Asking", "The student is being restarted. Your question is sent when it is ready.")
    else:
        told = translate("Asking", "The student is loading. Your question is sent when it is ready.")
    return told
