"""`nightschool feedback`: what a person says of an answer."""

from __future__ import annotations

import contextlib
from typing import Any

import click
import msgspec

from core.cli.given import sound, text_or_stdin
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, one_line, say
from core.cli.remote import CLIENT, Remote, connect
from core.cli.reports import question_of
from core.clock import new_id, now, stamp
from core.database import Database, Label
from core.errors import NotFound
from core.paths import Home
from core.records import Feedback, Record, Trace

METRICS = ("thumb", "score", "demonstration")
WORDS = {"up": True, "down": False}
VERDICTS = {
    "accepted": "accepted: from now on it is shown to the student where it fits",
    "partially_accepted": "partly accepted: shown to the student as a warning",
    "rejected": "rejected: never shown to the student again",
    "needs_human_review": "open: nothing that counts was said of it",
}


class Statement(Record, frozen=True):
    """One thing said of one trace, in the terms of POST /v1/feedback."""

    metric: str
    value: bool | float | None = None
    """None takes back what was said in this metric, where it brings no comment or correction."""
    comment: str | None = None
    correction: str | None = None


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("trace_id", metavar="ID|last")
@click.argument("verdict", metavar="[up|down|0..1|clear]", required=False)
@click.option("--comment", metavar="TEXT", help="Why.")
@click.option("--correction", metavar="TEXT", help="The better answer; `-` reads it from stdin.")
@as_json
def feedback(trace_id: str, verdict: str | None, comment: str | None, correction: str | None, as_json: bool) -> None:
    """Rate an answer: up, down or a number from 0 to 1. `clear` takes back what was said.

    A correction rejects the answer that was given and is itself accepted. The latest statement counts.
    """
    if verdict is None and trace_id in (*WORDS, "clear"):
        raise click.UsageError(f"Which answer? Try: nightschool feedback last {trace_id}")
    comment = None if comment is None else sound(comment)
    correction = None if correction is None else text_or_stdin(correction)
    statements = understood(verdict, comment, correction)
    place = home()
    with opened(place) as database:
        trace = last_answer(database) if trace_id == "last" else database.traces.get(trace_id)
        ids = give(place, database, trace.id, statements)
        label = database.feedback.label(trace.id)
    if as_json:
        emit_json(report(trace, statements, ids, label))
    else:
        tell(trace, label)


def understood(verdict: str | None, comment: str | None, correction: str | None) -> list[Statement]:
    """What the arguments say. Raises UsageError where they say nothing, or not what they could mean."""
    if correction is not None and not correction.strip():
        raise click.UsageError("The correction is empty.")
    if verdict == "clear":
        if comment or correction:
            raise click.UsageError("`clear` takes back what was said; it has no comment or correction.")
        return [Statement(metric=metric) for metric in METRICS]
    if verdict in WORDS:
        return [Statement(metric="thumb", value=WORDS[verdict], comment=comment, correction=correction)]
    if verdict is not None:
        return [Statement(metric="score", value=score(verdict), comment=comment, correction=correction)]
    if correction is not None:
        return [Statement(metric="demonstration", correction=correction, comment=comment)]
    if comment:
        return [Statement(metric="comment", comment=comment)]
    raise click.UsageError("Say up, down, a number from 0 to 1, or clear; or give a --correction or a --comment.")


def score(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 <= (number := float(text)) <= 1:
            return number
    raise click.UsageError(f"{text!r} is not up, down, clear or a number from 0 to 1.")


def last_answer(database: Database) -> Trace:
    """The newest answer of this command line; of any client, where it gave none yet."""
    newest = database.traces.last()
    try:
        mine = database.traces.last(CLIENT)
    except NotFound:
        return newest
    if newest.id != mine.id:
        note(f"There is a newer answer, by {newest.client}: {newest.id}. `last` means the last one asked from here.")
    return mine


def give(place: Home, database: Database, trace_id: str, statements: list[Statement]) -> list[str]:
    """Through the server where one runs, so that it is retrievable at once; else into the database. Returns ids."""
    remote = connect(place)
    if remote is None:
        return [write(database, trace_id, statement) for statement in statements]
    with contextlib.closing(remote):
        return [send(remote, trace_id, statement) for statement in statements]


def write(database: Database, trace_id: str, statement: Statement) -> str:
    record = Feedback(
        id=new_id("fb-"),
        trace_id=trace_id,
        created_at=stamp(now()),
        **msgspec.structs.asdict(statement),
    )
    database.feedback.add(record)
    return record.id


def send(remote: Remote, trace_id: str, statement: Statement) -> str:
    body: dict[str, Any] = {"inference_id": trace_id, "metric_name": statement.metric, "value": statement.value}
    if statement.comment is not None:
        body["comment"] = statement.comment
    if statement.correction is not None:
        body["demonstration"] = statement.correction
    return str(remote.post("/v1/feedback", body)["feedback_id"])


def report(trace: Trace, statements: list[Statement], ids: list[str], label: Label) -> dict[str, Any]:
    said = statements[0]
    return {
        "id": ids[0],
        "trace_id": trace.id,
        "metric": said.metric if len(statements) == 1 else "clear",
        "value": said.value,
        "comment": said.comment,
        "correction": said.correction,
        "verdict": label.verdict,
        "label": label,
    }


def tell(trace: Trace, label: Label) -> None:
    say(f"{one_line(question_of(trace))} → {VERDICTS[label.verdict]}.")
    if label.verdict == "rejected" and label.answer is not None:
        say("Your correction is shown to the student in its place.")
    if label.answer is not None and trace.origin in ("replay", "benchmark"):
        note(
            f"This answer came from `{trace.origin}`; such answers are kept and counted, but never shown as past work."
        )
    note(f"{trace.id} · a mis-click is taken back with: nightschool feedback {trace.id} clear")
