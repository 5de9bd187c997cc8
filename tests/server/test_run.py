"""How a server starts and ends: ready when it can answer, nothing lost, nothing left behind (must-show 7)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import psutil
import pytest

from core.database import Database
from core.paths import Home
from core.records import Trace
from core.server import presence
from core.server.parent import FINISH
from tests import running as servers
from tests.running import Running
from tests.server.conftest import serving

pytestmark = pytest.mark.slow

CHAT = "/v1/chat/completions"
LONG: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "Tell me everything."}],
    "max_tokens": 3000,
    "logit_bias": {"2": -100},
    "stream": True,
}


@pytest.fixture
def own(tmp_path: Path, slow: Path) -> Iterator[Running]:
    """A server that the test may kill."""
    running = serving(tmp_path / "home", slow)
    yield running
    if running.process.poll() is None:
        running.stop()
    elif running.process.stdout is not None:
        running.process.stdout.close()


class Reader(threading.Thread):
    """Reads one stream to its end, whatever the end is."""

    def __init__(self, server: Running, path: str = CHAT, body: dict[str, Any] | None = None) -> None:
        super().__init__(daemon=True)
        self.server, self.path, self.body = server, path, body or LONG
        self.trace = ""
        self.lines: list[str] = []
        self.broken = False
        self.speaking = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            with (
                self.server.http(timeout=30) as client,
                client.stream("POST", self.path, json=self.body) as response,
            ):
                self.trace = response.headers.get("x-nightschool-trace-id", "")
                for line in response.iter_lines():
                    if line:
                        self.lines.append(line)
                    if len(self.lines) > 30:
                        self.speaking.set()
        except httpx2.TransportError:
            self.broken = True

    def said(self) -> str:
        chunks = [json.loads(line[6:]) for line in self.lines if line.startswith("data: {")]
        return "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c.get("choices"))

    def begun(self) -> None:
        assert self.speaking.wait(30), self.lines
        time.sleep(0.6)  # past the next write of what was said so far


def trace_of(home: Path, trace_id: str) -> Trace:
    with Database.open(Home(home)) as database:
        return database.traces.get(trace_id)


def test_kill_of_the_engine_mid_stream_is_a_clean_end_and_the_next_request_works(own: Running) -> None:
    reader = Reader(own)
    reader.begun()
    own.child("core.engine").kill()
    reader.join(20)
    assert not reader.broken, "the client saw its connection break"
    assert reader.lines[-1] == "data: [DONE]"
    error = json.loads(reader.lines[-2][6:])["error"]
    assert error["type"] == "server_error"
    assert str(own.home) not in error["message"]
    kept = trace_of(own.home, reader.trace)
    assert kept.finish_reason == "interrupted"
    assert kept.response == reader.said() != ""
    with own.http() as client:
        again = client.post(CHAT, json={**LONG, "stream": False, "max_tokens": 4})
    assert again.status_code == 200, again.text


def test_kill_of_the_engine_ends_a_response_stream_and_a_plain_request_too(own: Running) -> None:
    body = {"model": "m", "input": "Tell me everything.", "max_output_tokens": 3000, "stream": True}
    reader = Reader(own, "/v1/responses", body)
    answers: list[httpx2.Response] = []

    def plain() -> None:
        with own.http() as client:
            answers.append(client.post(CHAT, json={**LONG, "stream": False}))

    waiting = threading.Thread(target=plain)
    waiting.start()
    reader.begun()
    own.child("core.engine").kill()
    reader.join(20)
    waiting.join(20)
    assert [line for line in reader.lines if line.startswith("event: ")][-1] == "event: response.failed"
    last = json.loads(reader.lines[-1][6:])["response"]
    assert last["status"] == "failed"
    assert last["output"][0]["content"][0]["text"]
    assert answers[0].status_code == 503
    assert set(answers[0].json()["error"]) == {"message", "type", "param", "code"}


def test_the_official_client_sees_an_api_error_not_a_broken_connection(own: Running) -> None:
    with own.openai() as client:
        stream = client.chat.completions.create(**LONG)
        for _ in range(10):
            next(iter(stream))
        own.child("core.engine").kill()
        with pytest.raises(openai.APIError) as error:
            for _ in stream:
                pass
    assert not isinstance(error.value, openai.APIConnectionError)


def test_kill_of_everything_keeps_what_was_said(own: Running, slow: Path) -> None:
    reader = Reader(own)
    reader.begun()
    family = own.family()
    assert len(family) >= 3
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait()
    reader.join(20)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive, "a child outlived its parent"
    assert (own.home / "server.json").exists()
    assert presence.find(Home(own.home)) is None, "a stale server.json is recognised"

    again = serving(own.home, slow)
    try:
        kept = trace_of(own.home, reader.trace)
        assert kept.finish_reason == "interrupted"
        assert kept.response and reader.said().startswith(kept.response[: len(reader.said())])
        with again.http() as client:
            assert client.get(f"{CHAT}/{reader.trace}").json()["nightschool"]["finish_reason"] == "interrupted"
    finally:
        again.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_ends_answers_cleanly_and_leaves_nothing(own: Running, number: signal.Signals) -> None:
    reader = Reader(own)
    reader.begun()
    family = own.family()
    own.process.send_signal(number)
    assert own.process.wait(20) == 0
    reader.join(10)
    assert not reader.broken
    assert reader.lines[-1] == "data: [DONE]"
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert not (own.home / "server.json").exists()
    kept = trace_of(own.home, reader.trace)
    assert (kept.finish_reason, kept.response) == ("interrupted", reader.said())
    assert "Traceback" not in own.log.read_text()


@pytest.mark.parametrize("how", ["pipe", "signal"])
def test_it_ends_with_its_parents_pipe_or_before(tmp_path: Path, tiny: Path, how: str) -> None:
    arguments = ["serve", "--port", "0", "--ready-json", "--stop-with-stdin", "--model", str(tiny)]
    child = subprocess.Popen(
        [sys.executable, "-m", "core.cli", *arguments],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(tmp_path / "home")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None and child.stdout is not None
    assert json.loads(child.stdout.readline())["pid"] == child.pid
    if how == "pipe":
        child.stdin.close()
    else:
        child.terminate()
    assert child.wait(20) == 0
    child.stdin.close()
    assert child.stdout.read() == b""
    child.stdout.close()


def test_a_lost_parent_does_not_cut_off_anothers_answer(tmp_path: Path, slow: Path) -> None:
    """Two `ask`s at once share the server that one of them started; the first to be done says so and leaves."""
    arguments = ["serve", "--port", "0", "--ready-json", "--stop-with-stdin", "--model", str(slow)]
    home = tmp_path / "home"
    child = subprocess.Popen(
        [sys.executable, "-m", "core.cli", *arguments],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None and child.stdout is not None
    url = json.loads(child.stdout.readline())["url"]
    headers = {"authorization": f"Bearer {(home / 'server.token').read_text().strip()}"}
    ends = []
    body = {**LONG, "max_tokens": 100, "logit_bias": {"0": -100, "1": -100, "2": -100}}
    with httpx2.stream("POST", f"{url}{CHAT}", json=body, headers=headers) as response:
        for line in response.iter_lines():
            if line and not child.stdin.closed:
                child.stdin.write(FINISH.encode())
                child.stdin.close()
            if line.startswith("data: {"):
                ends.append(json.loads(line.removeprefix("data: "))["choices"][0]["finish_reason"])
    assert (ends[-1], len(ends) > 50) == ("length", True)
    assert child.wait(20) == 0
    child.stdout.close()
    with Database.open(Home(home)) as database:
        assert database.traces.last().finish_reason == "length"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_it_says_loading_first_and_is_ready_only_when_it_can_answer(tmp_path: Path, slow: Path) -> None:
    port, seen = free_port(), []

    def watch() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and 200 not in seen:
            try:
                seen.append(httpx2.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code)
            except httpx2.TransportError:
                time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    home = tmp_path / "home"
    running = servers.start(home, ["--port", str(port), "--model", str(slow)])
    try:
        assert httpx2.get(f"{running.url}/health").json() == {"status": "ok"}
        assert running.url == f"http://127.0.0.1:{port}"
        watcher.join(30)
        assert seen[0] == 503 and seen[-1] == 200
        found = presence.find(Home(home))
        assert found is not None
        assert (found.url, found.pid) == (running.url, running.process.pid)
    finally:
        running.stop()


def refused(home: Path, *arguments: str) -> str:
    """What a server that cannot start says; it must end with 1 and without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "serve", *arguments],
        env={**os.environ, "NIGHTSCHOOL_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_second_server_and_a_taken_port_are_refused_in_words(server: Running, tmp_path: Path) -> None:
    assert server.url in refused(server.home, "--port", "0")
    port = server.url.rpartition(":")[2]
    assert f"Port {port} is taken" in refused(tmp_path / "other", "--port", port)
    with server.http() as client:
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize("name", ["missing.gguf", "broken.gguf"])
def test_without_a_model_the_rest_works_and_the_reason_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\x00" * 100)
    running = servers.start(tmp_path / "home", ["--port", "0", "--model", str(tmp_path / name)])
    try:
        with running.http() as client:
            health = client.get("/health")
            assert health.status_code == 503
            assert health.json()["status"] == "failed"
            assert health.json()["problem"]
            answer = client.post(CHAT, json={**LONG, "stream": False})
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert "gguf" in answer.json()["error"]["message"]
            assert client.get("/metrics").status_code == 200
            assert client.get(CHAT).json()["data"] == []
    finally:
        assert running.stop() == 0


def test_figures_for_prometheus(http: httpx2.Client) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 4}
    http.post(CHAT, json=body)
    text = http.get("/metrics").text
    for name in (
        'nightschool_requests_total{route="chat.create",status="200"}',
        "nightschool_answers_total",
        'nightschool_tokens_total{kind="completion"}',
        "nightschool_ttft_seconds_bucket",
        "nightschool_engine_tokens_computed",
        "nightschool_stored_traces",
        "nightschool_indexed",
    ):
        assert name in text


def test_a_changed_setting_is_felt_without_a_restart_and_a_broken_file_changes_nothing(own: Running) -> None:
    settings = own.home / "config.toml"
    body = {"model": "gpt-6-astra", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 2}
    with own.http() as client:

        def status_becomes(wanted: int) -> bool:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                if client.post(CHAT, json=body).status_code == wanted:
                    return True
                time.sleep(0.2)
            return False

        assert client.post(CHAT, json=body).status_code == 200
        settings.write_text('[server]\naccept_any_model = false\n[agent]\ndefault = "direct"\n')
        assert status_becomes(404)
        assert client.get("/v1/models/gpt-6-astra").status_code == 404
        error = client.post(CHAT, json=body).json()["error"]
        assert error["code"] == "model_not_found"
        named = client.post(CHAT, json={**body, "model": "slow"}).json()
        assert named["nightschool"]["agent"] == "direct"
        settings.write_text("[server\nbroken")
        time.sleep(1.5)
        assert client.post(CHAT, json=body).status_code == 404
        settings.write_text("")
        assert status_becomes(200)
