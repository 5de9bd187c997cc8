"""What the person says of the answers that are shown: thumbs and corrections, and the past work behind the chips."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import NightschoolError
from desktop.bridge import Notice
from desktop.chat import reading
from desktop.chat.drafts import correction
from desktop.chat.rating import Ratings

if TYPE_CHECKING:
    from desktop.chat.drafts import Drafts
    from desktop.chat.message import AnswerMessage
    from desktop.context import Context


class Judging(QObject):
    """Shown at once, kept in a thread; what could not be kept is turned back and told."""

    def __init__(self, context: Context, drafts: Drafts, show_again: Callable[[], None], parent: QObject) -> None:
        """show_again: called when what is known of an answer is other than before."""
        super().__init__(parent)
        self._context = context
        self._drafts = drafts
        self._show_again = show_again
        self._ratings = Ratings(context)

    def connect_to(self, widget: AnswerMessage) -> None:
        widget.rated.connect(lambda value: self._rate(widget, value))
        widget.corrected.connect(lambda text: self._correct(widget, text))
        widget.correction_taken_back.connect(lambda: self._correct(widget, None))
        widget.correction_edited.connect(lambda text: self._keep_draft(widget, text))
        widget.opened_trace.connect(self._context.windows.show_trace)
        widget.has_chips.connect(lambda: self._name_chips(widget))
        self._context.spawn(self._restore_correction(widget), parent=widget)
        self._name_chips(widget)

    def _name_chips(self, widget: AnswerMessage) -> None:
        """The chips say what was asked then."""
        if wanted := widget.marks.untitled():
            self._context.spawn(self._title_chips(widget, wanted), parent=widget)

    async def _title_chips(self, widget: AnswerMessage, wanted: list[str]) -> None:
        titles = await self._context.run(reading.questions_of, self._context.database, wanted)
        widget.marks.title_chips(titles)

    def _rate(self, widget: AnswerMessage, value: bool | None) -> None:
        """Shown at once; turned back, with the reason told, where it could not be kept."""
        said = widget.said
        if said.trace_id is None:
            return
        before, said.thumb = said.thumb, value
        self._show_again()

        def failed(error: NightschoolError) -> None:
            if said.thumb is value:
                said.thumb = before
            self._show_again()
            self._context.bridge.told.emit(Notice.of(error))

        self._context.spawn(self._ratings.thumb(said.trace_id, value), failed=failed)

    def _correct(self, widget: AnswerMessage, text: str | None) -> None:
        """None takes the correction back."""

        def failed(error: NightschoolError) -> None:
            if widget.editor is not None:
                widget.editor.fail(str(error))
            else:
                self._context.bridge.told.emit(Notice.of(error))

        self._context.spawn(self._save_correction(widget, text), parent=widget, failed=failed)

    async def _save_correction(self, widget: AnswerMessage, text: str | None) -> None:
        said = widget.said
        if said.trace_id is None:
            return
        await self._ratings.correct(said.trace_id, text)
        said.correction = text
        self._keep_draft(widget, "")
        widget.end_correction()
        self._show_again()

    def _keep_draft(self, widget: AnswerMessage, text: str) -> None:
        if widget.said.trace_id is not None:
            self._drafts.keep(correction(widget.said.trace_id), text)

    async def _restore_correction(self, widget: AnswerMessage) -> None:
        if widget.said.trace_id is None:
            return
        kept = await self._context.run(self._context.database.state.get, correction(widget.said.trace_id))
        if kept and kept != widget.said.spoken and widget.editor is None:
            widget.begin_correction(kept)
