"""What all datasets of one export stand on: the corpus, the settings, who is out, what was screened."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.evidence.canonical import canonical
from core.evidence.export.corpus import Corpus, forgotten_rows, later_rows_of_a_run, open_corpus, place_for_indexes
from core.evidence.export.groups import FORGOTTEN, OUTDATED
from core.evidence.export.high_quality import Wanted
from core.evidence.export.index import Rows
from core.evidence.export.outdated import outdated_rows
from core.evidence.export.screened import accepted_rules, is_screened, is_whole
from core.evidence.export.shard import Settings
from core.evidence.partitions import Partition
from core.evidence.records import Dataset
from core.evidence.stage import StageName, Work

EXPORT_VERSION = "2"
"""Raised whenever the same evidence would give other rows."""
STAGE: dict[Dataset, StageName] = {
    "rag": "export-rag", "sft": "export-sft", "preference": "export-preference", "kto": "export-kto",
}  # fmt: skip


class Ground(NamedTuple):
    """What all datasets of one export stand on."""

    work: Work
    corpus: Corpus
    settings: Settings
    forgotten: dict[Partition, tuple[int, ...]]
    """Numbers of lines, as in the next two."""
    outdated: dict[Partition, tuple[int, ...]]
    duplicate: dict[Partition, tuple[int, ...]]
    masks: tuple[Rows, Rows]
    """Over the whole corpus: forgotten (FORGOTTEN, OUTDATED or both), duplicate."""
    unscreened: tuple[Partition, ...]
    """Not looked through as they stand: nothing of them is exported."""
    whole: bool
    """False: not all partitions were compared with each other; then nothing is made that is not made already."""

    def screened(self) -> list[Partition]:
        away = set(self.unscreened)
        return [partition for partition in self.corpus.partitions if partition not in away]


def settings_of(work: Work) -> Settings:
    evidence = work.config.evidence
    return Settings(
        include_partial=work.options.include_partial,
        include_review=work.options.include_review,
        simulated=work.database.simulated,
        validation_share=evidence.validation_share,
        wanted=Wanted(
            min_quality=work.config.training.min_quality,
            min_reward=work.options.min_reward,
            min_duration_s=evidence.min_duration_s,
            max_duration_s=evidence.max_duration_s,
        ),
    )


@contextmanager
def ground(work: Work) -> Iterator[Ground]:
    """Looks through the corpus; the indexes of a dry run go when this ends."""
    with place_for_indexes(work) as folder:
        corpus = open_corpus(work, folder)
        gone = forgotten_rows(corpus, work)
        outdated = outdated_rows(corpus, work)
        later = later_rows_of_a_run(corpus, gone)
        rules = accepted_rules(work)
        yield Ground(
            work=work,
            corpus=corpus,
            settings=settings_of(work),
            forgotten=corpus.per_partition(gone),
            outdated=corpus.per_partition(outdated),
            duplicate=corpus.per_partition(later),
            masks=(FORGOTTEN * mask(gone, corpus) + OUTDATED * mask(outdated, corpus), mask(later, corpus)),
            unscreened=tuple(one for one in corpus.partitions if not is_screened(corpus.indexed[one], rules)),
            whole=is_whole(work, corpus, rules),
        )


def mask(numbers: Rows, corpus: Corpus) -> Rows:
    """One for each of these rows, in the whole corpus."""
    found = np.zeros(corpus.starts()[-1], np.uint8)
    found[numbers] = 1
    return found


def relevant(settings: Settings, dataset: Dataset) -> bytes:
    """As much of the settings as a dataset depends on: another flag must not write it again."""
    names = {
        "rag": ("include_review", "simulated"),
        "sft": ("include_partial", "simulated", "validation_share", "wanted"),
    }
    of_it = names.get(dataset, ("simulated", "validation_share"))
    return canonical({name: getattr(settings, name) for name in of_it})


@contextmanager
def place_for_files(work: Work) -> Iterator[Path]:
    """The home, or a folder that a dry run leaves nothing of."""
    if not work.options.dry_run:
        yield work.home.root
        return
    with tempfile.TemporaryDirectory(prefix="nightschool-") as folder:
        yield Path(folder)
