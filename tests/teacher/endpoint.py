"""A teacher's API on loopback: Anthropic's Messages over SSE and OpenAI's chat completions, as scripted by a test."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One scripted answer; `body` as it goes over the wire."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Announce more than is sent, then close."""
    delay_s: float = 0.0


@dataclass
class Seen:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: Any


class Endpoint:
    """Answers in the order of the script; the last reply is repeated."""

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.seen: list[Seen] = []
        self.url = ""
        self.release = threading.Event()

    def next_reply(self) -> Reply:
        return self.script[min(len(self.seen), len(self.script)) - 1]


def sse(*events: tuple[str, dict[str, Any]]) -> bytes:
    return b"".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode() for name, data in events)


def anthropic_events(text: str, stop_reason: str = "end_turn") -> list[tuple[str, dict[str, Any]]]:
    """The events of a whole streamed message."""
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1},
    }  # fmt: skip
    half = len(text) // 2
    return [
        ("message_start", {"message": message}),
        ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
        ("ping", {}),
        ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text[:half]}}),
        ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text[half:]}}),
        ("content_block_stop", {"index": 0}),
        (
            "message_delta",
            {"delta": {"stop_reason": stop_reason, "stop_sequence": None}, "usage": {"output_tokens": 7}},
        ),
        ("message_stop", {}),
    ]


def anthropic_reply(text: str, stop_reason: str = "end_turn") -> Reply:
    return Reply(body=sse(*anthropic_events(text, stop_reason)), content_type="text/event-stream")


def openai_reply(text: str | None, finish: str = "stop") -> Reply:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    body = {"id": "c", "object": "chat.completion", "model": "gpt-test", "choices": [choice], "usage": usage}
    return Reply(body=json.dumps(body).encode())


def error_reply(status: int, text: str = "no") -> Reply:
    body = {"type": "error", "error": {"type": "some_error", "message": text}}
    return Reply(status=status, body=json.dumps(body).encode())


@contextlib.contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A server on a free loopback port until the block ends."""
    teacher = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            teacher.seen.append(Seen(self.path, headers, json.loads(body)))
            reply = teacher.next_reply()
            if reply.delay_s:
                teacher.release.wait(reply.delay_s)
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            self.send_header("content-length", str(len(reply.body) + (100 if reply.cut else 0)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(reply.body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    teacher.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield teacher
    finally:
        teacher.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
