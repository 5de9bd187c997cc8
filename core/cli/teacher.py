"""`nightschool teacher`: whether the teacher can be asked, tried with one real question."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import Any, get_args

import click
import msgspec

from core import config as settings
from core.cli.local import home
from core.cli.output import as_json, clean, complain, emit_json, say
from core.config import TeacherConfig
from core.errors import BadRequest, NightschoolError
from core.paths import Home
from core.records import Message
from core.teacher.wire import Provider

QUESTION = "Reply with the single word: ready"
MAX_TOKENS = 64
"""A few for the word, and some for those that think first."""
PURPOSE = "teacher test"


@click.group()
def teacher() -> None:
    """Try the teacher."""


@teacher.command()
@click.option("--provider", type=click.Choice(get_args(Provider)), help="Instead of the one that is set.")
@click.option("--model", help="Instead of the one that is set.")
@click.option("--base-url", help='Instead of the one that is set; "" is the provider\'s own.')
@click.option("--stop-with-stdin", is_flag=True, hidden=True, help="End when stdin closes.")
@as_json
def test(provider: str | None, model: str | None, base_url: str | None, stop_with_stdin: bool, as_json: bool) -> int:
    """Ask the teacher one short question, with the key of the keyring. Costs a few tokens; nothing is saved."""
    if stop_with_stdin:
        threading.Thread(target=end_with_stdin, name="stdin", daemon=True).start()
    place = home()
    given = {"provider": provider, "model": model, "base_url": base_url}
    try:
        report = asyncio.run(
            tried(place, chosen(place, {key: text for key, text in given.items() if text is not None}))
        )
    except NightschoolError as error:
        report = failure(error)
    if as_json:
        emit_json(report)
    elif report["ok"]:
        tokens = f"{report['prompt_tokens']} + {report['completion_tokens']} tokens"
        say(f"{report['answered_as']} answered in {report['latency_ms'] / 1000:.1f} s ({tokens}).")
    else:
        complain(f"{report['title']}: {clean(report['message'])}\n{clean(report['hint'])}".rstrip())
    return 0 if report["ok"] else 1


def chosen(place: Home, given: dict[str, str]) -> TeacherConfig:
    """The settings with what was given in their place, which is checked as if it were to be saved."""
    for name, text in given.items():
        if told := settings.check(f"teacher.{name}", text):
            raise BadRequest(told, param=name)
    return msgspec.structs.replace(settings.load(place).teacher, **given)


async def tried(place: Home, config: TeacherConfig) -> dict[str, Any]:
    """Raises what a teacher's client raises: none of it repeats what an endpoint said."""
    from core.privacy.egress_log import EgressLog
    from core.teacher.client import TeacherClient

    client = TeacherClient(config, EgressLog(place.egress_log))
    started = time.monotonic()
    asked = [Message(role="user", content=QUESTION)]
    reply = await client.ask(asked, purpose=PURPOSE, max_tokens=MAX_TOKENS)
    return {
        "ok": True,
        "provider": config.provider,
        "model": config.model,
        "answered_as": reply.model,
        "latency_ms": round((time.monotonic() - started) * 1000, 1),
        "prompt_tokens": reply.usage.prompt_tokens,
        "completion_tokens": reply.usage.completion_tokens,
    }


def failure(error: NightschoolError) -> dict[str, Any]:
    """`key_state` names what is wrong with the key, where it is the key."""
    return {
        "ok": False,
        "code": error.code,
        "key_state": getattr(error, "state", None),
        "title": error.title,
        "message": error.message,
        "hint": error.hint,
    }


def end_with_stdin() -> None:
    """Whoever started this is gone or has had enough: nothing is left to tell."""
    while os.read(0, 4096):
        pass
    os._exit(1)
