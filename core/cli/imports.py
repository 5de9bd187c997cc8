"""`nightschool import`: chats of other programs, to learn from once you approved them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from core.cli.local import home, opened
from core.cli.long_work import progress_bar, stoppable
from core.cli.output import as_json, emit_json, note, table
from core.clock import now, stamp
from core.database import Database
from core.database.approval import approve as approve_review
from core.errors import BadRequest
from core.evidence.importers.bringing import Brought, Described, Wanted, bring_in
from core.evidence.importers.formats import FORMATS
from core.evidence.importers.registering import Registration, mapping_text, name_of, register
from core.evidence.importers.turns import moment
from core.records import Message

WORDS = {
    "read": "answers read",
    "repeated": "of these said twice in the file",
    "new": "new",
    "known": "here already",
    "forgotten": "deleted here earlier",
    "unlabelled": "new without a thumb or a correction",
    "undated": "new without a time of their own",
    "feedback": "thumbs, scores and corrections",
}


class GivenPath(click.Path):
    """A path that says something: an empty one, of a variable that is not set, would be the folder one stands in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx) if str(value) else self.fail("it is empty.", param, ctx)


@click.command("import")
@click.argument("format_name", metavar="FORMAT", type=click.Choice([*FORMATS, "jsonl"]))
@click.argument("path", metavar="PATH", type=GivenPath(path_type=Path))
@click.option("--mapping", metavar="FILE", help="How rows of `jsonl` are read: TOML, or a name.")
@click.option("--name", metavar="NAME", help="Name of the `jsonl` source; else the mapping's.")
@click.option("--recorded-at", metavar="TIME", help="The time of the import (ISO-8601); else now.")
@click.option("--approve", is_flag=True, help="Approve it at once: it may be learned from.")
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@as_json
def import_(
    format_name: str,
    path: Path,
    mapping: str | None,
    name: str | None,
    recorded_at: str | None,
    approve: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import chats of another program.

    FORMAT says which program wrote PATH: a file, or a folder of such files. What was imported waits for your review;
    only once you approved it is it learned from. A second import of the same file changes nothing.
    """
    if (mapping is not None) != (format_name == "jsonl") or (name is not None and mapping is None):
        raise BadRequest("FORMAT jsonl needs --mapping, and no other takes it or --name.", param="mapping")
    wanted = Wanted(
        format=format_name,
        path=path.absolute(),
        # A stream's path is kept beside its name. An import has no other, and `evidence health` looks into it later.
        source_file=str(path.absolute() if mapping is None else path),
        recorded_at=checked_time(recorded_at),
        dry_run=dry_run,
    )
    with opened(home()) as database:
        with stoppable() as cancelled, progress_bar(hidden=as_json) as progress:
            if mapping is None:
                brought = bring_in(home(), database, wanted, describe=described, progress=progress, cancelled=cancelled)
            else:
                stream = registration(wanted, mapping, name)
                brought = register(database, stream, progress=progress, cancelled=cancelled)
        approved = approve and approved_now(database, brought)
        waiting = not approved and is_waiting(database, brought)
        tell(wanted, brought, approved, next_step(wanted, brought, approved, waiting, approve), as_json)
    if brought.cancelled:
        sys.exit(130)


def registration(wanted: Wanted, mapping: str, name: str | None) -> Registration:
    """Of a stream that is read in place."""
    return Registration(
        name=name or name_of(mapping),
        path=wanted.path,
        source_file=wanted.source_file,
        mapping=mapping_text(mapping),
        recorded_at=wanted.recorded_at,
        dry_run=wanted.dry_run,
    )


def checked_time(text: str | None) -> str:
    """The stamp of a time that was given, or of now."""
    if text is None:
        return stamp(now())
    found = moment(text)
    if found is None:
        raise BadRequest(f"{text} is no time.", param="recorded_at", hint="Write it like 2026-04-27T00:00:00Z.")
    return found


def described(messages: Sequence[Message]) -> Described:
    """Class, complexity and hash of the task, by the same rules as for what is asked here."""
    from core.policy.classify import classify, task_text
    from core.replay.task import task_hash

    query_class, complexity = classify(messages)
    return Described(query_class=query_class, complexity=complexity, task_hash=task_hash(task_text(messages)))


def approved_now(database: Database, brought: Brought) -> bool:
    """False where there is nothing to approve, or not all of it is in."""
    if brought.review_id is None or brought.cancelled:
        return False
    approve_review(database, brought.review_id, now=now())
    return True


def is_waiting(database: Database, brought: Brought) -> bool:
    """Whether the person has yet to decide about it."""
    return brought.review_id is not None and database.reviews.get(brought.review_id).state == "pending"


def tell(wanted: Wanted, brought: Brought, approved: bool, step: str, as_json: bool) -> None:
    if as_json:
        skipped = {name.removeprefix("skipped:"): n for name, n in brought.counts.items() if name.startswith("skipped")}
        counts = {name: brought.counts.get(name, 0) for name in WORDS}
        emit_json(
            {
                "format": wanted.format,
                "source_file": wanted.source_file,
                "import_id": brought.import_id,
                "review_id": brought.review_id,
                "approved": approved,
                "dry_run": wanted.dry_run,
                "cancelled": brought.cancelled,
                **counts,
                "skipped": skipped,
            }
        )
        return
    rows = [(WORDS[name], brought.counts[name]) for name in WORDS if brought.counts.get(name)]
    skipped_rows = [
        (f"skipped: {name.removeprefix('skipped:').replace('_', ' ')}", count)
        for name, count in sorted(brought.counts.items())
        if name.startswith("skipped:")
    ]
    table(("", ""), [*rows, *skipped_rows])
    note(step)


def next_step(wanted: Wanted, brought: Brought, approved: bool, waiting: bool, asked: bool) -> str:
    """What the person may do now. asked: whether to approve it."""
    if brought.cancelled:
        return "Stopped. What was written stays; the same command goes on from there."
    if wanted.dry_run:
        return "Nothing was written."
    if approved:
        return "Approved: what was found good in it may be learned from."
    new = "" if brought.counts.get("new") else "Nothing new. "
    if asked and not waiting:
        return f"{new}There was nothing to approve: answers that came with another import are approved with that one."
    if not waiting:
        return new.strip()
    return f"{new}It waits for you: approve it in the review window, or with the same command and --approve."
