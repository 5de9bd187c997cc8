"""A fresh database for each test, in the home of `tests/conftest.py`, and another pair for those that compare two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.database import Database
from core.paths import Home
from tests.evidence.making import a_mixed_lot

Elsewhere = Callable[[str], tuple[Home, Database]]


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as database:
        yield database


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    """Makes further homes by name, each with its open database."""
    with ExitStack() as stack:

        def make(name: str) -> tuple[Home, Database]:
            home = Home(tmp_path / name)
            return home, stack.enter_context(Database.open(home))

        yield make


@pytest.fixture
def mixed(database: Database) -> list[str]:
    """Ids of forty traces with every kind of feedback (`making.a_mixed_lot`)."""
    return a_mixed_lot(database)
