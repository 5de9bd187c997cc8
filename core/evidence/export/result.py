"""Takes away what nothing stands behind any more, and says what there is now: the answer of a stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from core.evidence.canonical import combined, file_hash
from core.evidence.export.card import write_card
from core.evidence.export.ground import EXPORT_VERSION, STAGE, Ground, relevant
from core.evidence.export.shard import Shard
from core.evidence.export.state import Making, write_state
from core.evidence.partitions import PART, FileFacts, Partition
from core.evidence.records import Dataset
from core.evidence.stage import FileRef, StageResult
from core.paths import Home

FIRST = "`nightschool evidence run` does that first"


def inputs_of(where: Ground, dataset: Dataset, partition: Partition) -> str:
    lines = (str(known.get(partition, ())) for known in (where.forgotten, where.outdated, where.duplicate))
    content = where.corpus.indexed[partition].content
    return combined([EXPORT_VERSION, dataset, relevant(where.settings, dataset).decode(), content, *lines])


def settle(where: Ground, making: Making, standing: set[str]) -> StageResult:
    """Takes away what no partition of `standing` stands behind, and says what there is now."""
    home, dataset, dry = where.work.home, making.dataset, where.work.options.dry_run
    for path in [path for path in making.state.made if path not in standing]:
        del making.state.made[path]
    shards = [making.state.made[path].shard for path in sorted(making.state.made)]
    if not dry:
        making.delta["removed"] += remove_strangers(home, dataset, {path for one in shards for path in one.files})
        write_card(home.datasets / dataset, dataset, content_of(shards))
        write_state(home, dataset, making.state)
    return result(where, making, shards)


def result(where: Ground, making: Making, shards: Sequence[Shard]) -> StageResult:
    dataset = making.dataset
    errors = [error for shard in shards for error in shard.errors]
    reason = what_failed(where, errors)
    outputs = sorted((path, facts) for shard in shards for path, facts in shard.files.items())
    inputs = sorted(inputs_of(where, dataset, partition) for partition in where.screened())
    return StageResult(
        stage=STAGE[dataset],
        status="failed" if reason else "done",
        reason=reason,
        inputs=tuple(input_refs(where)),
        outputs=(*card_ref(where, dataset), *map(ref, outputs)),
        content_hash=content_of(shards),
        input_hash=combined([EXPORT_VERSION, relevant(where.settings, dataset).decode(), *inputs]),
        totals={"rows": 0} | added([shard.tally for shard in shards]),
        delta={name: making.delta[name] for name in ("written", "unchanged", "removed")},
        errors=tuple(errors),
        versions={"export": EXPORT_VERSION},
        report=added([shard.report for shard in shards]),
    )


def content_of(shards: Sequence[Shard]) -> str:
    """One hash over all that was written: paths and bytes."""
    outputs = sorted((path, facts.sha256) for shard in shards for path, facts in shard.files.items())
    return combined(text for output in outputs for text in output)


def what_failed(where: Ground, errors: Sequence[str]) -> str:
    """ "" where nothing did."""
    if where.unscreened:
        first, more = where.unscreened[0].path, len(where.unscreened) - 1
        others = f" and {more} more" if more else ""
        return f"not screened as they stand, so not exported: {first}{others}; {FIRST}"
    if not where.whole:
        return f"not screened as a whole since the evidence changed, so only what stood already is kept; {FIRST}"
    return "the files were read again and not found right" if errors else ""


def ref(output: tuple[str, FileFacts]) -> FileRef:
    return FileRef(path=output[0], sha256=output[1].sha256, rows=output[1].rows)


def card_ref(where: Ground, dataset: Dataset) -> Iterator[FileRef]:
    """The card, where there is one."""
    path = where.work.home.datasets / dataset / "README.md"
    if path.is_file():
        yield FileRef(path=f"datasets/{dataset}/{path.name}", sha256=file_hash(path), rows=0)


def added(tallies: Sequence[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return dict(sorted(total.items()))


def input_refs(where: Ground) -> Iterator[FileRef]:
    """In order of path."""
    home, corpus = where.work.home, where.corpus
    for tree, root in (("evidence", home.evidence), ("scored", home.scored), ("screened", home.screened)):
        folder = root.relative_to(home.root).as_posix()
        for partition in corpus.partitions:
            facts = getattr(corpus.indexed[partition], tree)
            if facts is not None:
                yield FileRef(path=f"{folder}/{partition.path}", sha256=facts.sha256, rows=facts.rows)


def remove_strangers(home: Home, dataset: Dataset, known: set[str]) -> int:
    """Files of this dataset that nothing stands behind any more, and what a killed run left half-written."""
    removed = 0
    for folder in (home.datasets / dataset, home.quarantine / dataset):
        for path in folder.rglob(f".*{PART}"):
            path.unlink(missing_ok=True)
        for path in folder.rglob("*.jsonl"):
            if path.relative_to(home.root).as_posix() not in known:
                path.unlink()
                removed += 1
    return removed
