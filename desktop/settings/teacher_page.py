"""Who the teacher is, its key, and whether it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.config import Config
from desktop.settings.ask_teacher import TeacherTest
from desktop.settings.form import Form
from desktop.settings.key_field import KeyField
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context


class TeacherPage(QWidget):
    """The key and the test follow the provider that the file names."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        form = Form(context, "teacher", lambda info: not info.later)
        later = Form(context, "teacher", lambda info: info.later)
        self.key = KeyField(context)
        self.test = TeacherTest(context)
        layout = QVBoxLayout(self)
        layout.setSpacing(self.fontMetrics().height())
        layout.addWidget(Words(context.theme, self.tr(
            "A teacher is a larger model on somebody's server. Without one everything works and nothing is sent"
            " anywhere. With one, only what you allow below is sent to it, and each request stands in the egress log."
        ), "text"))  # fmt: skip
        layout.addWidget(form)
        for title, widget in ((self.tr("Key"), self.key), (self.tr("Test"), self.test)):
            layout.addWidget(heading(title))
            layout.addWidget(widget)
        layout.addWidget(later)
        layout.addStretch(1)
        context.bridge.config_changed.connect(self.take_config)
        self.take_config(context.config)

    def take_config(self, config: Config) -> None:
        self.key.set_provider(config.teacher.provider)
        self.test.set_possible(config.teacher.provider != "none")
