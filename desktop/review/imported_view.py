"""A whole import: where it is from, what was found in it, and a few of its answers as they would be learned from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.review.import_view import conversation
from desktop.review.read_text import ReadText

if TYPE_CHECKING:
    from desktop.review.items import Imported


class ImportedView(QWidget):
    """Made anew for each item."""

    def __init__(self, imported: Imported, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._sentence(imported))
        box.addLayout(self._figures(imported.counts))
        if imported.samples:
            title = QLabel(self.tr("Some of its answers:"))
            text = ReadText(
                "\n\n———\n\n".join(map(conversation, imported.samples)), name=self.tr("Some of the imported answers")
            )
            text.setObjectName("review_samples")
            box.addWidget(title)
            box.addWidget(text)

    def _sentence(self, imported: Imported) -> QLabel:
        name = Path(imported.source_file).name
        if imported.in_place:
            said = self.tr("The log {} is read where it lies. What is added to it later is learned from as well.")
            told = said.format(imported.source_file)
        elif not imported.left:
            told = self.tr("Chats from {}: all of them were deleted here.").format(name)
        else:
            told = self.tr("Chats from {}, read as {}. What you say here holds for all of them.").format(
                name, imported.format
            )
        label = QLabel(told, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setObjectName("review_imported")
        return label

    def _figures(self, counts: dict[str, int]) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(2, 1)
        for row, (name, count) in enumerate((name, count) for name, count in counts.items() if count):
            label, figure = QLabel(figure_name(name)), QLabel(QLocale().toString(count))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            figure.setObjectName(f"review_count_{name}")
            label.setBuddy(figure)
            grid.addWidget(label, row, 0)
            grid.addWidget(figure, row, 1)
        return grid


def figure_name(name: str) -> str:
    """What a count of an import counts; one that this version does not know is named as it is."""
    translate = QCoreApplication.translate
    named = {
        "read": translate("Review", "Answers found"),
        "repeated": translate("Review", "Found twice in the file"),
        "new": translate("Review", "New"),
        "known": translate("Review", "Here already"),
        "forgotten": translate("Review", "Deleted here earlier, left out"),
        "feedback": translate("Review", "Thumbs, scores and corrections"),
        "unlabelled": translate("Review", "Not rated: used only once you rate them"),
        "undated": translate("Review", "Without a time of their own"),
    }
    if name.startswith("skipped:"):
        reason = name.removeprefix("skipped:").replace("_", " ")
        return translate("Review", "Left out: {}").format(reason)
    return named.get(name, name)
