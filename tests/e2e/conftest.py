"""A desk for each test that asks for one, with everything on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.paths import Home
from tests.e2e.homes import settled
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here uses real programs, and none of it fits into the quick loop."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)
            if not sys.platform.startswith("linux") and "test_day" not in str(item.path):
                item.add_marker(pytest.mark.skip(reason="the private desktop is made of Linux programs"))


@pytest.fixture
def used_home(tmp_path: Path) -> Home:
    """One whose first run is over."""
    return settled(tmp_path)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk(accessibility=True) as made:
        yield made


@pytest.fixture
def program(desk: Desk, used_home: Home) -> Iterator[Program]:
    with Program(desk, used_home.root) as started:
        started.wait_until_docked()
        yield started
    assert started.output == "", "the program prints nothing"


@pytest.fixture
def reader(desk: Desk, program: Program) -> Iterator[Reader]:
    with Reader(desk, "nightschool") as made:
        yield made
