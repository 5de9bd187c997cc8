"""Request bodies: read under a cap and a deadline, decoded strictly, converted to a schema or refused with 400."""

from __future__ import annotations

import asyncio
import re
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from core.errors import BadRequest
from core.server.errors import Refused

T = TypeVar("T")
MAX_DEPTH = 64
BIG_BODY = 256 * 1024
FIELD = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")


async def read(request: Request, schema: type[T], *, max_bytes: int, timeout_s: float) -> T:
    """The body as `schema`. Raises BadRequest (what is wrong, and where), 413, or 408 when it comes too slowly."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "unsupported_encoding", "Compressed bodies are not accepted.")
    raw = await collect(request, max_bytes=max_bytes, timeout_s=timeout_s)
    if len(raw) > BIG_BODY:
        return await asyncio.to_thread(decode, raw, schema)
    return decode(raw, schema)


async def collect(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    too_large = Refused(413, "body_too_large", f"The body is larger than {max_bytes // 2**20} MiB.")
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > max_bytes:
        raise too_large
    chunks, size = [], 0
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise too_large
                chunks.append(chunk)
    except TimeoutError as error:
        raise Refused(408, "request_timeout", "The body did not arrive in time.") from error
    except ClientDisconnect as error:
        raise Refused(400, "client_disconnected", "The client went away.") from error
    return b"".join(chunks)


def decode(raw: bytes, schema: type[T]) -> T:
    """JSON without NaN, Infinity or nesting beyond MAX_DEPTH, as `schema`; unknown fields are ignored."""
    try:
        plain = msgspec.json.decode(raw)
    except RecursionError as error:
        raise BadRequest("The JSON is nested too deeply.", code="json_too_deep") from error
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise BadRequest("The body is not valid JSON.", code="invalid_json") from error
    check_depth(plain)
    return convert(plain, schema)


def convert(plain: Any, schema: type[T], *, strict: bool = True) -> T:
    """Builtins as `schema`. Raises BadRequest with the field's name as `param`."""
    try:
        return msgspec.convert(plain, schema, strict=strict)
    except msgspec.ValidationError as error:
        text = str(error)
        field = FIELD.search(text)
        param = field.group(1) if field and field.group(1) else None
        message = FIELD.sub("", text)
        raise BadRequest(f"{message} ({param})." if param else f"{message}.", param=param) from error


def check_depth(plain: Any, limit: int = MAX_DEPTH) -> None:
    """Walks without recursion, so that the walk itself cannot be felled."""
    level, depth = [plain], 0
    while level:
        depth += 1
        if depth > limit:
            raise BadRequest(f"The JSON is nested more than {limit} levels deep.", code="json_too_deep")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        level = below
