"""`nightschool models download` and its kin: students from the model hub, and downloads that are not finished."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from core.cli.local import home
from core.cli.output import as_json, clean, emit_json, note, say, size, table
from core.errors import NightschoolError

if TYPE_CHECKING:
    from core.engine.fetch.download import Downloaded
    from core.engine.fetch.reference import Reference
    from core.engine.fetch.transfer import Limits, Progress

PAUSED = 130
GRACE_S = 2.0
"""How long a download that was told to stop may take before it is ended."""


@click.command()
@click.argument("model", metavar="REPO[:FILE]")
@click.option("--revision", default="", help="Branch, tag or commit; main where it is not given.")
@click.option("--name", default="", help="What to call the student; else after the file.")
@click.option("--stall-timeout", type=click.FloatRange(0.1, 3600), default=30.0, help="Seconds without a byte.")
@click.option("--tries", type=click.IntRange(0, 100), default=5, help="How often to go on after a stall or a cut.")
@click.option("--reserve-mib", type=click.IntRange(0), default=512, help="MiB that stay free on the disk.")
@click.option("--first-wait", type=click.FloatRange(0, 60), default=1.0, hidden=True)
@click.option("--json-progress", is_flag=True, help="Print JSON lines: progress, then done, paused or error.")
@click.option("--stop-with-stdin", is_flag=True, hidden=True, help="Pause when stdin closes, as its parent does.")
def download(
    model: str,
    revision: str,
    name: str,
    stall_timeout: float,
    tries: int,
    reserve_mib: int,
    first_wait: float,
    json_progress: bool,
    stop_with_stdin: bool,
) -> int:
    """Fetch a GGUF file from the model hub. Ctrl-C pauses; the same command goes on."""
    if stop_with_stdin:
        threading.Thread(target=pause_at_end_of_stdin, daemon=True, name="stdin").start()
    from core.engine.fetch.transfer import Limits

    limits = Limits(
        stall_s=stall_timeout, tries=tries, first_wait_s=first_wait, reserve_bytes=reserve_mib * 1024 * 1024
    )
    return (run_for_a_program if json_progress else run_for_a_person)(referred(model, revision), name, limits)


def referred(model: str, revision: str) -> Reference:
    from core.engine.fetch.reference import endpoint_from_environment, hosts_of, parse

    return parse(model, revision, hosts_of(endpoint_from_environment()))


def run_for_a_program(reference: Reference, name: str, limits: Limits) -> int:
    """One JSON line an event; the last one says how it ended, also where that is an error."""
    from core.engine.fetch.download import download as fetch

    try:
        done = fetch(home(), reference, name=name, limits=limits, report=emit_json)
    except NightschoolError as error:
        words = {"code": error.code, "title": error.title, "message": error.message, "hint": error.hint}
        emit_json({"error": {**words, "choices": getattr(error, "choices", ())}})
        return 1
    except KeyboardInterrupt:
        emit_json({"paused": True})
        return PAUSED
    emit_json({"done": done})
    return 0


def run_for_a_person(reference: Reference, name: str, limits: Limits) -> int:
    from core.engine.fetch.download import download as fetch

    try:
        with bar() as report:
            done = fetch(home(), reference, name=name, limits=limits, report=report)
    except KeyboardInterrupt:
        note("Paused. What came so far is kept; the same command goes on from there.")
        return PAUSED
    tell(done)
    return 0


def tell(done: Downloaded) -> None:
    proof = "SHA-256 as the hub says" if done.verified else "the hub tells no SHA-256: size and format were checked"
    say(f"{done.name}: {done.path} ({size(done.size)}; {proof})")
    note(f"Choose it with: nightschool models use {done.name}")


class bar:
    """A progress bar on stderr, with the rate, the time left, and why it waits."""

    def __enter__(self) -> Callable[[Progress], None]:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
        from rich.progress import Progress as Bars

        columns = (BarColumn(), DownloadColumn(binary_units=True), TransferSpeedColumn(), TimeRemainingColumn())
        self._bars = Bars(
            TextColumn("{task.description}", markup=False), *columns, console=Console(stderr=True), transient=True
        )
        self._bars.start()
        self._task = self._bars.add_task("asking", total=None)
        return self._report

    def _report(self, progress: Progress) -> None:
        text = clean(progress.note) or progress.stage
        self._bars.update(
            self._task, description=text, completed=progress.bytes, total=progress.size or None, refresh=True
        )

    def __exit__(self, *ended: object) -> None:
        self._bars.stop()


def pause_at_end_of_stdin() -> None:
    """Ends this process when its parent closes the pipe or dies; reading from the hub may be in the way, so at last
    it is ended as it is: whatever is on the disk then can be gone on from."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE_S)
    os._exit(PAUSED)


@click.command()
@as_json
def downloads(as_json: bool) -> None:
    """Downloads that are not finished."""
    from core.engine.fetch.parts import incomplete

    found = incomplete(home())
    if as_json:
        emit_json(found)
    elif not found:
        say("No download is unfinished.")
    else:
        rows = (
            (d.name, f"{size(d.bytes)} of {size(d.size)}", "running" if d.active else "paused", d.repo) for d in found
        )
        table(("name", "so far", "", "from"), rows)
        note("Go on with: nightschool models download REPO:FILE · throw away with: nightschool models discard NAME")


@click.command()
@click.argument("name")
def discard(name: str) -> None:
    """Throw an unfinished download away."""
    from core.engine.fetch.parts import discard as throw_away

    throw_away(home(), name)
    say(f"What came of {name} is deleted.")


@click.command()
@click.argument("model", metavar="REPO")
@click.option("--revision", default="", help="Branch, tag or commit; main where it is not given.")
@as_json
def files(model: str, revision: str, as_json: bool) -> None:
    """The GGUF files of a repository on the model hub."""
    from core.engine.fetch.hub import Hub
    from core.engine.fetch.reference import is_model

    reference = referred(model, revision)
    found = [listed for listed in Hub(home().egress_log).files(reference) if is_model(listed.path)]
    if as_json:
        emit_json(found)
    elif not found:
        say(f"{reference.repo} holds no GGUF file that can be a student.")
    else:
        table(("file", "size"), ((listed.path, size(listed.size)) for listed in found))
        note(f"Fetch one with: nightschool models download {reference.repo}:FILE")


@click.command()
@as_json
def catalogue(as_json: bool) -> None:
    """Well-known students that can be fetched."""
    from core.engine.fetch.catalogue import catalogue as read

    entries = read()
    if as_json:
        emit_json(entries)
        return
    table(
        ("name", "parameters", "about", "licence", "good for"),
        ((e.name, e.parameters, f"{e.size_gib:g} GiB", e.licence, e.purpose) for e in entries),
    )
    sys.stdout.flush()
    note(f"Fetch one with: nightschool models download {entries[0].reference}")
