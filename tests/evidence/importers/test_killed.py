"""An import that is killed at any moment: the next one ends with the same rows, and nothing of the copy is left."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.database import Database
from core.paths import Home
from tests.evidence.conftest import Elsewhere
from tests.evidence.importers.making import BEGAN, brought, webui_chat, webui_database, webui_feedback, webui_message
from tests.evidence.importers.test_bringing import dump

PROGRAM = """
import sys
from pathlib import Path
from core.database import Database
from core.evidence.importers.bringing import Wanted, bring_in
from core.paths import Home
home = Home(Path(sys.argv[1]))
print("ready", flush=True)
with Database.open(home) as database:
    bring_in(home, database, Wanted(format="openwebui", path=Path(sys.argv[2]), source_file="webui.db",
                                    recorded_at="2026-05-01T02:00:00.000000Z"))
"""


def chats(folder: Path, count: int) -> Path:
    """Every other answer has a thumb."""
    found, feedback = {}, []
    for number in range(count):
        at = BEGAN + number
        asked = webui_message("q", None, "user", f"How far is island {number}? {'Really? ' * 50}", timestamp=at)
        answered = webui_message("a", "q", "assistant", f"{number} miles.", timestamp=at + 1)
        found[f"c{number}"] = webui_chat([asked, answered], "a")
        if number % 2:
            feedback.append(webui_feedback(1 if number % 3 else -1, f"c{number}", "a"))
    return webui_database(folder / "webui.db", found, feedback)


def killed_at(home: Home, path: Path, seconds: float) -> bool:
    """False when it was done before."""
    command = [sys.executable, "-c", PROGRAM, str(home.root), str(path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.readline()
    time.sleep(seconds)
    ended = running.poll() is not None
    running.kill()
    running.communicate()
    return not ended


def kill_often(elsewhere: Elsewhere, tmp_path: Path, rounds: int, seed: int = 7) -> None:
    path = chats(tmp_path, 900)
    whole_home, whole = elsewhere("whole")
    begin = time.monotonic()
    brought(whole_home, whole, "openwebui", path)
    lasts = time.monotonic() - begin
    chance = random.Random(seed)
    home, database = elsewhere("killed")
    for _ in range(rounds):
        if not killed_at(home, path, chance.uniform(0, lasts)):
            break
        assert database.integrity_check() == []
    brought(home, database, "openwebui", path)
    assert dump(database) == dump(whole)
    assert not home.importing.exists()
    assert [one.counts["new"] for one in database.imports.all()] == [900]
    assert database.reviews.count("pending") == 1


@pytest.mark.slow
def test_killed_and_begun_again(elsewhere: Elsewhere, tmp_path: Path) -> None:
    kill_often(elsewhere, tmp_path, 4)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(10))
def test_killed_at_a_hundred_moments(elsewhere: Elsewhere, tmp_path: Path, part: int) -> None:
    kill_often(elsewhere, tmp_path, 10, part)


def test_the_program_of_this_test_runs(home: Home, database: Database, tmp_path: Path) -> None:
    assert killed_at(home, chats(tmp_path, 2), 5) is False
    assert database.counts().traces == 2
