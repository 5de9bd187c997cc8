"""How runs, stages and drift are told to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.cli.output import note, say, table
from core.evidence.acceptance.findings import Acceptance, Check
from core.evidence.health import Health
from core.evidence.receipts import DriftReport, RunSummary, StageReceipt
from core.evidence.run import Outcome
from core.evidence.summary import outcome as came_of
from core.evidence.summary import told


def tell_run(outcome: Outcome) -> None:
    """One line of what came of it, the stages, and what somebody should look at."""
    if outcome.status == "skipped":
        say(f"skipped: {outcome.reason}")
        return
    if outcome.summary is None:
        say(f"done: {outcome.reason}")
        return
    tell_stages(outcome.receipts)
    tell_report(outcome.receipts)
    if outcome.drift is not None:
        tell_drift(outcome.drift)
    say(headline(outcome.summary, dry_run=outcome.dry_run))
    if outcome.dry_run and len(outcome.receipts) > 1:
        note("Each stage looked at what stands on the disk now, not at what the one before it would write.")
    if outcome.status == "failed":
        note(outcome.reason)


def tell_handed_over(more: Mapping[str, Any], *, asked: bool) -> None:
    """Role exports, and other formats. asked: somebody did, and is told that there was nothing new, too."""
    roles, written = more.get("roles"), more.get("written")
    if roles is not None and roles.status == "skipped":
        note(f"Nothing was handed over role by role: {roles.reason}.")
    for one in roles.roles if roles is not None else ():
        if one.new or (asked and one.rows):
            say(f"{one.path}: {one.new} new examples, {one.rows} in all")
    if written is not None:
        table(("in " + written.folder, "rows"), written.files.items())
        if written.left_out:
            say("left out: " + told(written.left_out))


def tell_health(found: Health) -> None:
    """Each source; below, what was not found as it was, and where."""
    if not found.records:
        say("There is no evidence yet. What was asked or imported becomes evidence with: nightschool evidence run")
        return
    rows = ((s.name, s.records, f"{s.ok} of {s.sampled}", share(s.ready), told(s.categories)) for s in found.sources)
    table(("source", "records", "found again", "can be scored", "categories"), rows)
    for one in found.problems:
        say(f"{one.found}: {one.run_id} ({one.source_file}, {one.line_offset}): {one.detail}")
    say(f"{found.ok} of {found.sampled} found again as they were; {share(found.ready)} can be scored")


def share(part: float | None) -> str:
    return "not scored yet" if part is None else f"{part:.0%}"


def headline(summary: RunSummary, *, dry_run: bool = False) -> str:
    if dry_run:
        return f"{summary.status}, as a dry run: nothing was written"
    return f"{summary.status}: run {summary.number}, {summary.run_id}, drift {summary.drift}"


def tell_stages(receipts: Iterable[StageReceipt]) -> None:
    rows = (
        (receipt.stage, came_of(receipt), *counted(receipt.counts.totals), told(receipt.counts.delta))
        for receipt in receipts
    )
    table(("stage", "came of it", "rows", "held back", "skipped", "this run"), rows)


def counted(totals: Mapping[str, int]) -> tuple[int, int, int]:
    """Rows, rows held back, source rows skipped."""
    held = sum(count for key, count in totals.items() if key.startswith("reason:"))
    return totals.get("rows", 0), held, sum(count for key, count in totals.items() if key.startswith("skip:"))


def tell_report(receipts: Iterable[StageReceipt]) -> None:
    """Cortex's collector report: examples taken, and what was turned away, by reason."""
    for receipt in receipts:
        if receipt.report:
            say(f"{receipt.stage}: " + ", ".join(f"{name} {count}" for name, count in receipt.report.items()))
        for error in receipt.validation.errors:
            say(f"{receipt.stage}: {error}")


def tell_drift(drift: DriftReport) -> None:
    for flag in drift.flags:
        say(f"drift {flag.severity}: {flag.stage}, {flag.name}: {flag.text}")


def tell_acceptance(found: Acceptance, sentences: Mapping[str, str]) -> None:
    """Every check with how much it looked at; below, what is wrong and where."""
    rows = ((check.name, colour(check), check.looked_at, sentences[check.name]) for check in found.checks)
    table(("check", "", "looked at", "what it asks for"), rows)
    for check in found.checks:
        if check.not_checked:
            say(f"{check.name}: not checked: {check.not_checked}")
        for problem in check.problems:
            say(f"{check.name}: {problem}")
        if check.more:
            say(f"{check.name}: and {check.more} more")
    red = [check.name for check in found.checks if not check.passed]
    say(
        f"red: {', '.join(red)}"
        if red
        else f"all {sum(not check.not_checked for check in found.checks)} checks are green for {found.run_id}"
    )


def colour(check: Check) -> str:
    if not check.passed:
        return "RED"
    return "not checked" if check.not_checked else "green"
