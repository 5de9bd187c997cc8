"""Reviews decided on the real notification's buttons, by mouse (must-show 2)."""

from __future__ import annotations

import pytest

from core.database import Database
from core.paths import Home
from tests.e2e.homes import add_review, review_of
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader


def press(desk: Desk, button: str) -> None:
    """With the mouse, where the notification daemon has drawn it."""
    with Reader(desk, "notification-daemon") as daemon:
        left, top, width, height = daemon.see(button, role="push button")["box"]
    desk.click(left + width / 2, top + height / 2)


@pytest.mark.parametrize(("button", "state"), [("Approve", "approved"), ("Reject", "rejected")])
def test_a_review_is_decided_on_its_notification(
    desk: Desk, program: Program, used_home: Home, button: str, state: str
) -> None:
    program.wait_until_ready()
    add_review(used_home, "review-1")
    press(desk, button)
    desk.wait(lambda: review_of(used_home, "review-1").state == state, "the decision")
    with Database.open(used_home) as database:
        assert len(database.jobs.all(kind="apply_edit")) == (1 if state == "approved" else 0)


def test_open_shows_that_item(desk: Desk, program: Program, reader: Reader, used_home: Home) -> None:
    program.wait_until_ready()
    add_review(used_home, "review-1", "First question")
    add_review(used_home, "review-2", "Second question")
    with Reader(desk, "notification-daemon") as daemon:
        daemon.see(contains="Second question")
        shown = [b["box"] for b in daemon.all("Open", role="push button")]
        texts = [t["box"] for t in daemon.all(contains="Second question", role="label")]
    nearest = min(shown, key=lambda box: abs(box[1] - texts[0][1]))
    desk.click(nearest[0] + nearest[2] / 2, nearest[1] + nearest[3] / 2)
    reader.see("Second question", role="label")
    assert review_of(used_home, "review-2").state == "pending"


def test_a_cause_is_told_once_a_day(desk: Desk, used_home: Home) -> None:
    """Debian's daemon leaves what a program takes back on the screen: the first may be there still, not a second."""
    add_review(used_home, "review-1")
    with Reader(desk, "notification-daemon") as daemon:
        with Program(desk, used_home.root) as program:
            program.wait_until_ready()
            daemon.see("Approve", role="push button")
        with Program(desk, used_home.root) as program, Reader(desk, "nightschool") as reader:
            program.wait_until_ready()
            reader.see("Review (1)…", role="menu item", hidden=True)
            assert len(daemon.all("Approve", role="push button")) <= 1
