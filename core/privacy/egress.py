"""The transports that let requests leave the machine, and write each into the egress log before and after."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import AsyncIterator, Iterator
from typing import Literal

import httpx2

from core.clock import stamp
from core.privacy.egress_log import EgressLine, EgressLog, ended

PURPOSE = "nightschool_purpose"
"""Key of a request's `extensions` that says why it is made."""


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


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this very machine: what goes there may go unencrypted."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
