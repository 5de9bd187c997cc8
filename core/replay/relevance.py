"""How relevant one piece of past work is to a question: one number, from a vector's distance and from words."""

from __future__ import annotations

import msgspec

from core.replay.terms import Terms, every_word, is_rare, stands, terms
from core.replay.thresholds import HYBRID, LEXICAL, Scale

UNCOMMON = 3
READ = 4000
"""Characters of each text whose words are compared: bounds the time that one long record can take."""


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
    ours, theirs = terms(question[:READ]), terms(task[:READ])
    known = theirs.every | every_word(answer[:READ])
    return Likeness(
        similarity=None if distance is None else 1.0 - distance,
        overlap=dice(ours.content, theirs.content),
        missing_name=disagreement(ours, known),
        foreign_name=disagreement(theirs, ours.every),
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


def disagreement(ours: Terms, there: frozenset[str]) -> float:
    """Weighted share of our specific words that are not there; a rare word that is there speaks for agreement.

    "I need brelun as Python code" against "Show me brelun": that `brelun` agrees outweighs that Python is missing.
    """
    missing = sum(weight(word) for word in ours.names if not stands(word, there))
    agreed = sum(weight(word) for word in ours.names | ours.rare if stands(word, there))
    return missing / (missing + agreed) if missing else 0.0


def weight(word: str) -> int:
    """A common word with a capital (Python, Monday) says less than an invented one, a number or an identifier."""
    return UNCOMMON if is_rare(word) or not word.isalpha() else 1


def absent(wanted: frozenset[str], there: frozenset[str]) -> float:
    """Share of `wanted` that is not `there`."""
    return sum(not stands(word, there) for word in wanted) / len(wanted) if wanted else 0.0
