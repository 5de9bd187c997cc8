"""What can be done with an answer: thumbs, correct, copy, ask again, other answers to the same question."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from desktop.chat.said import Said

FAINT = 0.35
"""How much is seen of a thumb that cannot be given."""


class AnswerBar(QWidget):
    """Buttons only: what they do is the window's affair."""

    rated = Signal(object)
    """True, False, or None to take it back"""
    correct = Signal()
    copy = Signal()
    again = Signal()
    other = Signal(int)
    """-1: the answer before this one, 1: the one after"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self.up = self._thumb("thumb_up", "👍", self.tr("Good answer"), "+", True)
        self.down = self._thumb("thumb_down", "👎", self.tr("Bad answer"), "-", False)
        self.correct_button = self._button("correct", self.tr("Correct…"), self.correct.emit)
        self.correct_button.setToolTip(self.tr("Write what would have been the right answer (E)"))
        self.copy_button = self._button("copy_answer", self.tr("Copy"), self.copy.emit)
        self.copy_button.setToolTip(self.tr("Copy the answer as Markdown (Ctrl+C)"))
        self.again_button = self._button("regenerate", self.tr("Ask again"), self.again.emit)
        self.again_button.setToolTip(self.tr("Have the same question answered anew (R)"))
        self.before = self._button("answer_before", "‹", lambda: self.other.emit(-1), self.tr("The answer before this"))
        self.place = QLabel()
        self.place.setObjectName("answer_place")
        self.after = self._button("answer_after", "›", lambda: self.other.emit(1), self.tr("The answer after this"))
        self.made_by = QLabel()
        self.made_by.setObjectName("made_by")
        self.made_by.setTextFormat(Qt.TextFormat.PlainText)
        self.made_by.setForegroundRole(self.made_by.palette().ColorRole.PlaceholderText)
        self.made_by.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.made_by.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for button in (self.up, self.down, self.correct_button, self.copy_button, self.again_button, self.before):
            box.addWidget(button)
        box.addWidget(self.place)
        box.addWidget(self.after)
        box.addWidget(self.made_by, 1)

    def show_said(self, said: Said, *, is_last: bool, busy: bool) -> None:
        """busy: another answer is being made in this conversation."""
        for button, value in ((self.up, True), (self.down, False)):
            button.setEnabled(said.may_be_rated)
            if (faint := button.graphicsEffect()) is not None:
                faint.setEnabled(not said.may_be_rated)
            button.setChecked(said.thumb is value)
        # In words as well: a pressed button differs from another by its shade alone.
        self.up.setText(self.tr("👍 Good") if said.thumb is True else "👍")
        self.down.setText(self.tr("👎 Bad") if said.thumb is False else "👎")
        self.correct_button.setEnabled(said.may_be_rated)
        self.again_button.setVisible(is_last)
        self.again_button.setEnabled(not busy)
        self.made_by.setText(made_by(said, self.tr("answered by the teacher") if said.escalated else ""))
        self.made_by.setToolTip(self.made_by.text())
        place = said.answers.index(said.trace_id) + 1 if said.trace_id in said.answers else 0
        self._show_place(place, len(said.answers) if is_last and place else 0)
        for button in (self.before, self.after):
            button.setEnabled(button.isEnabled() and not busy)

    def _show_place(self, at: int, of: int) -> None:
        """at: 1-based place of this answer among `of`; nothing is shown where there is only one."""
        self.before.setVisible(of > 1)
        self.place.setVisible(of > 1)
        self.after.setVisible(of > 1)
        self.place.setText(self.tr("{at} of {of}").format(at=at, of=of))
        self.place.setAccessibleName(self.tr("Answer {at} of {of}").format(at=at, of=of))
        self.before.setEnabled(at > 1)
        self.after.setEnabled(at < of)

    def _thumb(self, name: str, text: str, told: str, key: str, value: bool) -> QToolButton:
        button = self._button(name, text, lambda: self.rated.emit(value if button.isChecked() else None), told)
        button.setCheckable(True)
        faint = QGraphicsOpacityEffect(button)  # a picture of a font keeps its colours where words turn grey
        faint.setOpacity(FAINT)
        faint.setEnabled(False)
        button.setGraphicsEffect(faint)
        tip = self.tr("{told}: press {key} while the message has the focus, or Ctrl+{arrow}. Again takes it back.")
        arrow = self.tr("Up") if value else self.tr("Down")
        button.setToolTip(tip.format(told=told, key=key, arrow=arrow))
        return button

    def _button(self, name: str, text: str, does: Callable[[], object], told: str = "") -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setAccessibleName(told or text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: does())
        return button


def made_by(said: Said, teacher: str) -> str:
    """Model, variant where it is not the plain one, agent where it is not the plain one."""
    variant = said.variant if said.variant != "base" else ""
    agent = said.agent if said.agent != "direct" else ""
    return " · ".join(part for part in (teacher, said.model, variant, agent) if part)
