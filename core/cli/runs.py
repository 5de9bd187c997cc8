"""`nightschool runs`: work that was done elsewhere, recorded with what is known of it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import click
import msgspec

from core.cli.given import Number, sound, stdin_text
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, say
from core.cli.remote import CLIENT, connect
from core.clock import new_id, now, stamp
from core.database.runs import RunReport
from core.errors import BadRequest
from core.records import Role

ROLES = click.Choice(Role.__args__)  # type: ignore[attr-defined]
COUNT = click.IntRange(min=0)


@click.group()
def runs() -> None:
    """Record work that was done elsewhere."""


@runs.command()
@click.argument("file", metavar="[FILE|-]", required=False)
@click.option("--task-slug", metavar="NAME", help="What was worked on.")
@click.option("--model-name", metavar="NAME", help="Which model did it.")
@click.option("--prompt-id", metavar="ID", help="Which prompt it was given.")
@click.option("--role", type=ROLES, help="What it acted as.")
@click.option("--prompt", metavar="TEXT", help="What was asked.")
@click.option("--output", metavar="TEXT", help="What came of it.")
@click.option("--conversation-id", metavar="ID", help="The conversation that it belongs to.")
@click.option("--compile-pass/--compile-fail", default=None, help="Whether it compiled.")
@click.option("--tests-passed", type=COUNT, help="How many tests passed,")
@click.option("--tests-total", type=COUNT, help="of how many.")
@click.option("--lint-errors", type=COUNT)
@click.option("--type-errors", type=COUNT)
@click.option("--schema-errors", type=COUNT)
@click.option("--boundary-errors", type=COUNT)
@click.option("--coverage-pct", type=Number(0, 100))
@click.option("--human-accept/--human-reject", default=None, help="What a person said of it.")
@click.option("--prompt-tokens", type=COUNT)
@click.option("--completion-tokens", type=COUNT)
@click.option("--cost-usd", type=Number(min=0))
@click.option("--duration-ms", type=Number(min=0))
@click.option("--reward", type=Number(0, 1), help="What its maker worked out; used where nothing else is known.")
@click.option("--error", metavar="TEXT", help="Why it failed.")
@as_json
def record(file: str | None, as_json: bool, **given: Any) -> None:
    """Record one run, from a JSON object in FILE (or stdin: `-`), from the options, or both; options win."""
    report = read_object(file) if file else {}
    named = {name: value for name, value in given.items() if value is not None}
    report |= {name: sound(value) if isinstance(value, str) else value for name, value in named.items()}
    if not report:
        raise click.UsageError("Nothing is told of the run. It needs at least --task-slug and --model-name.")
    run_id, label = deliver(checked(report))
    if as_json:
        emit_json({"run_id": run_id, "id": run_id, "label": label})
        return
    reward = label.get("reward")
    say(f"Recorded as {run_id}: {label['verdict']}{'' if reward is None else f', reward {reward:.2f}'}.")
    note("It may be learned from only after a review; it is never shown to the student unreviewed.")


def read_object(file: str) -> dict[str, Any]:
    """The JSON object in a file, or on stdin for `-`."""
    try:
        data = stdin_text().encode() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}.") from error
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"This is not one JSON object: {error}.") from error


def checked(report: dict[str, Any]) -> RunReport:
    """Raises BadRequest that names the field."""
    try:
        return msgspec.convert(report, RunReport)
    except msgspec.ValidationError as error:
        raise BadRequest(
            f"{str(error).replace('$.', '')}.", hint="`nightschool runs record --help` lists the fields."
        ) from error


def deliver(report: RunReport) -> tuple[str, dict[str, Any]]:
    """Through the server where one runs, else into the database. Returns the id and the label."""
    place = home()
    remote = connect(place)
    if remote is None:
        run_id = new_id("run-")
        with opened(place) as database:
            label = database.runs.record(report, trace_id=run_id, created_at=stamp(now()), client=CLIENT)
        return run_id, msgspec.to_builtins(label)
    with contextlib.closing(remote):
        answer = remote.post("/v1/runs", msgspec.to_builtins(report))
    return answer["run_id"], answer["label"]
