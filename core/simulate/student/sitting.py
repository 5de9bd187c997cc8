"""A student that sits an exam: the shipped GGUF, asked through the very engine that serves it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.config import EngineConfig
from core.engine.client import EngineClient
from core.engine.records import GenerationRequest, Sampling
from core.records import Message
from core.simulate.student.examine import Answer

LONGEST_ANSWER = 96


@contextlib.contextmanager
def sitting(gguf: Path, temperature: float = 0.0, seed: int = 0) -> Iterator[Answer]:
    """A function that answers a chat with this file.

    A temperature above 0 draws from the whole distribution: the default filters come before the temperature, and
    leave this student almost nothing to choose from.
    """
    sampling = Sampling(temperature=temperature, top_p=1.0, top_k=0, min_p=0.0, seed=seed, max_tokens=LONGEST_ANSWER)
    client = EngineClient(EngineConfig(n_ctx=1024, threads=1, slots=1))

    async def ask(messages: Sequence[dict[str, str]]) -> str:
        said = [Message(role=message["role"], content=message["content"]) for message in messages]  # type: ignore[arg-type]
        request = GenerationRequest(messages=said, sampling=sampling)
        return "".join([chunk.text async for chunk in client.generate(request)])

    with asyncio.Runner() as runner:
        runner.run(client.start(client.spec(gguf)))
        try:
            yield lambda messages: runner.run(ask(messages))
        finally:
            runner.run(client.stop())
