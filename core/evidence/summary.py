"""A run as a whole, from its receipts: as a record, and as a page for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.evidence.receipts import DriftReport, RunSummary, StageLine, StageReceipt, receipt_hash
from core.evidence.stage import STAGES

HASH_SHOWN = 12
EXPORT = "export-"


def summarise(
    receipts: Sequence[StageReceipt], drift: DriftReport, *, run_hash: str, number: int, previous: str | None
) -> RunSummary:
    """The receipts must be of one run, in the order of the stages."""
    passed = all(receipt.passed for receipt in receipts)
    return RunSummary(
        run_id=drift.run_id,
        number=number,
        previous=previous,
        recorded_at=receipts[0].recorded_at,
        status="done" if passed else "failed",
        passed=passed,
        stages=tuple(map(line, receipts)),
        datasets={dataset(r): _total(r, "rows") for r in receipts if r.stage.startswith(EXPORT)},
        quarantined={dataset(r): _total(r, "reason:") for r in receipts if r.stage.startswith(EXPORT)},
        skipped=sum(_total(receipt, "skip:") for receipt in receipts),
        run_hash=run_hash,
        drift=drift.severity,
    )


def line(receipt: StageReceipt) -> StageLine:
    return StageLine(
        stage=receipt.stage,
        status=receipt.status,
        reason=receipt.reason,
        passed=receipt.passed,
        rows=_total(receipt, "rows"),
        delta=receipt.counts.delta,
        content_hash=receipt.content_hash,
        receipt=receipt_hash(receipt),
    )


def dataset(receipt: StageReceipt) -> str:
    return receipt.stage.removeprefix(EXPORT)


def _total(receipt: StageReceipt, key: str) -> int:
    """Of one key, or of all that begin with it where it ends with a colon."""
    totals = receipt.counts.totals
    if not key.endswith(":"):
        return totals.get(key, 0)
    return sum(count for name, count in totals.items() if name.startswith(key))


def page(summary: RunSummary, receipts: Sequence[StageReceipt], drift: DriftReport) -> str:
    """`summary.md`."""
    before = f", after {summary.previous}" if summary.previous else ", the first"
    heading = [
        f"# Run {summary.number}: {summary.status}",
        f"`{summary.run_id}`, recorded at {summary.recorded_at}{before}. Run hash `{summary.run_hash}`.",
    ]
    return "\n\n".join([*heading, _stages(receipts), *_failures(receipts), *_held_back(receipts), _drift(drift)])


def latest_page(receipts: Iterable[StageReceipt], drift: DriftReport) -> str:
    """`latest.md`: the newest receipt of each stage, whichever runs they are from."""
    ordered = sorted(receipts, key=lambda receipt: STAGES.index(receipt.stage))
    parts = ["# What stands now", "The newest receipt of each stage.", _stages(ordered, run=True)]
    return "\n\n".join([*parts, *_failures(ordered), *_held_back(ordered), _drift(drift)])


def _stages(receipts: Sequence[StageReceipt], *, run: bool = False) -> str:
    columns = ["stage", "came of it", "rows", "held back", "skipped", "this run", "content", *(["run"] if run else [])]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for receipt in receipts:
        cells = [
            receipt.stage,
            outcome(receipt),
            str(_total(receipt, "rows")),
            str(_total(receipt, "reason:")),
            str(_total(receipt, "skip:")),
            told(receipt.counts.delta),
            f"`{receipt.content_hash[:HASH_SHOWN]}`" if receipt.content_hash else "",
            *([f"`{receipt.run_id}`, {receipt.recorded_at}"] if run else []),
        ]
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines)


def outcome(receipt: StageReceipt) -> str:
    """`done`, or why not, in a few words."""
    if receipt.status == "done":
        return "done" if receipt.passed else f"done, but {len(receipt.validation.errors)} errors"
    return f"{receipt.status}: {receipt.reason}"


def told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _failures(receipts: Iterable[StageReceipt]) -> list[str]:
    found = [f"- {receipt.stage}: {error}" for receipt in receipts for error in receipt.validation.errors]
    return ["## What was found wrong\n\n" + "\n".join(map(_cell, found))] if found else []


def _held_back(receipts: Iterable[StageReceipt]) -> list[str]:
    counted = [
        f"- {receipt.stage}: {key.partition(':')[2]}: {count}"
        for receipt in receipts
        for key, count in receipt.counts.totals.items()
        if key.startswith(("reason:", "skip:"))
    ]
    return ["## Held back and skipped, by reason\n\n" + "\n".join(map(_cell, counted))] if counted else []


def _drift(drift: DriftReport) -> str:
    if not drift.prior_run_ids:
        return "## Drift: ok\n\nThere is no earlier run to compare with."
    flags = [f"- {flag.severity}: {flag.stage}, {flag.name}: {flag.text}" for flag in drift.flags]
    said = "\n".join(map(_cell, flags)) or f"{drift.compared} rates, none beyond {drift.threshold:.0%}."
    return f"## Drift: {drift.severity}\n\n{said}"


def _cell(text: str) -> str:
    """One line, and no column of its own."""
    return " ".join(text.split()).replace("|", "\\|")
