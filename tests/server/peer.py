"""A server of a few bytes over a real socket: it says what a test wants, right or wrong, and sees who leaves."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from core.server.reach import ServerClient

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
TRACE = "chatcmpl-1"
STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    b"x-nightschool-trace-id: chatcmpl-1\r\nx-nightschool-variant: base\r\nx-nightschool-retrieved: t1,t2\r\n\r\n"
)
LAST = b"0\r\n\r\n"


class Peer:
    """Takes one request whole, answers as `script` says, and sees how the connection ends."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.heads: list[bytes] = []
        self.body = b""
        self.left = asyncio.Event()
        """the client has closed its side"""
        self.serving: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            self.body = await reader.readexactly(length_of(head))
            script = asyncio.ensure_future(self.script(writer))  # type: ignore[arg-type]
            gone = asyncio.ensure_future(reader.read())
            await asyncio.wait({script, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                self.left.set()
            for task in (script, gone):
                task.cancel()
            await asyncio.gather(script, gone, return_exceptions=True)
        except asyncio.IncompleteReadError:
            self.left.set()
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def length_of(head: bytes) -> int:
    fields = dict(line.split(b": ", 1) for line in head.strip().split(b"\r\n")[1:])
    return int(fields.get(b"content-length", b"0"))


@contextlib.asynccontextmanager
async def peer(script: Script) -> AsyncIterator[tuple[Peer, ServerClient]]:
    made = Peer(script)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = ServerClient(f"http://127.0.0.1:{port}", "the-key")
    async with server:
        yield made, client
        assert not client._calls, "a call was left open"
        async with asyncio.timeout(2):  # each ends when the client's side is closed
            await asyncio.gather(*made.serving)


def saying(*pieces: bytes, then: str = "close") -> Script:
    """Writes one piece after the other, each a packet of its own; then closes, or waits for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.005)
        if then == "close":
            writer.close()
            await writer.wait_closed()
        else:
            await asyncio.Event().wait()

    return script


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def event(ending: bytes = b"\n\n", **fields: Any) -> bytes:
    return b"data: " + json.dumps(fields, ensure_ascii=False).encode() + ending


def said(text: str, ending: bytes = b"\n\n") -> bytes:
    return event(ending, model="tiny", choices=[{"index": 0, "delta": {"content": text}}])


OVER = event(model="tiny", choices=[], nightschool={"finish_reason": "stop", "stored": True, "agent": "direct"})


def plain(status: str, body: bytes, *fields: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *fields])
    return head.encode() + b"\r\n\r\n" + body
