"""A peer that answers badly, over a real socket: the client says so in words, ends in time and leaves nothing open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import Iterable

import pytest

from core.cli.remote import Remote
from core.errors import ConfigError, ModelUnavailable, NightschoolError
from core.records import Message
from core.server import loopback, reach
from core.server.loopback import MAX_BODY, MAX_HEAD, Address, address_of
from core.server.reach import Ended, Opened, RemoteError, ServerClient, Text
from core.server.wire import MAX_LINE, Lines
from tests.server.peer import LAST, OVER, STREAM, TRACE, Script, chunk, event, peer, plain, said, saying

QUESTION = [Message(role="user", content="Hello")]


async def heard(client: ServerClient) -> list[Opened | Text | Ended]:
    return [one async for one in client.chat(QUESTION, conversation_id="c")]


def text_of(events: Iterable[Opened | Text | Ended]) -> str:
    return "".join(one.text for one in events if isinstance(one, Text))


async def refused(script: Script) -> tuple[NightschoolError, str]:
    """How a chat with such a peer fails, and what was heard until then. It must not take long."""
    text = ""
    async with peer(script) as (_, client), asyncio.timeout(5):
        with pytest.raises(NightschoolError) as failed:
            async for one in client.chat(QUESTION, conversation_id="c"):
                text += one.text if isinstance(one, Text) else ""
    return failed.value, text


# ---- answers as they should be, in whatever pieces they come ---------------------------------------------


async def test_the_request_is_what_the_server_expects() -> None:
    async with peer(saying(STREAM, chunk(said("Hi") + OVER), LAST)) as (met, client):
        opened, *_, ended = await heard(client)
    assert opened == Opened(trace_id=TRACE, model="tiny", variant="base", retrieved=("t1", "t2"))
    assert ended == Ended(
        trace_id=TRACE, finish_reason="stop", model="tiny", variant="base", retrieved=("t1", "t2"), stored=True
    )
    lines = met.heads[0].decode().split("\r\n")
    assert lines[0] == "POST /v1/chat/completions HTTP/1.1"
    assert {"authorization: Bearer the-key", "connection: close", "content-type: application/json"} <= set(lines)
    assert f"host: {client.url.removeprefix('http://')}" in lines
    assert json.loads(met.body)["messages"] == [{"role": "user", "content": "Hello"}]


async def test_the_command_line_reads_the_same_lines() -> None:
    text = "one\u2028line\u0085still"
    async with peer(saying(STREAM, chunk(said(text) + OVER), LAST)) as (_, client):

        def read() -> tuple[str, str]:
            remote = Remote(client.url, "the-key")
            with contextlib.closing(remote), remote.stream("/v1/chat/completions", {}) as (trace_id, events):
                return trace_id, "".join(piece for one in events for piece in one.texts())

        assert await asyncio.to_thread(read) == (TRACE, text)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("ending", [b"\n\n", b"\r\n\r\n"])
async def test_events_and_characters_may_be_cut_anywhere(size: int, ending: bytes) -> None:
    texts = ["Grüße, ", "世界 ", "🙂🙃", " an\u2028other\u0085line", "\n"]
    whole = b": a comment" + ending + b"".join(said(text, ending) for text in texts) + OVER + b"data: [DONE]\n\n"
    cut = b"".join(chunk(whole[at : at + size]) for at in range(0, len(whole), size)) + LAST
    packets = [cut[at : at + 900 + size] for at in range(0, len(cut), 900 + size)]
    async with peer(saying(STREAM, *packets)) as (_, client):
        events = await heard(client)
    assert text_of(events) == "".join(texts)
    assert isinstance(events[-1], Ended)


async def test_each_word_is_heard_when_it_is_said() -> None:
    async with peer(saying(STREAM, chunk(said("One")), then="wait")) as (met, client):
        stream = client.chat(QUESTION, conversation_id="c")
        async with asyncio.timeout(2):
            assert isinstance(await anext(stream), Opened)
            assert await anext(stream) == Text(text="One")
            assert not met.left.is_set()
            await stream.aclose()
            await met.left.wait()


async def test_an_answer_that_ends_with_its_connection_is_one() -> None:
    head = STREAM.replace(b"transfer-encoding: chunked\r\n", b"connection: close\r\n")
    async with peer(saying(head, said("Hi"), OVER)) as (_, client):
        assert text_of(await heard(client)) == "Hi"


async def test_a_large_question_that_is_refused_early_is_told_so() -> None:
    """The refusal comes while the question is still being sent; then the connection is cut."""
    body = b'{"error": {"message": "The body is too large.", "code": "body_too_large"}}'

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(plain("413 Too Large", body, "connection: close"))
        await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()
        closed.set()

    closed = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = ServerClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "the-key")
        large = [Message(role="user", content="x" * 30_000_000)]
        with pytest.raises(RemoteError, match="too large"):
            async for _ in client.chat(large, conversation_id="c"):
                pass
        await closed.wait()


# ---- answers as they should not be -----------------------------------------------------------------------


async def test_a_refusal_keeps_its_words_and_its_code() -> None:
    body = b'{"error": {"message": "The student is loading.", "type": "server_error", "code": "model_unavailable"}}'
    error, _ = await refused(saying(plain("503 Service Unavailable", body, "retry-after: 1"), then="wait"))
    assert isinstance(error, RemoteError)
    assert (str(error), error.code) == ("The student is loading.", "model_unavailable")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (plain("503 Service Unavailable", b"<html>busy</html>", "retry-after: 1"), "status 503 and no JSON"),
        (plain("500 Oh", b'{"error": "just text"}'), "no reason"),
        (plain("500 Oh", b"\xff\xfe"), "no JSON"),
        (plain("500 Oh", b"[" * 100_000), "no JSON"),
        (plain("307 Elsewhere", b"{}", "location: http://127.0.0.1:1/"), "no reason"),
        (plain("200 OK", b'{"choices": []}'), "without an end"),
        (plain("204 Nothing", b""), "no JSON"),
        (plain("500 Oh", b"x" * (MAX_BODY + 1)), "larger than 1 MiB"),
        (STREAM + chunk(b"data: {not json}\n\n"), "cannot be read"),
        (STREAM + chunk(b'data: "text"\n\n'), "cannot be read"),
        (STREAM + chunk(b'data: {"choices": [1]}\n\n'), "cannot be read"),
        (STREAM + chunk(b'data: {"nightschool": {"retrieved": 3}}\n\n'), "cannot be read"),
        (STREAM + chunk(b'data: {"model": "\xff"}\n\n'), "cannot be read"),
        (STREAM + chunk(b"data: " + b"[" * 100_000 + b"\n\n"), "cannot be read"),
        (STREAM + chunk(b"data: " + b"x" * (MAX_LINE + 1)), "more than 1 MiB"),
        (STREAM + b"zz\r\nhello\r\n", "HTTP"),
        (STREAM + b"3\r\nhello\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP"),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"x-filler: 0123456789\r\n" * 10_000, "HTTP"),
        (b"HTTP/1.1 200 OK\r\nx-filler: " + b"x" * 10 * MAX_HEAD, "HTTP"),
    ],
)
async def test_nonsense_is_told_in_words(answer: bytes, words: str) -> None:
    error, _ = await refused(saying(answer, then="wait"))
    assert isinstance(error, RemoteError)
    assert words in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-type: text/ev",
        plain("503 Service Unavailable", b"12345")[:-2],
        STREAM,
        STREAM + chunk(said("Half an ans")),
        STREAM + chunk(said("Half an ans"))[:-6],
        STREAM + b"4",
    ],
)
async def test_a_peer_that_goes_away_is_told_as_gone(answer: bytes) -> None:
    error, _ = await refused(saying(answer))
    assert isinstance(error, ModelUnavailable)
    assert "stopped answering (the connection was closed)" in str(error)


async def test_what_was_said_before_it_broke_was_heard() -> None:
    error, text = await refused(saying(STREAM, chunk(said("Half ")), chunk(said("an ans"))))
    assert isinstance(error, ModelUnavailable)
    assert text == "Half an ans"


async def test_an_error_in_mid_answer_is_told_after_what_was_said() -> None:
    told = event(error={"message": "The engine ended.", "code": "engine_crashed"})
    error, text = await refused(saying(STREAM, chunk(said("Half ") + said("an ans") + told), then="wait"))
    assert isinstance(error, RemoteError)
    assert (str(error), error.code, text) == ("The engine ended.", "engine_crashed", "Half an ans")


async def test_an_answer_without_its_end_is_not_taken_for_a_whole_one() -> None:
    error, text = await refused(saying(STREAM, chunk(said("Half an ans") + b"data: [DONE]\n\n"), LAST))
    assert isinstance(error, RemoteError)
    assert ("without an end" in str(error), text) == (True, "Half an ans")


# ---- time, and ending it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", plain("200 OK", b"{}")[:-1]])
async def test_a_slow_answer_is_given_up(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "HEALTH_S", 0.2)
    async with peer(saying(begun, then="wait")) as (met, client):
        began = time.monotonic()
        with pytest.raises(ModelUnavailable, match=r"no answer within 0\.2 s"):
            await client.health()
        assert time.monotonic() - began < 2
        await asyncio.wait_for(met.left.wait(), 2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other kernels refuse where this one is silent")
async def test_a_port_that_takes_no_calls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its backlog is full: the kernel answers nothing, which is neither a refusal nor a connection."""
    monkeypatch.setattr(loopback, "CONNECT_S", 0.2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        client = ServerClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "the-key")
        with pytest.raises(ModelUnavailable, match="nobody takes the call"):
            await heard(client)
        for one in waiting:
            one.close()


async def test_nobody_there() -> None:
    with pytest.raises(ModelUnavailable, match="refused"):
        await heard(ServerClient("http://127.0.0.1:1", "the-key"))


async def test_a_student_may_think_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """No deadline of the quick calls counts for an answer: not for its head, and not between its words."""
    for name in ("HEALTH_S", "CALL_S"):
        monkeypatch.setattr(reach, name, 0.1)
    monkeypatch.setattr(loopback, "CONNECT_S", 0.1)

    async def script(writer: asyncio.StreamWriter) -> None:
        for piece in (STREAM, chunk(said("Well, ")), chunk(said("yes.") + OVER), LAST):
            await asyncio.sleep(0.3)
            writer.write(piece)
        await asyncio.Event().wait()

    async with peer(script) as (_, client):
        assert text_of(await heard(client)) == "Well, yes."


@pytest.mark.parametrize("how", ["cancel", "forget"])
async def test_who_stops_listening_hangs_up_at_once(how: str) -> None:
    async with peer(saying(STREAM, chunk(said("One")), then="wait")) as (met, client):

        async def listen() -> None:
            async for one in client.chat(QUESTION, conversation_id="c"):
                if isinstance(one, Text) and how == "forget":
                    return

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        if how == "cancel":
            listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await asyncio.wait_for(met.left.wait(), 1)


async def test_closing_the_client_ends_its_calls_with_words() -> None:
    async with peer(saying(STREAM, chunk(said("One")), then="wait")) as (met, client):
        listening = asyncio.create_task(heard(client))
        await asyncio.sleep(0.1)
        await client.aclose()
        with pytest.raises(ModelUnavailable, match="closed"):
            await asyncio.wait_for(listening, 1)
        await asyncio.wait_for(met.left.wait(), 1)


async def test_closing_the_client_while_a_call_connects_ends_that_too() -> None:
    async with peer(saying(STREAM, then="wait")) as (met, client):
        listening = asyncio.create_task(heard(client))
        await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(ModelUnavailable, match="closed"):
            await asyncio.wait_for(listening, 1)
        await asyncio.wait_for(met.left.wait(), 1)
    assert met.heads == []


# ---- where to ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address", "authority"),
    [
        ("http://127.0.0.1:8080", Address("127.0.0.1", 8080), "127.0.0.1:8080"),
        ("http://127.8.9.10:1/", Address("127.8.9.10", 1), "127.8.9.10:1"),
        ("http://localhost:8080", Address("127.0.0.1", 8080), "127.0.0.1:8080"),
        ("http://[::1]:8080", Address("::1", 8080), "[::1]:8080"),
        ("http://0.0.0.0:8080", Address("127.0.0.1", 8080), "127.0.0.1:8080"),
        ("http://[::]:8080", Address("::1", 8080), "[::1]:8080"),
    ],
)
def test_loopback_is_found_in_every_spelling(url: str, address: Address, authority: str) -> None:
    assert address_of(url) == address
    assert address.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.7:8080",
        "http://example.com:8080",
        "http://localhost.example.com:8080",
        "http://127.0.0.1.example.com:8080",
        "http://user@192.0.2.7:80",
        "https://127.0.0.1:8080",
        "http://127.0.0.1",
        "http://127.0.0.1:99999",
        "http://[::1:80",
        "127.0.0.1:8080",
        "",
    ],
)
async def test_nothing_else_is_spoken_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect(*_: object, **__: object) -> None:
        raise AssertionError("it was connected to")

    monkeypatch.setattr(asyncio, "open_connection", connect)
    client = ServerClient(url, "the-key")
    with pytest.raises(ConfigError, match="loopback"):
        await client.health()
    with pytest.raises(ConfigError, match="loopback"):
        await heard(client)


async def test_a_key_that_no_header_can_carry_is_told_and_any_other_is_sent() -> None:
    async with peer(saying(plain("200 OK", b"{}"))) as (met, client):
        await ServerClient(client.url, "schlüssel").health()
        assert "authorization: Bearer schlüssel".encode() in met.heads[0]
        with pytest.raises(ConfigError, match="key"):
            await ServerClient(client.url, "two\r\nx-lines: 1").health()
        assert len(met.heads) == 1


async def test_an_odd_name_stays_one_part_of_the_path() -> None:
    async with peer(saying(plain("200 OK", b"{}"))) as (met, client):
        await client.delete("a/../b c?d#é\r\n")
    assert met.heads[0].startswith(b"DELETE /v1/chat/completions/a%2F..%2Fb%20c%3Fd%23%C3%A9%0D%0A HTTP/1.1\r\n")


def test_lines_end_only_at_line_feeds() -> None:
    lines = Lines()
    assert lines.feed(b"one\r") == []
    assert lines.feed(b"\ntwo\rthree") == [b"one"]
    assert lines.feed(b"\n\n\xe2\x80\xa8") == [b"two\rthree", b""]
    assert lines.feed(b"\n") == ["\u2028".encode()]
