"""A fresh database for each test, and the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import Database
from core.paths import Home
from tests.cli.command import Nightschool


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as database:
        yield database


@pytest.fixture
def nightschool() -> Nightschool:
    return Nightschool()
