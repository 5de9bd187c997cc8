"""`nightschool data`: what is the person's, to take along; and what left the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, say, size, table
from core.errors import BadRequest

if TYPE_CHECKING:
    from core.privacy.egress_summary import EgressTotal


@click.group()
def data() -> None:
    """Take everything along that is yours; see what left this machine."""


@data.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@as_json
def export(path: Path, force: bool, as_json: bool) -> None:
    """Write everything that is yours into a zip: answers, feedback, reviews, settings, the log of what left."""
    from core.privacy.takeout import takeout

    if path.exists() and not force:
        raise BadRequest(f"{path} is there already.", hint="Choose another name, or replace it with --force.")
    with opened(place := home()) as database:
        written = takeout(place, database, path.absolute())
    if as_json:
        emit_json({"path": str(written.path), "bytes": written.bytes, "lines": written.lines})
        return
    say(f"{written.path}: {size(written.bytes)}, {written.lines['traces.jsonl']} answers")
    note("It is as private as your chats: nothing in it is redacted.")


@data.command()
@as_json
def egress(as_json: bool) -> None:
    """What left this machine: why, where to, how often, how much."""
    from core.privacy.egress_log import EgressLog
    from core.privacy.egress_summary import egress_summary

    totals = egress_summary(EgressLog(home().egress_log))
    if as_json:
        emit_json(totals)
    elif not totals:
        say("Nothing has left this machine.")
    else:
        table(("purpose", "where", "requests", "failed", "sent", "received", "last"), map(row, totals))


def row(total: EgressTotal) -> tuple[object, ...]:
    moved = size(total.bytes_sent), size(total.bytes_received)
    return total.purpose, total.host, total.requests, total.failed, *moved, total.last
