"""One answer of any client, whole: what was asked, what was answered, what is held of it; it can be rated here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import NightschoolError
from desktop.chat import reading, words
from desktop.chat.correction import CorrectionEditor
from desktop.chat.markdown_view import MarkdownView
from desktop.chat.rating import Ratings

if TYPE_CHECKING:
    from core.database import Database
    from desktop.chat.said import Said
    from desktop.context import Context

WIDTH_CHARS, HEIGHT_LINES = 80, 30


class TraceDialog(QDialog):
    """Reads the trace when it is opened and whenever something is said of it."""

    def __init__(self, context: Context, trace_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._trace_id = trace_id
        self._ratings = Ratings(context)
        self._wants_correction = False
        self.said: Said | None = None
        self.editor: CorrectionEditor | None = None
        self.setObjectName("trace_dialog")
        self.setWindowTitle(self.tr("Past work"))
        self.facts = QFormLayout()
        self._facts: dict[str, QLabel] = {}
        for name, told in (
            ("when", self.tr("When")),
            ("client", self.tr("Asked by")),
            ("model", self.tr("Answered by")),
            ("verdict", self.tr("Held of it")),
        ):
            self._facts[name] = self._fact(name, told)
        self.question = MarkdownView(plain=True)
        self.answer = MarkdownView()
        self.correction = MarkdownView()
        self._buttons()
        self._lay_out()
        context.bridge.feedback_changed.connect(self._touched)
        context.bridge.traces_changed.connect(self._touched)
        context.spawn(self._read(), parent=self, failed=self._failed)

    def _fact(self, name: str, told: str) -> QLabel:
        label = QLabel()
        label.setObjectName(f"trace_{name}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self.facts.addRow(told, label)
        return label

    def _buttons(self) -> None:
        self.accept_button = QPushButton(self.tr("👍 &Accept"))
        self.accept_button.setObjectName("accept_trace")
        self.reject_button = QPushButton(self.tr("👎 &Reject"))
        self.reject_button.setObjectName("reject_trace")
        for button, value in ((self.accept_button, True), (self.reject_button, False)):
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda checked, value=value: self._rate(value if checked else None))
        self.accept_button.setToolTip(self.tr("The student is shown this where it fits; again takes it back"))
        self.reject_button.setToolTip(self.tr("The student is never shown this again; again takes it back"))
        self.correct_button = QPushButton(self.tr("&Correct…"))
        self.correct_button.setObjectName("correct_trace")
        self.correct_button.setAutoDefault(False)
        self.correct_button.clicked.connect(self.begin_correction)
        self.problem = QLabel()
        self.problem.setObjectName("trace_problem")
        self.problem.setWordWrap(True)
        self.problem.hide()

    def _lay_out(self) -> None:
        inner = QWidget()
        self._texts = QVBoxLayout(inner)
        self._heads: dict[MarkdownView, QLabel] = {}
        for told, view in (
            (self.tr("What was asked"), self.question),
            (self.tr("What was answered"), self.answer),
            (self.tr("Your correction, which is shown in its place"), self.correction),
        ):
            head = QLabel(told)
            font = head.font()
            font.setBold(True)
            head.setFont(font)
            self._heads[view] = head
            view.setAccessibleName(told)
            self._texts.addWidget(head)
            self._texts.addWidget(view)
        self._texts.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(self.tr("Question and answer"))
        row = QHBoxLayout()
        for button in (self.accept_button, self.reject_button, self.correct_button):
            row.addWidget(button)
        row.addStretch()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row.addWidget(close)
        box = QVBoxLayout(self)
        box.addLayout(self.facts)
        box.addWidget(area, 1)
        box.addWidget(self.problem)
        box.addLayout(row)
        self._box = box
        self.resize(
            self.fontMetrics().averageCharWidth() * WIDTH_CHARS, self.fontMetrics().lineSpacing() * HEIGHT_LINES
        )

    def begin_correction(self) -> None:
        """Opens the editor, once the answer is read."""
        if self.said is None:
            self._wants_correction = True
        elif self.editor is None:
            self.editor = CorrectionEditor(self.said.spoken)
            self.editor.saved.connect(lambda text: self._say_correction(text))
            self.editor.given_up.connect(self._end_correction)
            self._box.insertWidget(self._box.count() - 1, self.editor)
            self.editor.text.setFocus()

    def _end_correction(self) -> None:
        if self.editor is not None:
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None

    def _touched(self, trace_ids: list[str]) -> None:
        if self._trace_id in trace_ids:
            self._context.spawn(self._read(), parent=self, failed=self._failed)

    async def _read(self) -> None:
        said, verdict = await self._context.run(read, self._context.database, self._trace_id)
        trace = said.trace
        assert trace is not None
        self.said = said
        self._facts["when"].setText(words.when(trace.created_at))
        self._facts["client"].setText(trace.client)
        self._facts["model"].setText(" · ".join(part for part in (trace.model, trace.variant, trace.agent) if part))
        self._facts["verdict"].setText(words.verdict(verdict))
        self.question.set_text(reading.question_of(trace))
        self.answer.set_text(said.text)
        self.correction.set_text(said.correction or "")
        for widget in (self.correction, self._heads[self.correction]):
            widget.setVisible(said.correction is not None)
        self._show_thumb(said.thumb)
        if self._wants_correction:
            self._wants_correction = False
            self.begin_correction()

    def _show_thumb(self, thumb: bool | None) -> None:
        self.accept_button.setChecked(thumb is True)
        self.reject_button.setChecked(thumb is False)

    def _rate(self, value: bool | None) -> None:
        self._show_thumb(value)

        def failed(error: NightschoolError) -> None:
            self._show_thumb(self.said.thumb if self.said is not None else None)
            self._tell(str(error))

        self._context.spawn(self._say(value), parent=self, failed=failed)

    async def _say(self, value: bool | None) -> None:
        await self._ratings.thumb(self._trace_id, value)
        await self._read()

    def _say_correction(self, text: str) -> None:
        def failed(error: NightschoolError) -> None:
            if self.editor is not None:
                self.editor.fail(str(error))

        async def save() -> None:
            await self._ratings.correct(self._trace_id, text)
            self._end_correction()
            await self._read()

        self._context.spawn(save(), parent=self, failed=failed)

    def _failed(self, error: NightschoolError) -> None:
        """It was forgotten, perhaps while this stood open: what was shown of it goes, too."""
        self.said = None
        for view in (self.question, self.answer, self.correction):
            view.set_text("")
        for button in (self.accept_button, self.reject_button, self.correct_button):
            button.setEnabled(False)
        self._tell(str(error))

    def _tell(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()


def read(database: Database, trace_id: str) -> tuple[Said, str]:
    """The answer with its verdict. Raises NotFound."""
    return reading.read_answer(database, trace_id), database.feedback.label(trace_id).verdict
