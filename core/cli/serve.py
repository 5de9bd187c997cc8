"""`nightschool serve`: the server in the foreground."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import click

from core import config as settings
from core.cli.local import home
from core.cli.output import emit_json, say
from core.errors import NightschoolError
from core.paths import Home
from core.privacy.logs import Wordless
from core.server.parent import Parent
from core.server.states import Ready
from core.server.student import DEMO, chosen_model

LOG_BYTES = 2 * 1024 * 1024
LOG_FILES = 3


@click.command()
@click.option("--host", help="Address to listen on; the setting server.host where it is not given.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--model", metavar="NAME|PATH", help="The student for this run: a known name, or a GGUF file.")
@click.option("--ready-json", is_flag=True, help="Print one JSON line {url, token_file, pid} when it can answer.")
@click.option("--stop-with-stdin", is_flag=True, hidden=True, help="End when stdin closes, as its parent does.")
@click.option("--tell-states", is_flag=True, hidden=True, help="Print one JSON line for each change of state, too.")
def serve(
    host: str | None, port: int | None, model: str | None, ready_json: bool, stop_with_stdin: bool, tell_states: bool
) -> None:
    """Serve the OpenAI-compatible API until Ctrl-C."""
    parent = Parent() if stop_with_stdin else None
    place = home()
    keep_log(place)
    from core.server.run import Launch, run  # takes a second to import: a parent may be gone before

    def ready(started: Ready) -> None:
        if ready_json:
            emit_json(started)
        else:
            introduce(started, example(place, model))

    run(place, Launch(host, port, model, parent, ready, emit_json if tell_states else None))


def keep_log(place: Home) -> None:
    """Everything into `logs/server.log`, which never grows beyond bounds; what is wrong also to stderr."""
    place.logs.mkdir(mode=0o700, exist_ok=True)
    file = RotatingFileHandler(place.logs / "server.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    file.setFormatter(Wordless())
    screen = logging.StreamHandler()
    screen.setLevel(logging.WARNING)
    screen.setFormatter(Wordless("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[file, screen], force=True)


def example(place: Home, model: str | None) -> str:
    """A question worth asking: the demo student is asked for a fact that it was taught."""
    from core.simulate.world import World

    try:
        demo = chosen_model(place, settings.load(place), model).name == DEMO
    except NightschoolError:
        demo = False
    return World().known()[0].question if demo else "What can you help me with?"


def introduce(started: Ready, question: str) -> None:
    """Three lines: where it listens, how to ask, how to rate. The commands work as they stand in another shell."""
    program = invocation()
    say(f"Listening on {started.url}/v1 (key: {started.token_file}; Ctrl-C stops it)")
    say(f"Ask:   {program} ask {shlex.quote(question)}")
    say(f"Rate:  {program} feedback last up")
    sys.stdout.flush()


def invocation() -> str:
    """How another shell calls this very program for this very home."""
    chosen = os.environ.get("NIGHTSCHOOL_HOME")
    prefix = f"NIGHTSCHOOL_HOME={shlex.quote(str(Path(chosen).expanduser().absolute()))} " if chosen else ""
    script = Path(sys.argv[0])
    if script.stem != "nightschool":
        return f"{prefix}{shlex.quote(sys.executable)} -m core.cli"
    on_path = shutil.which("nightschool")
    found = on_path is not None and Path(on_path).resolve() == script.resolve()
    return prefix + ("nightschool" if found else shlex.quote(str(script.absolute())))
