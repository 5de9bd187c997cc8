"""Every error in OpenAI's shape: `{error: {message, type, param, code}}`; never a traceback or a path."""

from __future__ import annotations

import logging
import re
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.errors import Busy, ModelUnavailable, NightschoolError

log = logging.getLogger(__name__)
RETRY_AFTER_S = 1
PATH = re.compile(r"(?<![\w:/])(?:[A-Za-z]:\\|\\\\|/(?!v1/))(?:[^\s/\\'\":;,]+[/\\])+([^\s/\\'\":;,]*)")
TYPES = {401: "authentication_error", 403: "permission_error", 404: "invalid_request_error", 429: "rate_limit_error"}


class Refused(NightschoolError):
    """The door did not let a request in (no key, another site's, another host's)."""

    code, title = "refused", "The request was not let in"

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status, self.code = status, code


class TooFast(Busy):
    """A client said more than it may in a minute. retry_after: seconds until it may again."""

    code, title = "rate_limit_exceeded", "Too many requests"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Json(Response):
    """A JSON answer from builtins."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def body_of(error: NightschoolError) -> dict[str, Any]:
    """The error object that a client sees, in a response or as a chunk of a stream."""
    kind = TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return {
        "error": {
            "message": without_paths(str(error)),
            "type": kind,
            "param": getattr(error, "param", None),
            "code": error.code,
        }
    }


def without_paths(text: str) -> str:
    """Folders are nobody's business over HTTP: `/a/b/model.gguf` is told as `model.gguf`."""
    return PATH.sub(lambda match: match.group(1) or "a folder", text)


UNKNOWN = {
    "error": {
        "message": "Something went wrong in the server; its log says what.",
        "type": "server_error",
        "param": None,
        "code": "internal_error",
    }
}


def answer(error: NightschoolError) -> Json:
    headers: dict[str, str] = {}
    if isinstance(error, Busy | ModelUnavailable) or error.status == 503:
        wait = getattr(error, "retry_after", RETRY_AFTER_S)
        headers["retry-after"] = str(max(1, round(wait)))
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    if error.status in (408, 413):
        headers["connection"] = "close"  # the rest of such a body is not waited for
    return Json(body_of(error), status_code=error.status, headers=headers)


async def on_told(_: Request, error: Exception) -> Response:
    assert isinstance(error, NightschoolError)
    return answer(error)


async def on_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: no such route, no such method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        told = Refused(404, "unknown_url", f"There is nothing at {request.method} {request.url.path[:200]}.")
    elif error.status_code == 405:
        told = Refused(405, "method_not_allowed", f"{request.method} is not possible here.")
    else:
        told = Refused(error.status_code, "http_error", "The request cannot be answered.")
    return answer(told)


async def on_bug(_: Request, error: Exception) -> Response:
    """Anything else is a bug: Starlette raises it again after this, and uvicorn logs it with its traceback."""
    return Json(UNKNOWN, status_code=500)
