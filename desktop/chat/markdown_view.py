"""Streaming Markdown: finished pieces are laid out once, only the last again, at most 20 times a second.

What one turn of the event loop does is bounded: a repaint that took long puts the next one off, and a long text that
arrives at once is laid out a few pieces a turn. The pieces are placed here, by no layout: a QVBoxLayout moves each of
its widgets twice whenever one of them grows, which with hundreds of pieces takes longer than all else.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.chat.code_block import CodeBlock
from desktop.chat.markdown_blocks import Blocks, Piece, PlainBlocks
from desktop.chat.text_segment import NARROWEST_CHARS, TextSegment

REPAINT_MS = 50
"""The shortest time between two repaints while text streams."""
SHARE = 8
"""A repaint that took t puts the next off by SHARE · t, so that at most about an eighth of the time goes into them."""
GAP = 6
"""Pixels between two pieces."""
SLICE_S = 0.012
"""How long pieces are laid out before the event loop has its turn."""


class MarkdownView(QWidget):
    """`append` while it streams, `finish` at its end; or `set_text` for a text that is whole."""

    grew = Signal()
    """something was laid out: the height may be another"""
    settled = Signal()
    """everything that came is shown"""
    refused_link = Signal(str)

    def __init__(self, *, plain: bool = False, parent: QWidget | None = None) -> None:
        """plain: the text is shown as it stands, not as Markdown."""
        super().__init__(parent)
        self._kind = PlainBlocks if plain else Blocks
        self._blocks: Blocks | PlainBlocks = self._kind()
        self._text: list[str] = []
        self._waiting: list[str] = []
        self._ended = False
        self._shown: list[TextSegment | CodeBlock] = []
        self._next = 0
        """The first piece that is not laid out as it stands."""
        self._pause = REPAINT_MS
        """ms until what comes next is shown"""
        self._heights: list[int] = []
        """Of the pieces, at the width at which they lie now."""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._turn)

    @property
    def text(self) -> str:
        """All of it, also what is not laid out yet."""
        if len(self._text) > 1:
            self._text = ["".join(self._text)]
        return self._text[0] if self._text else ""

    @property
    def parts(self) -> list[TextSegment | CodeBlock]:
        """What is shown, from top to bottom."""
        return list(self._shown)

    @property
    def is_settled(self) -> bool:
        return not self._waiting and self._next >= len(self._blocks.pieces) and not self._timer.isActive()

    def append(self, text: str) -> None:
        self._text.append(text)
        self._waiting.append(text)
        if not self._timer.isActive():
            self._timer.start(self._pause if self._shown else 0)

    def finish(self) -> None:
        self._ended = True
        if not self._timer.isActive():
            self._timer.start(0)

    def set_text(self, text: str) -> None:
        """Another text, whole; laid out from its beginning, a few pieces a turn."""
        self._timer.stop()
        self._blocks, self._next = self._kind(), 0
        self._text, self._waiting, self._ended = [text], [text] if text else [], True
        self._turn()

    def _turn(self) -> None:
        started = time.perf_counter()
        self._take()
        pieces, first = self._blocks.pieces, self._next
        while self._next < len(pieces) and time.perf_counter() - started < SLICE_S:
            self._lay_out(self._next, pieces[self._next])
            self._next += 1
        self._place(min(first, len(self._heights)))
        self._drop_surplus()
        self.grew.emit()
        spent = (time.perf_counter() - started) * 1000
        if self._next < len(pieces):
            self._timer.start(5)
        elif self._ended:
            self.settled.emit()
        self._pause = int(max(REPAINT_MS, SHARE * spent))

    def _take(self) -> None:
        if self._waiting:
            self._next = min(self._next, self._blocks.feed("".join(self._waiting)))
            self._waiting.clear()
        if self._ended:
            self._next = min(self._next, self._blocks.finish())

    def _lay_out(self, at: int, piece: Piece) -> None:
        kind = CodeBlock if piece.kind == "code" else TextSegment
        if at < len(self._shown) and not isinstance(self._shown[at], kind):
            self._remove_from(at)
        if at == len(self._shown):
            self._add(kind())
        widget = self._shown[at]
        if isinstance(widget, CodeBlock):
            widget.show_code(piece.text, piece.language)
        elif piece.kind == "plain":
            widget.show_plain(piece.text)
        else:
            widget.show_markdown(piece.text)

    def _add(self, widget: TextSegment | CodeBlock) -> None:
        if isinstance(widget, TextSegment):
            widget.refused_link.connect(self.refused_link)
        self._shown.append(widget)
        widget.setParent(self)
        widget.show()

    def _drop_surplus(self) -> None:
        if self._next >= len(self._blocks.pieces):
            self._remove_from(len(self._blocks.pieces))

    def _remove_from(self, at: int) -> None:
        for widget in self._shown[at:]:
            widget.hide()
            widget.deleteLater()
        del self._shown[at:]
        self._place(at)

    def _place(self, first: int) -> None:
        """Measures and puts in place the pieces from this one on; those before lie where they are."""
        width, top = self.width(), self._top(first)
        del self._heights[first:]
        for widget in self._shown[first:]:
            self._heights.append(height_of(widget, width))
            place = QRect(0, top, width, self._heights[-1])
            if widget.geometry() != place:
                widget.setGeometry(place)
            top += self._heights[-1] + GAP
        self.updateGeometry()

    def _top(self, at: int) -> int:
        return sum(self._heights[:at]) + at * GAP

    def _remeasure(self) -> None:
        """Somebody asked for another size by himself: a code block that got a scroll bar, another font."""
        width = self.width()
        for at, (widget, height) in enumerate(zip(self._shown, self._heights, strict=False)):
            if height_of(widget, width) != height:
                self._place(at)
                return

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._remeasure()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._place(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        heights = self._heights if width == self.width() else [height_of(widget, width) for widget in self._shown]
        return sum(heights) + max(len(heights) - 1, 0) * GAP

    def sizeHint(self) -> QSize:
        return QSize(self.width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * NARROWEST_CHARS, 0)


def height_of(widget: TextSegment | CodeBlock, width: int) -> int:
    return widget.heightForWidth(width) if isinstance(widget, TextSegment) else widget.sizeHint().height()
