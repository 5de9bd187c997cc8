"""Downloads as processes: killed, paused, begun twice, left by their parent; what was fetched is not fetched again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.engine import library
from core.engine.fetch.parts import Part, incomplete
from core.paths import Home
from tests.hub import HubServer, hub_server
from tests.models import make_model

REPO, FILE, NAME = "example/tiny-GGUF", "tiny-q4_0.gguf", "tiny-q4_0"
SLOW = 400_000  # bytes a second: the model of half a megabyte takes more than one
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    make_model(folder / FILE)
    with hub_server(folder, REPO) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        server.faults.bytes_per_s = SLOW
        yield server


started: list[Process] = []


@pytest.fixture(autouse=True)
def none_is_left() -> Iterator[None]:
    yield
    for process in started:
        process.kill()
        for pipe in (process.popen.stdin, process.popen.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
    started.clear()


class Process:
    """`nightschool models download` as the window starts it."""

    def __init__(self, home: Home, *more: str) -> None:
        arguments = ["models", "download", f"{REPO}:{FILE}", "--json-progress", "--stop-with-stdin", *more]
        self.home = home
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "core.cli", *arguments, "--reserve-mib", "0", "--first-wait", "0.05"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(self)

    def until_it_has(self, n_bytes: int) -> int:
        """Bytes in the part, once they are more than these."""
        part, deadline = Part(self.home, NAME), time.monotonic() + 60
        while part.bytes() <= n_bytes:
            assert self.popen.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return part.bytes()

    def wait(self) -> list[dict[str, Any]]:
        """What it said, once it ended by itself."""
        assert self.popen.stdout is not None
        said = [json.loads(line) for line in self.popen.stdout]
        self.popen.wait(60)
        return said

    def close(self) -> None:
        """Closes its stdin, as whoever pauses it does, and waits."""
        assert self.popen.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.popen.stdin.close()

    def pause(self) -> list[dict[str, Any]]:
        self.close()
        return self.wait()

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()


def nothing_installed(home: Home) -> bool:
    return library.known(home) == [] and not [m for m in library.find(home.models) if m.path.is_relative_to(home.root)]


def installed(home: Home, hub: HubServer) -> bool:
    (model,) = library.known(home)
    return model.path.read_bytes() == hub.file(FILE) and incomplete(home) == []


def test_killed_midway_it_goes_on_from_its_bytes(home: Home, hub: HubServer) -> None:
    first = Process(home)
    first.until_it_has(150_000)
    first.kill()
    kept = Part(home, NAME).bytes()
    assert kept >= 150_000
    assert nothing_installed(home)
    assert [left.name for left in incomplete(home) if not left.active] == [NAME], "the lock died with it"
    hub.requests.clear()
    said = Process(home).wait()
    assert said[-1]["done"]["verified"] is True
    assert [asked.start for asked in hub.downloads()] == [kept], "no byte before the kill is fetched again"
    assert hub.sent() == len(hub.file(FILE) or b"") - kept == said[-1]["done"]["fetched"]
    assert installed(home, hub)


def test_killed_again_and_again(home: Home, hub: HubServer) -> None:
    """At moments that nobody chose: there is no student until there is a whole one."""
    chance = random.Random(11)
    for round_ in range(6):
        process = Process(home)
        if round_ < 3:
            process.until_it_has(Part(home, NAME).bytes() + chance.randrange(60_000))
        else:  # anywhere, in the proof and the renaming too
            hub.faults.bytes_per_s = 0
            time.sleep(0.3 + chance.random() * 0.7)
        process.kill()
        if library.known(home):
            break
        assert nothing_installed(home)
    Process(home).wait()
    assert installed(home, hub)
    ranges = [asked.start for asked in hub.downloads()]
    assert ranges == sorted(ranges)
    assert len(set(ranges)) > 2


def test_paused_by_its_parent_it_goes_on(home: Home, hub: HubServer) -> None:
    first = Process(home)
    first.until_it_has(100_000)
    asked = time.monotonic()
    said = first.pause()
    assert time.monotonic() - asked < 3
    assert (first.popen.returncode, said[-1]) == (130, {"paused": True})
    kept = Part(home, NAME).bytes()
    assert nothing_installed(home)
    hub.requests.clear()
    hub.faults.bytes_per_s = 0
    lines = Process(home).wait()
    assert "done" in lines[-1]
    assert [asked.start for asked in hub.downloads()] == [kept]
    assert {"stage", "bytes", "size", "rate", "eta_s"} <= set(lines[1])
    assert installed(home, hub)


def test_paused_while_nothing_comes(home: Home, hub: HubServer) -> None:
    hub.faults.stall_at = 100_000
    process = Process(home)
    process.until_it_has(99_999)
    asked = time.monotonic()
    process.pause()
    assert time.monotonic() - asked < 4
    assert process.popen.returncode == 130
    assert Part(home, NAME).bytes() == 100_000


def test_no_parent_no_download(home: Home, hub: HubServer, tmp_path: Path) -> None:
    """The parent is killed and closes nothing by itself: the download ends all the same, and keeps its bytes."""
    script = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-m', 'core.cli', 'models', 'download', '{REPO}:{FILE}',"
        " '--json-progress', '--stop-with-stdin', '--reserve-mib', '0'],"
        " stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    hub.faults.bytes_per_s = 20_000
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    deadline = time.monotonic() + 60
    while Part(home, NAME).bytes() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    parent.kill()
    parent.communicate()
    while running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert Part(home, NAME).bytes() > 0
    assert nothing_installed(home)


def running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_the_second_of_two_is_told(home: Home, hub: HubServer) -> None:
    first = Process(home)
    first.until_it_has(50_000)
    assert [left.active for left in incomplete(home)] == [True]
    second = Process(home)
    said = second.wait()
    assert second.popen.returncode == 1
    assert said[-1]["error"]["code"] == "busy_elsewhere"
    assert str(first.popen.pid) in said[-1]["error"]["message"]
    assert "done" in first.wait()[-1]
    assert installed(home, hub)


def test_interrupted_from_the_keyboard(home: Home, hub: HubServer) -> None:
    process = Process(home)
    process.until_it_has(50_000)
    process.popen.send_signal(signal.SIGINT)
    assert process.wait()[-1] == {"paused": True}
    assert Part(home, NAME).bytes() >= 50_000


def test_an_error_is_a_line_and_a_status(home: Home, hub: HubServer) -> None:
    hub.faults.bytes_per_s, hub.faults.flip_at = 0, 1000
    process = Process(home)
    error = process.wait()[-1]["error"]
    assert (process.popen.returncode, error["code"]) == (1, "damaged")
    assert error["message"]
    assert error["hint"]
    assert nothing_installed(home)
