"""One HTTP request to this machine: asyncio's streams and h11, for a program that has to stay small.

A connection a request. No TLS, proxies, redirects, compression or cookies: between two processes of one machine they
are of no use, and the key must go nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from types import TracebackType
from urllib.parse import urlsplit

import h11
import msgspec

from core.errors import ConfigError
from core.server.wire import CONNECT_S, RemoteError, gone

MAX_HEAD = 32 * 1024
MAX_BODY = 2**20
"""Of an answer that is read whole; a stream may be of any length."""
PIECE = 64 * 1024


class Address(msgspec.Struct, frozen=True):
    """A port of this machine."""

    host: str
    port: int

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(url: str) -> Address:
    """Where to connect to. Raises ConfigError for what is not on loopback. No name is looked up.

    A server that listens on every address (0.0.0.0) is reached over loopback as well.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        found = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        found, port = None, None
    if found is not None and found.is_unspecified:
        found = ip_address("127.0.0.1" if found.version == 4 else "::1")
    if found is None or port is None or parts.scheme != "http" or not found.is_loopback:
        raise ConfigError(
            f"The server listens at {url}, but it is spoken to over loopback only.",
            hint="Set server.host to 127.0.0.1, or to 0.0.0.0 if other machines are to reach it, too.",
        )
    return Address(str(found), port)


class Call:
    """One request and its answer, `async with` around both; leaving it closes the connection at once.

    Plain methods, no generator: nothing is left for the garbage collector to end in another task.
    """

    _reader: asyncio.StreamReader

    def __init__(self, url: str, under_way: set[Call]) -> None:
        """under_way: where it is found as long as it lasts."""
        self.status = 0
        self.headers: dict[str, str] = {}
        self._url = url
        self._under_way = under_way
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._writer: asyncio.StreamWriter | None = None
        self._unwanted = False
        self._closed_by_peer = False

    async def __aenter__(self) -> Call:
        self._under_way.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._under_way.discard(self)
        self.abort()
        if self._writer is not None:
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def abort(self) -> None:
        """End it, from whichever task: who waits for a piece is told that the server is gone."""
        self._unwanted = True
        if self._writer is not None:
            self._writer.transport.abort()

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> None:
        """Send it and wait for the head of the answer: `status` and `headers` are there then."""
        address = address_of(self._url)
        request = self._request(address, method, path, headers, body)
        with self._in_words():
            async with asyncio.timeout(CONNECT_S):
                self._reader, self._writer = await asyncio.open_connection(address.host, address.port, limit=PIECE)
            if self._unwanted:
                self.abort()
            # Not drained: a refusal may come before a large body was taken, and who reads by then hears it.
            self._writer.write(request)
            while not isinstance(event := await self._event(), h11.Response):
                pass
        self.status = event.status_code
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}

    async def piece(self) -> bytes:
        """The next piece of the body, as long as it takes; empty at the end."""
        with self._in_words():
            event = await self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else b""

    async def body(self) -> bytes:
        """The rest of the body. Raises RemoteError for more than MAX_BODY."""
        whole = bytearray()
        while piece := await self.piece():
            whole += piece
            if len(whole) > MAX_BODY:
                raise RemoteError(f"The server's answer is larger than {MAX_BODY // 2**20} MiB.")
        return bytes(whole)

    def _request(self, address: Address, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Raises ConfigError for a key that no header can carry."""
        fields = {"host": address.authority, "connection": "close", **headers}
        if body:
            fields |= {"content-type": "application/json", "content-length": str(len(body))}
        try:
            encoded = [(name.encode(), value.encode()) for name, value in fields.items()]
            head = self._http.send(h11.Request(method=method, target=path, headers=encoded))
        except h11.LocalProtocolError as error:
            raise ConfigError(
                "The server's key holds characters that cannot be sent.",
                hint="Keep to one line of letters, digits and signs in the file that server.api_key_file names.",
            ) from error
        rest = [self._http.send(h11.Data(data=body))] if body else []
        return b"".join(part for part in (head, *rest, self._http.send(h11.EndOfMessage())) if part)

    async def _event(self) -> object:
        """The next event that h11 finds in what comes. Where the connection ends it finds an end, or raises."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(PIECE)
            self._closed_by_peer = not data
            self._http.receive_data(data)
        return event

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        """What goes wrong beneath, converted at this one boundary."""
        try:
            yield
        except TimeoutError as error:
            raise gone(self._url, "nobody takes the call") from error
        except OSError as error:
            raise gone(self._url, os.strerror(error.errno) if error.errno else type(error).__name__) from error
        except h11.RemoteProtocolError as error:
            if self._closed_by_peer:
                raise gone(self._url, "the connection was closed") from error
            raise RemoteError(f"What answers at {self._url} does not speak HTTP as it should ({error}).") from error
