"""A chat as a person has it: typed, read, rated; and what is left when things are killed (must-show 2, 4)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.database import Database
from core.paths import Home
from core.records import Trace
from core.simulate.world import World
from tests.e2e.homes import settled
from tests.e2e.session.desk import Desk
from tests.e2e.session.program import Program
from tests.e2e.session.reader import Reader
from tests.models import make_model


def traces(home: Home) -> list[Trace]:
    with Database.open(home) as database:
        return database.traces.list(limit=50, include_open=True)


def ask_by_keyboard(desk: Desk, reader: Reader, question: str) -> None:
    reader.focus("Your question")
    desk.type(question)
    desk.keys("Return")


def test_ask_and_rate_by_keyboard(desk: Desk, program: Program, reader: Reader, used_home: Home) -> None:
    program.wait_until_ready()
    fact = World().known()[0]
    ask_by_keyboard(desk, reader, fact.question)
    trace = desk.wait(lambda: next((t for t in traces(used_home) if t.finish_reason == "stop"), None), "the answer")
    assert trace.client == "desktop"
    reader.see(contains=trace.response[:30])
    up = reader.see(contains="Good answer", role="check box", nth=0)
    left, top, width, height = up["box"]
    desk.click(left + width / 2, top + height / 2)
    with Database.open(used_home) as database:
        desk.wait(lambda: database.feedback.label(trace.id).verdict == "accepted", "the thumb")


def long_winded(tmp_path: Path) -> Home:
    """A home whose student babbles on for thousands of tokens."""
    home = settled(tmp_path)
    model = make_model(tmp_path / "babbler.gguf", n_ctx=8192, n_embd=256, n_layers=6, n_ff=704)
    home.config_file.write_text(f'[models]\nchosen = "{model}"\n\n[engine]\nmax_tokens = 6000\n')
    return home


def test_a_killed_engine_costs_nothing_that_was_said(desk: Desk, tmp_path: Path) -> None:
    home = long_winded(tmp_path)
    with Program(desk, home.root) as program, Reader(desk, "nightschool") as reader:
        program.wait_until_ready()
        ask_by_keyboard(desk, reader, "Tell me everything")
        desk.wait(lambda: kept(home) > 200, "the first words")
        program.child("core.engine").send_signal(signal.SIGKILL)
        trace = desk.wait(lambda: next((t for t in traces(home) if t.finish_reason), None), "the ending")
        assert trace.finish_reason in ("interrupted", "error") and len(trace.response) > 200
        reader.see("Try again")
        assert reader.all(contains=trace.response.split()[0]), "what was said until then is still shown"
        program.wait_until_ready()
        ask_by_keyboard(desk, reader, "And again")
        desk.wait(lambda: len(traces(home)) == 2, "the next question")
        desk.wait(lambda: kept(home) > 200, "the next answer")
        reader.focus("Your question")
        desk.keys("Escape")
        desk.wait(lambda: any(t.finish_reason == "cancelled" for t in traces(home)), "the stop")


def kept(home: Home) -> int:
    """Characters of the newest answer that are in the database already."""
    with Database.open(home) as database:
        newest = database.conversations.page(limit=1)[0]
        return len(database.conversations.turns(newest.id)[-1].text)


@pytest.mark.parametrize("when", ["at once", "ready", "answering"])
def test_a_killed_window_leaves_no_orphan(desk: Desk, tmp_path: Path, when: str) -> None:
    home = long_winded(tmp_path)
    program = Program(desk, home.root)
    with Reader(desk, "nightschool") as reader:
        program.wait_until_docked()
        if when != "at once":
            program.wait_until_ready()
        if when == "answering":
            ask_by_keyboard(desk, reader, "Tell me everything")
            desk.wait(lambda: kept(home) > 100, "the first words")
        family = program.family()
        program.process.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []


def test_a_killed_window_gives_the_draft_back(desk: Desk, used_home: Home) -> None:
    with Program(desk, used_home.root) as program, Reader(desk, "nightschool") as reader:
        program.wait_until_ready()
        reader.focus("Your question")
        desk.type("half a thought")
        with Database.open(used_home) as database:
            desk.wait(lambda: any(drafts(database)), "the draft on disk")
        program.process.send_signal(signal.SIGKILL)
        program.process.wait()
    with Program(desk, used_home.root), Reader(desk, "nightschool") as reader:
        assert reader.see("Your question", contains="half a thought")


def drafts(database: Database) -> list[str]:
    return [value for name in ("draft:", "draft:new") if (value := database.state.get(name))]


def test_a_second_start_shows_the_first(desk: Desk, program: Program, used_home: Home) -> None:
    program.wait_until_ready()
    desk.wait(lambda: desk.windows("Nightschool$"), "the window")
    desk.keys("alt+F4")
    desk.wait(lambda: not desk.windows("Nightschool$"), "the closed window")
    assert program.process.poll() is None, "with a tray, closing the window closes only that"
    second = subprocess.run(
        [sys.executable, "-m", "desktop"],
        env={**desk.environment, "NIGHTSCHOOL_HOME": str(used_home.root)},
        capture_output=True,
        timeout=20,
    )
    assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
    desk.wait(lambda: desk.windows("Nightschool$"), "the first one's window")


def test_quitting_leaves_nothing_running(desk: Desk, used_home: Home) -> None:
    program = Program(desk, used_home.root)
    program.wait_until_ready()
    family = program.family()
    before = time.monotonic()
    assert program.quit() == 0
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == [] and time.monotonic() - before < 15
