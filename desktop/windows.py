"""Which windows there are: each is imported and built when it is first asked for, then shown, raised, hidden again."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop.context import Context

WINDOWS = {
    "chat": ("desktop.chat.window", "ChatWindow"),
    "review": ("desktop.review.window", "ReviewWindow"),
    "history": ("desktop.history.window", "HistoryWindow"),
    "settings": ("desktop.settings.window", "SettingsWindow"),
    "first_run": ("desktop.first_run.window", "FirstRunWindow"),
}


class Windows(QObject):
    """`show_*` builds at first use, shows, raises and activates."""

    shown = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._built: dict[str, QWidget] = {}

    def get(self, name: str) -> Any:
        """The window of that name, built if it was not yet."""
        if name not in self._built:
            module, kind = WINDOWS[name]
            make: Callable[[Context], QWidget] = getattr(importlib.import_module(module), kind)
            self._built[name] = make(self._context)
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

    def _show(self, name: str) -> Any:
        window = self.get(name)
        if window.isMinimized():
            window.showNormal()
        window.show()
        window.raise_()
        window.activateWindow()
        self.shown.emit(name)
        return window
