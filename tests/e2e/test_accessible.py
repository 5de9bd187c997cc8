"""First run, a chat, a review and a change of settings through AT-SPI alone: no mouse, no sight (must-show 6)."""

from __future__ import annotations

from pathlib import Path

from core import config
from core.database import Database
from core.paths import Home
from tests.e2e.homes import add_review, review_of
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader


def test_a_whole_first_day_without_a_mouse(desk: Desk, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with Program(desk, home.root) as program, Reader(desk, "nightschool") as reader:
        pass_first_run(reader)
        ask_and_rate(desk, program, reader, home)
        decide_a_review(desk, reader, home)
        change_a_setting(desk, reader, home)
    assert program.output == ""


def pass_first_run(reader: Reader) -> None:
    for page in ("Welcome to Nightschool", "Who is the student?", "When shall nights be?"):
        reader.see(page, role="label")
        reader.press("Next")
    reader.see("A teacher, if you like", role="label")
    reader.press("Skip this")
    reader.see("That is all", role="label")
    reader.press("Ask this in the chat")


def ask_and_rate(desk: Desk, program: Program, reader: Reader, home: Home) -> None:
    program.wait_until_ready()
    reader.fill("Your question", "What is the poet of Garnos?")
    reader.press("Send")
    with Database.open(home) as database:
        trace = desk.wait(lambda: next(iter(database.traces.list()), None), "the answer")
        reader.see(contains=trace.response)
        reader.press("Good answer")
        desk.wait(lambda: database.feedback.label(trace.id).verdict == "accepted", "the thumb")


def decide_a_review(desk: Desk, reader: Reader, home: Home) -> None:
    add_review(home, "review-1")
    reader.press("Review (1)…", role="menu item", hidden=True)
    reader.see(contains="Say the unit of every figure.")
    reader.see(contains="Be brief. Name units.")
    reader.press("Try it")
    desk.wait(lambda: review_of(home, "review-1").state == "approved", "the decision")


def change_a_setting(desk: Desk, reader: Reader, home: Home) -> None:
    reader.press("Settings", role="menu item", hidden=True)
    reader.choose("Appearance", role="list item")
    reader.press("Keep running when closed", role="check box")
    desk.wait(lambda: not config.load(home).desktop.close_to_tray, "the setting in config.toml")
