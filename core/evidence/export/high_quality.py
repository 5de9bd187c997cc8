"""Cortex's filter of outcomes worth imitating (seed 001): what falls through it is counted, not quarantined."""

from __future__ import annotations

from typing import Literal

from core.evidence.export.firewall import Case
from core.records import Record, Unit

Turned = Literal["not_successful", "errors_or_retries", "too_fast", "too_slow", "quality_too_low", "reward_too_low"]


class Wanted(Record, frozen=True):
    """What an example has to reach. The durations, in seconds, are for work with tools only."""

    min_quality: float
    """Of 5."""
    min_reward: Unit
    min_duration_s: float
    max_duration_s: float


def turned_away(case: Case, wanted: Wanted) -> Turned | None:
    """Why this record is no example, None where it is one.

    What is not known is not held against it; and who asked for partly accepted work asked for less than the best.
    """
    record, scored = case.record, case.scored
    if record is None or scored is None:
        return None  # no matter of quality: such a row is refused where it is made
    if not record.success:
        return "not_successful"
    if record.errors or record.retries:
        return "errors_or_retries"
    if record.agentic and record.duration_ms is not None:
        if record.duration_ms < wanted.min_duration_s * 1000:
            return "too_fast"
        if record.duration_ms > wanted.max_duration_s * 1000:
            return "too_slow"
    if scored.category == "partially_accepted":
        return None
    if scored.quality is not None and scored.quality < wanted.min_quality:
        return "quality_too_low"
    if scored.reward is not None and scored.reward < wanted.min_reward:
        return "reward_too_low"
    return None
