"""The messages of one conversation, one below the other; it follows the end only while the person is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.chat.message import AnswerMessage, PlainMessage
from desktop.chat.said import Said, last_question, same

AT_ONCE = 40
"""Messages that are built when a conversation is opened; more on demand."""
BUILD_S_EVERY = 4
"""Widgets that are built in one turn of the event loop."""


class ConversationView(QScrollArea):
    """`show_said` shows a list of messages, changing only what is other than before."""

    message_made = Signal(object)
    """a PlainMessage or AnswerMessage, to be connected by the window"""
    built = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Messages"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.said: list[Said] = []
        self._widgets: dict[int, PlainMessage | AnswerMessage] = {}
        """index in `said` → widget"""
        self._first = 0
        self._busy = False
        self._host = QWidget()
        self._box = QVBoxLayout(self._host)
        self._earlier = QPushButton()
        self._earlier.setObjectName("show_earlier")
        self._earlier.clicked.connect(self._show_earlier)
        self._box.addWidget(self._earlier)
        self._box.addStretch()
        self.setWidget(self._host)
        self._follows = True
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._moved)
        self._builder = QTimer(self)
        self._builder.setInterval(0)
        self._builder.timeout.connect(self._build_some)

    def show_said(self, said: Sequence[Said], *, busy: bool = False, fresh: bool = False) -> None:
        """busy: an answer is being made. fresh: another conversation, so the end is looked at."""
        keep = 0 if fresh else common(self.said, said)
        self._drop(keep)
        self.said, self._busy = [*said], busy
        if fresh:
            self._follows = True
            self._first = max(0, len(said) - AT_ONCE)
        self._first = min(self._first, max(0, len(said) - 1))
        self._update()
        self._build_some()

    def add(self, *said: Said, busy: bool) -> None:
        """New messages at the end: the person has just asked, so the end is looked at."""
        self.said += said
        self._busy = busy
        self._follows = True
        self._update()
        self._build_some()
        self._to_end()

    def refresh(self, *, busy: bool) -> None:
        """What is known of the messages is other than before."""
        self._busy = busy
        self._update()

    def widget_of(self, said: Said) -> PlainMessage | AnswerMessage | None:
        return next((widget for widget in self._widgets.values() if widget.said is said), None)

    def answer_of(self, trace_id: str) -> AnswerMessage | None:
        for widget in self._widgets.values():
            if isinstance(widget, AnswerMessage) and widget.said.trace_id == trace_id:
                return widget
        return None

    def messages(self) -> Iterator[PlainMessage | AnswerMessage]:
        """In order."""
        for at in sorted(self._widgets):
            yield self._widgets[at]

    def reveal(self, widget: QWidget) -> None:
        self._follows = False
        self.ensureWidgetVisible(widget, 0, self.viewport().height() // 4)

    @property
    def is_built(self) -> bool:
        return len(self._widgets) == len(self.said) - self._first

    async def all_built(self) -> None:
        """Returns when every message that is to be shown has its widget."""
        import asyncio

        done = asyncio.Event()
        self.built.connect(done.set)
        try:
            if not self.is_built:
                await done.wait()
        finally:
            self.built.disconnect(done.set)

    # ---- building ---------------------------------------------------------------------------------------

    def _drop(self, keep: int) -> None:
        for at in [at for at in self._widgets if at >= keep]:
            widget = self._widgets.pop(at)
            self._box.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def _build_some(self) -> None:
        """The last ones first: they are what is looked at."""
        missing = [at for at in range(len(self.said) - 1, self._first - 1, -1) if at not in self._widgets]
        for at in missing[:BUILD_S_EVERY]:
            self._build(at)
        if len(missing) > BUILD_S_EVERY:
            self._builder.start()
        elif self._builder.isActive() or missing:
            self._builder.stop()
            self._order_focus()
            for widget in self.messages():
                widget.raise_()  # screen readers tell children in the order of their stacking
            self.built.emit()
        self._earlier.setVisible(self._first > 0)
        self._earlier.setText(self.tr("Show %n earlier message(s)", None, min(self._first, AT_ONCE)))

    def _build(self, at: int) -> None:
        said = self.said[at]
        widget = AnswerMessage(said) if said.role == "assistant" else PlainMessage(said)
        widget.moved_on.connect(lambda step: self._focus_next_to(widget, step))
        after = sorted(one for one in self._widgets if one > at)
        place = self._box.indexOf(self._widgets[after[0]]) if after else self._box.count() - 1
        self._widgets[at] = widget
        self._box.insertWidget(place, widget)
        self._show(at)
        self.message_made.emit(widget)

    def _update(self) -> None:
        for at in self._widgets:
            self._show(at)

    def _show(self, at: int) -> None:
        said = self.said[at]
        is_last = at == (last_question(self.said) if said.role == "user" else len(self.said) - 1)
        self._widgets[at].show_said(said, is_last=is_last, busy=self._busy)

    def _show_earlier(self) -> None:
        self._follows = False
        self._first = max(0, self._first - AT_ONCE)
        self._build_some()

    # ---- keyboard ---------------------------------------------------------------------------------------

    def _order_focus(self) -> None:
        """Tab goes from top to bottom, whatever was built first."""
        before: QWidget = self._earlier
        for widget in self.messages():
            QWidget.setTabOrder(before, widget)
            before = widget
            for inner in widget.findChildren(QWidget):
                if inner.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    QWidget.setTabOrder(before, inner)
                    before = inner

    def _focus_next_to(self, widget: PlainMessage | AnswerMessage, step: int) -> None:
        shown = list(self.messages())
        at = shown.index(widget) + step
        if 0 <= at < len(shown):
            shown[at].setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(shown[at], 0, 0)

    def focus_last(self) -> None:
        if self._widgets:
            self._widgets[max(self._widgets)].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    # ---- following the end ------------------------------------------------------------------------------

    def _moved(self, value: int) -> None:
        """Only the person moves it away from the end: growth is answered in `_range_changed`."""
        self._follows = value >= self.verticalScrollBar().maximum() - self.fontMetrics().height()

    def _range_changed(self) -> None:
        if self._follows:
            self._to_end()

    def _to_end(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._follows = True


def common(ours: Sequence[Said], theirs: Sequence[Said]) -> int:
    """How many messages at the beginning are the same."""
    count = 0
    for one, other in zip(ours, theirs, strict=False):
        if not same(one, other):
            break
        count += 1
    return count
