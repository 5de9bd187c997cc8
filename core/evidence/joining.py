"""Gives what carries no verdict that of its parents: rows of the same task, the worst of them where they differ.

Works on scored files alone, and only where there is an extraction at all: one pass to know their tasks, one over the
verdicts, then those files are written again whose answers changed. The outcome follows from the verdicts only, so it
does not matter in which order, or in how many runs, they came to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from core.database.labels import Verdict
from core.evidence.parallel import pause_point
from core.evidence.partitions import FileFacts, Partition, Tree
from core.evidence.records import ScoredRun
from core.evidence.rules import PARENTLESS, Ruling
from core.evidence.scoring import EVERY, HELD_BACK, damaged, faults

SHUT = frozenset(ruling.reasons for ruling in HELD_BACK.values())
RANKS: dict[Verdict, int] = {"rejected": 0, "partially_accepted": 1, "accepted": 2}


class Glance(msgspec.Struct, gc=False):
    """So much of a scored line as a parent is known by."""

    run_id: str
    task_id: str
    category: Verdict
    reasons: tuple[str, ...] = ()
    human: float | None = None
    extraction: bool = False


class Parent(NamedTuple):
    """Ordered: the least one counts."""

    rank: int
    run_id: str
    category: Verdict


class Rewritten(NamedTuple):
    facts: FileFacts | None
    tally: Counter[str]
    """What changed in the partition's counts by category."""
    errors: tuple[str, ...]


_glance = msgspec.json.Decoder(Glance).decode
_decode = msgspec.json.Decoder(ScoredRun).decode
_encode = msgspec.json.Encoder().encode


def glances(tree: Tree, partition: Partition) -> Iterator[Glance]:
    for number, line in enumerate(tree.lines(partition)):
        if number % EVERY == 0:
            pause_point()
        try:
            yield _glance(line)
        except msgspec.MsgspecError as error:
            raise damaged(tree.path(partition), number) from error


def tasks_of_extractions(tree: Tree, partitions: Iterable[Partition]) -> set[str]:
    return {seen.task_id for partition in partitions for seen in _extractions(tree, partition)}


def _extractions(tree: Tree, partition: Partition) -> Iterator[Glance]:
    return (seen for seen in glances(tree, partition) if follows(seen))


def follows(seen: Glance | ScoredRun) -> bool:
    """Whether its verdict is its parents': nobody judged it, and it was let in at all."""
    return seen.extraction and seen.human is None and seen.reasons not in SHUT


def parents(tree: Tree, partitions: Iterable[Partition], wanted: set[str]) -> dict[str, Parent]:
    """The worst verdict on each of these tasks, by the first run id that has it."""
    found: dict[str, Parent] = {}
    for partition in partitions:
        for seen in glances(tree, partition):
            if seen.extraction or seen.task_id not in wanted or seen.category not in RANKS:
                continue
            one = Parent(RANKS[seen.category], seen.run_id, seen.category)
            known = found.get(seen.task_id)
            if known is None or one < known:
                found[seen.task_id] = one
    return found


def follow(tree: Tree, partition: Partition, known: dict[str, Parent]) -> Rewritten | None:
    """Puts the parents' verdicts into one scored file. None where that changes nothing."""
    if all(ruled(known, seen.task_id) == (seen.category, seen.reasons) for seen in _extractions(tree, partition)):
        return None
    tally: Counter[str] = Counter()
    facts = tree.write(partition, _followed(tree, partition, known, tally))
    return Rewritten(facts, tally, () if facts is None else tuple(faults(tree.path(partition), facts)))


def ruled(known: dict[str, Parent], task_id: str) -> Ruling:
    parent = known.get(task_id)
    return PARENTLESS if parent is None else Ruling(parent.category, (f"follows {parent.run_id}",))


def _followed(tree: Tree, partition: Partition, known: dict[str, Parent], tally: Counter[str]) -> Iterator[bytes]:
    for line in tree.lines(partition):
        one = _decode(line)
        if follows(one):
            ruling = ruled(known, one.task_id)
            tally[f"category:{one.category}"] -= 1
            tally[f"category:{ruling.category}"] += 1
            line = _encode(msgspec.structs.replace(one, category=ruling.category, reasons=ruling.reasons))
        yield line
