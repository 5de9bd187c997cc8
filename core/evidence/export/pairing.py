"""Which answers to one task become pairs: rejected counterparts first, then partly accepted ones, at most five a task.

A correction goes with what it corrects before all others. Two answers make a pair only where they answer the very same
prompt, say different things, and their conversations are on the same side of the validation split. Two pairs that say
the same are one: the better ranked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from core.evidence.records import CORRECTION, Split

MAX_PAIRS_PER_TASK = 5
LOOKED_AT = 64
"""Of the answers to one prompt, the best and the worst so many are tried against each other."""
Failure = Literal["other_prompt", "other_side", "same_text"]
Rank = tuple[Any, ...]


class Answer(NamedTuple):
    """One answer that the firewall let through. `place`: whatever the caller knows it by."""

    place: int
    run_id: str
    timestamp: str
    category: str
    reward: float | None
    prompt: bytes
    """Hash of the messages before it."""
    text: bytes
    """Hash of the answer itself."""
    split: Split

    @property
    def best_first(self) -> tuple[float, str, str]:
        return (-self.reward if self.reward is not None else 1.0, self.timestamp, self.run_id)

    @property
    def worst_first(self) -> tuple[int, float, str, str]:
        known = self.reward if self.reward is not None else 1.0
        return (self.category != "rejected", known, self.timestamp, self.run_id)


class Pairs(msgspec.Struct, frozen=True):
    """Of one task: (place of the better, place of the worse), and who found no counterpart, with the reason."""

    pairs: tuple[tuple[int, int], ...]
    failures: dict[int, Failure]
    beyond: int = 0
    """Answers that had a counterpart, but five pairs of this task, or one that says the same, were made already."""


class _Side(NamedTuple):
    """The answers to one prompt on one side of the split, the best first and the worst first."""

    chosen: list[Answer]
    others: list[Answer]


def pairs_of(answers: Sequence[Answer]) -> Pairs:
    """The same for any order of `answers`."""
    sides: defaultdict[tuple[bytes, Split], _Side] = defaultdict(lambda: _Side([], []))
    for one in sorted((one for one in answers if one.category == "accepted"), key=lambda one: one.best_first):
        sides[one.prompt, one.split].chosen.append(one)
    for one in sorted((one for one in answers if one.category != "accepted"), key=lambda one: one.worst_first):
        sides[one.prompt, one.split].others.append(one)
    possible = sorted((pair for side in sides.values() for pair in _possible(side)), key=lambda pair: pair[0])
    first: dict[tuple[bytes, bytes, bytes, Split], tuple[int, int]] = {}
    for _, better, worse in possible:
        first.setdefault((better.prompt, better.text, worse.text, better.split), (better.place, worse.place))
    taken = tuple(first.values())[:MAX_PAIRS_PER_TASK]
    failures = dict(_failures(sides))
    paired = {place for pair in taken for place in pair}
    return Pairs(pairs=taken, failures=failures, beyond=len(answers) - len(failures) - len(paired))


def _possible(side: _Side) -> Iterator[tuple[Rank, Answer, Answer]]:
    """(rank, better, worse): corrections, then rejected, then partly accepted; the best against the worst first."""
    for i, better in enumerate(side.chosen[:LOOKED_AT]):
        for j, worse in enumerate(side.others[:LOOKED_AT]):
            if better.text != worse.text:
                yield (_kind(better, worse), i + j, i, better.best_first, worse.worst_first), better, worse


def _kind(better: Answer, worse: Answer) -> int:
    if better.run_id == worse.run_id + CORRECTION:
        return 0
    return 1 if worse.category == "rejected" else 2


def _failures(sides: Mapping[tuple[bytes, Split], _Side]) -> Iterator[tuple[int, Failure]]:
    """Who has nobody to be paired with."""
    for (prompt, split), side in sides.items():
        across = sides.get((prompt, "train" if split == "validation" else "validation"), _Side([], []))
        for mine, theirs, far in ((side.chosen, side.others, across.others), (side.others, side.chosen, across.chosen)):
            texts = {one.text for one in theirs}
            why: Failure = "same_text" if theirs else "other_side" if far else "other_prompt"
            yield from ((one.place, why) for one in mine if not texts - {one.text})
