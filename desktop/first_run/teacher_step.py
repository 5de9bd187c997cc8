"""The teacher: none to begin with; else who, with which key, and what will be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from core.first_run import TeacherChoice
from desktop.first_run.step import StepPage
from desktop.settings.key_field import KeyField
from desktop.settings.words import Words

if TYPE_CHECKING:
    from core.first_run import FirstRun
    from desktop.context import Context


class TeacherStep(StepPage):
    """Next is for somebody who chose a teacher and whose key is kept; everybody else skips."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title.setText(self.tr("A teacher, if you like"))
        self.say(
            self.tr(
                "A teacher is a larger model on somebody's server. Without one everything works and nothing is sent"
                " anywhere. You can skip this, and add one later in the settings."
            )
        )
        self.provider = QComboBox()
        self.provider.setObjectName("first_run_provider")
        for text, name in (
            (self.tr("No teacher"), "none"),
            (self.tr("Anthropic"), "anthropic"),
            (self.tr("An OpenAI-compatible server"), "openai"),
        ):
            self.provider.addItem(text, name)
        form = QFormLayout()
        form.addRow(self.tr("&Who"), self.provider)
        self.box.addLayout(form)
        self.more = QWidget()
        self._build_more()
        self.box.addWidget(self.more)
        self.box.addStretch()
        self.provider.currentIndexChanged.connect(self._provider_changed)
        self.key.state_changed.connect(lambda _: self.changed.emit())
        self._provider_changed()

    @property
    def ready(self) -> bool:
        return self._name != "none" and self.key.state == "present"

    @property
    def _name(self) -> str:
        return str(self.provider.currentData())

    async def fill(self, first_run: FirstRun) -> None:
        now = await self.context.run(first_run.teacher_now)
        self.provider.setCurrentIndex(self.provider.findData(now.provider))
        self.model.setText(now.model)
        self.base_url.setText(now.base_url)
        self.escalate.setChecked(now.escalate)

    async def choice(self) -> TeacherChoice:
        return TeacherChoice(
            provider=self._name,  # type: ignore[arg-type]
            model=self.model.text(),
            base_url=self.base_url.text(),
            escalate=self.escalate.isChecked(),
            key_state=self.key.state,
        )

    def _provider_changed(self) -> None:
        self.more.setVisible(self._name != "none")
        self.key.set_provider(self._name)
        self.changed.emit()

    def _build_more(self) -> None:
        self.model = QLineEdit()
        self.model.setObjectName("first_run_teacher_model")
        self.base_url = QLineEdit()
        self.base_url.setObjectName("first_run_base_url")
        self.base_url.setPlaceholderText(self.tr("empty: the provider's own address"))
        self.key = KeyField(self.context)
        self.escalate = QCheckBox(self.tr("&Hand answers that fail their checks to the teacher"))
        self.escalate.setObjectName("first_run_escalate")
        form = QFormLayout()
        form.addRow(self.tr("&Model"), self.model)
        form.addRow(self.tr("A&ddress"), self.base_url)
        column = QVBoxLayout(self.more)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.key)
        column.addWidget(self.escalate)
        sent = self.tr(
            "What is sent: nothing while that box is empty. With it, when an answer of the student fails its checks,"
            " the conversation it belongs to and the past work that was shown with it go to the teacher, and the"
            " teacher's answer takes its place. Every request that leaves this computer stands in the egress log"
            " (Settings, Privacy)."
        )
        column.addWidget(Words(self.context.theme, sent, "text", name="first_run_sent"))
