"""How far each model can be trusted, by what became of its work: seed 003's model ledger, from the scores alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from core.records import Record

NAME = "model_trust.jsonl"
"""Its name below `scored/`: one line a model, in order of name."""
PREFIX = "model:"


class ModelTrust(Record, frozen=True):
    """One model, over the whole corpus; rows that follow a parent's verdict are not its own and do not count."""

    model: str
    accepted: int
    partially_accepted: int
    rejected: int
    needs_human_review: int
    trust: float | None
    """(accepted + partially_accepted / 2) / judged, in [0, 1]; None while nothing was judged."""


def key(category: str, model: str) -> str:
    """How a partition's tally counts it."""
    return f"{PREFIX}{category}:{model}"


def ledger(tallies: Iterable[Mapping[str, int]]) -> list[ModelTrust]:
    """One entry for each model that the partitions' tallies speak of."""
    counts: dict[str, Counter[str]] = {}
    for tally in tallies:
        for name, count in tally.items():
            if name.startswith(PREFIX):
                category, _, model = name.removeprefix(PREFIX).partition(":")
                counts.setdefault(model, Counter())[category] += count
    return [entry(model, counts[model]) for model in sorted(counts)]


def entry(model: str, counts: Mapping[str, int]) -> ModelTrust:
    good, part, bad = (counts.get(name, 0) for name in ("accepted", "partially_accepted", "rejected"))
    judged = good + part + bad
    return ModelTrust(
        model=model,
        accepted=good,
        partially_accepted=part,
        rejected=bad,
        needs_human_review=counts.get("needs_human_review", 0),
        trust=round((good + part / 2) / judged, 6) if judged else None,
    )
