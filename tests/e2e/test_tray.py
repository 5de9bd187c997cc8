"""Feedback from the tray, by mouse, for the answer that any client got (must-show 2)."""

from __future__ import annotations

import pytest

from core.database import Database
from core.paths import Home
from core.simulate.world import World
from tests.e2e.homes import add_answer
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader
from tests.e2e.session.tray_menu import TrayMenu

UP, DOWN, TAKE_BACK = 1, 2, 3
"""Lines of the menu, after the answer itself."""


def thumbs(home: Home, trace_id: str) -> list[object]:
    with Database.open(home) as database:
        return [said.value for said in database.feedback.for_trace(trace_id)]


def click_in_menu(desk: Desk, program: Program, entry: int) -> None:
    """Right click on the icon, left click on the entry of this number, counted from the top."""
    with TrayMenu(desk, program) as menu:
        menu.click(entry)


def wait_for_quote(desk: Desk, reader: Reader, start: str, client: str) -> None:
    """Until the menu's first line, which the window's menu bar has too, quotes this answer."""
    reader.see(contains=f"“{start}", role="menu item", hidden=True)
    line = reader.see(contains=f"“{start}", role="menu item", hidden=True)["name"]
    assert client in line.lower()


def test_another_clients_answer_is_rated_in_the_tray(
    desk: Desk, program: Program, reader: Reader, used_home: Home
) -> None:
    fact = World().known()[0]
    answer = program.openai().chat.completions.create(
        model="nightschool", messages=[{"role": "user", "content": fact.question}], temperature=0
    )
    wait_for_quote(desk, reader, str(answer.choices[0].message.content)[:20], "openai")
    click_in_menu(desk, program, UP)
    desk.wait(lambda: thumbs(used_home, answer.id) == [True], "the thumb")
    with Database.open(used_home) as database:
        assert database.feedback.label(answer.id).verdict == "accepted"


def test_a_thumb_is_turned_and_taken_back(desk: Desk, program: Program, reader: Reader, used_home: Home) -> None:
    program.wait_until_ready()
    add_answer(used_home, "trace-1", "What is the capital of France?", "Lyon.")
    wait_for_quote(desk, reader, "Lyon", "editor")
    expected: list[object] = []
    for entry, said in ((UP, True), (DOWN, False), (TAKE_BACK, None)):
        click_in_menu(desk, program, entry)
        expected.append(said)
        desk.wait(lambda: thumbs(used_home, "trace-1") == expected, f"statement {said}")
    with Database.open(used_home) as database:
        assert database.feedback.label("trace-1").verdict == "needs_human_review"


@pytest.mark.parametrize("host", ["trayer", "xfce4-panel"])
def test_the_icon_docks_in_both_kinds_of_tray(host: str, used_home: Home) -> None:
    """XEmbed, and StatusNotifierItem; a host that comes late gets the icon too."""
    with Desk(tray=None) as desk, Program(desk, used_home.root) as program:
        program.wait_until_ready()
        desk.start_tray(host)  # type: ignore[arg-type]
        if host == "trayer":
            program.wait_until_docked(20)
        else:
            desk.wait(lambda: registered(desk), "the item at the watcher", 20)


def registered(desk: Desk) -> bool:
    told = desk.run(
        "gdbus", "call", "--session", "--dest", "org.kde.StatusNotifierWatcher", "--object-path",
        "/StatusNotifierWatcher", "--method", "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierWatcher",
        "RegisteredStatusNotifierItems",
    )  # fmt: skip
    return "/StatusNotifierItem" in told
