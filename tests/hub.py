"""A model hub on loopback, shaped like the real one: an API, files redirected to a content host, and what goes wrong.

Files with a suffix in `lfs` are answered as the hub answers large files: 302 to the content host, with the SHA-256 as
`X-Linked-Etag` and the size as `X-Linked-Size`. The content host knows ranges. Every request is kept in `requests` with
the bytes that were sent for it, so that a test can prove what was not fetched twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIECE = 16 * 1024


@dataclass
class Asked:
    """One request: `hub` or `content`, its range as it was asked for, what was answered, bytes of body sent."""

    host: str
    method: str
    path: str
    range: str | None
    headers: dict[str, str]
    status: int = 0
    sent: int = 0

    @property
    def start(self) -> int:
        return int(re.findall(r"\d+", self.range)[0]) if self.range else 0


@dataclass
class Faults:
    """What goes wrong at the content host. Offsets are of the file; a count says how many times it still happens."""

    bytes_per_s: float = 0
    stall_at: int | None = None
    stalls: int = 1_000_000
    cut_at: int | None = None
    cuts: int = 1_000_000
    flip_at: int | None = None
    keep: int | None = None
    """The content host holds only so many bytes of the file."""
    append: bytes = b""
    chunked: bool = False
    """No Content-Length: the length is not known before the end."""
    no_range: bool = False
    wrong_range: bool = False
    content_status: int = 0
    errors: int = 1_000_000
    linked_etag: str = ""
    linked_size: int | None = None
    no_size: bool = False
    redirect_to: str = ""
    refused: tuple[int, str] | None = None
    """Status and X-Error-Code of everything the hub is asked."""


@dataclass
class HubServer:
    """A running hub: where it listens, what it was asked, what goes wrong at it."""

    folder: Path
    name: str
    lfs: tuple[str, ...]
    endpoint: str = ""
    content: str = ""
    faults: Faults = field(default_factory=Faults)
    requests: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def downloads(self) -> list[Asked]:
        """What the content host was asked, in order."""
        return [asked for asked in self.requests if asked.host == "content"]

    def sent(self) -> int:
        return sum(asked.sent for asked in self.downloads())

    def file(self, path: str) -> bytes | None:
        place = self.folder / path
        return place.read_bytes() if place.is_file() else None

    def address(self, path: str, revision: str = "main") -> str:
        return f"{self.endpoint}/{self.name}/blob/{revision}/{path}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: HubServer
    host: str

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(self.path.partition("?")[0])
        self.asked = Asked(self.host, self.command, self.path, self.headers["Range"], dict(self.headers))
        self.hub.requests.append(self.asked)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (self._hub if self.host == "hub" else self._content)(path, with_body)

    # The hub

    def _hub(self, path: str, with_body: bool) -> None:
        name, faults = self.hub.name, self.hub.faults
        if faults.refused is not None:
            self._send(faults.refused[0], b"", with_body, error=faults.refused[1])
        elif path.startswith(f"/{name}/resolve/"):
            self._resolve(path.split("/", 5)[5], with_body)
        elif path.startswith(f"/api/models/{name}/tree/"):
            below = path.removeprefix(f"/api/models/{name}/tree/").partition("/")[2]
            deep = "recursive=true" in self.path.lower()
            listed = listing(self.hub.folder, self.hub.folder / below, deep=deep, lfs=self.hub.lfs)
            self._send(200, json.dumps(listed).encode(), with_body)
        elif path.startswith(f"/api/models/{name}"):
            files = [{"rfilename": entry["path"]} for entry in listing(self.hub.folder, self.hub.folder, deep=True)]
            self._send(200, json.dumps({"id": name, "sha": COMMIT, "siblings": files}).encode(), with_body)
        else:
            self._send(404, b"", with_body, error="RepoNotFound")

    def _resolve(self, path: str, with_body: bool) -> None:
        body, faults = self.hub.file(path), self.hub.faults
        if body is None:
            self._send(404, b"", with_body, error="EntryNotFound")
        elif path.endswith(self.hub.lfs or "\0"):
            self._begin(302)
            self.send_header("Location", faults.redirect_to or f"{self.hub.content}/{path}?signed=1")
            self.send_header("X-Linked-Etag", f'"{faults.linked_etag or hashlib.sha256(body).hexdigest()}"')
            if not faults.no_size:
                self.send_header("X-Linked-Size", str(len(body) if faults.linked_size is None else faults.linked_size))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(200, body, with_body)

    def _begin(self, status: int) -> None:
        self.asked.status = status
        self.send_response(status)
        self.send_header("X-Repo-Commit", COMMIT)

    def _send(self, status: int, body: bytes, with_body: bool, error: str = "") -> None:
        self._begin(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        if error:
            self.send_header("X-Error-Code", error)
        self.end_headers()
        if with_body:
            self.wfile.write(body)
            self.asked.sent = len(body)

    # The content host

    def _content(self, path: str, with_body: bool) -> None:
        faults, body = self.hub.faults, self._spoilt(path.strip("/"))
        if faults.content_status and faults.errors > 0:
            faults.errors -= 1
            self._refuse(faults.content_status, len(body))
            return
        start = 0 if faults.no_range else self.asked.start
        if start and start >= len(body):
            self._refuse(416, len(body))
            return
        self.asked.status = 206 if start else 200
        self.send_response(self.asked.status)
        if start:
            told = start + 7 if faults.wrong_range else start
            self.send_header("Content-Range", f"bytes {told}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
        if faults.chunked:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if with_body:
            self._pour(body, start)

    def _spoilt(self, path: str) -> bytes:
        faults = self.hub.faults
        body = bytearray(self.hub.file(path) or b"")
        if faults.flip_at is not None:
            body[faults.flip_at] ^= 1
        return bytes(body[: faults.keep] + faults.append)

    def _refuse(self, status: int, size: int) -> None:
        self.asked.status = status
        self.send_response(status)
        self.send_header("Content-Range", f"bytes */{size}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _pour(self, body: bytes, start: int) -> None:
        faults, at = self.hub.faults, start
        while at < len(body) and not self.hub.stopping.is_set():
            end = min(at + PIECE, len(body))
            for limit in (faults.stall_at, faults.cut_at):
                if limit is not None and at < limit:
                    end = min(end, limit)
            if self._goes_wrong(at):
                return
            self.wfile.write(body[at:end])
            self.asked.sent += end - at
            if faults.bytes_per_s:
                time.sleep((end - at) / faults.bytes_per_s)
            at = end

    def _goes_wrong(self, at: int) -> bool:
        faults = self.hub.faults
        if at == faults.stall_at and faults.stalls > 0:
            faults.stalls -= 1
            self.close_connection = True
            self.hub.stopping.wait(60)
            return True
        if at == faults.cut_at and faults.cuts > 0:
            faults.cuts -= 1
            self.close_connection = True
            return True
        return False


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what these tests are about."""


@contextlib.contextmanager
def hub_server(folder: Path, name: str, *, lfs: tuple[str, ...] = (".gguf",)) -> Iterator[HubServer]:
    """Serve `folder` as the repository `name`."""
    hub = HubServer(folder, name, lfs)
    servers = []
    for host in ("hub", "content"):
        handler = type(f"{host}_handler", (Handler,), {"hub": hub, "host": host})
        server = Quiet(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
    hub.endpoint, hub.content = (f"http://127.0.0.1:{server.server_port}" for server, _ in servers)
    try:
        yield hub
    finally:
        hub.stopping.set()
        for server, thread in servers:
            server.shutdown()
            server.server_close()
            thread.join()


def listing(root: Path, folder: Path, *, deep: bool = False, lfs: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """Files of the folder as the hub lists them."""
    found = sorted(folder.rglob("*") if deep else folder.iterdir()) if folder.is_dir() else []
    return [entry(root, path, lfs) for path in found if path.is_file() or not deep]


def entry(root: Path, path: Path, lfs: tuple[str, ...]) -> dict[str, object]:
    size = path.stat().st_size
    told: dict[str, object] = {
        "type": "file" if path.is_file() else "directory",
        "path": path.relative_to(root).as_posix(),
        "size": size,
        "oid": "0" * 40,
    }
    if path.is_file() and path.name.endswith(lfs or "\0"):
        told["lfs"] = {"oid": hashlib.sha256(path.read_bytes()).hexdigest(), "size": size, "pointerSize": 134}
    return told
