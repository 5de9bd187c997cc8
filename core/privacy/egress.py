"""The egress log: every request that leaves the machine, as JSON lines; and the transports that let it leave.

A line is written before the connection is made and another when it ended, so that a process that dies in between leaves
the first. Lines tell where, why, how many bytes and with what outcome, never contents, headers or keys. Where the log
cannot be written, nothing is sent.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Literal

import httpx2
import msgspec

from core import clock as clocks
from core.clock import Clock, stamp
from core.errors import NightschoolError
from core.records import Record

PURPOSE = "nightschool_purpose"
"""Key of a request's `extensions` that says why it is made."""


class EgressRefused(NightschoolError):
    """The egress log cannot be written: nothing was sent."""

    code, status, title = "egress_log_error", 507, "Nothing was sent"


class EgressLine(Record, frozen=True):
    """One line of the log. `sent` before the connection; then `answered` with a status, `failed`, or `broken_off`."""

    id: str
    at: str
    event: Literal["sent", "answered", "failed", "broken_off"]
    purpose: str
    method: str
    host: str
    """With the port where it is not the scheme's own."""
    bytes_sent: int = 0
    """Of the body."""
    bytes_received: int = 0
    """Of the body, as it came over the wire."""
    status: int | None = None
    error: str | None = None
    """Class of the failure, never its text."""
    duration_ms: float | None = None


class EgressLog:
    """Appends to one file, mode 0600; several processes may."""

    def __init__(self, path: Path, clock: Clock = clocks.now, new_id: Callable[[str], str] = clocks.new_id) -> None:
        self.path = path
        self.clock, self.new_id = clock, new_id

    def write(self, line: EgressLine) -> None:
        """On disk when it returns. Raises EgressRefused."""
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, msgspec.json.encode(line) + b"\n")  # one write: lines of processes never mix
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise EgressRefused(
                f"The log of what leaves this machine cannot be written: {error.strerror}.",
                hint="Free some disk space, or mend the permissions of the home folder.",
            ) from error

    def lines(self) -> Iterator[EgressLine]:
        """Everything logged, oldest first; a line torn by a power cut is left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for text in file:
                try:
                    yield msgspec.json.decode(text, type=EgressLine)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue


class LoggedTransport(httpx2.AsyncBaseTransport):
    """Lets requests out and logs each, retries and failures too. Give it to every client that leaves the machine."""

    def __init__(self, log: EgressLog, inner: httpx2.AsyncBaseTransport | None = None) -> None:
        self._log = log
        self._inner = inner or httpx2.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        entry = _Entry(self._log, request, await request.aread())
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            entry.fail(error)
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Counted(response.stream, entry, response.status_code)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class LoggedSyncTransport(httpx2.BaseTransport):
    """The same for libraries that do not speak asyncio (the model hub's)."""

    def __init__(self, log: EgressLog, inner: httpx2.BaseTransport | None = None, *, purpose: str) -> None:
        """purpose: of requests that do not tell their own."""
        self._log, self._purpose = log, purpose
        self._inner = inner or httpx2.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions.setdefault(PURPOSE, self._purpose)
        entry = _Entry(self._log, request, request.read())
        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            entry.fail(error)
            raise
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _CountedSync(response.stream, entry, response.status_code)
        return response

    def close(self) -> None:
        self._inner.close()


class _Entry:
    """One request in the log: its first line is written when this is made, its second when it ends."""

    def __init__(self, log: EgressLog, request: httpx2.Request, body: bytes) -> None:
        self._log, self._started = log, time.monotonic()
        self._closed = self.whole = False
        self.received = 0
        self._first = EgressLine(
            id=log.new_id("egress-"),
            at=stamp(log.clock()),
            event="sent",
            purpose=str(request.extensions.get(PURPOSE, "unknown")),
            method=request.method,
            host=request.url.netloc.decode("ascii", "replace"),
            bytes_sent=len(body),
        )
        log.write(self._first)

    def fail(self, error: BaseException) -> None:
        self._log.write(ended(self._first, "failed", self._started, error=type(error).__name__))

    def close(self, status: int) -> None:
        """The body was closed: read to its end, or broken off. Only the first call is logged."""
        if self._closed:
            return
        self._closed = True
        event: Literal["answered", "broken_off"] = "answered" if self.whole else "broken_off"
        self._log.write(ended(self._first, event, self._started, status=status, received=self.received))


class _Counted(httpx2.AsyncByteStream):
    """A response body that is counted, and logged once when it is closed."""

    def __init__(self, inner: httpx2.AsyncByteStream, entry: _Entry, status: int) -> None:
        self._inner, self._entry, self._status = inner, entry, status

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._entry.received += len(piece)
            yield piece
        self._entry.whole = True

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._entry.close(self._status)


class _CountedSync(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, entry: _Entry, status: int) -> None:
        self._inner, self._entry, self._status = inner, entry, status

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            self._entry.received += len(piece)
            yield piece
        self._entry.whole = True

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._entry.close(self._status)


def ended(
    first: EgressLine,
    event: Literal["answered", "failed", "broken_off"],
    started: float,
    *,
    status: int | None = None,
    received: int = 0,
    error: str | None = None,
) -> EgressLine:
    """The second line of a request. `started` is of `time.monotonic()`."""
    return msgspec.structs.replace(
        first,
        event=event,
        status=status,
        bytes_received=received,
        error=error,
        duration_ms=round((time.monotonic() - started) * 1000, 3),
    )


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this very machine: what goes there may go unencrypted."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
