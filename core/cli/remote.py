"""The running server of this home over HTTP, or one that is started for a single command and stopped after it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import msgspec

from core.cli.output import note
from core.database import HomeLock
from core.errors import ModelUnavailable
from core.paths import Home
from core.process import python_child, python_environment
from core.server import presence
from core.server.parent import FINISH
from core.server.wire import (
    CALL_S,
    CONNECT_S,
    Event,
    Lines,
    RemoteError,
    as_object,
    checked,
    event_of,
    gone,
    key_of,
)

__all__ = ["CLIENT", "Remote", "RemoteError", "connect", "session"]

CLIENT = "cli"
EMBEDDER_S = 60.0
START_S = 120.0
STOP_S = 15.0
ENDLESS = httpx2.Timeout(None, connect=CONNECT_S)
"""For a stream: a student may think as long as it wants to."""


class Remote:
    """Calls to one server. Raises RemoteError for its refusals, ModelUnavailable when it does not answer."""

    def __init__(self, url: str, key: str) -> None:
        # trust_env off: a proxy of the environment must never see loopback traffic or the key.
        self._client = httpx2.Client(
            base_url=url,
            headers={"authorization": f"Bearer {key}", "x-nightschool-client": CLIENT},
            timeout=httpx2.Timeout(CALL_S, connect=CONNECT_S),
            trust_env=False,
        )
        self.url = url

    def close(self) -> None:
        self._client.close()

    def health(self) -> dict[str, Any]:
        """What /health says, whatever its status: it answers 503 while the model loads."""
        with reaching(self.url):
            response = self._client.get("/health")
        return as_object(response.status_code, response.content)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with reaching(self.url):
            response = self._client.post(path, json=body)
        return checked(response.status_code, response.content)

    def delete(self, path: str) -> dict[str, Any]:
        with reaching(self.url):
            response = self._client.delete(path)
        return checked(response.status_code, response.content)

    @contextlib.contextmanager
    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Iterator[Event]]]:
        """The trace id, and the events as they come. Leaving early closes the connection, which cancels the answer."""
        with reaching(self.url), self._client.stream("POST", path, json=body, timeout=ENDLESS) as response:
            if response.status_code != 200:
                checked(response.status_code, response.read())
            yield response.headers.get("x-nightschool-trace-id", ""), events(response)


def events(response: httpx2.Response) -> Iterator[Event]:
    """What comes in a server-sent stream. Raises RemoteError when the server reports an error in it."""
    lines = Lines()
    for piece in response.iter_bytes():
        for line in lines.feed(piece):
            if (event := event_of(line)) is not None:
                yield event


@contextlib.contextmanager
def reaching(url: str) -> Iterator[None]:
    """httpx2's exceptions, converted at this one boundary."""
    try:
        yield
    except httpx2.TransportError as error:
        raise gone(url, type(error).__name__) from error


def connect(home: Home) -> Remote | None:
    """The server that runs for this home; None where there is none, or only a stale server.json."""
    found = presence.find(home)
    return Remote(found.url, key_of(found.token_file)) if found is not None else None


def awaited(home: Home) -> Remote | None:
    """The server of this home, waiting for one that is starting or stopping now; None when there is none."""
    lock, deadline = HomeLock(home.lock("server")), time.monotonic() + START_S
    while (remote := connect(home)) is None:
        if lock.acquire():
            lock.release()
            return None
        if time.monotonic() > deadline:
            raise ModelUnavailable(
                f"Another server of this home has neither started nor ended within {START_S:.0f} s.",
                hint=f"It may be process {lock.holder() or 'unknown'}.",
            )
        time.sleep(0.1)
    return remote


@contextlib.contextmanager
def session(home: Home, model: str | None = None) -> Iterator[Remote]:
    """A server to speak to: the running or starting one, else one that lives as long as this block."""
    remote = awaited(home)
    if remote is not None:
        with contextlib.closing(remote):
            yield remote
        return
    with temporary(home, model) as remote:
        yield remote


@contextlib.contextmanager
def temporary(home: Home, model: str | None) -> Iterator[Remote]:
    """Start `nightschool serve` as a child, wait until its retrieval is whole, stop it at the end.

    The child ends when its stdin closes, so it never outlives this process.
    """
    note("No server is running; starting one for this command (`nightschool serve` keeps one ready).")
    argv = [*python_child("core.cli"), "serve", "--port", "0", "--ready-json", "--stop-with-stdin"]
    argv += ["--model", model] if model else []
    # A session of its own: Ctrl-C is for this process, which then cancels the request and stops the server in order.
    child = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        env=python_environment(),
    )
    try:
        remote = wait_ready(home, child)
        with contextlib.closing(remote):
            wait_for_embedder(remote)
            yield remote
    finally:
        stop(child)


def wait_ready(home: Home, child: subprocess.Popen[str]) -> Remote:
    """Connect when the child says that it can answer; another command's server, started meanwhile, does as well."""
    assert child.stdout is not None
    if line := child.stdout.readline():
        ready = msgspec.json.decode(line, type=dict[str, Any])
        return Remote(str(ready["url"]), key_of(str(ready["token_file"])))
    child.wait()
    remote = awaited(home)
    if remote is None:
        raise ModelUnavailable("The server could not be started; the lines above say why.")
    return remote


def wait_for_embedder(remote: Remote) -> None:
    """A server just started retrieves by words alone; one question deserves the whole of retrieval."""
    deadline = time.monotonic() + EMBEDDER_S
    while time.monotonic() < deadline:
        replay = remote.health().get("replay")
        if not isinstance(replay, Mapping) or replay.get("mode") != "lexical":
            return
        time.sleep(0.2)
    note("The embedder is not ready yet: past work is searched by words only.")


def stop(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None and child.stdout is not None
    with contextlib.suppress(OSError):
        child.stdin.write(FINISH)  # another command may have found this server meanwhile: it gets its answer
        child.stdin.close()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
