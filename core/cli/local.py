"""The home and its database, opened for the length of one command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from core.database import Database
from core.paths import Home, home

__all__ = ["home", "opened"]


@contextlib.contextmanager
def opened(place: Home) -> Iterator[Database]:
    """The database of a home. Several processes may have it open; a server need not be stopped for this."""
    database = Database.open(place)
    try:
        yield database
    finally:
        database.close()
