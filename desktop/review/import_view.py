"""An imported trace as it would be learned from: what was asked, what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.review.read_text import ReadText

if TYPE_CHECKING:
    from core.records import Message, Trace


class ImportView(QWidget):
    """`trace` None: it was deleted in the meantime."""

    def __init__(self, trace: Trace | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        if trace is None:
            box.addWidget(QLabel(self.tr("The answer that this is about is no longer there."), wordWrap=True))
            return
        came_from = QLabel(self.tr("Imported from {}, answered by {}.").format(trace.client, trace.model or "?"))
        came_from.setWordWrap(True)
        text = ReadText(conversation(trace), name=self.tr("The imported conversation"))
        text.setObjectName("review_trace")
        box.addWidget(came_from)
        box.addWidget(text)


def conversation(trace: Trace) -> str:
    """All that was said, each turn under who said it."""
    turns = [f"{speaker(message)}\n{message.content or ''}" for message in trace.messages]
    title = QCoreApplication.translate("Review", "Answer")
    return "\n\n".join([*turns, f"{title}\n{trace.response}"])


def speaker(message: Message) -> str:
    return {
        "system": QCoreApplication.translate("Review", "Instructions"),
        "user": QCoreApplication.translate("Review", "Question"),
        "assistant": QCoreApplication.translate("Review", "Earlier answer"),
        "tool": QCoreApplication.translate("Review", "Result of a tool"),
    }[message.role]
