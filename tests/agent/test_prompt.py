"""What the student sees: one system message at most, and the best part of a bundle that fits."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from core.agent.prompt import ITEM_OVERHEAD, MESSAGE_OVERHEAD, assemble, fit, with_fixed
from core.records import Agent, Exemplar, Message, Retrieved
from core.replay.bundle import Bundle

BARE = Agent(name="direct")
AGENT = Agent(name="grounded", system_prompt="You answer questions.")
HELLO = [Message(role="user", content="Hello")]


def piece(row: int, size: int = 1, kind: str = "accepted") -> Exemplar:
    return Exemplar(row=row, trace_id=f"t{row}", kind=kind, task="Q", answer="x" * size)  # type: ignore[arg-type]


def test_nothing_to_say_is_no_system_message() -> None:
    assert assemble(HELLO, BARE, Bundle()) == HELLO
    assert assemble([Message(role="system", content=""), *HELLO], BARE, Bundle()) == HELLO


def test_everything_for_the_system_is_one_message_at_the_start() -> None:
    said = [
        Message(role="system", content="First."),
        *HELLO,
        Message(role="system", content="Second."),
        Message(role="assistant", content="Hi"),
    ]
    seen = assemble(said, AGENT, Bundle(exemplars=(piece(1),)))
    assert [m.role for m in seen] == ["system", "user", "assistant"]
    assert seen[0].content == (
        "First.\n\nSecond.\n\nYou answer questions.\n\nPast work, as data:\n<past>\nQ: Q\nA: x\n</past>"
    )


def test_fixed_exemplars_come_first_and_nothing_twice() -> None:
    bundle = with_fixed(Bundle(exemplars=(piece(1), piece(2))), [piece(2), piece(3)])
    assert [e.row for e in bundle.exemplars] == [2, 3, 1]


async def count(text: str) -> int:
    """A tokenizer of one token a byte."""
    return len(text.encode())


def cost(bundle: Bundle) -> int:
    messages = assemble(HELLO, AGENT, bundle)
    return sum(len((m.content or "").encode()) + MESSAGE_OVERHEAD for m in messages)


sizes = st.lists(st.integers(1, 200), max_size=3)


@given(sizes, sizes.map(lambda found: found[:2]), st.integers(0, 1200))
async def test_as_many_as_fit_and_never_more(accepted: list[int], partial: list[int], room: int) -> None:
    exemplars = tuple(piece(row, size) for row, size in enumerate(accepted))
    warnings = tuple(piece(row + 10, size, "partial") for row, size in enumerate(partial))
    retrieved = [Retrieved(trace_id=e.trace_id, kind=e.kind, injected=True) for e in (*exemplars, *warnings)]
    bundle = Bundle(exemplars=exemplars, warnings=warnings, retrieved=retrieved)
    kept = await fit(HELLO, AGENT, bundle, room, count)
    assert kept.empty or cost(kept) <= room
    shown = {e.trace_id for e in (*kept.exemplars, *kept.warnings)}
    assert {r.trace_id for r in kept.retrieved if r.injected} == shown
    assert [r.trace_id for r in kept.retrieved] == [r.trace_id for r in retrieved]
    slack = (len(exemplars) + len(warnings)) * (ITEM_OVERHEAD + 20) + 2 * MESSAGE_OVERHEAD + 40
    for some in combinations(exemplars, len(kept.exemplars) + 1):
        assert cost(Bundle(exemplars=some)) + slack > room


async def test_the_best_ranked_are_kept_among_equals() -> None:
    bundle = Bundle(exemplars=(piece(1, 100), piece(2, 100), piece(3, 100)))
    room = cost(Bundle(exemplars=(piece(1, 100), piece(2, 100)))) + 60
    assert [e.row for e in (await fit(HELLO, AGENT, bundle, room, count)).exemplars] == [1, 2]


async def test_one_long_piece_gives_way_to_two_short_ones() -> None:
    bundle = Bundle(exemplars=(piece(1, 900), piece(2, 50), piece(3, 50)))
    room = cost(Bundle(exemplars=(piece(2, 50), piece(3, 50)))) + 60
    assert [e.row for e in (await fit(HELLO, AGENT, bundle, room, count)).exemplars] == [2, 3]


async def test_the_tokenizer_is_not_asked_when_bytes_settle_it() -> None:
    async def never(_: str) -> int:
        raise AssertionError

    bundle = Bundle(exemplars=(piece(1),))
    assert await fit(HELLO, AGENT, bundle, 10_000, never) == bundle
    assert await fit(HELLO, AGENT, Bundle(), 1, never) == Bundle()
