"""`nightschool evidence`: from what happened to datasets, and what stands in them and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from core.cli import evidence_flags as flags
from core.cli.evidence_receipts import receipts
from core.cli.evidence_words import tell_acceptance, tell_run
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, say
from core.evidence.receipts import Receipts
from core.evidence.run import Outcome, run
from core.evidence.stage import STAGES, StageName

EXPORT = "export-"
DATASETS = tuple(stage.removeprefix(EXPORT) for stage in STAGES if stage.startswith(EXPORT))


@click.group(invoke_without_command=True)
@click.pass_context
def evidence(context: click.Context) -> None:
    """Turn what was asked and rated into evidence and datasets, with receipts."""
    if context.invoked_subcommand is None:
        what_stands()


def what_stands() -> None:
    """The newest run, or what to do first."""
    place = home()
    newest = Receipts(place.receipts).newest
    if newest is not None:
        say((place.receipts / "latest.md").read_text(encoding="utf-8"))
        note("Bring it up to date with: nightschool evidence run")
        return
    with opened(place) as database:
        say(what_to_do(database.counts().traces, len(database.sources.all())))


def what_to_do(traces: int, sources: int) -> str:
    if traces or sources:
        return "No evidence was collected yet. Do it with: nightschool evidence run"
    return (
        "Nothing is recorded yet, so there is nothing to collect. Ask something (nightschool ask) and rate it"
        " (nightschool feedback), or bring logs of another tool: nightschool import FORMAT PATH"
    )


def finish(outcome: Outcome, as_json: bool) -> int:
    """Prints what came of it; the exit status."""
    if as_json:
        emit_json(document(outcome))
    else:
        tell_run(outcome)
    return 1 if outcome.status == "failed" else 0


def document(outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints of a run."""
    return {
        "status": outcome.status,
        "reason": outcome.reason,
        "dry_run": outcome.dry_run,
        "run": outcome.summary,
        "drift": outcome.drift,
        "stages": outcome.receipts,
    }


def staged(stages: Sequence[StageName], as_json: bool, given: dict[str, Any]) -> int:
    with flags.working(given) as work:
        outcome = run(work, stages)
        nothing = not as_json and not work.database.counts().traces and not work.database.sources.all()
    status = finish(outcome, as_json)
    if nothing:
        note(what_to_do(0, 0))
    return status


@evidence.command("run")
@flags.common
@flags.include_partial
@flags.include_review
@flags.min_reward
@as_json
def run_(as_json: bool, **given: Any) -> int:
    """Collect, score, screen and export everything that is new, and write receipts."""
    return staged(STAGES, as_json, given)


@evidence.command()
@flags.common
@as_json
def collect(as_json: bool, **given: Any) -> int:
    """Only collect: traces and registered streams become evidence."""
    return staged(("collect",), as_json, given)


@evidence.command()
@flags.common
@as_json
def score(as_json: bool, **given: Any) -> int:
    """Only score what was collected."""
    return staged(("score",), as_json, given)


@evidence.command()
@flags.common
@flags.include_review
@as_json
def screen(as_json: bool, **given: Any) -> int:
    """Only look for secrets, personal data, leaks of the benchmark and near-duplicates."""
    return staged(("screen",), as_json, given)


@evidence.command()
@click.option("--only", multiple=True, type=click.Choice(DATASETS), help="Only this dataset; may be given again.")
@flags.common
@flags.include_partial
@flags.include_review
@flags.min_reward
@as_json
def export(only: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Only make the datasets of what was collected, scored and screened."""
    wanted = [stage for stage in STAGES if stage.removeprefix(EXPORT) in (only or DATASETS)]
    return staged(wanted, as_json, given)


@evidence.command()
@flags.workers
@as_json
def acceptance(as_json: bool, workers: int | None) -> int:
    """Hold everything that stands there against the laws, by named checks; exit status 1 when one is red."""
    from core.evidence.acceptance import CHECKS, accept

    with flags.working({"workers": workers}) as work:
        found = accept(work)
    if as_json:
        emit_json(found)
    else:
        tell_acceptance(found, CHECKS)
    return 0 if found.passed else 1


evidence.add_command(receipts)
