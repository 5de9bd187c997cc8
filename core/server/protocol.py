"""uvicorn's HTTP protocol with the deadlines it lacks: for a request's head, and a cap on idle connections.

uvicorn 0.54 times out connections only between requests; one that never sends its head stays for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import h11
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

MAX_CONNECTIONS = 2000
MAX_HEAD_BYTES = 32 * 1024


def protocol_class(head_timeout_s: Callable[[], float]) -> type[H11Protocol]:
    """The protocol; each request's head must arrive within so many seconds."""

    class GuardedProtocol(H11Protocol):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            super().__init__(config, server_state, app_state, _loop)
            self._deadline: asyncio.TimerHandle | None = None
            self.opened = self.loop.time()

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()
            if len(self.connections) > MAX_CONNECTIONS:
                self._close_oldest_idle()

        def data_received(self, data: bytes) -> None:
            if self._deadline is None and self._idle():
                self._await_head()
            super().data_received(data)
            if not self._idle():
                self._head_arrived()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_arrived()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            """In OpenAI's shape; h11 refused the head (malformed, or over MAX_HEAD_BYTES)."""
            error = {"message": msg, "type": "invalid_request_error", "param": None, "code": "bad_http"}
            body = msgspec.json.encode({"error": error})
            headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
            headers.append((b"content-length", str(len(body)).encode()))
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                self.transport.write(self.conn.send(h11.Response(status_code=400, headers=headers)) or b"")
                self.transport.write(self.conn.send(h11.Data(data=body)) or b"")
                self.transport.write(self.conn.send(h11.EndOfMessage()) or b"")
            self.transport.close()

        def _idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _await_head(self) -> None:
            self._deadline = self.loop.call_later(head_timeout_s(), self._too_slow)

        def _head_arrived(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _too_slow(self) -> None:
            if self._idle():
                self.transport.abort()

        def _close_oldest_idle(self) -> None:
            idle = [c for c in self.connections if isinstance(c, GuardedProtocol) and c is not self and c._idle()]
            if idle:
                min(idle, key=lambda c: c.opened).transport.abort()
            else:
                self.transport.abort()

    return GuardedProtocol
