"""One run: the stages in their order, what a failed one stops, and the receipts of it all.

A run that finds nothing new writes nothing. One that is interrupted leaves whole files and no receipts; the next one
goes on from there and ends at the same bytes. One run at a time per home.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from core import __version__
from core.config import get_value
from core.errors import Busy, NightschoolError
from core.evidence import drift
from core.evidence.receipts import (
    LATEST,
    SUMMARY_TEXT,
    DriftReport,
    Receipts,
    RunSummary,
    StageReceipt,
    receipt_of,
    run_hash,
    run_id,
)
from core.evidence.records import Dataset
from core.evidence.stage import NEEDS, STAGES, StageName, StageResult, Work
from core.evidence.summary import latest_page, page, summarise
from core.lock import HomeLock
from core.paths import Home

Stage = Callable[[Work], StageResult]
MODULES: dict[StageName, str] = {
    "collect": "core.evidence.collect",
    "score": "core.evidence.score",
    "screen": "core.evidence.screen",
    "export-rag": "core.evidence.export.rag",
    "export-sft": "core.evidence.export.sft",
    "export-preference": "core.evidence.export.preference",
    "export-kto": "core.evidence.export.kto",
}
TOGETHER: dict[StageName, Dataset] = {"export-rag": "rag", "export-sft": "sft", "export-kto": "kto"}
HELD_BACK = "evidence.validation_share"
SETTINGS: dict[StageName, tuple[str, ...]] = {
    "collect": (),
    "score": ("reward",),
    "screen": ("evidence.near_duplicate", "--include-review"),
    "export-rag": ("--include-review",),
    "export-sft": (
        "training.min_quality", "evidence.min_duration_s", "evidence.max_duration_s", HELD_BACK,
        "--include-partial", "--min-reward",
    ),
    "export-preference": (HELD_BACK,),
    "export-kto": (HELD_BACK,),
}  # fmt: skip
"""What a stage's outputs follow from beside its input: settings of config.toml, whole sections, flags."""
ENVIRONMENT = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG,
}  # fmt: skip
"""A disk's refusals fail the stage that met them; any other OSError is a bug."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a run. `skipped`: nothing new, nothing written; its reason names the run that still holds."""

    status: Literal["done", "skipped", "failed"]
    reason: str
    summary: RunSummary | None
    """None when there was nothing new."""
    receipts: tuple[StageReceipt, ...]
    drift: DriftReport | None
    dry_run: bool = False


def run(work: Work, stages: Sequence[StageName] = STAGES, table: Mapping[StageName, Stage] | None = None) -> Outcome:
    """Runs these stages in order and writes their receipts, but for a dry run and where there is nothing new.

    table: the stages' functions; the real ones where it is None. Raises Busy while another run has this home and where
    a forgetting was begun and not finished (the caller finishes it: `core.forget`), Cancelled, StorageFull or OSError
    where even the receipts cannot be written.
    """
    with alone(work.home):
        refuse_half_forgotten(work.home)
        receipts = Receipts(work.home.receipts)
        if not work.options.dry_run:
            receipts.sweep()
        ordered = [stage for stage in STAGES if stage in stages]
        answers = list(_answers(work, ordered, real_stages(ordered) if table is None else table))
        return _concluded(work, receipts, answers)


def refuse_half_forgotten(home: Home) -> None:
    """What goes must not be collected once more on its way out. Raises Busy where a forgetting waits to be finished."""
    if any(home.begun_forgettings.glob("forget_*.json")):
        raise Busy(
            "A forgetting was begun in this home and is not finished.",
            hint="Finish it first: nightschool evidence run does so, and so does the server when it starts.",
            title="Something is being forgotten",
        )


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Holds the lock that all work on the evidence is done under. Raises Busy."""
    lock = HomeLock(home.lock("evidence"))
    if not lock.acquire():
        raise Busy(
            f"Another program works on the evidence of this home (process {lock.holder() or 'unknown'}).",
            hint="Wait for it to finish, or stop it.",
            title="The evidence is being worked on",
        )
    try:
        yield
    finally:
        lock.release()


def stage_function(stage: StageName) -> Stage:
    """Imported when it is needed: the scanners and hashers of the late stages are slow to load."""
    found: Stage = importlib.import_module(MODULES[stage]).run
    return found


def real_stages(stages: Sequence[StageName]) -> dict[StageName, Stage]:
    """Their functions. Exports that look at the same rows are made in one reading, each with a result of its own."""
    together = [stage for stage in TOGETHER if stage in stages]
    made: dict[str, StageResult] = {}

    def in_one_reading(stage: StageName) -> Stage:
        def run(work: Work) -> StageResult:
            if not made:
                from core.evidence.export.making import export

                results = export(work, [TOGETHER[one] for one in together])
                made.update({result.stage: result for result in results.values()})
            return made[stage]

        return run

    return {stage: in_one_reading(stage) if stage in together else _later(stage) for stage in stages}


def _later(stage: StageName) -> Stage:
    return lambda work: stage_function(stage)(work)


Answer = tuple[StageResult, StageName | None]


def _answers(work: Work, stages: Sequence[StageName], table: Mapping[StageName, Stage]) -> Iterator[Answer]:
    """Each stage's answer, and what blocked it."""
    broken: dict[StageName, StageName] = {}
    for stage in stages:
        work.pause_point()
        blocker = next((broken[need] for need in NEEDS[stage] if need in broken), None)
        if blocker is not None:
            result = StageResult(stage=stage, status="skipped", reason=f"{blocker} failed")
        else:
            result = _attempt(work, stage, table[stage])
        if blocker is not None or not result.passed:
            broken[stage] = blocker or stage
        yield result, blocker


def _attempt(work: Work, stage: StageName, function: Stage) -> StageResult:
    try:
        return function(work)
    except NightschoolError as error:
        return StageResult(stage=stage, status="failed", reason=_relative(work.home, str(error)))
    except OSError as error:
        if error.errno not in ENVIRONMENT:
            raise
        where = f" ({error.filename})" if error.filename else ""
        return StageResult(stage=stage, status="failed", reason=_relative(work.home, f"{error.strerror}{where}"))


def _relative(home: Home, text: str) -> str:
    """Receipts do not tell where the home lies."""
    return text.replace(f"{home.root}/", "").replace(str(home.root), "the home")


def settings_of(stage: StageName, work: Work) -> dict[str, Any]:
    """What a stage was set to, by dotted names and by flags."""
    found: dict[str, Any] = {}
    for key in SETTINGS[stage]:
        if key.startswith("--"):
            found[key] = getattr(work.options, key[2:].replace("-", "_"))
        elif "." in key:
            found[key] = get_value(work.config, key)
        else:
            values = msgspec.to_builtins(getattr(work.config, key))
            found |= {f"{key}.{name}": value for name, value in values.items()}
    return dict(sorted(found.items()))


def _concluded(work: Work, receipts: Receipts, answers: Sequence[Answer]) -> Outcome:
    newest = receipts.newest
    made = _receipts(work, answers, previous=newest.run_id if newest else None)
    failed = not all(receipt.passed for receipt in made)
    if newest is not None and not failed and _nothing_new(receipts, made):
        return _unchanged(work, receipts, newest, made)
    moved = _drift(work, receipts, made)
    summary = summarise(
        made,
        moved,
        run_hash=run_hash(made),
        number=newest.number + 1 if newest else 1,
        previous=newest.run_id if newest else None,
    )
    if not work.options.dry_run:
        _write(receipts, summary, made, moved)
    reason = "; ".join(
        f"{r.stage}: {r.reason or r.validation.errors[0]}" for r in made if not r.passed and not r.blocked_by
    )
    return Outcome(summary.status, reason, summary, tuple(made), moved, work.options.dry_run)


def _receipts(work: Work, answers: Sequence[Answer], *, previous: str | None) -> list[StageReceipt]:
    at = work.options.recorded_at

    def all_of(run: str) -> list[StageReceipt]:
        return [
            receipt_of(
                msgspec.structs.replace(result, versions={**result.versions, "nightschool": __version__}),
                run_id=run,
                recorded_at=at,
                settings=settings_of(result.stage, work),
                blocked_by=blocker,
            )
            for result, blocker in answers
        ]

    return all_of(run_id(run_hash(all_of("")), at, previous))


def _nothing_new(receipts: Receipts, made: Sequence[StageReceipt]) -> bool:
    """Whether each stage read, held and wrote what its newest receipt says already."""
    for receipt in made:
        known = receipts.latest(receipt.stage)
        if known is None or known.identity != receipt.identity:
            return False
    return True


def _unchanged(work: Work, receipts: Receipts, newest: RunSummary, made: Sequence[StageReceipt]) -> Outcome:
    """Nothing to tell but the run that holds, unless files that somebody took away or changed had to be made again, or
    others had to go."""
    if not work.options.dry_run:
        receipts.show_latest(_latest(receipts, receipts.drift(newest.run_id)))
    again = sum(receipt.counts.delta.get("written", 0) for receipt in made)
    strange = sum(receipt.counts.delta.get("removed", 0) for receipt in made)
    if again and not work.options.full:
        return Outcome("done", f"{again} rows were made again as {newest.run_id} left them", None, tuple(made), None)
    if strange and not work.options.full:
        return Outcome("done", f"what {newest.run_id} did not leave there was taken away", None, tuple(made), None)
    return Outcome("skipped", f"nothing new since {newest.run_id}", None, tuple(made), None, work.options.dry_run)


def _drift(work: Work, receipts: Receipts, made: Sequence[StageReceipt]) -> DriftReport:
    earlier = {}
    for receipt in made:
        known = receipts.latest(receipt.stage, lambda one: one.passed and one.status == "done")
        if known is not None:
            earlier[receipt.stage] = known
    return drift.report(made, earlier, threshold=work.config.evidence.drift_threshold, run_id=made[0].run_id)


def _write(receipts: Receipts, summary: RunSummary, made: Sequence[StageReceipt], moved: DriftReport) -> None:
    texts = {SUMMARY_TEXT: page(summary, made, moved), LATEST: _latest(receipts, moved, made)}
    receipts.write(summary, made, moved, texts)


def _latest(receipts: Receipts, moved: DriftReport, made: Sequence[StageReceipt] = ()) -> str:
    of_others = (receipts.latest(stage) for stage in STAGES if stage not in {receipt.stage for receipt in made})
    return latest_page([*made, *(receipt for receipt in of_others if receipt is not None)], moved)
