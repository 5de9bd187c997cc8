"""The command line against a real server with a real (if random) model: ask, rate, replay, cancel, survive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.database import Database
from core.paths import Home
from core.records import Trace
from tests.cli.command import Nightschool
from tests.models import make_model
from tests.running import Running, running

ROOT = Path(__file__).parent.parent.parent
PROGRAM = [sys.executable, "-m", "core.cli"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights: what it says is noise, but at temperature 0 always the same noise, and a lot of it."""
    path = tmp_path_factory.mktemp("model") / "noise.gguf"
    make_model(path, n_embd=512, n_layers=6, n_ff=1536, n_ctx=4096)
    return path


@pytest.fixture(scope="module")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("serving") / "home", ("--port", "0", "--model", str(model))) as started:
        yield started


@pytest.fixture
def at_server(server: Running, monkeypatch: pytest.MonkeyPatch, nightschool: Nightschool) -> Nightschool:
    monkeypatch.setenv("NIGHTSCHOOL_HOME", str(server.home))
    return nightschool


def recorded(place: Path, trace_id: str) -> Trace:
    with Database.open(Home(place)) as database:
        return database.traces.get(trace_id)


def last(place: Path) -> Trace:
    with Database.open(Home(place)) as database:
        return database.traces.last("cli")


def test_what_is_asked_is_answered_and_recorded(at_server: Nightschool, server: Running) -> None:
    said = at_server.json("ask", "Where", "is", "it?", "--max-tokens", "8", "--temperature", "0")
    trace = recorded(server.home, said["id"])
    assert (trace.client, trace.messages[-1].content, trace.origin) == ("cli", "Where is it?", "user")
    assert (said["response"], said["model"]) == (trace.response, "noise")
    assert said["response"]
    again = at_server.json("ask", "Where is it?", "--max-tokens", "8", "--temperature", "0")
    assert again["response"] == said["response"]


def test_the_answer_alone_goes_to_stdout(at_server: Nightschool, server: Running) -> None:
    outcome = at_server("ask", "--max-tokens", "8", "--temperature", "0", "-", stdin="Where is it?\n")
    trace = last(server.home)
    assert (outcome.status, outcome.stdout) == (0, f"{trace.response}\n")
    assert trace.id in outcome.stderr
    assert trace.messages[-1].content == "Where is it?"


def test_a_conversation_goes_on(at_server: Nightschool, server: Running) -> None:
    first = at_server.json("ask", "One?", "--conversation", "talk", "--max-tokens", "4", "--temperature", "0")
    second = at_server.json("ask", "Two?", "--conversation", "talk", "--max-tokens", "4", "--temperature", "0")
    messages = recorded(server.home, second["id"]).messages
    assert [message.content for message in messages] == ["One?", first["response"], "Two?"]
    assert second["conversation_id"] == "talk"


def test_retrieval_is_switched_off_only_by_the_flag(at_server: Nightschool) -> None:
    options = ("--max-tokens", "4", "--temperature", "0")
    assert at_server.json("ask", "Where?", "--no-retrieval", *options)["retrieval_mode"] == "off"
    assert at_server.json("ask", "Where?", "--agent", "direct", *options)["retrieval_mode"] == "none"
    assert at_server.json("ask", "Where?", *options)["retrieval_mode"] in ("lexical", "hybrid")


def test_a_thumb_raises_the_counts_and_a_correction_is_shown_to_the_student(
    at_server: Nightschool, server: Running
) -> None:
    server.wait_until_hybrid()
    before = at_server.json("status")["counts"]
    question = "What is the colour of the harbour lantern in Veldral?"
    said = at_server.json("ask", question, "--max-tokens", "8", "--temperature", "0")
    at_server.json("feedback", "last", "--correction", "The harbour lantern in Veldral is violet.")
    after = at_server.json("status")["counts"]
    grown = {name: after[name] - before[name] for name in ("traces", "feedback", "accepted", "rejected", "indexed")}
    assert grown == {"traces": 1, "feedback": 1, "accepted": 1, "rejected": 1, "indexed": 1}
    run = at_server.json("replay", "--task", question)
    assert "The harbour lantern in Veldral is violet." in run["bundle"]
    assert [piece["trace_id"] for piece in run["retrieved"] if piece["injected"]] == [said["id"]]
    assert recorded(server.home, run["id"]).origin == "replay"
    assert at_server.json("feedback", run["id"], "up")["verdict"] == "accepted"
    assert at_server.json("status")["counts"]["indexed"] == after["indexed"], "replays are never shown as past work"
    at_server.json("feedback", said["id"], "clear")
    assert at_server.json("status")["counts"]["indexed"] == before["indexed"]


def test_replay_lays_everything_open(at_server: Nightschool) -> None:
    outcome = at_server("replay", "--task", "Where is it?", "--local-only")
    assert outcome.status == 0
    assert "retrieval" in outcome.stdout
    assert at_server("replay", "--task", "x", "--local-only", "--allow-escalation").status == 2
    assert at_server("replay", "--task", " ").status == 2
    assert at_server("replay").status == 2


def test_deleting_goes_through_the_server(at_server: Nightschool) -> None:
    said = at_server.json("ask", "Where?", "--max-tokens", "4")
    at_server.json("traces", "delete", said["id"])
    assert at_server("traces", "show", said["id"]).status == 1


def test_a_run_made_elsewhere_goes_through_the_server(at_server: Nightschool, server: Running) -> None:
    said = at_server.json("runs", "record", "--task-slug", "a", "--model-name", "b", "--tests-total", "2")
    assert recorded(server.home, said["run_id"]).client == "cli"


def test_a_proxy_of_the_environment_sees_nothing(at_server: Nightschool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert at_server.json("ask", "Where?", "--max-tokens", "4")["id"]


def test_the_server_refuses_in_words(at_server: Nightschool) -> None:
    outcome = at_server("ask", "--agent", "nobody", "Where?", "--json")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "nobody" in outcome.stderr


def test_status_and_doctor_tell_of_the_server(at_server: Nightschool, server: Running) -> None:
    told = at_server.json("status")
    assert (told["model"], told["variant"], told["server"]["pid"]) == ("noise", "base", server.process.pid)
    assert server.url in at_server("status").stdout
    checks = {check["name"]: check for check in json.loads(at_server("doctor", "--json").stdout)["checks"]}
    assert checks["server"]["state"] == "ok"
    assert server.url in checks["server"]["message"]


def test_a_second_server_of_the_same_home_is_refused(at_server: Nightschool, server: Running) -> None:
    outcome = subprocess.run([*PROGRAM, "serve", "--port", "0"], capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert server.url in outcome.stderr
    assert at_server.json("status")["server"]["running"], "the first one is untouched"


def ask_at_length(server: Running) -> subprocess.Popen[str]:
    """A question whose answer takes a while; returns when its beginning was printed."""
    process = subprocess.Popen(
        [*PROGRAM, "ask", "--temperature", "0", "--max-tokens", "3500", "Tell me everything."],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(server.home), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    assert process.stdout.read(1)
    return process


def test_ctrl_c_cancels_and_keeps_what_was_said(server: Running, at_server: Nightschool) -> None:
    process = ask_at_length(server)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert "Cancelled." in told
    assert "Traceback" not in told
    trace = finished(server, last_id(told))
    assert trace.finish_reason == "cancelled"
    assert trace.response
    assert trace.usage.completion_tokens < 3500


def test_the_engine_killed_in_mid_answer_is_told_and_the_next_question_is_answered(
    server: Running, at_server: Nightschool
) -> None:
    process = ask_at_length(server)
    server.child("core.engine").kill()
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in told
    trace = finished(server, last_id(told))
    assert trace.response
    assert at_server.json("ask", "Where?", "--max-tokens", "4", "--temperature", "0")["response"]


def last_id(told: str) -> str:
    return next(word.rstrip(".") for word in told.split() if word.startswith("chatcmpl-"))


def finished(server: Running, trace_id: str) -> Trace:
    """The trace once the server closed it: it hears of a cancellation a moment after the client is gone."""
    deadline = time.monotonic() + 15
    while (trace := recorded(server.home, trace_id)).finish_reason is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return trace


def test_the_three_lines_work_as_they_stand(model: Path, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--model", str(model)],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        assert lines[0].startswith("Listening on http://127.0.0.1:")
        commands = [line.partition(":")[2].strip() for line in lines[1:]]
        bare = {name: value for name, value in os.environ.items() if name != "NIGHTSCHOOL_HOME"}
        for command in commands:
            done = subprocess.run(
                ["/bin/sh", "-c", command], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        assert last(home).client == "cli"
        with Database.open(Home(home)) as database:
            assert database.counts().accepted == 1
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")


def test_without_a_server_one_is_started_for_the_command_and_nothing_stays_behind(
    nightschool: Nightschool, model: Path, home: Home
) -> None:
    said = nightschool.json("ask", "Where is it?", "--model", str(model), "--max-tokens", "4", "--temperature", "0")
    assert said["retrieval_mode"] == "hybrid", "one question deserves the whole of retrieval"
    assert nightschool.json("status")["server"] == {"running": False}
    left = [p for p in psutil.process_iter(["cmdline"]) if "core.cli" in (p.info["cmdline"] or []) and is_ours(p, home)]
    assert left == []
    nightschool.json("feedback", "last", "up")
    assert nightschool.json("status")["counts"]["accepted"] == 1


def is_ours(process: psutil.Process, home: Home) -> bool:
    try:
        return process.environ().get("NIGHTSCHOOL_HOME") == str(home.root)
    except psutil.Error:
        return False


def test_a_server_that_is_starting_is_waited_for(nightschool: Nightschool, model: Path, home: Home) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--ready-json", "--model", str(model)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while not home.lock("server").exists():
            assert process.poll() is None
            time.sleep(0.01)
        said = nightschool.json("ask", "Where is it?", "--max-tokens", "4", "--temperature", "0")
        assert nightschool.json("status")["server"]["pid"] == process.pid, "it was this one that answered"
        assert recorded(home.root, said["id"]).model == "noise"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_model_that_is_not_there_is_told(nightschool: Nightschool) -> None:
    outcome = nightschool("ask", "--model", "nobody-has-this", "Where?", "--json")
    assert (outcome.status, outcome.stdout) == (1, "")
    assert outcome.stderr


def test_a_stale_server_file_is_recognised(nightschool: Nightschool, home: Home) -> None:
    home.server_file.write_text(
        json.dumps({"url": "http://127.0.0.1:9", "pid": os.getpid(), "started": 1.0, "token_file": "/nowhere"})
    )
    assert nightschool.json("status")["server"] == {"running": False}
