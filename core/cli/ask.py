"""`nightschool ask`: one question, streamed."""

from __future__ import annotations

import click

from core.cli import asking
from core.cli.given import Number, stdin_is_piped, stdin_text, text_or_stdin
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, note
from core.cli.remote import session
from core.cli.reports import of_answer, verdict_line
from core.clock import new_id
from core.paths import Home
from core.records import Trace


@click.command()
@click.argument("text", nargs=-1)
@click.option("--agent", help="The agent that answers: direct, grounded, tools, or one of yours.")
@click.option("--conversation", metavar="ID", help="Continue this conversation, or begin one of this name.")
@click.option("--model", metavar="NAME", help="The student, where no server is running yet.")
@click.option("--no-retrieval", is_flag=True, help="Answer without past work (the baseline).")
@click.option("--allow-escalation", is_flag=True, help="Let the teacher answer where the checks fail.")
@click.option("--temperature", type=Number(0, 2), help="0 is always the likeliest word.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longest answer.")
@click.option("--seed", type=int, help="The same seed, the same answer.")
@as_json
def ask(
    text: tuple[str, ...],
    agent: str | None,
    conversation: str | None,
    model: str | None,
    no_retrieval: bool,
    allow_escalation: bool,
    temperature: float | None,
    max_tokens: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Ask TEXT, or what stands on stdin when TEXT is `-`."""
    place = home()
    conversation = conversation or new_id("conv_")
    with opened(place) as database:
        earlier = asking.history(database, conversation)
    question = asking.Question(question_text(text), history=earlier, conversation=conversation)
    question.options = {
        "agent": agent,
        "use_retrieval": False if no_retrieval else None,
        "allow_escalation": True if allow_escalation else None,
    }
    question.sampling = {"temperature": temperature, "max_tokens": max_tokens, "seed": seed}
    trace = answered(place, question, model, quiet=as_json)
    if as_json:
        emit_json(of_answer(trace))
    else:
        footer(trace)


def question_text(words: tuple[str, ...]) -> str:
    """The words given, or stdin for `-` (and for nothing, where stdin is no terminal)."""
    text = text_or_stdin(" ".join(words)) if words or not stdin_is_piped() else stdin_text()
    text = text.strip()
    if not text:
        raise click.UsageError('Nothing was asked. Try: nightschool ask "..."')
    return text


def answered(place: Home, question: asking.Question, model: str | None, *, quiet: bool) -> Trace:
    """Ask and show; returns what was recorded. A teacher's answer that took the student's place is shown after it."""
    said: list[str] = []

    def show(text: str) -> None:
        said.append(text)
        if not quiet:
            asking.show_piece(text)

    with session(place, model) as remote:
        trace = asking.recorded(place, asking.ask(remote, question, show))
    if not quiet:
        click.echo()
        if trace.escalation is not None and trace.response != "".join(said):
            note("The student's answer failed its checks. The teacher's:")
            asking.show_piece(f"{trace.response}\n")
    return trace


def footer(trace: Trace) -> None:
    note(verdict_line(trace))
    note(f"{trace.id} · rate it: nightschool feedback last up|down")
