"""`nightschool evidence`: from what happened to datasets, and what stands in them and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from core.cli import evidence_flags as flags
from core.cli.evidence_receipts import receipts
from core.cli.evidence_words import headline, tell_acceptance, tell_handed_over, tell_health, tell_run, tell_stages
from core.cli.forget import finish_begun, forget
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, say
from core.evidence.receipts import Receipts
from core.evidence.run import Outcome, run
from core.evidence.stage import STAGES, StageName, Work
from core.forget.deleted import clean_deleted
from core.records import Role

EXPORT = "export-"
FORMATS = ("openai", "anthropic", "hf")
SAMPLE = 30
DATASETS = tuple(stage.removeprefix(EXPORT) for stage in STAGES if stage.startswith(EXPORT))


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def evidence(context: click.Context, as_json: bool) -> None:
    """Turn what was asked and rated into evidence and datasets, with receipts."""
    if context.invoked_subcommand is None:
        what_stands(as_json)


def what_stands(as_json: bool) -> None:
    """The newest receipt of each stage, or what to do first."""
    place = home()
    known = Receipts(place.receipts)
    standing = [receipt for receipt in map(known.latest, STAGES) if receipt is not None]
    if as_json:
        emit_json({"newest": known.newest, "stages": standing})
    elif known.newest is not None:
        tell_stages(standing)
        say(f"{headline(known.newest)}, recorded at {known.newest.recorded_at}")
        note("Bring it up to date with: nightschool evidence run")
    else:
        with opened(place) as database:
            say(what_to_do(database.counts().traces, len(database.sources.all())))


def what_to_do(traces: int, sources: int) -> str:
    if traces or sources:
        return "No evidence was collected yet. Do it with: nightschool evidence run"
    return (
        "Nothing is recorded yet, so there is nothing to collect. Ask something (nightschool ask) and rate it"
        " (nightschool feedback), or bring logs of another tool: nightschool import FORMAT PATH"
    )


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


After = Callable[[Work], dict[str, Any]]
"""What a command does with the finished datasets; what it answers is told beside the run."""


def staged(
    stages: Sequence[StageName], as_json: bool, given: dict[str, Any], after: After | None = None, *, asked: bool = True
) -> int:
    with flags.working(given) as work, deletions_followed(work):
        finish_begun(work.home, work.database)
        outcome = run(work, stages)
        more = after(work) if after is not None and outcome.status != "failed" else {}
        nothing = not work.database.counts().traces and not work.database.sources.all()
    if as_json:
        emit_json({**document(outcome), **more})
    else:
        tell_run(outcome)
        tell_handed_over(more, asked=asked)
        if nothing:
            note(what_to_do(0, 0))
    return 1 if outcome.status == "failed" else 0


@contextmanager
def deletions_followed(work: Work) -> Iterator[None]:
    """What is deleted while the evidence is worked on leaves it at the end, however that ends."""
    try:
        yield
    finally:
        clean_deleted(work.home, work.database)


@evidence.command("run", short_help="Make all that is new into datasets, with receipts.")
@flags.common
@flags.include_partial
@flags.include_review
@flags.min_reward
@as_json
def run_(as_json: bool, **given: Any) -> int:
    """Collect, score, screen and export everything that is new, and write receipts."""
    return staged(STAGES, as_json, given, handed_over_when_due, asked=False)


def handed_over_when_due(work: Work) -> dict[str, Any]:
    """`[export]`: examples role by role, as soon as there is enough work."""
    from core.evidence.roles import export_when_due

    again = msgspec.structs.replace(work, options=msgspec.structs.replace(work.options, full=False))
    return {"roles": export_when_due(again)}


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


@evidence.command(short_help="Only look for secrets, leaks and repetitions.")
@flags.common
@flags.include_review
@as_json
def screen(as_json: bool, **given: Any) -> int:
    """Only look for secrets, personal data, leaks of the benchmark and near-duplicates."""
    return staged(("screen",), as_json, given)


@evidence.command(short_help="Only make the datasets; hand over, other formats.")
@click.option("--only", multiple=True, type=click.Choice(DATASETS), help="Only this dataset; may be given again.")
@click.option("--roles", help="Then hand over new examples of these roles: coder,fixer,judge,assistant, or all.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Then write the datasets in this format, too.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The folder for it.")
@flags.limit
@flags.common
@flags.include_partial
@flags.include_review
@flags.min_reward
@as_json
def export(
    only: tuple[str, ...], roles: str | None, form: str | None, out: Path | None, as_json: bool, **given: Any
) -> int:
    """Only make the datasets of what was collected, scored and screened."""
    if (form is None) != (out is None):
        raise click.UsageError("--format and --out belong together.")
    chosen = roles_of(roles)
    wanted = [stage for stage in STAGES if stage.removeprefix(EXPORT) in (only or DATASETS)]

    def after(work: Work) -> dict[str, Any]:
        return {**roles_handed_over(work, chosen), **written_as(work, form, out)}

    return staged(wanted, as_json, given, after)


def roles_of(text: str | None) -> Sequence[Role]:
    """`coder,fixer` → both. Raises UsageError."""
    known: tuple[Role, ...] = get_args(Role)
    given = [part.strip() for part in (text or "").split(",") if part.strip()]
    if wrong := [part for part in given if part not in (*known, "all")]:
        raise click.UsageError(f"There is no role {wrong[0]}; there are {', '.join(known)}, and all.")
    return [role for role in known if role in given or "all" in given]


def roles_handed_over(work: Work, roles: Sequence[Role]) -> dict[str, Any]:
    if not roles:
        return {}
    from core.evidence.roles import export_roles

    return {"roles": export_roles(work, roles)}


def written_as(work: Work, form: Any, out: Path | None) -> dict[str, Any]:
    if form is None or out is None or work.options.dry_run:
        return {}
    from core.evidence.export.formats import write_as

    return {"written": write_as(work, form, out.absolute())}


@evidence.command("health", short_help="Find rows of a sample again in their sources.")
@click.option("--sample", type=click.IntRange(1), default=SAMPLE, show_default=True, help="Records of each source.")
@as_json
def health_(sample: int, as_json: bool) -> int:
    """Find source rows of a sample again, and tell how much of each source can be scored."""
    from core.evidence.health import health

    with flags.working({}) as work:
        found = health(work, sample)
    if as_json:
        emit_json({**msgspec.to_builtins(found), "sound": found.sound})
    else:
        tell_health(found)
    return 0 if found.sound else 1


@evidence.command(short_help="Hold all that stands there against the laws.")
@flags.workers
@as_json
def acceptance(as_json: bool, workers: int | None) -> int:
    """Hold everything that stands there against the laws, by named checks; exit status 1 when one is red."""
    from core.evidence.acceptance import CHECKS, accept

    with flags.working({"workers": workers}) as work, deletions_followed(work):
        found = accept(work)
    if as_json:
        emit_json(found)
    else:
        tell_acceptance(found, CHECKS)
    return 0 if found.passed else 1


evidence.add_command(receipts)
evidence.add_command(forget)
