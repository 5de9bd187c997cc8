"""All checks in one go, over the real outputs of a home and over two fresh ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from core.evidence.acceptance.datasets import DatasetChecks
from core.evidence.acceptance.findings import Acceptance, Findings
from core.evidence.acceptance.receipted import check_files, check_receipts
from core.evidence.acceptance.twin import Twin, made_by, sweep
from core.evidence.health import health
from core.evidence.receipts import Receipts, StageReceipt
from core.evidence.run import alone
from core.evidence.stage import STAGES, Options, StageName, Work

OF_TWINS = (
    "up_to_date", "second_run_writes_nothing", "twice_the_same_bytes", "incremental_is_full", "no_model_asked",
)  # fmt: skip
MISSING = "source_missing:"
Standing = dict[StageName, StageReceipt]


def accept(work: Work, *, twins: bool = True) -> Acceptance:
    """Raises NotFound where nothing was run yet, Busy while something runs, Cancelled.

    twins: also run everything twice in homes of their own.
    """
    with alone(work.home):
        receipts = Receipts(work.home.receipts)
        newest = receipts.named("latest")
        standing = standing_receipts(receipts)
        flags = flags_of(work, standing)
        findings = Findings()
        check_receipts(receipts, findings)
        check_files(work, receipts, findings)
        whole = "export-rag" in standing
        DatasetChecks(work, flags, findings, has_secret=secret_finder(), all_of_it=whole).run()
        check_round_trip(work, findings)
        if twins:
            check_twins(work, flags, standing, findings)
        else:
            sweep(work.home)
            for name in OF_TWINS:
                findings.not_checked(name, "no fresh runs were asked for")
        checks = findings.checks()
        return Acceptance(passed=all(check.passed for check in checks), run_id=newest.run_id, checks=checks)


def standing_receipts(receipts: Receipts) -> Standing:
    """Of each stage the newest receipt that passed."""
    found = ((stage, receipts.latest(stage, lambda one: one.passed)) for stage in STAGES)
    return {stage: receipt for stage, receipt in found if receipt is not None}


def flags_of(work: Work, standing: Standing) -> Options:
    """The flags that what stands there was made with; recorded_at is as good as any."""
    said = {key: value for receipt in standing.values() for key, value in receipt.settings.items()}
    chosen = {name: said[flag] for flag in said if (name := flag[2:].replace("-", "_")) in Options.__struct_fields__}
    plain = msgspec.structs.replace(work.options, dry_run=False, full=False)
    return msgspec.structs.replace(plain, **chosen)


def secret_finder() -> Callable[[str], bool]:
    """Loaded here: the scanner is slow to import."""
    from core.privacy.personal import Person
    from core.privacy.redact import sightings

    nobody = Person()
    return lambda text: bool(sightings(text, nobody))


def check_round_trip(work: Work, findings: Findings) -> None:
    """Source rows of a sample found again. A file that its owner took away since is no fault of ours."""
    try:
        found = health(work)
    except msgspec.MsgspecError:
        findings.wrong("provenance_round_trip", "evidence", "a record of the sample cannot be read")
        return
    findings.looked("provenance_round_trip", found.ok)
    for problem in found.problems:
        if problem.found == "changed":
            where = f"{problem.source_file}:{problem.line_offset}"
            findings.wrong("provenance_round_trip", where, f"{problem.run_id}: {problem.detail}")


def check_twins(work: Work, flags: Options, standing: Standing, findings: Findings) -> None:
    """Two fresh homes with the same recorded_at, in different processes; and the home itself beside them."""
    twins = []
    for number in range(2):
        work.progress(f"running everything, {number + 1} of 2", 0, 0)
        options = msgspec.structs.replace(flags, workers=1 if number == 0 else max(2, flags.workers))
        twins.append(made_by(work, options, number))
    judge(twins, standing, findings)


def judge(twins: Sequence[Twin], standing: Standing, findings: Findings) -> None:
    """Each for itself, beside the other, and beside what stands there."""
    for twin in twins:
        findings.see("second_run_writes_nothing", twin.again == "skipped", "second run", twin.again)
        findings.looked("second_run_writes_nothing", len(twin.files))
        for name in twin.changed:
            findings.wrong("second_run_writes_nothing", name, "changed by a second run")
        findings.see("no_model_asked", not twin.loaded, "a run", f"it loaded {', '.join(twin.loaded)}")
    compare(twins[0], twins[1], findings)
    check_standing(twins[0], standing, findings)


def compare(one: Twin, other: Twin, findings: Findings) -> None:
    """File by file."""
    findings.see("twice_the_same_bytes", one.status == "done", "first run", one.reason)
    findings.see("twice_the_same_bytes", one.inputs == other.inputs, "input", "it changed while this was checked")
    for name in sorted({*one.files, *other.files}):
        same = one.files.get(name) == other.files.get(name)
        findings.see("twice_the_same_bytes", same, name, "the two runs differ")


def check_standing(twin: Twin, standing: Standing, findings: Findings) -> None:
    """What stands there, beside what a fresh run makes of what is known now; up to the first stage that moved on."""
    collected = standing.get("collect")
    missing = [key.removeprefix(MISSING) for key in (collected.counts.totals if collected else ()) if MISSING in key]
    if missing:
        for name in ("up_to_date", "incremental_is_full"):
            findings.not_checked(name, f"the file of {', '.join(missing)} is not there, so nothing can be made afresh")
        return
    for stage, made_of in twin.inputs.items():
        receipt = standing.get(stage)
        said = receipt and msgspec.json.encode([receipt.input_hash, receipt.settings, receipt.versions]).decode()
        told = "it never ran" if receipt is None else "answers, settings or rules changed since"
        findings.see("up_to_date", said == made_of, stage, f"{told}; `nightschool evidence run` brings it up to date")
        if receipt is None or said != made_of:
            return
        same = receipt.content_hash == twin.contents[stage]
        findings.see("incremental_is_full", same, stage, "a fresh run makes something else")
