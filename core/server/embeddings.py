"""POST /v1/embeddings: vectors of the replay embedder, as floats or base64."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from core.errors import BadRequest, ModelUnavailable
from core.server.answering import while_connected
from core.server.errors import Json
from core.server.parts import Parts
from core.server.reading import read
from core.server.schemas import EmbeddingBody

BATCH = 64


async def create(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    body = await read(request, EmbeddingBody)
    texts = texts_of(body)
    await while_connected(request, embedder_ready(parts))
    size = body.dimensions or parts.embedder.dim
    if size > parts.embedder.dim:
        raise BadRequest(f"The embedder has {parts.embedder.dim} dimensions.", param="dimensions")
    vectors = await while_connected(request, embed(parts, texts, size))
    used = await parts.engine.count_tokens("\n".join(texts)) if parts.engine.info else 0
    return Json(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": at, "embedding": encoded(vector, body.encoding_format)}
                for at, vector in enumerate(vectors)
            ],
            "model": model_name(parts),
            "usage": {"prompt_tokens": used, "total_tokens": used},
        }
    )


def model_name(parts: Parts) -> str:
    return parts.config.replay.embedder.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or "all-MiniLM-L6-v2"


def texts_of(body: EmbeddingBody) -> list[str]:
    given = [body.input] if isinstance(body.input, str) else body.input
    for at, text in enumerate(given):
        if not isinstance(text, str):
            raise BadRequest(
                "Inputs are text: token ids differ from model to model.",
                param=f"input[{at}]",
                code="unsupported_value",
                hint="In LangChain set check_embedding_ctx_length=False.",
            )
        if not text:
            raise BadRequest("An input is empty.", param=f"input[{at}]")
    return list(given)


async def embedder_ready(parts: Parts) -> None:
    """It takes seconds to load. Raises ModelUnavailable when it is not there in time, or why it never will be."""
    try:
        async with asyncio.timeout(parts.config.engine.start_timeout_s):
            await parts.embedder.wait_ready()
    except TimeoutError as error:
        raise ModelUnavailable("The embedder is still loading.", hint="Try again shortly.") from error


async def embed(parts: Parts, texts: list[str], size: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """[n, size], unit norm. Fewer dimensions: the first ones, normalised anew (MiniLM was not trained for it)."""
    batches = [await parts.embedder.embed(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    cut = np.concatenate(batches)[:, :size]
    norms = np.linalg.norm(cut, axis=1, keepdims=True)
    return np.asarray(cut / np.maximum(norms, 1e-12), dtype=np.float32)


def encoded(vector: np.ndarray[Any, np.dtype[np.float32]], form: str) -> list[float] | str:
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(value) for value in vector]
