"""What the app remembers, and what was told already today."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.database import Database
from core.paths import Home


def test_a_value_is_kept_changed_and_forgotten(home: Home, database: Database) -> None:
    assert database.state.get("first_run") is None
    database.state.set("first_run", "model")
    database.state.set("first_run", "schedule")
    with Database.open(home) as again:
        assert again.state.get("first_run") == "schedule"
    database.state.set("first_run", "")
    assert database.state.get("first_run") == ""
    database.state.set("first_run", None)
    database.state.set("first_run", None)
    assert database.state.get("first_run") is None


def test_half_an_emoji_does_not_break_it(database: Database) -> None:
    database.state.set("draft:c", "so \ud83d")
    assert database.state.get("draft:c") == "so ?"


def test_each_cause_is_told_once_a_day(home: Home, database: Database) -> None:
    assert database.notices.first_today("full disk", "2026-11-21")
    assert not database.notices.first_today("full disk", "2026-11-21")
    assert database.notices.first_today("full disk", "2026-11-22")
    assert database.notices.first_today("no tray", "2026-11-21")
    with Database.open(home) as again:
        assert not again.notices.first_today("full disk", "2026-11-21")


def test_of_many_threads_exactly_one_tells(database: Database) -> None:
    told: list[bool] = []
    threads = [
        threading.Thread(target=lambda: told.append(database.notices.first_today("cause", "day"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * 7 + [True]


def test_when_it_was_told_comes_from_the_clock_that_was_given(home: Home) -> None:
    from tests.database.making_fixture import MOMENT

    with Database.open(home, clock=lambda: MOMENT) as database:
        database.notices.first_today("cause", "day")
        assert database._connections.value("SELECT shown_at FROM notices") == "2026-11-21T00:00:00.000000Z"


@pytest.mark.parametrize("module", ["psutil", "numpy", "asyncio", "httpx2", "apsw.shell", "PySide6"])
def test_looking_at_a_database_imports_little(home: Home, module: str) -> None:
    """The desktop opens it before its icon shows."""
    script = (
        "import sys; from pathlib import Path; from core.database import Database; from core.paths import Home\n"
        "with Database.open(Home(Path(sys.argv[1]))) as database: database.conversations.page()\n"
        f"sys.exit({module!r} in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(home.root)], cwd=Path(__file__).parents[2], check=False, timeout=60
    )
    assert done.returncode == 0


def test_a_connection_keeps_no_more_pages_than_it_was_told(home: Home) -> None:
    with Database.open(home, cache_kb=500) as database:
        assert database._connections.value("PRAGMA cache_size") == -500
