"""What the commands of `nightschool evidence` have in common: flags, and a home that is open for their stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import click
import msgspec

from core import config as settings
from core.cli.local import home, opened
from core.cli.long_work import progress_bar, stoppable
from core.cli.output import note
from core.clock import now, stamp
from core.errors import BadRequest
from core.evidence.stage import Cancelled, Options, Work
from core.machine.processor import processor

Command = TypeVar("Command", bound=Callable[..., Any])
MOST_WORKERS = 8

dry_run = click.option("--dry-run", is_flag=True, help="Work everything out, write nothing.")
full = click.option("--full", is_flag=True, help="Read and make everything again, also what looks unchanged.")
include_partial = click.option("--include-partial", is_flag=True, help="SFT: partly accepted answers, too.")
include_review = click.option("--include-review", is_flag=True, help="RAG: what nobody judged yet, too.")
min_reward = click.option(
    "--min-reward", type=click.FloatRange(0, 1), help="Least reward of an example; else the setting export.min_reward."
)
limit = click.option(
    "--limit",
    type=click.IntRange(0),
    help="Most examples of a role at once; else the setting export.max_examples. 0: all.",
)
recorded_at = click.option(
    "--recorded-at",
    metavar="STAMP",
    help="UTC, as 2026-05-01T02:00:00Z, instead of now: for runs that can be repeated.",
)
workers = click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes that share the work; the result is the same."
)


def common(command: Command) -> Command:
    """Flags of everything that runs stages."""
    for option in (workers, full, recorded_at, dry_run):
        command = option(command)
    return command


def options(given: dict[str, Any], config: settings.Config) -> Options:
    """Flags as they were given; what was not comes from the settings, the clock and the machine. Raises BadRequest."""
    chosen = {name: value for name, value in given.items() if value is not None}
    chosen.setdefault("recorded_at", stamp(now()))
    chosen.setdefault("workers", min(processor().threads, MOST_WORKERS))
    chosen.setdefault("min_reward", config.export.min_reward)
    chosen.setdefault("limit", config.export.max_examples)
    try:
        return msgspec.convert(chosen, Options)
    except msgspec.ValidationError as error:
        wrong = "--recorded-at is no moment in UTC" if "recorded_at" in str(error) else str(error)
        raise BadRequest(f"{wrong}.", hint="It is written as 2026-05-01T02:00:00Z.") from error


@contextmanager
def working(given: dict[str, Any]) -> Iterator[Work]:
    """The home, opened for stages to work on; Ctrl-C stops them between two files, a second time at once."""
    place = home()
    config = settings.load(place)
    chosen = options(given, config)
    with ExitStack() as stack:
        database = stack.enter_context(opened(place))
        stopped = stack.enter_context(stoppable())
        progress = stack.enter_context(progress_bar())
        work = Work(home=place, database=database, config=config, options=chosen, progress=progress, cancelled=stopped)
        try:
            yield work
        except Cancelled:
            note("What was finished is kept, and nothing is half-written; the same command goes on from there.")
            raise KeyboardInterrupt from None
