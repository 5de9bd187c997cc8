"""The numbers that decide what is ranked and what is injected, fitted by `bench/fit_thresholds.py`.

Two scales, because a cosine and a share of words are not one thing. On each there is a loose threshold (worth
ranking, listed in the trace) and a strict one (put before the student). The fit maximises recall on paraphrases
while at most `MAX_FALSE` of out-of-domain pairs pass; docs/replay.md has the table.
"""

from __future__ import annotations

import msgspec

MAX_FALSE = 0.002
"""Share of out-of-domain questions that may be given anything: harm allowed is 1 %, and not all of it harms."""


class Scale(msgspec.Struct, frozen=True):
    """relevance = similarity + overlap_weight·overlap − each weight times the share of words that disagree."""

    overlap_weight: float
    missing_name: float
    """Names, numbers and identifiers of the question that the past work does not mention."""
    foreign_name: float
    """Names of the past question that this question does not mention."""
    missing_rare: float
    """Rare words of either that the other does not mention."""
    loose: float
    strict: float


HYBRID = Scale(overlap_weight=0.0, missing_name=0.4, foreign_name=0.2, missing_rare=0.2, loose=0.32, strict=0.59)
LEXICAL = Scale(overlap_weight=1.0, missing_name=0.8, foreign_name=0.4, missing_rare=0.3, loose=0.1, strict=0.43)
