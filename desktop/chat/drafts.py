"""Keeps what is typed but not sent, so that nothing is lost when the app is killed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from core.database.state import DRAFT

if TYPE_CHECKING:
    from desktop.context import Context

SAVE_MS = 250
NEW = "new"
"""Stands for a conversation of which nothing is recorded yet."""


class Drafts(QObject):
    """Names: `draft:<conversation>` for the composer, `draft:<conversation>:unsent` for what is on its way."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: dict[str, str | None] = {}
        self._task: asyncio.Task[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_MS)
        self._timer.timeout.connect(self.flush)

    def keep(self, name: str, text: str) -> None:
        """Saved a moment later, so that not every key is a transaction."""
        self._waiting[name] = text or None
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Saves now (in a thread)."""
        if self._waiting and self._task is None:
            self._task = self._context.spawn(self._save())

    async def finish(self) -> None:
        """Returns when everything is saved."""
        while self._waiting or self._task is not None:
            self.flush()
            if self._task is not None:
                await asyncio.wait([self._task])

    async def _save(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await self._context.run(self._write, waiting)
        finally:
            self._task = None

    def _write(self, waiting: dict[str, str | None]) -> None:
        with self._context.database.transaction():
            for name, text in waiting.items():
                self._context.database.state.set(name, text)

    async def read(self, conversation: str) -> tuple[str, str]:
        """(draft, what was sent and never arrived)."""
        return (await self._get(draft(conversation)), await self._get(unsent(conversation)))

    async def _get(self, name: str) -> str:
        if name in self._waiting:
            return self._waiting[name] or ""
        return await self._context.run(self._context.database.state.get, name) or ""


def draft(conversation: str) -> str:
    return f"{DRAFT}{conversation}"


def unsent(conversation: str) -> str:
    return f"{DRAFT}{conversation}:unsent"


def correction(trace_id: str) -> str:
    """Under the trace's id, so that it is forgotten with it."""
    return f"{DRAFT}{trace_id}:correction"
