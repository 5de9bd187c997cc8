"""The conversation that stands open: reads it, asks in it, rates in it, and keeps it in step with the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from core.clock import new_id
from desktop.chat import reading
from desktop.chat.asking import Asking, Place
from desktop.chat.drafts import NEW, Drafts, draft, unsent
from desktop.chat.judging import Judging
from desktop.chat.message import AnswerMessage, PlainMessage
from desktop.chat.said import Said, last_question

if TYPE_CHECKING:
    from desktop.chat.composer import Composer
    from desktop.chat.conversation_view import ConversationView
    from desktop.context import Context

RELOAD_MS = 60


class Talk(QObject):
    """`id` is None for a conversation of which nothing is recorded yet."""

    opened = Signal()
    """another conversation, or the same under its new id"""
    shown = Signal()
    """the messages, or what is known of them, are other than before"""

    def __init__(self, context: Context, view: ConversationView, composer: Composer, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._view = view
        self._composer = composer
        self.drafts = Drafts(context, self)
        self._judging = Judging(context, self.drafts, self._show_again, self)
        self.id: str | None = None
        self._next_id = new_id("conv-")
        self._askings: dict[str, Asking] = {}
        """conversation → the question that is on its way in it"""
        self._loads = 0
        self._chosen: str | None = None
        """The answer that the person turned to among several."""
        self._edits: int | None = None
        """Index of the question that is being edited."""
        self._reload_timer = QTimer(self)
        self._reload_timer.setSingleShot(True)
        self._reload_timer.setInterval(RELOAD_MS)
        self._reload_timer.timeout.connect(self.reload)
        composer.sent.connect(self.ask)
        composer.stopped.connect(self.stop)
        composer.edited.connect(lambda text: self.drafts.keep(draft(self._key), text))
        composer.editing_ended.connect(self._leave_edit)
        view.message_made.connect(self._connect)
        context.bridge.traces_changed.connect(self._touched)
        context.bridge.feedback_changed.connect(self._touched)

    # ---- which conversation -----------------------------------------------------------------------------

    @property
    def _key(self) -> str:
        """Under which its drafts are kept."""
        return NEW if self.id is None else self.id

    @property
    def conversation(self) -> str:
        """The id that its next question is asked under."""
        return self.id or self._next_id

    @property
    def asking(self) -> Asking | None:
        return self._askings.get(self.conversation)

    @property
    def is_busy(self) -> bool:
        return self.asking is not None

    def new(self) -> None:
        self._context.spawn(self.open(None))

    async def open(self, conversation_id: str | None) -> None:
        """Shows it as it is now, with its draft."""
        self.drafts.flush()
        self._loads += 1
        mine = self._loads
        self.id = conversation_id
        pending = self._askings.get(self._next_id)
        if conversation_id is None and (pending is None or pending.is_sent):
            self._next_id = new_id("conv-")
        self._chosen = self._edits = None
        if self._composer.is_editing:
            self._composer.end_edit()
        key = self._key
        said = await self._read()
        kept, lost = await self.drafts.read(key)
        if mine != self._loads:
            return
        if lost and self.asking is None:
            said.append(Said(role="user", text=lost, status="unsent", local=True))
        self._composer.restore(kept)
        self._show(said, fresh=True)
        self.opened.emit()

    async def _read(self) -> list[Said]:
        asking = self.asking
        if asking is not None:
            return [*asking.before, asking.question, asking.answer]
        if self.id is None:
            return []
        return await self._context.run(reading.read_conversation, self._context.database, self.id, self._chosen)

    def _touched(self, trace_ids: Sequence[str]) -> None:
        """Something happened to these traces, perhaps from another window or program."""
        if self.id is not None and not self.is_busy and not self._reload_timer.isActive():
            self._reload_timer.start()

    def reload(self) -> None:
        if self.id is not None and not self.is_busy:
            self._context.spawn(self._reload())

    async def _reload(self) -> None:
        self._loads += 1
        mine = self._loads
        said = await self._read()
        if mine != self._loads or self.is_busy:
            return
        local = [one for one in self._view.said if one.local]
        if not said and not local:
            await self.open(None)  # it was forgotten, here or elsewhere
            return
        self._show([*carried_over(said, self._view.said), *local], fresh=False)

    def _show(self, said: list[Said], *, fresh: bool) -> None:
        self._view.show_said(said, busy=self.is_busy, fresh=fresh)
        self._composer.set_busy(self.is_busy)
        self._tell_waiting()
        self.shown.emit()

    def _show_again(self) -> None:
        self._view.refresh(busy=self.is_busy)

    # ---- asking -----------------------------------------------------------------------------------------

    def ask(self, text: str) -> None:
        """The person sends something: a new question, or the last one in other words."""
        if self.is_busy:
            return
        before = self._view.said
        instead = recorded = False
        if self._composer.is_editing and self._edits is not None:
            instead, recorded = True, not any(one.status == "unsent" for one in before[self._edits :])
            before = before[: self._edits]
        before = [one for one in before if one.status != "unsent"]
        self._edits = None
        self._composer.end_edit()
        if not instead:
            self._composer.restore("")
            self.drafts.keep(draft(self._key), "")
        self._start(before, Said(role="user", text=text, local=True), "edited" if recorded else "new")

    def repeat(self) -> None:
        """The last question once more: answered anew, or sent at last."""
        at = last_question(self._view.said)
        if at is None or self.is_busy:
            return
        question = self._view.said[at]
        again = Said(role="user", text=question.text, local=question.local)
        self._start(self._view.said[:at], again, "new" if question.local else "again")

    def _start(self, before: Sequence[Said], question: Said, place: Place) -> None:
        asking = Asking(self._context, self.drafts, self.conversation, question, before, is_new=self.id is None)
        asking.place = place
        self._askings[self.conversation] = asking
        self._chosen = None
        asking.text.connect(lambda text: self._on_text(asking, text))
        asking.changed.connect(lambda: self._on_changed(asking))
        asking.ended.connect(lambda: self._on_ended(asking))
        self._view.show_said(before, busy=True)
        self._view.add(asking.question, asking.answer, busy=True)
        self._composer.set_busy(True)
        asking.start()
        self._tell_waiting()
        self.shown.emit()

    def stop(self) -> None:
        if self.asking is not None:
            self.asking.stop()

    async def end(self, conversation_id: str) -> None:
        """Stops what is being asked in that conversation, before it is forgotten."""
        asking = self._askings.get(conversation_id)
        if asking is not None:
            asking.stop()
            await asking.over.wait()

    def edit_last(self) -> None:
        at = last_question(self._view.said)
        if at is not None and not self.is_busy:
            self._edits = at
            self._composer.begin_edit(self._view.said[at].text)

    def _leave_edit(self) -> None:
        """The draft that stood there before comes back."""
        self._edits = None
        self._context.spawn(self._restore_draft(self._loads))

    async def _restore_draft(self, mine: int) -> None:
        kept, _ = await self.drafts.read(self._key)
        if mine == self._loads and not self._composer.text.toPlainText() and not self._composer.is_editing:
            self._composer.restore(kept)

    def _discard(self, said: Said) -> None:
        """Takes it out of the conversation; where nothing else is being written, its words go back to the composer."""
        words = said.text
        if self._composer.is_editing:
            words = self._composer.text.toPlainText()
            self._composer.end_edit()
        self._context.spawn(self._hand_back(words, self._loads))
        self._show([one for one in self._view.said if one is not said], fresh=False)

    async def _hand_back(self, words: str, mine: int) -> None:
        await self._restore_draft(mine)
        if mine != self._loads:
            return  # another conversation is open: it stays there as not sent
        if not self._composer.text.toPlainText():
            self._composer.propose(words)
        self.drafts.keep(unsent(self._key), "")

    # ---- while it is answered ---------------------------------------------------------------------------

    def _is_here(self, asking: Asking) -> bool:
        return asking.conversation == self.conversation

    def _on_text(self, asking: Asking, text: str) -> None:
        widget = self._view.widget_of(asking.answer) if self._is_here(asking) else None
        if isinstance(widget, AnswerMessage):
            widget.append(text)

    def _on_changed(self, asking: Asking) -> None:
        if not self._is_here(asking):
            return
        if asking.is_sent and self.id is None:
            self.id = asking.conversation
            self._next_id = new_id("conv-")
            self.drafts.keep(draft(self.id), self._composer.text.toPlainText())
            self.drafts.keep(draft(NEW), "")
            self.opened.emit()
        self._view.refresh(busy=not asking.is_over)
        self._tell_waiting()

    def _on_ended(self, asking: Asking) -> None:
        self._askings.pop(asking.conversation, None)
        if not self._is_here(asking):
            return
        widget = self._view.widget_of(asking.answer)
        if isinstance(widget, AnswerMessage):
            widget.finish()
        self._composer.set_busy(False)
        self._announce(asking.answer)
        if not asking.is_sent and asking.place != "new":
            self._give_back(asking)
        elif not asking.is_sent:
            self._show([*asking.before, asking.question], fresh=False)
        else:
            self._show(self._view.said, fresh=False)
            self.reload()

    def _announce(self, answer: Said) -> None:
        """A screen reader says that the answer is there: it came without a key being pressed."""
        told = {"done": self.tr("The answer is complete."), "stopped": self.tr("The answer was stopped.")}
        text = told.get(answer.status) or self.tr("The answer was cut off. {why}").format(why=answer.problem)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, text))

    def _give_back(self, asking: Asking) -> None:
        """The answer that stood there comes back, and other words for its question into the composer."""
        self.drafts.keep(asking.kept_as, "")
        self._view.show_said(asking.before)
        if asking.place == "edited":
            self._edits = len(asking.before)
            self._composer.begin_edit(asking.question.text)
        if asking.question.problem:
            self._context.bridge.tell(
                self.tr("The question was not sent"), asking.question.problem, level="error", cause="not_sent"
            )
        self.reload()

    def _tell_waiting(self) -> None:
        asking = self.asking
        waits = asking is not None and asking.answer.status == "waiting"
        self._composer.tell(asking.answer.problem if asking is not None and waits else "")

    # ---- what the messages' buttons do ------------------------------------------------------------------

    def _connect(self, widget: PlainMessage | AnswerMessage) -> None:
        widget.refused_link.connect(self._refuse_link)
        widget.again.connect(lambda: self.repeat())
        if isinstance(widget, PlainMessage):
            widget.edit.connect(self.edit_last)
            widget.discard.connect(lambda: self._discard(widget.said))
            return
        widget.other.connect(lambda step: self._turn_to(widget.said, step))
        if self.asking is not None and widget.said is self.asking.answer:
            widget.append(self.asking.so_far())
        self._judging.connect_to(widget)

    def _turn_to(self, said: Said, step: int) -> None:
        if said.trace_id in said.answers:
            at = said.answers.index(said.trace_id) + step
            if 0 <= at < len(said.answers):
                self._chosen = said.answers[at]
                self.reload()

    def _refuse_link(self, target: str) -> None:
        self._context.bridge.tell(
            self.tr("This link is not opened"),
            self.tr("Only web pages and mail addresses are: {target}").format(target=target[:200]),
            level="warning",
            cause="refused_link",
        )

    # ---- for the window ---------------------------------------------------------------------------------

    async def correct(self, trace_id: str) -> bool:
        """Opens the answer's conversation and the editor at it. False when it does not stand there (another branch)."""
        conversation = await self._context.run(reading.conversation_of, self._context.database, trace_id)
        if conversation != self.id or self._view.answer_of(trace_id) is None:
            await self.open(conversation)
        await self._view.all_built()
        widget = self._view.answer_of(trace_id)
        if widget is None:
            return False
        widget.begin_correction()
        self._view.reveal(widget.editor or widget)
        return True


def carried_over(fresh: list[Said], shown: Sequence[Said]) -> list[Said]:
    """What the person saw and the database does not have (yet) is not taken away from under their eyes."""
    known = {one.trace_id: one for one in shown if one.trace_id is not None}
    for one in fresh:
        ours = known.get(one.trace_id) if one.trace_id is not None else None
        if ours is None or ours.local:
            continue
        if one.status in ("streaming", "broken") and ours.status in ("stopped", "broken"):
            one.status, one.problem = ours.status, ours.problem or one.problem
        if len(ours.text) > len(one.text) and ours.text.startswith(one.text):
            one.recorded, one.text = one.text, ours.text
    return fresh
