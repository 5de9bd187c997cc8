"""Raw HTTP over a socket, for requests that no well-behaved client would send."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

from tests.running import Running


def connect(server: Running, timeout: float = 30) -> socket.socket:
    address = urlsplit(server.url)
    assert address.hostname is not None and address.port is not None
    return socket.create_connection((address.hostname, address.port), timeout)


def own_host(server: Running) -> str:
    return urlsplit(server.url).netloc


def read_all(connection: socket.socket) -> bytes:
    """Until the other side closes."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def send(
    server: Running,
    method: str = "GET",
    path: str = "/v1/models",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    *,
    host: str | None = "",
    key: str | None = "",
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body. host, key: ours unless given; None leaves the header out."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"connection: close"]
    if host is not None:
        lines.append(f"host: {host or own_host(server)}".encode())
    if key is not None:
        lines.append(b"authorization: Bearer " + (key or server.token).encode())
    lines += [f"{name}: {value}".encode("latin-1") for name, value in (headers or {}).items()]
    if body:
        lines.append(f"content-length: {len(body)}".encode())
    with connect(server) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        return parse(read_all(connection))


def parse(raw: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body


def error_of(body: bytes) -> dict[str, Any]:
    """The error object, which must be in OpenAI's shape."""
    error: dict[str, Any] = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error
