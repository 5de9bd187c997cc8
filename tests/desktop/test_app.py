"""The whole program as processes: one instance, clean ends, no orphans, and homes that cannot be opened."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.database import Database
from core.paths import Home
from desktop import single

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and modes of POSIX")
PROBE = """
import asyncio, json, os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

knocks = 0

def knocked(self):
    global knocks
    knocks += 1
    show(self)

def tell():
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.objectName()]
    found = {w.objectName(): [c.text() for c in w.findChildren(QLabel) if not c.isHidden()] for w in shown}
    found["knocked"] = ["knock"] * knocks
    with open(sys.argv[1] + ".new", "w") as file:
        json.dump(found, file)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    if os.path.exists(sys.argv[1] + ".click"):
        with open(sys.argv[1] + ".click") as file:
            name = file.read()
        os.remove(sys.argv[1] + ".click")
        next(b for w in shown for b in w.findChildren(QPushButton, name)).click()

import desktop.life
begin = desktop.life.Life.live
def live(self):
    timer = QTimer(interval=50)
    timer.timeout.connect(tell)
    timer.start()
    return begin(self)
desktop.life.Life.live = live
show = desktop.life.Life._show_window
desktop.life.Life._show_window = knocked
from desktop.app import start
sys.exit(start(["nightschool", *sys.argv[2:]]))
"""


class App:
    """The program, started with a probe that tells which windows it shows."""

    def __init__(self, home: Path, folder: Path, *arguments: str) -> None:
        folder.mkdir(exist_ok=True)
        self.home, self._seen = home, folder / "seen.json"
        self.errors = (folder / "errors").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROBE, str(self._seen), *arguments],
            cwd=ROOT,
            env={**os.environ, "NIGHTSCHOOL_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
            stdout=self.errors,
            stderr=self.errors,
        )

    @property
    def windows(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self._seen.read_text()) if self._seen.exists() else {}
        return found

    @property
    def printed(self) -> str:
        self.errors.seek(0)
        return self.errors.read().decode()

    def click(self, name: str) -> None:
        """A button of a window that is shown."""
        new = self._seen.with_suffix(".new-click")
        new.write_text(name)
        new.rename(f"{self._seen}.click")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            finally:
                self.process.kill()
        self.errors.close()


def wait(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def begin(used: Home, tmp_path: Path) -> Iterator[Callable[..., App]]:
    made: list[App] = []

    def start(home: Path, *arguments: str) -> App:
        made.append(App(home, tmp_path / f"app{len(made)}", *arguments))
        return made[-1]

    yield start
    for app in made:
        app.end()


@pytest.fixture
def used() -> Iterator[Home]:
    """A home whose first run is over, with a path as short as a person's."""
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        home = Home(Path(folder))
        with Database.open(home) as database:
            database.state.set("first_run", '{"version": 1, "step": "done"}')
        yield home


def gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_with_all_its_children(
    used: Home, begin: Callable[..., App], number: signal.Signals
) -> None:
    app = begin(used.root)
    wait(lambda: used.server_file.exists())
    wait(lambda: "chat_window" in app.windows)
    children = app.family()
    assert any("core.engine" in " ".join(child.cmdline()) for child in children)
    started = time.monotonic()
    app.process.send_signal(number)
    assert app.process.wait(10) == 0
    assert time.monotonic() - started < 5
    assert gone(children)
    assert app.printed == ""
    assert not used.server_file.exists()


def test_killed_it_leaves_no_orphan_and_the_next_start_is_the_first(used: Home, begin: Callable[..., App]) -> None:
    app = begin(used.root)
    wait(lambda: used.server_file.exists())
    children = app.family()
    assert children
    app.process.kill()
    wait(lambda: gone(children), 5)
    assert Path(single.address(used)).exists()
    again = begin(used.root)
    wait(lambda: "chat_window" in again.windows)
    assert begin(used.root).process.wait(20) == 0
    wait(lambda: again.windows["knocked"] == ["knock"])


def test_a_second_start_shows_the_first_ones_window_and_ends(used: Home, begin: Callable[..., App]) -> None:
    app = begin(used.root)
    wait(lambda: Path(single.address(used)).exists())
    assert stat.S_IMODE(Path(single.address(used)).stat().st_mode) & 0o077 == 0
    second = begin(used.root)
    assert second.process.wait(20) == 0
    wait(lambda: app.windows.get("knocked") == ["knock"])
    wait(lambda: "chat_window" in app.windows)
    assert second.printed == ""
    assert second.windows == {}


def test_many_starts_at_once_are_one_app(used: Home, begin: Callable[..., App]) -> None:
    started = [begin(used.root) for _ in range(4)]
    wait(lambda: sum(app.process.poll() is not None for app in started) == 3, 40)
    assert sorted(str(app.process.poll()) for app in started) == ["0", "0", "0", "None"]


def test_an_empty_home_begins_with_the_first_run(tmp_path: Path, begin: Callable[..., App]) -> None:
    app = begin(tmp_path / "new")
    wait(lambda: "first_run_window" in app.windows)
    assert "chat_window" not in app.windows


def newer(home: Home) -> None:
    import apsw

    with Database.open(home):
        pass
    connection = apsw.Connection(str(home.database))
    connection.execute("PRAGMA user_version = 4711").fetchall()
    connection.close()


def damaged(home: Home) -> None:
    home.database.write_bytes(b"not a database at all " * 500)


def broken_settings(home: Home) -> None:
    home.config_file.write_text("[server]\nport = 'many'\n")


def unwritable_logs(home: Home) -> None:
    home.logs.write_text("a file where the folder should be")


def test_what_was_mended_is_opened_by_trying_again(used: Home, begin: Callable[..., App]) -> None:
    broken_settings(used)
    app = begin(used.root)
    wait(lambda: "problem_window" in app.windows)
    used.config_file.unlink()
    app.click("problem_retry")
    wait(lambda: "chat_window" in app.windows)
    assert "problem_window" not in app.windows
    app.process.terminate()
    assert app.process.wait(10) == 0


def in_a_source_tree(home: Home) -> Callable[[], None]:
    (home.root / ".git").mkdir()
    (home.root / "pyproject.toml").touch()
    return (home.root / ".git").rmdir


def without_locks(home: Home) -> Callable[[], None]:
    for lock in (home.root / "locks").iterdir():
        lock.unlink()
    (home.root / "locks").rmdir()
    (home.root / "locks").touch()
    return (home.root / "locks").unlink


@pytest.mark.parametrize("spoil", [in_a_source_tree, without_locks])
def test_what_is_opened_by_trying_again_is_the_only_one_too(
    used: Home, begin: Callable[..., App], spoil: Callable[[Home], Callable[[], None]]
) -> None:
    """At first there was no lock to be had; the second try must take it."""
    mend = spoil(used)
    app = begin(used.root)
    wait(lambda: "problem_window" in app.windows)
    mend()
    app.click("problem_retry")
    wait(lambda: "chat_window" in app.windows)
    assert begin(used.root).process.wait(20) == 0
    wait(lambda: app.windows["knocked"] == ["knock"])


def test_quit_in_the_problem_window_ends_it(used: Home, begin: Callable[..., App]) -> None:
    damaged(used)
    app = begin(used.root)
    wait(lambda: "problem_window" in app.windows)
    app.click("problem_quit")
    assert app.process.wait(10) == 0


def test_without_a_display_one_line_says_so(tmp_path: Path) -> None:
    without = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    without["QT_QPA_PLATFORM"] = "xcb"
    for display in ({}, {"DISPLAY": ":4711"}):
        done = subprocess.run(
            [sys.executable, "-m", "desktop"], cwd=ROOT, env=without | display, capture_output=True, text=True
        )
        assert done.returncode == 69
        assert len(done.stderr.splitlines()) == 1
        assert "`nightschool serve` works without one." in done.stderr


@pytest.mark.parametrize(
    ("spoil", "title", "message"),
    [
        (newer, "The database cannot be used", "newer Nightschool (schema 4711"),
        (damaged, "The database cannot be used", "damaged"),
        (broken_settings, "The configuration is wrong", "server.port"),
        (unwritable_logs, "The configuration is wrong", "cannot be written"),
    ],
)
def test_a_home_that_cannot_be_opened_is_told_in_a_window(
    tmp_path: Path, begin: Callable[..., App], spoil: Callable[[Home], None], title: str, message: str
) -> None:
    home = Home(tmp_path / "spoiled")
    home.root.mkdir(mode=0o700)
    spoil(home)
    app = begin(home.root, "--background")
    wait(lambda: "problem_window" in app.windows)
    told = app.windows["problem_window"]
    assert title in told
    assert any(message in line for line in told), told
    assert app.family() == []
    app.process.terminate()
    assert app.process.wait(10) == 0
    assert "Traceback" not in app.printed


def test_a_home_in_a_source_tree_is_told_in_a_window(tmp_path: Path, begin: Callable[..., App]) -> None:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").touch()
    app = begin(tmp_path / "project" / "home")
    wait(lambda: "problem_window" in app.windows)
    assert any("inside the source tree" in line for line in app.windows["problem_window"])
    app.process.terminate()
    assert app.process.wait(10) == 0
    assert not (tmp_path / "project" / "home").exists()


def test_the_socket_of_a_deep_home_has_a_short_name(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("x" * 100))
    assert single.address(Home(Path("/home/me/.local/share/nightschool"))).startswith("/home/me/.local")
    assert len(single.address(deep)) < 100
    assert single.address(deep) != single.address(Home(tmp_path / ("y" * 100)))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="an X server that may be killed")
def test_when_the_display_dies_it_ends_with_one_line(used: Home) -> None:
    given, taken = os.pipe()
    screen = subprocess.Popen(["Xvfb", "-displayfd", str(taken), "-nolisten", "tcp"], pass_fds=[taken], stderr=-3)
    os.close(taken)
    with os.fdopen(given) as number:
        display = f":{number.readline().strip()}"
    env = {**os.environ, "NIGHTSCHOOL_HOME": str(used.root), "QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
    env.pop("WAYLAND_DISPLAY", None)
    app = subprocess.Popen([sys.executable, "-m", "desktop"], cwd=ROOT, env=env, stdout=-1, stderr=-2, text=True)
    log = used.logs / "desktop.log"
    try:
        wait(lambda: log.exists() and "is open" in log.read_text())
        family = psutil.Process(app.pid).children(recursive=True)
        screen.kill()
        printed, _ = app.communicate(timeout=30)
        assert app.returncode == 1
        assert "Traceback" not in printed + log.read_text()
        assert log.read_text().count("The display is gone") == 1
        psutil.wait_procs(family, timeout=15)
        assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    finally:
        for process in (app, screen):
            process.kill()
            process.wait()
