"""What a server tells of itself on stdout: that it is ready, and each change of its engine and retrieval."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Literal

import msgspec

from core.process import Ending
from core.server import health
from core.server.parts import Parts

LOOK_EVERY_S = 0.5
"""The engine says when it changes; how retrieval stands is looked up so often."""


class Ready(msgspec.Struct, frozen=True):
    """The one line that scripts read."""

    url: str
    token_file: str
    pid: int


class State(msgspec.Struct, frozen=True):
    """One line for a parent. problem: why no model is there; ending: how the engine ended, while it is away."""

    state: Literal["loading", "ready", "restarting", "failed"]
    model: str | None = None
    problem: str | None = None
    ending: Ending | None = None
    retrieval: Literal["hybrid", "lexical", "off"] = "lexical"


def state_of(parts: Parts) -> State:
    condition, engine = health.condition(parts), parts.engine
    state: Literal["loading", "ready", "restarting", "failed"]
    if condition == "loading":
        state = "restarting" if engine.state == "restarting" else "loading"
    else:
        state = "ready" if condition == "ok" else "failed"
    return State(
        state=state,
        model=engine.info.name if engine.info else None,
        problem=health.problem(parts),
        ending=engine.ending if state in ("restarting", "failed") else None,
        retrieval=parts.replay.mode,
    )


async def tell(parts: Parts, on_state: Callable[[State], None]) -> None:
    """Each change, the first state too, until the server stops or nobody listens any more."""
    told: State | None = None
    with contextlib.suppress(BrokenPipeError):
        while not parts.stopping.is_set():
            parts.changed.clear()
            now = state_of(parts)
            if now != told:
                on_state(now)
                told = now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await parts.changed.wait()
