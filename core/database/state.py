"""Small things that the app remembers: the step of the first run, window places, drafts, notices already shown."""

from __future__ import annotations

from core.clock import Clock, stamp
from core.database.connection import Connections
from core.database.traces import encodable

DRAFT = "draft:"
"""What begins so may hold text of the person's: `draft:<conversation or trace id>`, with `:<anything>` after it."""


class AppState:
    """Names and values as text; a value that is gone leaves no bytes in the file (secure_delete)."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, name: str) -> str | None:
        value: str | None = self._connections.value("SELECT value FROM app_state WHERE name = ?", (name,))
        return value

    def set(self, name: str, value: str | None) -> None:
        """None forgets it."""
        with self._connections.transaction():
            if value is None:
                self._connections.rows("DELETE FROM app_state WHERE name = ?", (name,))
            else:
                self._connections.rows(
                    "INSERT INTO app_state VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                    (name, encodable(value)),
                )


class Notices:
    """Which cause was told on which day, so that nobody is told twice."""

    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock

    def first_today(self, cause: str, day: str) -> bool:
        """True exactly once for each cause and day, whoever asks and from which process. day: as `2026-11-21`."""
        with self._connections.transaction():
            added = self._connections.rows(
                "INSERT INTO notices VALUES (?, ?, ?) ON CONFLICT (cause, day) DO NOTHING RETURNING 1",
                (cause, day, stamp(self._clock())),
            )
        return bool(added)
