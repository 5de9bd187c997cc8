"""The server as a program with a window keeps it: its states, its endings, somebody else's, and never an orphan."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import apsw
import httpx2
import psutil
import pytest

from core import clock, config
from core.database import Database
from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.lock import HomeLock
from core.paths import Home
from core.process import Backoff
from core.records import Feedback, Message
from core.server import presence
from core.server.reach import Ended, ServerClient, Text
from core.server.spawn import ERROR_LOG_BYTES, Died, ErrorLog, Spawned
from core.server.supervised import ARGUMENTS, ServerChild, ServerStatus
from tests.running import Running
from tests.server.conftest import serving

pytestmark = pytest.mark.slow
QUICK = Backoff(first=0.1, factor=1.5, tries=3)


class Watched:
    """A ServerChild and every status that it told."""

    def __init__(self, home: Path, *, backoff: Backoff = QUICK, arguments: tuple[str, ...] = ()) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home = Home(home)
        self.told: list[ServerStatus] = []
        self.child = ServerChild(self.home, on_change=self.told.append, backoff=backoff, arguments=arguments)

    @property
    def states(self) -> list[str]:
        """Each state once per run of it."""
        states = [status.state for status in self.told]
        return [state for at, state in enumerate(states) if at == 0 or states[at - 1] != state]

    def family(self) -> list[psutil.Process]:
        assert self.child.pid is not None
        server = psutil.Process(self.child.pid)
        return [server, *server.children(recursive=True)]

    async def until(self, holds: Callable[[], object], timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < deadline, self.told
            await asyncio.sleep(0.02)


@pytest.fixture
async def watched(tmp_path: Path, tiny: Path) -> AsyncIterator[Watched]:
    made = Watched(tmp_path / "home", arguments=("--model", str(tiny)))
    yield made
    await made.child.stop()


async def said(client: ServerClient) -> str:
    text = ""
    async for event in client.chat([Message(role="user", content="Hello")], conversation_id="c"):
        text += event.text if isinstance(event, Text) else ""
    assert isinstance(event, Ended)
    return text


def gone(family: list[psutil.Process], within_s: float = 5.0) -> list[psutil.Process]:
    """Those that outlived the time. One that ended and waits for init to look at it is gone."""
    deadline = time.monotonic() + within_s
    while (left := [process for process in family if lives(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# ---- its own server ---------------------------------------------------------------------------------------


async def test_the_demo_student_from_start_to_stop(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "home")
    with pytest.raises(ModelUnavailable, match="not running"):
        watched.child.client()
    began = time.monotonic()
    await watched.child.start()
    assert time.monotonic() - began < 0.05, "start returns at once"
    with pytest.raises(ModelUnavailable, match="loading"):
        watched.child.client()
    await watched.child.wait_ready(60)
    assert watched.states == ["starting", "loading", "ready"]
    ready = watched.child.status
    assert (ready.model, ready.own, ready.problem, ready.ending) == ("Nightschool demo student", True, None, None)
    assert await said(watched.child.client())
    await watched.until(lambda: watched.child.status.retrieval == "hybrid", 90)
    family = watched.family()
    assert len(family) >= 3
    await watched.child.stop()
    assert not gone(family, 0.5)
    assert (watched.child.pid, watched.child.status.state, watched.child.status.url) == (None, "stopped", None)
    assert presence.find(watched.home) is None
    await watched.child.stop()


async def test_a_killed_server_is_named_and_comes_back(watched: Watched) -> None:
    await watched.child.start()
    await watched.child.wait_ready()
    first, family = watched.child.pid, watched.family()
    psutil.Process(first).kill()
    await watched.until(lambda: watched.child.status.state == "restarting")
    waiting = watched.child.status
    assert (waiting.ending, waiting.url, waiting.restart_in_s) == ("killed", None, 0.1)
    assert waiting.problem and "killed" in waiting.problem
    await watched.child.wait_ready()
    assert watched.child.pid != first
    assert await said(watched.child.client())
    assert not gone(family)


@pytest.mark.parametrize("how", ["killed", "stopped", "restarted"])
async def test_an_answer_under_way_ends_with_words_when_its_server_goes(tmp_path: Path, slow: Path, how: str) -> None:
    watched = Watched(tmp_path / "home", arguments=("--model", str(slow)))
    await watched.child.start()
    await watched.child.wait_ready()
    heard = 0

    async def talk() -> None:
        nonlocal heard
        while True:
            async for _ in watched.child.client().chat([Message(role="user", content="All.")], conversation_id="c"):
                heard += 1

    talking = asyncio.create_task(talk())
    await watched.until(lambda: heard > 20)
    began = time.monotonic()
    if how == "killed":
        psutil.Process(watched.child.pid).kill()
    else:
        await (watched.child.stop() if how == "stopped" else watched.child.restart())
        assert time.monotonic() - began < 2.2, "it waited for its own answer"
    with pytest.raises(NightschoolError):
        await asyncio.wait_for(talking, 10)
    await watched.child.stop()


async def test_a_restart_takes_up_the_student_that_was_chosen_meanwhile(tmp_path: Path, tiny: Path) -> None:
    watched = Watched(tmp_path / "home")
    await watched.child.start()
    await watched.child.wait_ready()
    before, pid = watched.child.status.model, watched.child.pid
    config.set_value(watched.home, "models.chosen", str(tiny))
    await watched.child.restart()
    await watched.child.wait_ready()
    assert watched.child.status.model != before
    assert watched.child.pid != pid
    await watched.child.stop()


def test_what_is_said_on_stderr_is_kept_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "server.err"
    log = ErrorLog(path)
    for number in range(6000):
        log.write(f"{number} {'x' * 100}".encode())
    log.close()
    assert path.stat().st_size <= ERROR_LOG_BYTES + 200
    assert path.read_text().splitlines()[-1].startswith("5999 ")
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_killed_engine_is_told_while_the_server_stays(watched: Watched) -> None:
    await watched.child.start()
    await watched.child.wait_ready()
    server, url = watched.child.pid, watched.child.status.url
    engine = next(p for p in watched.family() if "core.engine" in p.cmdline())
    watched.told.clear()
    engine.kill()
    await watched.until(lambda: watched.told and watched.child.status.state == "ready")
    assert watched.told[0].state == "restarting"
    assert watched.told[0].ending == "killed"
    assert {status.url for status in watched.told} == {url}
    assert watched.child.pid == server
    assert await said(watched.child.client())


async def test_one_that_dies_again_and_again_is_given_up_and_tried_anew_when_asked(watched: Watched) -> None:
    async def assassin() -> None:
        while watched.child.status.state != "failed":
            if watched.child.pid is not None:
                with contextlib.suppress(psutil.Error):
                    psutil.Process(watched.child.pid).kill()
            await asyncio.sleep(0.02)

    await watched.child.start()
    await asyncio.wait_for(assassin(), 30)
    failed = watched.child.status
    assert failed.ending == "killed"
    waits = [status.restart_in_s for status in watched.told if status.restart_in_s]
    assert waits == pytest.approx([0.1, 0.15, 0.225])
    with pytest.raises(ModelUnavailable, match="killed"):
        await watched.child.wait_ready()
    await watched.child.restart()
    await watched.child.wait_ready()


async def test_a_broken_setting_is_told_at_once_and_restart_takes_the_repaired_one(watched: Watched) -> None:
    watched.home.config_file.write_text("[server]\nport = 'many'\n")
    await watched.child.start()
    with pytest.raises(ModelUnavailable, match="port"):
        await watched.child.wait_ready()
    assert watched.states == ["starting", "failed"], "another try would say the same"
    assert watched.child.status.ending == "failed_to_start"
    watched.home.config_file.write_text("")
    await watched.child.restart()
    await watched.child.wait_ready()


async def test_a_newer_database_is_told_in_the_servers_words(watched: Watched) -> None:
    with Database.open(watched.home):
        pass
    raw = apsw.Connection(str(watched.home.database))
    raw.execute("PRAGMA user_version = 9999")
    raw.close()
    await watched.child.start()
    with pytest.raises(ModelUnavailable, match="written by a newer Nightschool"):
        await watched.child.wait_ready()
    assert watched.states == ["starting", "failed"]


async def test_a_student_that_is_not_there_fails_with_the_server_up(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "home", arguments=("--model", "nobody.gguf"))
    await watched.child.start()
    try:
        with pytest.raises(ModelUnavailable, match="nobody"):
            await watched.child.wait_ready()
        await watched.until(lambda: watched.child.status.url)
        assert (await watched.child.client().health())["status"] == "failed"
    finally:
        await watched.child.stop()


def serving_children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if "serve" in p.cmdline()]


@pytest.mark.parametrize("after_s", [0.0, 0.2, 0.6])
async def test_stopped_while_it_starts_it_leaves_nothing(watched: Watched, after_s: float) -> None:
    others = set(serving_children())  # servers that other tests of this run share
    await watched.child.start()
    await asyncio.sleep(after_s)
    family = watched.family() if watched.child.pid else []
    await watched.child.stop()
    assert not gone(family, 0.5)
    assert set(serving_children()) - others == set()
    assert HomeLock(watched.home.lock("server")).acquire()


async def test_stopped_while_its_process_is_being_made_it_is_not_waited_for_in_vain(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    ends: list[Died] = []
    spawned = Spawned(Home(tmp_path / "home"), ARGUMENTS, on_line=lambda line: None, on_end=ends.append)
    began = time.monotonic()
    await spawned.stop(10)
    assert time.monotonic() - began < 5, "it was never told"
    assert [died.returncode for died in ends] == [0]


async def test_no_key_stands_in_arguments_or_environment(watched: Watched) -> None:
    await watched.child.start()
    await watched.child.wait_ready()
    key = watched.home.token_file.read_text().strip()
    for process in watched.family():
        assert key not in " ".join(process.cmdline()) + " ".join(process.environ().values())


# ---- somebody else's --------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path, tiny: Path) -> Iterator[Running]:
    running = serving(tmp_path / "home", tiny)
    yield running
    running.stop()


async def test_a_server_that_runs_is_used_left_alone_and_replaced_when_it_ends(other: Running, tiny: Path) -> None:
    watched = Watched(other.home, arguments=("--model", str(tiny)))
    await watched.child.start()
    await watched.child.wait_ready()
    status = watched.child.status
    assert (status.own, status.url, watched.child.pid) == (False, other.url, other.process.pid)
    assert await said(watched.child.client())
    with pytest.raises(ConfigError, match="elsewhere"):
        await watched.child.restart()
    await watched.child.stop()
    assert other.process.poll() is None, "it is not ours to stop"
    await watched.child.start()
    await watched.child.wait_ready()
    other.stop()
    await watched.until(lambda: watched.child.status.own and watched.child.status.state == "ready")
    assert watched.child.pid != other.process.pid
    assert await said(watched.child.client())
    await watched.child.stop()


async def test_two_that_start_at_once_share_one_server_and_the_other_takes_over(tmp_path: Path, tiny: Path) -> None:
    both = [Watched(tmp_path / "home", arguments=("--model", str(tiny))) for _ in range(2)]
    await asyncio.gather(*(one.child.start() for one in both))
    await asyncio.gather(*(one.child.wait_ready() for one in both))
    owner, guest = sorted(both, key=lambda one: not one.child.status.own)
    assert (owner.child.status.own, guest.child.status.own) == (True, False)
    assert owner.child.pid == guest.child.pid
    assert "failed" not in owner.states + guest.states
    await owner.child.stop()
    await guest.until(lambda: guest.child.status.own and guest.child.status.state == "ready")
    assert await said(guest.child.client())
    await guest.child.stop()


# ---- under Qt's loop, and what a parent reads -------------------------------------------------------------

UNDER_QT = """
import asyncio, json, sys
from pathlib import Path
import psutil, qasync
from PySide6.QtWidgets import QApplication
from core.paths import Home
from core.process import Backoff
from core.records import Message
from core.server.reach import Text
from core.server.supervised import ServerChild

async def main():
    told = []
    child = ServerChild(Home(Path(sys.argv[1])), on_change=told.append, backoff=Backoff(first=0.1),
                        arguments=("--model", sys.argv[2]))
    await child.start()
    await child.wait_ready(60)
    psutil.Process(child.pid).kill()
    while child.status.state == "ready":
        await asyncio.sleep(0.01)
    await child.wait_ready(60)
    chat = child.client().chat([Message(role="user", content="Hello")], conversation_id="c")
    pieces = [event async for event in chat if isinstance(event, Text)]
    family = psutil.Process().children(recursive=True)
    await child.stop()
    await asyncio.sleep(0.3)
    left = [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    print(json.dumps({"states": [s.state for s in told], "pieces": len(pieces), "left": len(left)}))

application = QApplication([])
loop = qasync.QEventLoop(application)
with loop:
    loop.run_until_complete(main())
"""


def test_it_works_under_qts_event_loop(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", UNDER_QT, str(tmp_path / "home"), str(tiny)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["states"][:2] == ["starting", "loading"]
    assert {"ready", "restarting", "stopped"} <= set(told["states"])
    assert told["pieces"] > 0 and told["left"] == 0
    assert "Traceback" not in done.stderr


def test_a_parent_reads_one_json_line_for_each_change(tmp_path: Path, tiny: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli", "serve", *ARGUMENTS, "--model", str(tiny)],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(tmp_path / "home")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stdin is not None
    told = []
    while not (any("url" in one for one in told) and told[-1].get("state") == "ready"):
        told.append(json.loads(process.stdout.readline()))
    states = [one for one in told if "state" in one]
    assert states[0]["state"] == "loading"
    assert set(states[0]) == {"state", "model", "problem", "ending", "retrieval"}
    assert all(earlier != later for earlier, later in itertools.pairwise(states))
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


async def test_feedback_that_a_window_writes_is_in_the_index_at_once(tmp_path: Path) -> None:
    """Written straight into the database, as the desktop does it, while the server runs."""
    watched = Watched(tmp_path / "home")
    await watched.child.start()
    await watched.child.wait_ready()
    client = watched.child.client()
    await watched.until(lambda: watched.child.status.retrieval == "hybrid", 90)
    waits = []
    with Database.open(watched.home) as database:
        for number in range(4):
            question = [Message(role="user", content=f"Hello number {number}")]
            events = [event async for event in client.chat(question, conversation_id=f"c{number}")]
            assert isinstance(events[-1], Ended)
            said_at = clock.stamp(clock.now())
            up = Feedback(id=f"f{number}", trace_id=events[-1].trace_id, created_at=said_at, value=True)
            database.feedback.add(up)
            began = time.monotonic()
            while (await client.health())["replay"]["indexed"] <= number:
                assert time.monotonic() - began < 5
                await asyncio.sleep(0.02)
            waits.append(time.monotonic() - began)
    await watched.child.stop()
    assert max(waits) < 0.9, waits


# ---- kill -9 of the program -------------------------------------------------------------------------------

PARENT = """
import asyncio, sys
from pathlib import Path
from core.paths import Home
from core.records import Message
from core.server.supervised import ServerChild

async def main():
    child = ServerChild(Home(Path(sys.argv[1])), on_change=lambda status: print(status.state, flush=True),
                        arguments=("--model", sys.argv[2]))
    await child.start()
    await child.wait_ready(60)
    print(child.status.url, flush=True)
    while sys.argv[3] == "talk":
        async for event in child.client().chat([Message(role="user", content="Tell me all.")], conversation_id="c"):
            print("said", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def parent(home: Path, model: Path, what: str) -> subprocess.Popen[str]:
    home.mkdir(mode=0o700, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(home), str(model), what], stdout=subprocess.PIPE, text=True, bufsize=1
    )


def killed(program: subprocess.Popen[str]) -> tuple[list[psutil.Process], float]:
    """SIGKILL to the program alone; those of its family that live after 5 s, and how long the last one lived."""
    family = psutil.Process(program.pid).children(recursive=True)
    assert family, "there is nobody to outlive it"
    program.kill()
    began = time.monotonic()
    left = gone(family)
    program.wait()
    assert program.stdout is not None
    program.stdout.close()
    return left, time.monotonic() - began


@pytest.mark.parametrize("after_s", [0.3, 0.8, 1.2, 2.0, 4.0])
def test_nothing_outlives_a_program_killed_while_it_starts(tmp_path: Path, tiny: Path, after_s: float) -> None:
    program = parent(tmp_path / "home", tiny, "wait")
    deadline = time.monotonic() + 10
    while not psutil.Process(program.pid).children():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(after_s)
    left, _ = killed(program)
    assert not left, [p.cmdline() for p in left if p.is_running()]
    assert HomeLock(Home(tmp_path / "home").lock("server")).acquire()


def test_nothing_outlives_a_program_killed_while_it_is_being_answered(tmp_path: Path, slow: Path) -> None:
    program = parent(tmp_path / "home", slow, "talk")
    assert program.stdout is not None
    heard = 0
    while heard < 30:
        heard += program.stdout.readline() == "said\n"
    left, lived = killed(program)
    assert not left
    assert lived < 2.5, "nobody is there to be answered: it need not wait"
    with Database.open(Home(tmp_path / "home")) as database:
        assert database.traces.last().finish_reason in ("cancelled", "interrupted", None)


def test_nothing_outlives_a_killed_program_though_another_client_is_being_answered(tmp_path: Path, slow: Path) -> None:
    program = parent(tmp_path / "home", slow, "wait")
    assert program.stdout is not None
    while not (line := program.stdout.readline()).startswith("http"):
        pass
    url, key = line.strip(), (tmp_path / "home" / "server.token").read_text().strip()
    body = {"model": "m", "messages": [{"role": "user", "content": "All."}], "stream": True}
    body |= {"max_tokens": 6000, "logit_bias": {"2": -100, "0": -100, "1": -100}}
    ends: list[str] = []

    speaking = threading.Event()

    def listen() -> None:
        headers = {"authorization": f"Bearer {key}"}
        with (
            contextlib.suppress(httpx2.TransportError),
            httpx2.stream("POST", f"{url}/v1/chat/completions", json=body, headers=headers, timeout=30) as response,
        ):
            for line in response.iter_lines():
                ends.append(line)
                speaking.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert speaking.wait(30)
    left, lived = killed(program)
    listener.join(10)
    assert not left
    assert lived > 1.5, "the other's answer got its moment"
    assert [line for line in ends if line][-1] == "data: [DONE]", "and a clean end"
