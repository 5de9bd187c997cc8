"""Where the person decides: try it or reject with a reason, what was decided, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.moments import when
from desktop.review.reason import ReasonPanel
from desktop.review.words import next_sentence

if TYPE_CHECKING:
    from core.database import Review
    from desktop.review.items import Item


class DecisionBar(QWidget):
    """Emits what was decided; it writes nothing itself."""

    approved = Signal()
    rejected = Signal(str)
    """the reason; "" only for an import, which needs none"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._needs_reason = True
        self.sentence = self._label("decision_sentence")
        self.approve = self._button("try_it", self.approved.emit)
        self.reject = self._button("reject", self.begin_reject)
        self.reasons = ReasonPanel()
        self.reasons.given.connect(self.rejected.emit)
        self.reasons.cancelled.connect(self._end_reject)
        self.state = self._label("decision_state")
        self.next = self._label("what_next")
        self.problem = self._label("review_problem")
        self._arrange()

    def show_item(self, item: Item, problem: str = "") -> None:
        """The buttons while it waits; what was decided, and what follows, afterwards."""
        pending = item.review.state == "pending"
        self._name(item)
        for widget in (self.sentence, self.approve, self.reject):
            widget.setVisible(pending)
        self.reasons.setVisible(False)
        self.reasons.clear()
        self._say(self.state, "" if pending else self._decided(item.review))
        follows = item.review.state == "approved" and item.review.kind == "edit"
        self._say(self.next, next_sentence(item.job) if follows else "")
        self._say(self.problem, problem)
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While a decision is being written nothing else can be pressed."""
        self.setEnabled(not busy)

    def begin_reject(self) -> None:
        """Asks for the reason where one is needed."""
        if not self._needs_reason:
            self.rejected.emit("")
            return
        self.approve.setVisible(False)
        self.reject.setVisible(False)
        self.reasons.setVisible(True)
        self.reasons.begin()

    def _end_reject(self) -> None:
        self.reasons.setVisible(False)
        self.approve.setVisible(True)
        self.reject.setVisible(True)
        self.reject.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name(self, item: Item) -> None:
        kind = item.review.kind
        self._needs_reason = kind != "import"
        readable = kind != "edit" or item.proposal is not None
        self.approve.setEnabled(readable)
        if kind == "import":
            self.approve.setText(self.tr("&Accept for learning"))
            self.reject.setText(self.tr("&Keep out"))
            self.sentence.setText(self.tr("Only what you accept is learned from. What is kept out stays unused."))
            return
        self.approve.setText(self.tr("&Try it"))
        self.reject.setText(self.tr("&Reject…"))
        self.sentence.setText(
            self.tr("It is still gated: trying it changes nothing for good unless the gate finds it better.")
            if readable
            else self.tr("This version of Nightschool cannot read the change, so it cannot be tried; update it first.")
        )

    def _decided(self, review: Review) -> str:
        imported = review.kind == "import"
        if review.state == "approved":
            said = self.tr("Accepted for learning, {}.") if imported else self.tr("Approved, {}.")
        else:
            said = self.tr("Kept out, {}.") if imported else self.tr("Rejected, {}.")
        told = said.format(when(review.decided_at or review.created_at))
        reason = self.tr("Reason: {}")
        return f"{told} {reason.format(review.reason)}" if review.reason else told

    def _button(self, name: str, pressed: object) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.clicked.connect(pressed)
        return button

    def _label(self, name: str) -> QLabel:
        label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setObjectName(name)
        return label

    def _say(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _arrange(self) -> None:
        self.approve.setToolTip(self.tr("Key: A"))
        self.reject.setToolTip(self.tr("Key: R"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.approve)
        buttons.addWidget(self.reject)
        buttons.addStretch()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for label in (self.problem, self.state, self.next, self.sentence):
            box.addWidget(label)
        box.addLayout(buttons)
        box.addWidget(self.reasons)
