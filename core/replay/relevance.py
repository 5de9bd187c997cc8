"""How relevant one piece of past work is to a question: one number, from a vector's distance and from words."""

from __future__ import annotations

import msgspec

from core.replay.terms import terms
from core.replay.thresholds import HYBRID, LEXICAL, Scale


class Likeness(msgspec.Struct, frozen=True):
    """What is compared, each in [0, 1]."""

    similarity: float | None
    """Cosine similarity of question and past question; None while retrieval is by words."""
    overlap: float
    """Shared content words (Dice)."""
    missing_name: float
    foreign_name: float
    missing_rare: float


def compare(question: str, task: str, answer: str, distance: float | None) -> Likeness:
    """Compare a question with a past task and its answer. distance: cosine distance of the two tasks."""
    ours, theirs, given = terms(question), terms(task), terms(answer)
    known = theirs.every | given.every
    return Likeness(
        similarity=None if distance is None else 1.0 - distance,
        overlap=dice(ours.content, theirs.content),
        missing_name=absent(ours.names, known),
        foreign_name=absent(theirs.names, ours.every),
        missing_rare=max(absent(ours.rare, known), absent(theirs.rare, ours.every)),
    )


def relevance(likeness: Likeness) -> float:
    """One number, to be held against the thresholds of `scale(likeness)`."""
    scale = scale_of(likeness)
    return (
        (likeness.similarity or 0.0)
        + scale.overlap_weight * likeness.overlap
        - scale.missing_name * likeness.missing_name
        - scale.foreign_name * likeness.foreign_name
        - scale.missing_rare * likeness.missing_rare
    )


def scale_of(likeness: Likeness) -> Scale:
    return LEXICAL if likeness.similarity is None else HYBRID


def dice(ours: frozenset[str], theirs: frozenset[str]) -> float:
    """2·|A∩B| / (|A| + |B|); 0 where either is empty."""
    total = len(ours) + len(theirs)
    return 2 * len(ours & theirs) / total if ours and theirs else 0.0


def absent(wanted: frozenset[str], there: frozenset[str]) -> float:
    """Share of `wanted` that is not `there`, singular and plural being the same."""
    if not wanted:
        return 0.0
    return sum(not _stands(word, there) for word in wanted) / len(wanted)


def _stands(word: str, there: frozenset[str]) -> bool:
    return word in there or word + "s" in there or (word.endswith("s") and word[:-1] in there)
