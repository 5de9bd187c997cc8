"""One item, whole: what it is, its body by kind, and where it is decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.clock import now
from desktop.moments import age, when
from desktop.review.decision import DecisionBar
from desktop.review.edit_view import EditView
from desktop.review.import_view import ImportView
from desktop.review.imported_view import ImportedView
from desktop.review.read_text import ReadText
from desktop.review.words import kind_name

if TYPE_CHECKING:
    from desktop.context import Context
    from desktop.review.items import Item


def shown_of(item: Item) -> tuple[object, ...]:
    """All that the body is made from."""
    return item.review.id, item.proposal, item.trace, item.imported


class ItemView(QWidget):
    """Rebuilt only when the item is another than before: what is being typed or read survives a refresh."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.item: Item | None = None
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setObjectName("review_title")
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self.title.setFont(font)
        self.about = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.about.setObjectName("review_about")
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(self.tr("What is proposed"))
        self.decision = DecisionBar()
        box = QVBoxLayout(self)
        for widget in (self.title, self.about, self.area, self.decision):
            box.addWidget(widget, stretch=1 if widget is self.area else 0)

    def show_item(self, item: Item, problem: str = "") -> None:
        old, self.item = self.item, item
        if old == item and not problem:
            return
        self.title.setText(item.review.title)
        self.about.setText(
            self.tr("{}, {} ({})").format(
                kind_name(item.review.kind), age(item.review.created_at, now()), when(item.review.created_at)
            )
        )
        if old is None or shown_of(old) != shown_of(item):
            self.area.setWidget(self._body(item))
        self.decision.show_item(item, problem)

    def _body(self, item: Item) -> QWidget:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        if item.proposal is not None:
            box.addWidget(EditView(item.proposal, self._context.theme, self._context.windows.show_trace))
        elif item.imported is not None:
            box.addWidget(ImportedView(item.imported))
        elif item.review.kind == "import":
            box.addWidget(ImportView(item.trace))
        else:
            body = json.dumps(item.review.body, indent=2, ensure_ascii=False)
            text = ReadText(body, name=self.tr("What is proposed, as it was written down"), fixed=True)
            text.setObjectName("review_body")
            box.addWidget(text)
        box.addStretch()
        return inside
