"""`nightschool models`: which GGUF is the student."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core import config as settings
from core.cli import downloads
from core.cli.local import home
from core.cli.output import as_json, emit_json, note, say, size, table
from core.cli.status import DEMO_NOTE
from core.engine import gguf_check
from core.engine.library import DEMO, FoundModel, Registry, find, known, resolve
from core.errors import BadRequest, NightschoolError
from core.paths import Home
from core.server import presence
from core.server.student import demo_student

CHOSEN = "models.chosen"


@click.group()
def models() -> None:
    """Choose the student; find models that other programs have."""


@models.command("list")
@as_json
def list_(as_json: bool) -> None:
    """The students that are known here, and which one is chosen."""
    place = home()
    chosen = chosen_name(place)
    rows = [described(model, chosen) for model in [*shipped(), *known(place)]]
    if chosen not in {row["name"] for row in rows}:
        rows.append(elsewhere(place, chosen))
    if as_json:
        emit_json(rows)
        return
    table(("name", "", "size", "from", ""), (line(row) for row in rows))
    note("Add your own with: nightschool models add PATH · see what other programs have: nightschool models find")


@models.command("find")
@as_json
def find_(as_json: bool) -> None:
    """GGUF files of Ollama, LM Studio, Jan, GPT4All and others, where they lie."""
    place = home()
    found = find(place.models)
    if as_json:
        emit_json([described(model, chosen_name(place)) for model in found])
    elif not found:
        say("No model was found on this machine. `nightschool models catalogue` shows what can be fetched.")
    else:
        table(
            ("name", "size", "from", "where"),
            (
                (f"{model.source}/{model.name}", size(model.size), model.source, f"{model.path} {model.note}".strip())
                for model in found
            ),
        )
        note("Choose one with: nightschool models use NAME. It is used where it lies; nothing is copied.")


@models.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it; else after the file.")
@as_json
def add(path: Path, name: str | None, as_json: bool) -> None:
    """Make a GGUF file known, where it lies."""
    entry = Registry(home()).add(path, name)
    if as_json:
        emit_json(entry)
    else:
        say(f"{entry.name}: {entry.path}")
        note(f"Choose it with: nightschool models use {entry.name}")


@models.command()
@click.argument("name")
@as_json
def use(name: str, as_json: bool) -> None:
    """Choose the student. Its file is checked first."""
    place = home()
    if Path(name).is_absolute() and Path(name).is_file():
        raise BadRequest(f"{name} is a file, not a name.", hint=f"Make it known first: nightschool models add {name}")
    path = demo_student() if name == DEMO else resolve(place, name).path
    header = gguf_check.check(path)
    settings.set_value(place, CHOSEN, "" if name == DEMO else name)
    running = presence.find(place) is not None
    if as_json:
        emit_json({"name": name, "path": str(path), "architecture": header.architecture, "restart_needed": running})
        return
    say(f"{name} is the student now.")
    if running:
        note("The running server takes it up when it is started again.")


@models.command()
@click.argument("name")
@as_json
def remove(name: str, as_json: bool) -> None:
    """Forget a model. Only a file in the home's own folder is deleted, never one of another program."""
    place = home()
    if name == DEMO:
        raise BadRequest("The demo student came with the program and stays.")
    if name == chosen_name(place):
        raise BadRequest(f"{name} is the student now.", hint=f"Choose another first: nightschool models use {DEMO}")
    removed = Registry(place).remove(name)
    if as_json:
        emit_json(removed)
    elif removed.deleted:
        say(f"{removed.name} is deleted: {removed.path}")
    else:
        say(f"{removed.name} is forgotten; its file stays: {removed.path}")


for command in (downloads.download, downloads.downloads, downloads.discard, downloads.files, downloads.catalogue):
    models.add_command(command)


def chosen_name(place: Home) -> str:
    return settings.load(place).models.chosen or DEMO


def shipped() -> list[FoundModel]:
    """The demo student, where it is there."""
    try:
        path = demo_student()
    except NightschoolError:
        return []
    return [FoundModel(name=DEMO, path=path, source="shipped", size=path.stat().st_size, note=DEMO_NOTE)]


def elsewhere(place: Home, name: str) -> dict[str, Any]:
    """The chosen model, where it is one of another program, or a file, or gone."""
    try:
        return {**described(resolve(place, name), name), "name": name, "chosen": True}
    except NightschoolError as error:
        return {"name": name, "path": "", "source": "missing", "size_bytes": 0, "chosen": True, "note": error.message}


def line(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["name"], "chosen" if row["chosen"] else "", size(row["size_bytes"]), row["source"], row["note"])


def described(model: FoundModel, chosen: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "path": str(model.path),
        "source": model.source,
        "size_bytes": model.size,
        "chosen": chosen in (model.name, f"{model.source}/{model.name}"),
        "note": model.note,
    }
