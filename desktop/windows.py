"""Which windows there are: each is imported and built when it is first asked for, then shown, raised, hidden again."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QWidget

from core.errors import NightschoolError
from core.records import settle_types
from desktop import log

if TYPE_CHECKING:
    from desktop.context import Context

WINDOWS = {
    "chat": ("desktop.chat.window", "ChatWindow"),
    "review": ("desktop.review.window", "ReviewWindow"),
    "history": ("desktop.history.window", "HistoryWindow"),
    "settings": ("desktop.settings.window", "SettingsWindow"),
    "first_run": ("desktop.first_run.window", "FirstRunWindow"),
}
MARK = "window."


@contextmanager
def reported() -> Iterator[None]:
    """One window that cannot save must not keep the others from it, nor the app from ending."""
    try:
        yield
    except (NightschoolError, RuntimeError, AttributeError) as error:
        log.bug(error)


def room_for(window: QWidget) -> QSize:
    """What the screen has beside panels and the window's own title: large fonts ask for more than a small one has."""
    available = window.screen().availableSize()
    return available - QSize(0, 2 * window.fontMetrics().lineSpacing())


class Windows(QObject):
    """`show_*` builds at first use, shows, raises and activates."""

    shown = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._built: dict[str, QWidget] = {}
        self.looks: dict[str, str] = {}
        """Window name → its place and size, as they were kept."""

    def get(self, name: str) -> Any:
        """The window of that name, built if it was not yet."""
        if name not in self._built:
            module, kind = WINDOWS[name]
            make: Callable[[Context], QWidget] = getattr(importlib.import_module(module), kind)
            window = self._built[name] = make(self._context)
            settle_types()
            window.resize(window.size().boundedTo(room_for(window)))
            if name in self.looks:
                window.restoreGeometry(QByteArray.fromBase64(self.looks[name].encode()))
        return self._built[name]

    def built(self, name: str) -> Any:
        """The window if it was built already, else None."""
        return self._built.get(name)

    def show_chat(self, conversation_id: str | None = None) -> None:
        window = self._show("chat")
        if conversation_id is not None:
            window.open_conversation(conversation_id)

    def ask(self) -> None:
        """A new question: the chat, with the cursor where one types."""
        self._show("chat").ask()

    def correct(self, trace_id: str) -> None:
        self._show("chat").correct(trace_id)

    def show_trace(self, trace_id: str) -> None:
        from desktop.chat.trace_dialog import TraceDialog

        parent = self._built.get("chat")
        dialog = TraceDialog(self._context, trace_id)
        if parent is not None:
            dialog.setParent(parent, dialog.windowFlags())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_review(self, review_id: str | None = None) -> None:
        window = self._show("review")
        if review_id is not None:
            window.show_item(review_id)

    def show_history(self) -> None:
        self._show("history")

    def show_settings(self, page: str | None = None) -> None:
        window = self._show("settings")
        if page is not None:
            window.show_page(page)

    def show_first_run(self) -> None:
        self._show("first_run")

    def show_main(self) -> None:
        """What a click on the icon or a second start shows: the first run while it is going on, else the chat."""
        first_run = self._built.get("first_run")
        self._show("first_run" if first_run is not None and first_run.isVisible() else "chat")

    async def close_all(self) -> None:
        """Lets each window save what it holds (its `async save()`, where it has one), keeps its place, and drops it."""
        context = self._context
        for name, window in list(self._built.items()):  # a click may build one meanwhile
            with reported():
                if hasattr(window, "save"):
                    await window.save()
                look = bytes(window.saveGeometry().toBase64().data()).decode()
                await context.run(context.database.state.set, MARK + name, look)
        for window in self._built.values():
            window.hide()
            window.deleteLater()
        self._built.clear()

    def _show(self, name: str) -> Any:
        window = self.get(name)
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()
        self.shown.emit(name)
        return window
