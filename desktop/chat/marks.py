"""Below a message: what is to be known of it, in words, with the buttons that belong to that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop.chat import words
from desktop.chat.said import Said

CHIP_CHARS = 70


class Marks(QWidget):
    """Lines of text, each told by words and never by a colour alone, and chips for the past work that was used."""

    try_again = Signal()
    discard = Signal()
    edit = Signal()
    original = Signal()
    take_back = Signal()
    opened_trace = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.status = self._line("status")
        self.unverified = self._line("unverified")
        self.unstored = self._line("not_stored")
        self.corrected = self._line("corrected")
        self.again_button = self._button("try_again", self.tr("Try again"), self.try_again.emit)
        self.discard_button = self._button("discard", self.tr("Discard"), self.discard.emit)
        self.edit_button = self._button("edit_question", self.tr("Edit and ask again"), self.edit.emit)
        self.original_button = self._button("show_original", self.tr("Show the original"), self.original.emit)
        self.take_back_button = self._button("take_back_correction", self.tr("Take it back"), self.take_back.emit)
        self._chips = QWidget()
        self._chip_box = QVBoxLayout(self._chips)
        self._chip_box.setContentsMargins(0, 0, 0, 0)
        self._chip_box.setSpacing(0)
        self._shown_chips: dict[str, QToolButton] = {}
        self._titles: dict[str, str] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        self._row(box, self.status, self.again_button, self.discard_button, self.edit_button)
        self._row(box, self.corrected, self.original_button, self.take_back_button)
        box.addWidget(self.unverified)
        box.addWidget(self.unstored)
        box.addWidget(self._chips)
        self._chips.hide()

    def show_question(self, said: Said, *, is_last: bool, busy: bool) -> None:
        unsent = said.status == "unsent"
        told = self.tr("Not sent. {problem}").format(problem=said.problem).strip() if unsent else ""
        self._tell(self.status, told)
        self.again_button.setVisible(unsent)
        self.discard_button.setVisible(unsent)
        self.edit_button.setVisible(said.role == "user" and is_last)
        for button in (self.again_button, self.discard_button, self.edit_button):
            button.setEnabled(not busy)
        self.setVisible(unsent or not self.edit_button.isHidden())

    def show_answer(self, said: Said, *, shows_original: bool, is_last: bool, busy: bool) -> None:
        self._tell(self.status, self._status(said))
        self.again_button.setVisible(said.status == "broken" and is_last)
        self.again_button.setEnabled(not busy)
        self.discard_button.hide()
        self.edit_button.hide()
        failed = said.validation is not None and said.validation.status == "failed" and said.correction is None
        why = words.reasons(said.validation) if failed and said.validation is not None else ""
        self._tell(self.unverified, self.tr("⚠ Not verified:\n{why}").format(why=why) if failed else "")
        not_stored = self.tr("Not stored, so it cannot be rated: {why}").format(why=said.not_stored)
        self._tell(self.unstored, not_stored if said.not_stored else "")
        corrected = said.correction is not None
        self._tell(self.corrected, self._corrected(shows_original) if corrected else "")
        self.original_button.setVisible(corrected)
        self.take_back_button.setVisible(corrected)
        self.original_button.setText(
            self.tr("Show your correction") if shows_original else self.tr("Show the original")
        )
        self._show_chips(said.grounded_in)
        lines = (self.status, self.unverified, self.unstored, self.corrected)
        self.setVisible(bool(said.grounded_in) or any(line.text() for line in lines))

    def _status(self, said: Said) -> str:
        match said.status:
            case "waiting":
                return said.problem or self.tr("The student reads your question…")
            case "streaming":
                return "" if said.local else self.tr("This answer is being made now.")
            case "stopped":
                return self.tr("■ Stopped by you. What was said until then is kept.")
            case "broken":
                kept = self.tr("What was said until then is kept.") if said.text else ""
                problem = said.problem or self.tr("The answer was cut off.")
                return f"✖ {problem} {kept}".strip()
        return ""

    def _corrected(self, shows_original: bool) -> str:
        return self.tr("This is the original; you corrected it.") if shows_original else self.tr("✎ Corrected by you.")

    def spoken(self) -> str:
        """All marks as one text, for a screen reader."""
        lines = (self.status, self.corrected, self.unverified, self.unstored)
        told = [line.text() for line in lines if line.text()]
        if self._shown_chips:
            told.append(self.tr("Grounded in %n earlier answer(s).", None, len(self._shown_chips)))
        return " ".join(told)

    @property
    def chips(self) -> Sequence[QToolButton]:
        return list(self._shown_chips.values())

    def untitled(self) -> list[str]:
        """Trace ids of chips whose question is not known yet."""
        return [trace_id for trace_id in self._shown_chips if trace_id not in self._titles]

    def title_chips(self, titles: dict[str, str]) -> None:
        """trace id → the past question; "" for one that was deleted."""
        self._titles |= titles
        for trace_id, chip in self._shown_chips.items():
            if trace_id in self._titles:
                self._title(chip, self._titles[trace_id])

    def _title(self, chip: QToolButton, title: str) -> None:
        text = " ".join(title.split()) or self.tr("an answer that was forgotten meanwhile")
        short = text if len(text) <= CHIP_CHARS else f"{text[: CHIP_CHARS - 1]}…"
        chip.setText(self.tr("Grounded in: {title}").format(title=short).replace("&", "&&"))
        chip.setAccessibleName(self.tr("Grounded in: {title}").format(title=text[:300]))
        chip.setEnabled(bool(title))

    def _show_chips(self, trace_ids: Sequence[str]) -> None:
        if list(self._shown_chips) == list(trace_ids):
            return
        for chip in self._shown_chips.values():
            self._chip_box.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._shown_chips = {}
        for trace_id in trace_ids:
            chip = self._button(f"grounded_{len(self._shown_chips)}", "", partial(self.opened_trace.emit, trace_id))
            chip.setText(self.tr("Grounded in: an earlier answer"))
            chip.setToolTip(self.tr("Opens the past work that was put before the student"))
            self._shown_chips[trace_id] = chip
            self._chip_box.addWidget(chip)
        self.title_chips({})
        self._chips.setVisible(bool(trace_ids))

    def _line(self, name: str) -> QLabel:
        line = QLabel()
        line.setObjectName(name)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setWordWrap(True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.hide()
        return line

    def _tell(self, line: QLabel, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))

    def _row(self, box: QVBoxLayout, *widgets: QWidget) -> None:
        row = QHBoxLayout()
        for at, widget in enumerate(widgets):
            row.addWidget(widget, 0 if at else 1)
            widget.hide()
        row.addStretch()
        box.addLayout(row)

    def _button(self, name: str, text: str, does: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: does())
        return button
