"""A unified diff as coloured text: + and − stay in the text, so that no one needs the colours to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QColor, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop.review.read_text import ReadText
from desktop.review.words import diff_sentence

if TYPE_CHECKING:
    from desktop.theme import Theme

LineKind = Literal["added", "removed", "place", "file", "same"]


def kinds(diff: str) -> list[LineKind]:
    """What each line of a unified diff is. File names stand only before the first hunk: `--- x` inside is a removal."""
    found: list[LineKind] = []
    in_hunk = "@@" not in diff
    for line in diff.splitlines():
        if line.startswith("@@"):
            in_hunk = True
            found.append("place")
        elif line.startswith(("diff ", "index ")) or (not in_hunk and line.startswith(("--- ", "+++ "))):
            in_hunk = in_hunk and not line.startswith("diff ")
            found.append("file")
        else:
            found.append({"+": "added", "-": "removed"}.get(line[:1], "same"))  # type: ignore[arg-type]
    return found


class DiffView(ReadText):
    """Follows the theme live."""

    def __init__(self, diff: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("\n".join(diff.splitlines()), name="", fixed=True, parent=parent)
        self.setObjectName("review_diff")
        self.setAccessibleName(self.tr("The change, line by line"))
        self._theme = theme
        self.kinds = kinds(diff)
        self.setAccessibleDescription(diff_sentence(self.kinds.count("added"), self.kinds.count("removed")))
        theme.changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        self.setExtraSelections(
            [found for line, kind in enumerate(self.kinds) if (found := self._selection(line, kind)) is not None]
        )

    def _selection(self, line: int, kind: LineKind) -> QTextEdit.ExtraSelection | None:
        colours = self._theme.colours
        made = QTextEdit.ExtraSelection()
        if kind in ("added", "removed"):
            made.format.setBackground(QColor(colours.added if kind == "added" else colours.removed))
            made.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        elif kind in ("place", "file"):
            made.format.setForeground(QColor(colours.muted))
        else:
            return None
        made.cursor = QTextCursor(self.document().findBlockByNumber(line))
        if kind in ("place", "file"):
            made.cursor.select(QTextCursor.SelectionType.LineUnderCursor)
        return made
