"""One night or session: what came of it, what it changed, and the way back where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QMessageBox, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.history.sessions import can_roll_back
from desktop.history.words import dollars, kind_name, outcome, rollback_sentence, value_text
from desktop.moments import when

if TYPE_CHECKING:
    from core.database import SessionRow


class SessionView(QScrollArea):
    roll_back = Signal(str)
    """job id of the session; after the person was asked"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: SessionRow | None = None
        self._question: QMessageBox | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("What this night or session did"))
        self.text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText, alignment=Qt.AlignmentFlag.AlignTop)
        self.text.setObjectName("session_text")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.way_back = QLabel(wordWrap=True)
        self.way_back.setObjectName("rollback_state")
        self.button = QPushButton(self.tr("&Roll back…"))
        self.button.setObjectName("roll_back")
        self.button.clicked.connect(self._ask)
        inside = QWidget()
        box = QVBoxLayout(inside)
        for widget in (self.text, self.way_back, self.button):
            box.addWidget(widget)
        box.setAlignment(self.button, Qt.AlignmentFlag.AlignLeft)
        box.addStretch()
        self.setWidget(inside)

    def show_row(self, row: SessionRow | None) -> None:
        self._row = row
        self.text.setText("" if row is None else "\n".join(self._lines(row)))
        finished = row is not None and row.state == "done"
        self.way_back.setText(rollback_sentence(row) if row is not None and finished else "")
        self.way_back.setVisible(finished)
        self.button.setVisible(row is not None and can_roll_back(row))

    def _lines(self, row: SessionRow) -> list[str]:
        lines = [self.tr("{}, {}").format(kind_name(row.kind), when(row.at)), outcome(row)]
        if row.finished_at is not None:
            lines.append(self.tr("Ended: {}").format(when(row.finished_at)))
        if row.outcome is None:
            return lines
        lines.append(self.tr("Cost: {}").format(dollars(row.outcome.cost_usd)))
        before, after = row.outcome.score_before, row.outcome.score_after
        if before is not None and after is not None:
            told = self.tr("Benchmark: from {} to {}")
            lines.append(told.format(value_text(before, "share"), value_text(after, "share")))
        if row.outcome.changes:
            lines += ["", self.tr("What changed:"), *(f"• {change}" for change in row.outcome.changes)]
        else:
            lines.append(self.tr("Nothing was changed."))
        if row.outcome.checkpoint is not None:
            lines += ["", self.tr("Checkpoint of before: {}").format(row.outcome.checkpoint)]
        return lines

    def _ask(self) -> None:
        """Never by exec(): a nested loop would stop everything else."""
        if self._row is None:
            return
        job_id = self._row.job_id
        question = QMessageBox(self)
        question.setObjectName("rollback_question")
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(self.tr("Roll back"))
        question.setText(self.tr("Undo what this session changed?"))
        question.setInformativeText(
            self.tr("The files are put back exactly as they were before it. The history keeps both.")
        )
        yes = question.addButton(self.tr("Roll back"), QMessageBox.ButtonRole.AcceptRole)
        yes.setObjectName("rollback_yes")
        no = question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(no)
        question.accepted.connect(lambda: self.roll_back.emit(job_id))
        question.open()
