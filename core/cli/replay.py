"""`nightschool replay`: one task, answered with all that was found for it laid open."""

from __future__ import annotations

import click

from core.cli import asking
from core.cli.ask import answered
from core.cli.given import sound
from core.cli.local import home
from core.cli.output import as_json, emit_json, note, say, table
from core.cli.reports import of_replay, verdict_line
from core.records import Trace


@click.command()
@click.option("--task", required=True, help="The task, in words.")
@click.option("--agent", help="The agent that answers.")
@click.option("--local-only", is_flag=True, help="Never ask the teacher, whatever the settings say.")
@click.option("--allow-escalation", is_flag=True, help="Let the teacher answer where the checks fail.")
@click.option("--no-retrieval", is_flag=True, help="Answer without past work (the baseline).")
@as_json
def replay(
    task: str,
    agent: str | None,
    local_only: bool,
    allow_escalation: bool,
    no_retrieval: bool,
    as_json: bool,
) -> None:
    """Answer a task and show what it was made from: past work, distances, checks."""
    if local_only and allow_escalation:
        raise click.UsageError("--local-only and --allow-escalation exclude each other.")
    task = sound(task).strip()
    if not task:
        raise click.UsageError("The task is empty.")
    question = asking.Question(task)
    question.options = {
        "agent": agent,
        "use_retrieval": False if no_retrieval else None,
        "allow_escalation": True if allow_escalation else False if local_only else None,
        "origin": "replay",
    }
    trace = answered(home(), question, None, quiet=as_json)
    if as_json:
        emit_json(of_replay(trace))
    else:
        lay_open(trace)


def lay_open(trace: Trace) -> None:
    """The bundle as a table, and the checks."""
    say()
    if trace.retrieved:
        rows = (
            (
                item.trace_id,
                item.kind,
                "-" if item.distance is None else f"{item.distance:.3f}",
                f"{item.score:.4f}",
                "yes" if item.injected else "no",
            )
            for item in trace.retrieved
        )
        table(("past work", "kind", "distance", "score", "shown to the student"), rows)
    else:
        say("No past work was found for this.")
    say(f"retrieval {trace.retrieval_mode} · task {trace.task_hash or '-'}")
    note(verdict_line(trace))
    note(f"{trace.id} · recorded as a replay: it can be rated, but is never shown as past work itself")
