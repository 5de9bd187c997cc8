"""Whether the screen looked at all evidence as it stands, by the rules of today: else nothing new is exported."""

from __future__ import annotations

import msgspec

from core.evidence.canonical import combined
from core.evidence.export.corpus import Corpus
from core.evidence.export.index import Indexed
from core.evidence.partitions import Partition, StageState
from core.evidence.stage import Work

WHOLE = "whole"
"""Cursor of the screen's state that is set when the corpus as a whole was compared with itself."""


def accepted_rules(work: Work) -> set[tuple[str, str]]:
    """(version, policy) of screens that looked closely enough: one that also read what waits for a review did, too."""
    from core.evidence.screen import standing  # its scanners are slow to load

    closer = msgspec.structs.replace(work.options, include_review=True)
    return {standing(work), standing(msgspec.structs.replace(work, options=closer))}


def is_screened(known: Indexed, rules: set[tuple[str, str]]) -> bool:
    """Whether the partition's own file stands, speaks of what is there, and follows these rules."""
    header = known.header
    return known.screened_as_it_stands and header is not None and (header.screen_version, header.policy) in rules


def is_whole(work: Work, corpus: Corpus, rules: set[tuple[str, str]]) -> bool:
    """Whether leaks and repetitions between partitions were looked for after the last change of any of them."""
    told = StageState(work.home.evidence_state / "screen.json").cursors.get(WHOLE)
    files = list(_files(corpus))
    return not corpus.partitions or any(told == combined([*rule, *files]) for rule in rules)


def _files(corpus: Corpus) -> list[str]:
    def of(partition: Partition) -> list[str]:
        known = corpus.indexed[partition]
        return [partition.path, *(facts.sha256 if facts else "" for facts in (known.evidence, known.scored))]

    return [part for partition in corpus.partitions for part in of(partition)]
