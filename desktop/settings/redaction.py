"""Shows what the rules of redaction take out of a text, and what is left of it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QLabel, QListWidget, QPlainTextEdit, QVBoxLayout, QWidget

from core.errors import NightschoolError
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from desktop.context import Context

TYPING_MS = 250
LINES = 5


class Redaction(QWidget):
    """What is typed here goes nowhere and is not kept."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        theme = context.theme
        self._text = self._box("redaction_text", self.tr("Text to try"))
        self._text.setPlaceholderText(self.tr("Type or paste something here. It goes nowhere and is not kept."))
        self._result = self._box("redaction_result", self.tr("Redacted"))
        self._result.setReadOnly(True)
        self._verdict = Words(theme, name="redaction_verdict")
        self._findings = QListWidget()
        self._findings.setObjectName("redaction_findings")
        self._findings.setAccessibleName(self.tr("What was found"))
        self._findings.setMaximumHeight(self.fontMetrics().height() * LINES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(heading(self.tr("Redaction")))
        column.addWidget(Words(theme, self.tr(
            "Rules find secrets and personal data, on this machine. Diagnostics are copied, and conversations that you"
            " let go to the teacher are sent, without them. Try what the rules take out of a text."
        )))  # fmt: skip
        for title, box in ((self.tr("&Text to try"), self._text), (self.tr("Redacted"), self._result)):
            label = QLabel(title)
            label.setBuddy(box)
            column.addWidget(label)
            column.addWidget(box)
        column.addWidget(self._verdict)
        column.addWidget(self._findings)
        self._findings.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self._text.textChanged.connect(lambda: self._typing.start())

    def _box(self, name: str, title: str) -> QPlainTextEdit:
        box = QPlainTextEdit()
        box.setObjectName(name)
        box.setAccessibleName(title)
        box.setTabChangesFocus(True)
        box.setFixedHeight(self.fontMetrics().lineSpacing() * (LINES + 1))
        return box

    def _ask(self) -> None:
        self._context.spawn(self._redact(self._text.toPlainText()), parent=self, failed=self._failed)

    async def _redact(self, text: str) -> None:
        module = await self._context.run(importlib.import_module, "core.privacy.redact")
        redacted = await self._context.run(module.redact, text)
        if text == self._text.toPlainText():
            self._show(text, redacted)

    def _show(self, text: str, redacted: Any) -> None:
        self._result.setPlainText(redacted.text)
        self._findings.clear()
        for finding in redacted.findings:
            line = text.count("\n", 0, finding.start) + 1
            self._findings.addItem(self.tr("Line {line}: {kind}").format(line=line, kind=kind_in_words(finding.kind)))
        found = self._findings.count()
        self._findings.setVisible(bool(found))
        if not text.strip():
            self._verdict.say("")
        elif found:
            self._verdict.say(self.tr("%n pieces were taken out.", "", found), "warning")
        else:
            self._verdict.say(self.tr("Nothing was found to take out."), "muted")
        self._result.setAccessibleDescription(self._verdict.text())

    def _failed(self, error: NightschoolError) -> None:
        self._verdict.say(str(error), "bad")


def kind_in_words(kind: str) -> str:
    """The kinds of core.privacy.spans as a person reads them."""
    said = {
        "secret": QCoreApplication.translate("Redaction", "a key, a password or another secret"),
        "card": QCoreApplication.translate("Redaction", "the number of a payment card"),
        "iban": QCoreApplication.translate("Redaction", "the number of a bank account"),
        "e-mail": QCoreApplication.translate("Redaction", "an e-mail address"),
        "phone": QCoreApplication.translate("Redaction", "a telephone number"),
        "ip": QCoreApplication.translate("Redaction", "an address in a network"),
        "home": QCoreApplication.translate("Redaction", "the path of your home folder"),
        "user": QCoreApplication.translate("Redaction", "your user name"),
        "machine": QCoreApplication.translate("Redaction", "the name of this computer"),
        "name": QCoreApplication.translate("Redaction", "a name that you keep private"),
    }
    return said.get(kind, kind)
