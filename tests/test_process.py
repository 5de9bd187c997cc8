"""Children: calls, streams, cancellation, every ending's name, restart, and no orphan."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.errors import BadRequest, NightschoolError
from core.process import Backoff, Child, ChildDied, name_ending

CHILD = """
import os, signal, time
from core.child import serve_calls
from core.errors import BadRequest

def count(args, call):
    for i in range(args):
        if call.cancelled.is_set():
            open(os.environ["MARK"], "w").write(str(i))
            return None
        call.emit(i)
        time.sleep(0.005)
    return "done"

def die(args, call):
    os.kill(os.getpid(), args)
    time.sleep(10)  # the signal may be taken by another thread, a moment later

def leave(args, call):
    os._exit(args)

def refuse(args, call):
    raise BadRequest("no", hint="do this", code="no_such")

def bug(args, call):
    raise KeyError("secret text")

def chatter(args, call):
    os.write(1, b"native noise on stdout")
    return "clean"

serve_calls({"count": count, "die": die, "leave": leave, "refuse": refuse, "bug": bug, "chatter": chatter})
"""


@pytest.fixture
async def child(tmp_path: Path):
    made = Child(
        "test",
        [sys.executable, "-c", CHILD],
        env={"MARK": str(tmp_path / "mark")},
        backoff=Backoff(first=0.02, tries=3),
    )
    await made.start()
    yield made
    await made.stop()


async def wait_for_state(child: Child, state: str) -> None:
    async with asyncio.timeout(10):
        while child.state != state:
            await asyncio.sleep(0.01)


async def test_call_and_stream(child: Child) -> None:
    assert await child.call("count", 2) == "done"
    assert [item async for item in child.stream("count", 4)] == [0, 1, 2, 3]
    assert await child.call("chatter") == "clean"


async def test_errors_keep_their_class_and_bugs_keep_their_text_to_themselves(child: Child) -> None:
    with pytest.raises(BadRequest, match="do this") as caught:
        await child.call("refuse")
    assert caught.value.code == "no_such"
    with pytest.raises(NightschoolError) as bug:
        await child.call("bug")
    assert "KeyError" in str(bug.value) and "secret" not in str(bug.value)


async def test_closing_a_stream_cancels_the_work(child: Child, tmp_path: Path) -> None:
    stream = child.stream("count", 10_000)
    assert await anext(stream) == 0
    await stream.aclose()
    async with asyncio.timeout(5):
        while not (tmp_path / "mark").exists() or not (tmp_path / "mark").read_text():
            await asyncio.sleep(0.01)
    assert int((tmp_path / "mark").read_text()) < 1000


@pytest.mark.parametrize(
    ("how", "what", "ending"),
    [
        ("die", signal.SIGKILL, "killed"),
        ("die", signal.SIGSEGV, "crashed"),
        ("leave", 0, "exited"),
        ("leave", 3, "crashed"),
    ],
)
async def test_each_ending_has_its_name_and_the_child_comes_back(
    child: Child, how: str, what: int, ending: str
) -> None:
    first = child.pid
    with pytest.raises(ChildDied) as died:
        await child.call(how, int(what))
    assert died.value.ending == ending
    await wait_for_state(child, "ready")
    assert child.pid != first and child.restarts == 1
    assert await child.call("count", 1) == "done"


async def test_gives_up_after_its_tries() -> None:
    child = Child("broken", [sys.executable, "-c", "raise SystemExit(7)"], backoff=Backoff(first=0.01, tries=2))
    with pytest.raises(ChildDied) as died:
        await child.start()
    assert died.value.ending == "failed_to_start" and child.state == "failed"
    missing = Child("missing", ["/nonexistent/program"])
    with pytest.raises(ChildDied):
        await missing.start()


async def test_stop_is_named_and_leaves_nothing(child: Child) -> None:
    pid = child.pid
    assert pid is not None
    await child.stop()
    assert child.ending == "stopped" and not psutil.pid_exists(pid)
    with pytest.raises(ChildDied):
        await child.call("count", 1)


def test_no_orphan_when_the_parent_is_killed() -> None:
    parent_code = f"""
import asyncio, sys
from core.process import Child
async def main():
    child = Child("c", [sys.executable, "-c", {CHILD!r}])
    await child.start()
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.02)


def test_endings_table() -> None:
    assert name_ending(-9, asked=False) == "killed"
    assert name_ending(-11, asked=False) == "crashed"
    assert name_ending(-9, asked=True) == "stopped"
