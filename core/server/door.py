"""The door: who may call at all. Runs before any route and reads nothing but the request's head.

A web page that the person visits can reach loopback too, so a request must name us as its host (DNS rebinding),
come from no other site (CSRF; no CORS is offered), say that its body is JSON (which no HTML form can without a
preflight), and carry the key. `/health` alone needs no key and tells one word.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.server import token as tokens
from core.server.errors import Refused, answer

OPEN_PATHS = {"/health"}
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
UNSAFE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


class Door:
    """ASGI middleware. A Host may name loopback, or the very address that the connection came in by."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        port: int,
        origins: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self._token = token
        self._hosts = {f"{name}:{port}" for name in LOOPBACK_NAMES}
        if port == 80:
            self._hosts |= LOOPBACK_NAMES
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = fold(scope["headers"])
        origin = headers.get("origin")
        try:
            self._check_host(headers, scope.get("server"))
            self._check_origin(headers)
            if scope["method"] == "OPTIONS" and origin is not None and "access-control-request-method" in headers:
                await self._preflight(origin, send)
                return
            if scope["path"] not in OPEN_PATHS:
                self._check_key(headers)
            self._check_content_type(scope["method"], headers)
        except Refused as refusal:
            await answer(refusal)(scope, receive, send)
            return
        await self.app(scope, receive, self._with_cors(send, origin))

    def _check_host(self, headers: Mapping[str, str], server: tuple[str, int | None] | None = None) -> None:
        host = headers.get("host", "").lower()
        if host not in self._hosts and (server is None or host != authority(*server)):
            raise Refused(421, "wrong_host", "This server answers only to its own loopback address.")

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        origin = headers.get("origin")
        if origin is not None and not self._is_ours(origin):
            raise Refused(
                403, "foreign_origin", "Web pages may not call this server.", "server.allowed_origins lists exceptions."
            )
        if origin is None and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refused(403, "foreign_origin", "Web pages may not call this server.")

    def _is_ours(self, origin: str) -> bool:
        """Our own address, or one that the person listed; `null` (sandboxed pages, files) never."""
        lowered = origin.lower()
        return lowered in self._origins or (
            lowered.startswith("http://") and urlsplit(lowered).netloc in self._hosts and "/" not in lowered[7:]
        )

    def _check_key(self, headers: Mapping[str, str]) -> None:
        given = headers.get("authorization")
        if not tokens.matches(given.encode("latin-1") if given is not None else None, self._token):
            raise Refused(401, "invalid_api_key", "The key is missing or wrong.", "Send `Authorization: Bearer <key>`.")

    def _check_content_type(self, method: str, headers: Mapping[str, str]) -> None:
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if method in UNSAFE_METHODS and (has_body or method == "POST") and kind != "application/json":
            raise Refused(415, "unsupported_media_type", "The body must be sent as application/json.")

    async def _preflight(self, origin: str, send: Send) -> None:
        """Only an origin that the person listed comes so far."""
        headers = [
            (b"access-control-allow-methods", b"GET, POST, DELETE"),
            (b"access-control-allow-headers", b"authorization, content-type"),
            (b"content-length", b"0"),
        ]
        send = self._with_cors(send, origin)
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _with_cors(self, send: Send, origin: str | None) -> Send:
        if origin is None or origin.lower() not in self._origins:
            return send

        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]
                extra.append((b"access-control-expose-headers", b"x-nightschool-trace-id, x-nightschool-variant"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        return sender


def authority(address: str, port: int | None) -> str:
    """As a Host header says it. Safe to accept: it is no name, so nobody can make it point elsewhere."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def fold(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text. A second Host, Origin, Authorization or length makes the value match nothing."""
    found: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, {value.decode('latin-1')}" if key in found else value.decode("latin-1")
    return found
