"""Children: calls, streams, cancellation, every ending's name, restart, and no orphan."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.child import read_frames
from core.errors import BadRequest, NightschoolError
from core.process import (
    HEADER,
    MAX_FRAME,
    Backoff,
    Child,
    ChildDied,
    name_ending,
    python_child,
    python_environment,
    read_frame,
)

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


async def test_a_child_that_keeps_dying_is_given_up_after_ever_longer_waits(child: Child) -> None:
    child.argv = [sys.executable, "-c", "raise SystemExit(7)"]  # from the next start on
    with pytest.raises(ChildDied):
        await child.call("die", int(signal.SIGKILL))
    await wait_for_state(child, "failed")
    assert child.restarts == 3
    assert [Backoff().delay(attempt) for attempt in (0, 1, 2, 20)] == [0.2, 0.4, 0.8, 30.0]


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


def test_a_closed_stdin_alone_ends_the_child() -> None:
    """Its parent may live on, and no signal come: so it is where there is no PR_SET_PDEATHSIG."""
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None and child.stdout is not None
    assert child.stdout.read(HEADER)
    child.stdin.close()
    try:
        assert child.wait(20) == 0
    finally:
        child.kill()
        child.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_the_end_of_the_parent_alone_ends_a_child_that_reads_nothing() -> None:
    """As native code that never comes back does; the pipe stays open in another hand."""
    child_code = "import time; from core import child; child.die_with_parent(); print(flush=True); time.sleep(60)"
    parent_code = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child_code!r}], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        child.wait(10)
    except psutil.TimeoutExpired:
        assert child.status() == psutil.STATUS_ZOMBIE, "the child outlived its parent"
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_parent_that_ended_before_the_signal_was_asked_for_is_noticed() -> None:
    code = "from core.child import die_with_parent; die_with_parent(); raise SystemExit(9)"
    for parent, status in ((os.getpid(), 9), (os.getpid() + 1, 0)):
        env = {**os.environ, "NIGHTSCHOOL_PARENT": str(parent)}
        assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == status


async def test_a_frame_beyond_all_measure_is_the_end_not_a_wait() -> None:
    huge = (MAX_FRAME + 1).to_bytes(HEADER, "big") + b"x"
    stream = asyncio.StreamReader()
    stream.feed_data(huge)
    async with asyncio.timeout(5):
        assert await read_frame(stream) is None
    assert list(read_frames(io.BytesIO(huge))) == []


def test_endings_table() -> None:
    assert name_ending(-9, asked=False) == "killed"
    assert name_ending(-11, asked=False) == "crashed"
    assert name_ending(-9, asked=True) == "stopped"


async def test_a_child_that_prints_instead_of_answering_is_given_up() -> None:
    child = Child("chatty", [sys.executable, "-c", "print('Welcome!', flush=True); import time; time.sleep(60)"])
    async with asyncio.timeout(20):
        with pytest.raises(ChildDied, match="could not be started"):
            await child.start()
    assert child.pid is None


def test_a_folder_named_core_where_the_person_stands_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('run by mistake')")
    argv = [*python_child("core.cli"), "--version"]
    done = subprocess.run(argv, cwd=tmp_path, env=python_environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
