"""Retakes the pictures in docs/pictures: the real app on a private X session, asked, rated and clicked by this script.

    python -m scripts.screenshots [--only chat settings …]

The conversation is a real one with the demo student. The months of use behind the plots are generated
(bench/filling.py), and the review item is put into the queue by hand, as nothing proposes edits yet.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.filling import fill
from core import config
from core.database import Database
from core.database.approval import reject
from core.paths import Home
from core.simulate.world import World
from tests.e2e.homes import add_review, settled
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader
from tests.e2e.session.tray_menu import TrayMenu

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
LOOKS = (("light", 1), ("dark", 1), ("light", 2), ("dark", 2))
SIZE = {1: "1280x900", 2: "2560x1800"}
SETTLE_S = 1.0
PAST = 900
"""Traces of generated use."""


class Camera:
    """One running app in one look."""

    def __init__(self, desk: Desk, program: Program, reader: Reader, look: str) -> None:
        self.desk, self.program, self.reader, self.look = desk, program, reader, look

    def take(self, name: str, title: str) -> None:
        """The window whose title matches, without its frame."""
        time.sleep(SETTLE_S)
        window = self.desk.wait(lambda: self.desk.windows(title), f"the window {title}")[-1]
        self.desk.shot(PICTURES / f"{name}-{self.look}.png", window)

    def menu(self, entry: str) -> None:
        """An entry of the main window's menus."""
        self.reader.press(entry, role="menu item", hidden=True)


def hold_the_conversation(desk: Desk, home: Home) -> None:
    """Something it knows; something it cannot know, corrected; and the same in other words, now grounded."""
    known, fresh = World().known()[0], World().fresh(1, seed=77)[0]
    with Program(desk, home.root) as program, Reader(desk, "nightschool", seconds=40) as reader:
        program.wait_until_ready()
        reader.see(contains="Ready: Nightschool demo student", role="label")
        say(reader, known.question)
        reader.press("Good answer", role="check box", nth=-1)
        say(reader, fresh.question)
        reader.press("Correct…", role="push button", nth=-1)
        reader.fill("The right answer", fresh.answer)
        reader.press("Save correction")
        time.sleep(3)
        say(reader, fresh.question)


def say(reader: Reader, question: str) -> None:
    reader.fill("Your question", question)
    reader.press("Send")
    time.sleep(3)


def chat(camera: Camera) -> None:
    camera.reader.choose(camera.reader.all(role="list item")[0]["name"], role="list item")
    camera.take("chat", "^Nightschool$")


def settings(camera: Camera) -> None:
    camera.menu("Settings")
    camera.take("settings-model", "^Settings")
    camera.reader.choose("Privacy", role="list item")
    camera.take("settings-privacy", "^Settings")


def review(camera: Camera) -> None:
    camera.menu("Review (1)…")
    camera.take("review", "^Review")


def history(camera: Camera) -> None:
    camera.menu("History")
    camera.reader.choose("How it goes", role="page tab")
    time.sleep(2)
    camera.take("history", "^History")


def tray(camera: Camera) -> None:
    """The tray's menu, and the notification of a review."""
    with TrayMenu(camera.desk, camera.program) as menu:
        time.sleep(SETTLE_S)
        camera.desk.shot(PICTURES / f"tray-{camera.look}.png", menu.window)
    home = camera.program.home
    config.set_value(home, "notifications.enabled", "true")
    time.sleep(SETTLE_S)
    add_review(home, f"review-{camera.look}", "Name the unit of every figure")
    with Reader(camera.desk, "notification-daemon") as daemon:
        daemon.see("Approve", role="push button")
        time.sleep(SETTLE_S)
        camera.desk.shot(PICTURES / f"notification-{camera.look}.png", camera.desk.windows("^Notification$")[-1])
    with Database.open(home) as database:
        reject(database, f"review-{camera.look}", "It was there for a picture.", now=datetime.now(UTC))
    config.set_value(home, "notifications.enabled", "false")


SCENES: dict[str, Callable[[Camera], None]] = {
    "chat": chat, "settings": settings, "review": review, "history": history, "tray": tray,
}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="*", choices=SCENES, default=list(SCENES))
    chosen = options.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = settled(Path(folder))
        with Database.open(home) as database:
            fill(database, PAST, days=60, until=datetime.now(UTC))
        with Desk(accessibility=True) as desk:
            hold_the_conversation(desk, home)
        config.set_value(home, "notifications.enabled", "false")
        add_review(home, "review-1")
        for theme, scale in LOOKS:
            photograph(home, theme, scale, chosen.only)


def photograph(home: Home, theme: str, scale: int, scenes: list[str]) -> None:
    config.set_value(home, "desktop.theme", theme)
    look = theme if scale == 1 else f"{theme}@2x"
    with (
        Desk(accessibility=True, size=SIZE[scale]) as desk,
        Program(desk, home.root, environment={"QT_SCALE_FACTOR": str(scale)}) as program,
        Reader(desk, "nightschool", seconds=30) as reader,
    ):
        program.wait_until_ready()
        reader.see(contains="Ready: Nightschool demo student", role="label")
        camera = Camera(desk, program, reader, look)
        for scene in scenes:
            SCENES[scene](camera)
            print(f"{look}: {scene}")


if __name__ == "__main__":
    main()
