"""A fresh database for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database import Database
from core.paths import Home


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    with Database.open(home) as database:
        yield database
