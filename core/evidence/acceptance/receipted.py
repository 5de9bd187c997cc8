"""Receipts against each other and against the files: what they say is there, and what is there they say."""

from __future__ import annotations

from core.evidence.acceptance.findings import Findings
from core.evidence.canonical import file_hash
from core.evidence.receipts import ReceiptDamaged, Receipts, RunSummary, run_hash, run_id, same_as_written
from core.evidence.stage import STAGES, Work
from core.paths import Home

ROLES = "roles"


def check_receipts(receipts: Receipts, findings: Findings) -> None:
    """Every run of the home: schema, hashes, the chain."""
    for name, problem in receipts.damaged.items():
        findings.wrong("receipts_valid", name, problem)
    before: RunSummary | None = None
    for run in receipts.runs:
        _check_run(receipts, run, findings)
        previous = before.run_id if before is not None else None
        right = run.previous == previous and run.number == (before.number + 1 if before is not None else 1)
        findings.see("receipts_valid", right, run.run_id, "it does not follow the run before it")
        before = run


def _check_run(receipts: Receipts, run: RunSummary, findings: Findings) -> None:
    for line in run.stages:
        path = receipts.root / run.run_id / f"{line.stage}.json"
        findings.see("receipts_valid", same_as_written(path, line), f"{run.run_id}/{path.name}", "not as summarised")
    try:
        stages, drift = receipts.stages(run), receipts.drift(run.run_id)
    except ReceiptDamaged as error:
        findings.wrong("receipts_valid", run.run_id, error.message)
        return
    of_run = run_hash(stages)
    named = run_id(of_run, run.recorded_at, run.previous)
    right = of_run == run.run_hash and named == run.run_id and drift.run_id == run.run_id
    findings.see("receipts_valid", right, run.run_id, "its id or hash does not follow from what it says")
    told = all(stage.passed for stage in stages)
    findings.see("receipts_valid", run.passed == told, run.run_id, "it passed otherwise than its stages did")


def check_files(work: Work, receipts: Receipts, findings: Findings) -> None:
    """Every output of the newest receipts is there with its bytes, and nothing else is."""
    claimed: set[str] = set()
    for stage in STAGES:
        receipt = receipts.latest(stage, lambda one: one.passed)
        for file in receipt.outputs if receipt is not None else ():
            work.pause_point()
            claimed.add(file.path)
            path = work.home.root / file.path
            right = path.is_file() and file_hash(path) == file.sha256
            findings.see("receipts_match_files", right, file.path, f"not as {stage} left it")
    for name in sorted(standing_files(work.home)):
        findings.see("files_have_receipts", name in claimed, name, "no receipt names it")


def standing_files(home: Home) -> set[str]:
    """What the stages wrote, relative to the home. Files of roles follow from the ledger (`role_files`)."""
    roots = home.evidence, home.scored, home.screened, home.datasets, home.quarantine, home.skips
    return {
        path.relative_to(home.root).as_posix()
        for root in roots
        for path in root.rglob("*")
        if path.is_file() and home.evidence_state not in path.parents and path.parent != home.datasets / ROLES
    }
