"""`nightschool evidence forget`: shows what would go, asks, forgets, and says whether it is gone from every byte."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
import msgspec

from core.cli import evidence_flags as flags
from core.cli.local import home, opened
from core.cli.long_work import progress_bar, stoppable
from core.cli.output import as_json, emit_json, note, say, table
from core.clock import now
from core.database import Database
from core.errors import BadRequest
from core.evidence.records import Stamp
from core.forget.intents import Intents
from core.forget.records import Kind, Plan, Receipt, Target
from core.paths import Home

KINDS = ("trace", "conversation", "words", "source")
HEADINGS = {
    "gone everywhere": "Gone everywhere.",
    "still stands": "It still stands in places.",
    "not proved": "Forgotten, but that could not be proved.",
}


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("what", required=False)
@click.option("--only", is_flag=True, help="Leave what goes on from it, was shown it or holds the same words.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@flags.dry_run
@flags.recorded_at
@as_json
def forget(
    kind: Kind, what: str | None, only: bool, yes: bool, dry_run: bool, recorded_at: str | None, as_json: bool
) -> int:
    """Forget a trace, a conversation, words or a source, everywhere.

    WHAT is a trace's id or `last`, a conversation's id, any words (a name), or the name of a stream or id of an
    import. Words that are not given here are asked for, and stay out of the shell's history. What was interrupted is
    finished first.
    """
    from core.forget.forget import Forgetting

    at = moment(recorded_at)
    if as_json and not (yes or dry_run):
        raise BadRequest("With --json nothing can be asked.", hint="Add --dry-run to look, or --yes to do it.")
    value = what if what is not None else click.prompt(f"Which {kind}", err=True)
    with opened(place := home()) as database:
        if kind == "trace" and value == "last":
            value = database.traces.last().id
        target = Target(kind=kind, value=value, only=only)
        if dry_run or not yes:
            with progress_bar() as progress:
                plan = Forgetting(place, database, progress=progress).plan(target, now=at)
            if dry_run:
                return shown(plan, as_json)
            tell_plan(plan)
            question = "Search every file for it, too" if plan.is_empty else "Forget all of this? It cannot be undone"
            click.confirm(question, abort=True, err=True)
        with stoppable() as stopped, progress_bar() as progress:
            receipt = Forgetting(place, database, progress=progress, cancelled=stopped).forget(target, now=at)
    tell_unreadable(place)
    return finish(receipt, as_json)


def finish_begun(place: Home, database: Database) -> None:
    """Takes up a forgetting that was interrupted, and says so."""
    if Intents(place).wait():
        from core.forget.forget import Forgetting

        for receipt in Forgetting(place, database).finish(now=now()):
            note(f"A forgetting that was interrupted was finished: receipts/forget/{receipt.id}.json")
    tell_unreadable(place)


def tell_unreadable(place: Home) -> None:
    """Until somebody takes the file away: nobody else knows what they wanted to be forgotten."""
    for path in Intents(place).unreadable():
        note(
            f"A forgetting was begun that cannot be read: {path.relative_to(place.root)}. Forget the same again, then"
            " delete that file."
        )


def moment(recorded_at: str | None) -> datetime:
    """Raises BadRequest."""
    if recorded_at is None:
        return now()
    try:
        return datetime.fromisoformat(msgspec.convert(recorded_at, Stamp))
    except (msgspec.ValidationError, ValueError) as error:
        raise BadRequest("--recorded-at is no moment in UTC.", hint="It is written as 2026-05-01T02:00:00Z.") from error


def shown(plan: Plan, as_json: bool) -> int:
    emit_json(plan) if as_json else tell_plan(plan)
    return 0


def finish(receipt: Receipt, as_json: bool) -> int:
    emit_json(receipt) if as_json else tell_receipt(receipt)
    return 1 if receipt.state == "still stands" else 0


def tell_plan(plan: Plan) -> None:
    if plan.is_empty:
        say("Nothing of it is here.")
        return
    rows: list[tuple[Any, Any]] = [(f"traces: {why}", count) for why, count in plan.traces.items()]
    rows += [(place, count) for place, count in plan.places.items() if place != "traces"]
    rows += [("stream", name) for name in plan.sources] + [("adapter to train again", name) for name in plan.adapters]
    table(("what would go", ""), rows)
    if plan.found_as:
        note("Found as: " + ", ".join(f"{form} ({count})" for form, count in plan.found_as.items()))
    for path in plan.by_hand:
        note(f"{path} holds it too. You wrote that by hand: it is not changed.")
    for path in plan.outside:
        note(f"{path} is your own file: it is left as it is, and not read for this again.")


def tell_receipt(receipt: Receipt) -> None:
    say(HEADINGS[receipt.state])
    if went := [(place, count) for place, count in receipt.removed.items() if count]:
        table(("what went", ""), went)
    else:
        note("Nothing of it was here.")
    for one in receipt.standing:
        say(f"Still in {one.place}: {one.why}.")
    for one in receipt.not_searched:
        note(f"Not searched: {one.place}: {one.why}.")
    for name, job in zip(receipt.adapters, receipt.jobs, strict=True):
        note(f"Adapter {name} was trained on it: {job} is queued.")
    for name in receipt.adapters_unknown:
        note(f"Adapter {name} does not say what it was trained on.")
    for path in receipt.outside:
        note(f"{path} is your own file: it was left as it is.")
    note(f"Receipt: receipts/forget/{receipt.id}.json")
