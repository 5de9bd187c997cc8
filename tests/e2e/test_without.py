"""What the person sees where the desktop lacks a part: no notifications, no tray, no bus (must-show 2)."""

from __future__ import annotations

from core.database import Database
from core.paths import Home
from core.simulate.world import World
from tests.e2e.homes import add_review
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader


def test_without_notifications_the_window_tells(used_home: Home) -> None:
    with (
        Desk(notifications=False, accessibility=True) as desk,
        Program(desk, used_home.root) as program,
        Reader(desk, "nightschool") as reader,
    ):
        program.wait_until_ready()
        add_review(used_home, "review-1", "Name the unit")
        reader.see(contains="This desktop shows no notifications")
        reader.see(contains="Name the unit", role="label")
    assert program.output == ""


def test_without_a_tray_everything_is_in_the_window(used_home: Home) -> None:
    with (
        Desk(tray=None, accessibility=True) as desk,
        Program(desk, used_home.root) as program,
        Reader(desk, "nightschool") as reader,
    ):
        program.wait_until_ready()
        reader.see(contains="This desktop shows no tray icons", role="label")
        menu = {item["name"] for item in reader.all(role="menu item", hidden=True)}
        assert {"Ask…", "Review…", "History", "Settings", "Copy endpoint and key", "Quit", "Correct…"} <= menu
        desk.keys("alt+F4")
        program.process.wait(15)
    assert program.process.returncode == 0, "without a tray the last window is the program"


def test_without_a_bus_it_answers_all_the_same(used_home: Home) -> None:
    """No D-Bus: no notifications, no keyring, no accessibility. The tray (X11's own) and the chat work."""
    with Desk(bus=False, notifications=False, keyring=None) as desk, Program(desk, used_home.root) as program:
        program.wait_until_docked()
        program.wait_until_ready()
        add_review(used_home, "review-1")
        desk.wait(lambda: desk.windows("Nightschool$"), "the window")
        desk.run("xdotool", "windowactivate", "--sync", desk.windows("Nightschool$")[0])
        desk.keys("ctrl+n")
        desk.type(World().known()[0].question)
        desk.keys("Return")
        with Database.open(used_home) as database:
            desk.wait(lambda: database.traces.list(), "the answer")
    assert program.output == ""
