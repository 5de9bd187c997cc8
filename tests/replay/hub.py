"""A model hub on loopback: enough of the real one's protocol for its own client to download a model from."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextlib.contextmanager
def hub(folder: Path, name: str) -> Iterator[str]:
    """Serve `folder` as the repository `name`; gives the endpoint."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = self.path.partition("?")[0]
            if path.startswith(f"/{name}/resolve/"):
                file = folder / path.split("/", 5)[5]
                if file.is_file():
                    self._send(200, file.read_bytes(), with_body)
                else:
                    self._send(404, b"", with_body, error="EntryNotFound")
            elif path.startswith(f"/api/models/{name}/tree/"):
                below = path.removeprefix(f"/api/models/{name}/tree/").partition("/")[2]
                self._send(200, json.dumps(listing(folder, folder / below)).encode(), with_body)
            elif path.startswith(f"/api/models/{name}"):
                files = [{"rfilename": entry["path"]} for entry in listing(folder, folder, deep=True)]
                self._send(200, json.dumps({"id": name, "sha": COMMIT, "siblings": files}).encode(), with_body)
            else:
                self._send(404, b"", with_body, error="RepoNotFound")

        def _send(self, status: int, body: bytes, with_body: bool, error: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
            if error:
                self.send_header("X-Error-Code", error)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listing(root: Path, folder: Path, *, deep: bool = False) -> list[dict[str, object]]:
    """Files of the folder as the hub lists them."""
    found = sorted(folder.rglob("*") if deep else folder.iterdir()) if folder.is_dir() else []
    return [
        {
            "type": "file" if path.is_file() else "directory",
            "path": path.relative_to(root).as_posix(),
            "size": path.stat().st_size,
            "oid": "0" * 40,
        }
        for path in found
        if path.is_file() or not deep
    ]
