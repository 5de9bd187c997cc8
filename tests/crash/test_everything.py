"""Power off at random moments, under load: nothing acknowledged is lost, and all parts agree again (must-show 7)."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from pathlib import Path

import httpx2
import pytest

from core.database import Database
from core.paths import Home
from core.records import Trace
from tests.running import Running, running, start


class Load:
    """Clients that ask and rate as fast as they can, and remember every acknowledgement."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.traces: set[str] = set()
        self.thumbs: dict[str, bool] = {}
        self.failed: list[str] = []
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(3)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive(), "a client hangs although the server is gone"

    def _work(self, number: int) -> None:
        generator = random.Random(number)
        with self.server.http(timeout=20) as http:
            try:
                while True:
                    self._ask_and_rate(http, generator)
            except httpx2.TransportError:
                return

    def _ask_and_rate(self, http: httpx2.Client, generator: random.Random) -> None:
        body = {
            "model": "nightschool",
            "messages": [{"role": "user", "content": f"What is the capital of {generator.random()}?"}],
            "max_tokens": 12,
        }
        answer = http.post("/v1/chat/completions", json=body)
        if answer.status_code != 200:
            self.failed.append(answer.text)
            return
        trace = answer.json()["id"]
        self.traces.add(trace)
        value = generator.random() < 0.7
        if http.post("/v1/feedback", json={"inference_id": trace, "metric_name": "thumb", "value": value}).is_success:
            self.thumbs[trace] = value


def check(server: Running, traces: set[str], thumbs: dict[str, bool]) -> None:
    """After a restart: every acknowledged trace and thumb is there, the file is sound, the index agrees."""
    database = Database.open(Home(server.home))
    assert database.integrity_check() == []
    database.close()
    with server.http() as http:
        for trace in traces:
            assert http.get(f"/v1/chat/completions/{trace}").status_code == 200, f"{trace} was acknowledged and is lost"
        deadline = time.monotonic() + 60
        while (replay := http.get("/health").json()["replay"])["indexed"] != replay["expected"]:
            assert time.monotonic() < deadline, f"index and database do not agree: {replay}"
            time.sleep(0.1)
        assert replay["expected"] >= sum(thumbs.values()), "an acknowledged thumb is lost"


def power_off(home: Path, times: int, seed: int) -> int:
    """Kill everything `times` times under load, restarting on the same home; returns the traces acknowledged."""
    generator = random.Random(seed)
    traces: set[str] = set()
    thumbs: dict[str, bool] = {}
    for _ in range(times):
        server = start(home)
        load = Load(server)
        load.start()
        time.sleep(generator.uniform(0.2, 3.0))
        server.kill_everything()
        load.join()
        assert not load.failed, load.failed[0]
        traces |= load.traces
        thumbs |= load.thumbs
    server = start(home)
    try:
        check(server, traces, thumbs)
    finally:
        server.stop()
    return len(traces)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_in_5_power_cuts(tmp_path: Path) -> None:
    assert power_off(tmp_path / "home", 5, seed=1) >= 5


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_in_50_power_cuts(tmp_path: Path) -> None:
    assert power_off(tmp_path / "home", 50, seed=2) > 200


@pytest.mark.slow
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSEGV])
def test_the_engine_dies_mid_stream(tmp_path: Path, blow: signal.Signals) -> None:
    with running(tmp_path / "home") as server:
        events: list[str] = []
        body = {
            "model": "nightschool",
            "messages": [{"role": "user", "content": "Hello!"}],
            "max_tokens": 800,
            "stream": True,
            "nightschool": {"grammar": "root ::= [a-z ] root"},
        }
        with server.http() as http, http.stream("POST", "/v1/chat/completions", json=body) as response:
            trace = response.headers["x-nightschool-trace-id"]
            for line in response.iter_lines():
                events.append(line)
                if len(events) == 5:
                    server.child("core.engine").send_signal(blow)
        told = [line for line in events if line]
        assert told[-1] == "data: [DONE]", "the client gets a clean end"
        assert any('"error"' in line for line in told), "and is told why"
        kept = recorded(server, trace)
        assert kept.finish_reason == "interrupted"
        assert kept.response == "".join(piece(line) for line in told) != ""
        answer = server.openai(timeout=60).chat.completions.create(
            model="nightschool", messages=[{"role": "user", "content": "Hello!"}]
        )
        assert answer.choices[0].message.content


def piece(line: str) -> str:
    if not line.startswith("data: {"):
        return ""
    choices = json.loads(line[6:]).get("choices") or [{}]
    return choices[0].get("delta", {}).get("content") or ""


def recorded(server: Running, trace_id: str) -> Trace:
    database = Database.open(Home(server.home))
    trace = database.traces.get(trace_id)
    database.close()
    return trace
