"""`nightschool traces`: what was recorded, read straight from the database."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from core.cli.given import sound
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note, one_line, say, table
from core.cli.remote import connect
from core.cli.reports import question_of, verdict_line
from core.database import Database, Label
from core.forget.deleted import WAIT_S, behind, clean_deleted
from core.records import Feedback, Trace

LIMIT = click.IntRange(1, 10_000)


@click.group()
def traces() -> None:
    """Read, search and delete what was recorded."""


@traces.command("list")
@click.option("--limit", type=LIMIT, default=20, show_default=True, help="How many.")
@click.option("--after", metavar="ID", help="Those that come after this one in the list.")
@click.option("--conversation", metavar="ID", help="Of this conversation only.")
@click.option("--client", help="Asked by this client only.")
@click.option("--oldest-first", is_flag=True, help="From the beginning.")
@as_json
def list_(
    limit: int, after: str | None, conversation: str | None, client: str | None, oldest_first: bool, as_json: bool
) -> None:
    """The newest first."""
    with opened(home()) as database:
        found = database.traces.list(
            limit=limit,
            after=after,
            order="asc" if oldest_first else "desc",
            conversation_id=conversation,
            client=client,
        )
        show_many(database, found, as_json, 'Nothing was recorded yet. Begin with: nightschool ask "..."')


@traces.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=LIMIT, default=20, show_default=True, help="How many.")
@as_json
def search(text: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Traces that hold every word of TEXT, in the question or the answer."""
    with opened(home()) as database:
        found = database.traces.search(sound(" ".join(text)), limit)
        show_many(database, found, as_json, "No recorded question or answer holds these words.")


@traces.command()
@click.argument("trace_id", metavar="ID|last")
@as_json
def show(trace_id: str, as_json: bool) -> None:
    """One trace, whole: how it was asked, answered, checked and rated."""
    with opened(home()) as database:
        trace = database.traces.last() if trace_id == "last" else database.traces.get(trace_id)
        label, said = database.feedback.label(trace.id), database.feedback.for_trace(trace.id)
    if as_json:
        emit_json({**msgspec.to_builtins(trace), "label": label, "feedback": said})
    else:
        show_one(trace, label, said)


@traces.command()
@click.argument("trace_id", metavar="ID")
@as_json
def delete(trace_id: str, as_json: bool) -> None:
    """Delete a trace: from database, full text, feedback, index, backups, evidence and datasets."""
    place = home()
    remote = connect(place)
    with opened(place) as database:
        # Known to exist, so that what goes into a path below is an id of ours and nothing else.
        database.traces.get(trace_id)
        if remote is None:
            database.traces.delete(trace_id)
            clean_deleted(place, database, wait_s=WAIT_S)
        else:
            with contextlib.closing(remote):
                remote.delete(f"/v1/chat/completions/{trace_id}")
        waits = behind(database)
    if as_json:
        emit_json({"id": trace_id, "deleted": True})
    else:
        everywhere = "" if waits else ", and from evidence and datasets"
        say(f"{trace_id} is deleted, with its feedback, from the database, its backups and the index{everywhere}.")
    if waits:
        note("The evidence is being worked on just now: it leaves evidence and datasets as soon as that has ended.")


def show_many(database: Database, found: Sequence[Trace], as_json: bool, empty: str) -> None:
    labels = [database.feedback.label(trace.id) for trace in found]
    if as_json:
        emit_json([row(trace, label) for trace, label in zip(found, labels, strict=True)])
    elif not found:
        say(empty)
    else:
        rows = (
            (
                trace.id,
                minute(trace.created_at),
                trace.client,
                label.verdict,
                one_line(question_of(trace)),
            )
            for trace, label in zip(found, labels, strict=True)
        )
        table(("id", "when (UTC)", "client", "verdict", "question"), rows)


def minute(stamp: str) -> str:
    return stamp[:16].replace("T", " ")


def row(trace: Trace, label: Label) -> dict[str, Any]:
    return {
        "id": trace.id,
        "created_at": trace.created_at,
        "client": trace.client,
        "conversation_id": trace.conversation_id,
        "agent": trace.agent,
        "model": trace.model,
        "variant": trace.variant,
        "origin": trace.origin,
        "question": question_of(trace),
        "response": trace.response,
        "finish_reason": trace.finish_reason,
        "verdict": label.verdict,
        "reward": label.reward,
    }


def show_one(trace: Trace, label: Label, said: Sequence[Feedback]) -> None:
    for message in trace.messages:
        say(f"{message.role}: {message.content or ''}")
    say(f"assistant: {trace.response}")
    say()
    usage = trace.usage
    facts = {
        "id": trace.id,
        "when": trace.created_at,
        "asked by": trace.client,
        "conversation": trace.conversation_id or "-",
        "answered by": f"{trace.model or '-'} ({trace.variant}), agent {trace.agent}",
        "kind": f"{trace.query_class}, {trace.complexity}",
        "ended": trace.finish_reason or "still being made",
        "tokens": f"{usage.prompt_tokens} in ({usage.cached_tokens} of them cached), {usage.completion_tokens} out",
        "time": milliseconds(trace),
        "past work": ", ".join(piece.trace_id for piece in trace.retrieved if piece.injected) or "none",
        "checks": verdict_line(trace),
        "verdict": f"{label.verdict}{'' if label.reward is None else f' (reward {label.reward:.2f})'}",
    }
    if trace.error:
        facts["error"] = trace.error
    table(("", ""), facts.items())
    for statement in said:
        note(f"{statement.created_at[:16]} {statement.source} {statement.metric}: {describe(statement)}")


def milliseconds(trace: Trace) -> str:
    if trace.duration_ms is None:
        return "-"
    first = "" if trace.ttft_ms is None else f", first word after {trace.ttft_ms:.0f} ms"
    return f"{trace.duration_ms:.0f} ms{first}"


def describe(statement: Feedback) -> str:
    """The value, and what was said with it."""
    extras = [part for part in (statement.comment, statement.correction) if part]
    if statement.value is None:
        return " · ".join(extras) or "taken back"
    value = {True: "up", False: "down"}[statement.value] if isinstance(statement.value, bool) else str(statement.value)
    return " · ".join([value, *extras])
