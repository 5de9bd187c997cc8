"""One message as a widget: who said it, what, and (for an answer) what is known of it and can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.chat import words
from desktop.chat.answer_bar import AnswerBar
from desktop.chat.correction import CorrectionEditor
from desktop.chat.markdown_view import MarkdownView
from desktop.chat.marks import Marks
from desktop.chat.text_segment import copy

if TYPE_CHECKING:
    from desktop.chat.said import Said

SPOKEN_CHARS = 300
"""How much of a message its accessible name repeats; the whole text stands in its parts."""


class MessageFrame(QFrame):
    """What all messages share: a speaker, a body, a place in the way of the Tab key, a visible focus."""

    refused_link = Signal(str)
    grew = Signal()
    moved_on = Signal(int)
    """the arrow keys ask for the message before (-1) or after (1)"""

    def __init__(self, said: Said, *, plain: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said = said
        self.setObjectName("message")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.speaker = QLabel()
        self.speaker.setTextFormat(Qt.TextFormat.PlainText)
        font = self.speaker.font()
        font.setBold(True)
        self.speaker.setFont(font)
        self.body = MarkdownView(plain=plain)
        self.body.grew.connect(self.grew)
        self.body.settled.connect(self._name)
        self.body.refused_link.connect(self.refused_link)
        self.head = QHBoxLayout()
        self.head.addWidget(self.speaker)
        self.head.addStretch()
        self.box = QVBoxLayout(self)
        self.box.addLayout(self.head)
        self.box.addWidget(self.body)

    def who(self) -> str:
        raise NotImplementedError

    def _name(self) -> None:
        text = self.body.text
        short = text if len(text) <= SPOKEN_CHARS else f"{text[:SPOKEN_CHARS]}…"
        self.setAccessibleName(self.tr("{who}: {text}").format(who=self.who(), text=short))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            width = max(2, self.fontMetrics().height() // 8)
            painter.setPen(QPen(self.palette().highlight(), width))
            painter.drawRect(self.rect().adjusted(1, 1, -width, -width))
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not control:
            self.moved_on.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_C and control:
            copy(self.said.spoken)
        else:
            super().keyPressEvent(event)


class PlainMessage(MessageFrame):
    """The person's words, or a client's instructions: text as it stands."""

    edit = Signal()
    again = Signal()
    discard = Signal()

    def __init__(self, said: Said, parent: QWidget | None = None) -> None:
        super().__init__(said, plain=True, parent=parent)
        if said.role == "user":
            self.setAutoFillBackground(True)
            self.setBackgroundRole(self.palette().ColorRole.Button)
        self.marks = Marks()
        self.marks.try_again.connect(self.again)
        self.marks.discard.connect(self.discard)
        self.marks.edit.connect(self.edit)
        self.box.addWidget(self.marks)
        self.body.set_text(said.text)
        self.show_said(said, is_last=False, busy=False)

    def who(self) -> str:
        match self.said.role:
            case "user":
                return self.tr("You")
            case "tool":
                return self.tr("A tool's result")
        return self.tr("Instructions of the program that asked")

    def show_said(self, said: Said, *, is_last: bool, busy: bool) -> None:
        self.said = said
        self.speaker.setText(self.who())
        self.marks.show_question(said, is_last=is_last, busy=busy)
        if self.body.text != said.text:
            self.body.set_text(said.text)
        self._name()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_E and self.marks.edit_button.isVisible() and self.marks.edit_button.isEnabled():
            self.edit.emit()
        else:
            super().keyPressEvent(event)


class AnswerMessage(MessageFrame):
    """An answer, while it is made and after."""

    rated = Signal(object)
    corrected = Signal(str)
    correction_edited = Signal(str)
    correction_taken_back = Signal()
    again = Signal()
    other = Signal(int)
    opened_trace = Signal(str)
    has_chips = Signal()
    """there are chips whose question is not known yet"""

    def __init__(self, said: Said, parent: QWidget | None = None) -> None:
        super().__init__(said, plain=False, parent=parent)
        self.editor: CorrectionEditor | None = None
        self._shows_original = False
        self.marks = Marks()
        self.bar = AnswerBar()
        self.no_words = QLabel(self.tr("(no words)"))
        self.no_words.setObjectName("no_words")
        self.no_words.setForegroundRole(self.no_words.palette().ColorRole.PlaceholderText)
        self.no_words.hide()
        self.box.addWidget(self.no_words)
        self.box.addWidget(self.marks)
        self.box.addWidget(self.bar)
        self.bar.rated.connect(self.rated)
        self.bar.correct.connect(lambda: self.begin_correction())
        self.bar.copy.connect(lambda: copy(self.said.spoken))
        self.bar.again.connect(self.again)
        self.bar.other.connect(self.other)
        self.marks.try_again.connect(self.again)
        self.marks.opened_trace.connect(self.opened_trace)
        self.marks.original.connect(self._toggle_original)
        self.marks.take_back.connect(self.correction_taken_back)
        if not said.is_live:
            self.body.set_text(said.spoken)
        self.show_said(said, is_last=False, busy=False)

    def who(self) -> str:
        return self.tr("Teacher") if self.said.escalated else self.tr("Student")

    def append(self, text: str) -> None:
        self.body.append(text)

    def finish(self) -> None:
        self.body.finish()

    def show_said(self, said: Said, *, is_last: bool, busy: bool) -> None:
        """What is known of it now; the text too, unless it is just being made."""
        if said.correction is None:
            self._shows_original = False
        self.said = said
        when = words.when(said.trace.created_at) if said.trace is not None else ""
        self.speaker.setText(" · ".join(part for part in (self.who(), when) if part))
        self.marks.show_answer(said, shows_original=self._shows_original, is_last=is_last, busy=busy)
        self.bar.show_said(said, is_last=is_last, busy=busy)
        self.bar.setVisible(not said.is_running)
        shown = said.text if self._shows_original else said.spoken
        if not said.is_live and self.body.text != shown:
            self.body.set_text(shown)
        silent = said.status == "done" and not shown.strip()
        self.no_words.setVisible(silent)
        self._name()
        self.setAccessibleDescription(f"{self.no_words.text() if silent else ''} {self.marks.spoken()}".strip())
        if self.marks.untitled():
            self.has_chips.emit()

    def begin_correction(self, draft: str = "") -> None:
        """Opens the editor below the answer; an answer that cannot be rated has none."""
        if not self.said.may_be_rated:
            return
        if self.editor is None:
            self.editor = CorrectionEditor(draft or self.said.spoken)
            self.editor.saved.connect(self.corrected)
            self.editor.edited.connect(self.correction_edited)
            self.editor.given_up.connect(self._give_up)
            self.box.insertWidget(self.box.indexOf(self.bar), self.editor)
        self.editor.text.setFocus()

    def end_correction(self) -> None:
        if self.editor is not None:
            self.box.removeWidget(self.editor)
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None
            self.setFocus()

    def _give_up(self) -> None:
        self.correction_edited.emit("")
        self.end_correction()

    def _toggle_original(self) -> None:
        self._shows_original = not self._shows_original
        self.show_said(self.said, is_last=self.bar.again_button.isVisibleTo(self.bar), busy=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key, bar = event.key(), self.bar
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal) or (control and key == Qt.Key.Key_Up):
            bar.up.click()
        elif key == Qt.Key.Key_Minus or (control and key == Qt.Key.Key_Down):
            bar.down.click()
        elif key == Qt.Key.Key_E and not control:
            self.begin_correction()
        elif key == Qt.Key.Key_R and not control and not bar.again_button.isHidden():
            bar.again_button.click()
        else:
            super().keyPressEvent(event)
