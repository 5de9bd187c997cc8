"""The messages that the student sees: one system message at most, and a bundle cut until everything fits.

The system message is the client's own, then the agent's system prompt, then the bundle; what tools there are is
appended by the engine, in the form of the loaded model.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from core.records import Agent, Exemplar, Message
from core.replay.bundle import HEADING, Bundle, render

MESSAGE_OVERHEAD = 8
"""Tokens that a template may add to each message."""
ITEM_OVERHEAD = 4
"""Tokens that splitting a text at its items' borders may hide."""


def assemble(messages: Sequence[Message], agent: Agent, bundle: Bundle) -> list[Message]:
    """The client's messages with everything for the system merged into one message at the start; none when empty."""
    own = [m.content for m in messages if m.role == "system" and m.content]
    parts = [*own, render(bundle, agent.system_prompt)]
    system = "\n\n".join(part for part in parts if part)
    rest = [m for m in messages if m.role != "system"]
    return [Message(role="system", content=system), *rest] if system else rest


async def fit(
    messages: Sequence[Message],
    agent: Agent,
    bundle: Bundle,
    room: int,
    count: Callable[[str], Awaitable[int]],
) -> Bundle:
    """The bundle, or the best part of it with which the prompt takes at most `room` tokens.

    Best is: the most exemplars, then the most warnings, then the better ranked ones. A prompt that does not fit even
    without a bundle is left to the engine to refuse. `count` is asked only when bytes alone do not settle it.
    """
    if bundle.empty or _most_tokens(assemble(messages, agent, bundle)) <= room:
        return bundle
    without = assemble(messages, agent, Bundle())
    frame = "\n".join([HEADING, "Checks:", *(f"- {check}" for check in bundle.checks)])
    text = "\n".join([frame, *(m.content or "" for m in without)])
    left = room - await count(text) - MESSAGE_OVERHEAD * (len(without) + 1)
    costs = {e.row: await count(_item(e)) + ITEM_OVERHEAD for e in (*bundle.exemplars, *bundle.warnings)}
    exemplars = _most(bundle.exemplars, costs, left)
    left -= sum(costs[e.row] for e in exemplars)
    return _of(bundle, exemplars, _most(bundle.warnings, costs, left))


def _item(exemplar: Exemplar) -> str:
    return f"<partial>\nQ: {exemplar.task}\nA: {exemplar.answer}\n</partial>\n"


def _most(items: tuple[Exemplar, ...], costs: dict[int, int], room: int) -> tuple[Exemplar, ...]:
    """As many of `items` as fit, and among such choices the better ranked ones; the order is kept."""
    cheapest = itertools.accumulate(sorted(costs[e.row] for e in items))
    most = sum(total <= room for total in cheapest)
    choices = itertools.combinations(items, most)
    return next((some for some in choices if sum(costs[e.row] for e in some) <= room), ())


def with_fixed(bundle: Bundle, fixed: Sequence[Exemplar]) -> Bundle:
    """The bundle with the agent's own exemplars before the retrieved ones; the same work is not shown twice."""
    shown = {exemplar.trace_id for exemplar in fixed}
    found = tuple(e for e in bundle.exemplars if e.trace_id not in shown)
    return msgspec.structs.replace(bundle, exemplars=(*fixed, *found))


def _of(bundle: Bundle, exemplars: tuple[Exemplar, ...], warnings: tuple[Exemplar, ...]) -> Bundle:
    """A part of the bundle; `injected` tells of what is in it."""
    kept = {e.trace_id for e in (*exemplars, *warnings)}
    retrieved = [msgspec.structs.replace(r, injected=r.injected and r.trace_id in kept) for r in bundle.retrieved]
    return msgspec.structs.replace(bundle, exemplars=exemplars, warnings=warnings, retrieved=retrieved)


def _most_tokens(messages: Sequence[Message]) -> int:
    """An upper bound without a tokenizer: no token is shorter than a byte."""
    return sum(len((m.content or "").encode()) + MESSAGE_OVERHEAD for m in messages)


async def _tokens(messages: Sequence[Message], count: Callable[[str], Awaitable[int]]) -> int:
    text = "\n".join(m.content or "" for m in messages)
    return await count(text) + MESSAGE_OVERHEAD * len(messages)
