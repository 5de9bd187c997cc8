"""The egress log: nothing leaves without a line, lines of several processes never mix, contents never appear."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from core.paths import Home
from core.privacy.egress import PURPOSE, LoggedTransport
from core.privacy.egress_log import EgressLine, EgressLog, EgressRefused

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def log(home: Home) -> EgressLog:
    return EgressLog(home.egress_log, lambda: MOMENT, lambda prefix: f"{prefix}1")


async def send(log: EgressLog, answer: httpx2.MockTransport) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=LoggedTransport(log, answer)) as http:
        return await http.post(
            "https://api.example.com:8443/v1?key=SECRET",
            content=b"SECRETBODY",
            headers={"authorization": "Bearer SECRET"},
            extensions={PURPOSE: "test"},
        )


async def test_two_lines_a_request(log: EgressLog) -> None:
    seen_before: list[EgressLine] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen_before.extend(log.lines())
        return httpx2.Response(201, stream=httpx2.ByteStream(b"SECRETANSWER"))

    await send(log, httpx2.MockTransport(answer))
    assert [line.event for line in seen_before] == ["sent"]
    sent, answered = log.lines()
    assert (sent.id, sent.at, sent.purpose, sent.method) == ("egress-1", "2026-11-21T00:00:00.000000Z", "test", "POST")
    assert sent.host == "api.example.com:8443"
    assert (answered.event, answered.status) == ("answered", 201)
    assert (answered.bytes_sent, answered.bytes_received) == (10, 12)
    assert answered.duration_ms is not None
    assert "SECRET" not in log.path.read_text()
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


async def test_a_failure_is_logged_by_its_class_only(log: EgressLog) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("SECRET in the text of the error")

    with pytest.raises(httpx2.ConnectError):
        await send(log, httpx2.MockTransport(answer))
    assert [(line.event, line.error) for line in log.lines()] == [("sent", None), ("failed", "ConnectError")]
    assert "SECRET" not in log.path.read_text()


async def test_an_answer_that_is_not_read_to_its_end_is_broken_off(log: EgressLog) -> None:
    class Endless(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b"12345"

    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, stream=Endless()))
    async with (
        httpx2.AsyncClient(transport=LoggedTransport(log, transport)) as http,
        http.stream("GET", "https://example.com") as response,
    ):
        async for _ in response.aiter_bytes():
            break
    last = list(log.lines())[-1]
    assert (last.event, last.purpose) == ("broken_off", "unknown")
    assert last.bytes_received >= 5


@pytest.mark.parametrize("obstacle", ["folder", "missing"])
async def test_without_a_log_nothing_is_sent(obstacle: str, home: Home) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200)

    if obstacle == "folder":
        home.egress_log.mkdir()
    path = home.egress_log if obstacle == "folder" else home.root / "gone" / "egress.jsonl"
    with pytest.raises(EgressRefused):
        await send(EgressLog(path), httpx2.MockTransport(answer))
    assert asked == []


async def test_the_line_is_on_disk_before_the_connection(log: EgressLog, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        order.append(log.path.read_text().splitlines()[-1].partition('"event":"')[2].partition('"')[0])

    def answer(request: httpx2.Request) -> httpx2.Response:
        order.append("connection")
        return httpx2.Response(200)

    monkeypatch.setattr(os, "fsync", fsync)
    await send(log, httpx2.MockTransport(answer))
    assert order[:2] == ["sent", "connection"]


def test_a_torn_line_is_left_out(log: EgressLog) -> None:
    line = EgressLine(id="1", at="x", event="sent", purpose="p", method="GET", host="h")
    log.write(line)
    with log.path.open("ab") as file:
        file.write(b'{"id": "2", "at"')
    assert list(log.lines()) == [line]
    assert list(EgressLog(log.path.with_name("none.jsonl")).lines()) == []


WRITER = """
import sys
from pathlib import Path
from core.privacy.egress_log import EgressLine, EgressLog
log = EgressLog(Path(sys.argv[1]))
for n in range(100):
    log.write(EgressLine(id=f"{sys.argv[2]}-{n}", at="x", event="sent", purpose="p" * 300, method="GET", host="h"))
"""


def test_lines_of_several_processes_never_mix(log: EgressLog, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", WRITER, str(log.path)]
    writers = [subprocess.Popen([*arguments, str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert sorted(line.id for line in log.lines()) == sorted(f"{w}-{n}" for w in range(3) for n in range(100))
