"""The ASGI application: every route behind the door, every error in OpenAI's shape."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import NightschoolError
from core.server import chat, completions, embeddings, feedback, health, models, responses, runs, stored
from core.server.answering import ClientGone
from core.server.door import Door
from core.server.errors import on_bug, on_http, on_told
from core.server.meters import Meters
from core.server.parts import Parts

CHAT = "/v1/chat/completions"

ROUTES = [
    Route("/health", health.health),
    Route("/metrics", health.metrics),
    Route("/v1/models", models.list_all),
    Route("/v1/models/{model:path}", models.delete, methods=["DELETE"]),
    Route("/v1/models/{model:path}", models.get),
    Route(CHAT, stored.list_all, methods=["GET"]),
    Route(CHAT, chat.create, methods=["POST"]),
    Route(f"{CHAT}/{{completion_id}}/messages", stored.messages, methods=["GET"]),
    Route(f"{CHAT}/{{completion_id}}", stored.get, methods=["GET"]),
    Route(f"{CHAT}/{{completion_id}}", stored.update, methods=["POST"]),
    Route(f"{CHAT}/{{completion_id}}", stored.delete, methods=["DELETE"]),
    Route("/v1/completions", completions.create, methods=["POST"]),
    Route("/v1/embeddings", embeddings.create, methods=["POST"]),
    Route("/v1/responses", responses.create, methods=["POST"]),
    Route("/v1/responses/{completion_id}/input_items", responses.input_items, methods=["GET"]),
    Route("/v1/responses/{completion_id}", responses.get, methods=["GET"]),
    Route("/v1/responses/{completion_id}", responses.delete, methods=["DELETE"]),
    Route("/v1/feedback", feedback.give, methods=["POST"]),
    Route("/v1/signals", feedback.signal, methods=["POST"]),
    Route("/v1/runs", runs.record, methods=["POST"]),
]


def create_app(parts: Parts, *, token: str) -> Starlette:
    """The application; `token` is the key that every request but /health must carry."""
    door = Middleware(Door, token=token, port=parts.port, origins=parts.config.server.allowed_origins)
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Counted, meters=parts.meters), door],
        exception_handlers={
            NightschoolError: on_told,
            HTTPException: on_http,
            ClientGone: on_gone,
            Exception: on_bug,
        },
    )
    app.router.redirect_slashes = False  # a redirect would carry the key along
    app.state.parts, app.state.token = parts, token
    return app


async def on_gone(_: Request, error: Exception) -> Response:
    """Nobody reads this; 499 is what the metrics count."""
    return Response(status_code=499)


class Counted:
    """Counts requests by route, as it is declared (so that ids make no labels), and status."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._meters.requests.labels(route_of(scope), str(message["status"])).inc()
            await send(message)

        await self.app(scope, receive, counting)


def route_of(scope: Scope) -> str:
    """Starlette leaves the endpoint in the scope once a route matched."""
    endpoint = scope.get("endpoint")
    return f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}" if endpoint else "none"
