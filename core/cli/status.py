"""`nightschool status`: what is recorded, and what is running."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import click

from core import __version__
from core import config as settings
from core.cli.local import home, opened
from core.cli.output import as_json, emit_json, say, table
from core.cli.remote import connect
from core.clock import now
from core.engine import gguf_check
from core.engine.records import BASE
from core.errors import NightschoolError
from core.evidence.receipts import Receipts
from core.paths import Home
from core.replay.saved_index import count_on_disk
from core.server import presence
from core.server.student import chosen_model, demo_student

DEMO_NOTE = "demo student: shows the machine working; add a real model for real work"


@click.command()
@as_json
def status(as_json: bool) -> None:
    """Counts of what is recorded, the student, and the server's state."""
    report = gathered(home())
    if as_json:
        emit_json(report)
    else:
        show(report)


def gathered(place: Home) -> dict[str, Any]:
    """Everything that `status` tells. A server that does not answer is reported, not raised."""
    with opened(place) as database:
        counts = database.counts()
    server = server_state(place)
    return {
        "counts": {
            "traces": counts.traces,
            "feedback": counts.feedback,
            "accepted": counts.accepted,
            "partial": counts.partial,
            "rejected": counts.rejected,
            "exemplars": counts.exemplars,
            "indexed": indexed_now(place, server),
        },
        "model": server.get("model") or model_name(place),
        "variant": BASE,
        "server": server,
        "evidence": evidence_state(place),
        "next_night": night(place),
        "home": str(place.root),
        "version": __version__,
    }


def server_state(place: Home) -> dict[str, Any]:
    """`running` (does the process live), and what it says of itself."""
    found = presence.find(place)
    if found is None:
        return {"running": False}
    state: dict[str, Any] = {"running": True, "url": found.url, "pid": found.pid, "token_file": found.token_file}
    try:
        remote = connect(place)
        if remote is not None:
            with contextlib.closing(remote):
                state |= remote.health()
    except NightschoolError as error:
        state["problem"] = str(error)
    return state


def indexed_now(place: Home, server: dict[str, Any]) -> int:
    """Pieces of past work in the vector index: the running server's, else what is saved."""
    replay = server.get("replay")
    return int(replay["indexed"]) if replay else count_on_disk(place.index)


def night(place: Home) -> str | None:
    """When the schedule would have the next night, local time; None for never, or where the settings are broken."""
    try:
        at = settings.next_night(settings.load(place), now())
    except NightschoolError:
        return None
    return None if at is None else at.isoformat(timespec="minutes")


def evidence_state(place: Home) -> dict[str, Any] | None:
    """The newest run of `nightschool evidence`; None where there was none."""
    newest = Receipts(place.receipts).newest
    if newest is None:
        return None
    told = {name: getattr(newest, name) for name in ("run_id", "recorded_at", "status", "drift")}
    return {**told, "datasets": newest.datasets}


def model_name(place: Home) -> str | None:
    """The student that the next server would load, by the engine's name for it; None where it is gone or broken.

    Raises ConfigError for a broken config.toml: what it chose cannot be known then.
    """
    config = settings.load(place)
    try:
        return name_of(chosen_model(place, config, None))
    except NightschoolError:
        return None


def name_of(path: Path) -> str:
    return gguf_check.check(path).name or path.stem


def is_demo(name: str | None) -> bool:
    try:
        return name is not None and name == name_of(demo_student())
    except NightschoolError:
        return False


def show(report: dict[str, Any]) -> None:
    counts, server = report["counts"], report["server"]
    model = report["model"] or "none: what was chosen is not there any more (`nightschool models list`)"
    if is_demo(report["model"]):
        model = f"{model} ({DEMO_NOTE})"
    rows = {
        "student": f"{model}, variant {report['variant']}",
        "server": describe_server(server),
        "recorded": f"{counts['traces']} answers, {counts['feedback']} statements about them",
        "verdicts": f"{counts['accepted']} accepted, {counts['partial']} partly, {counts['rejected']} rejected",
        "past work": describe_replay(counts["indexed"], counts["exemplars"], server.get("replay")),
        "evidence": describe_evidence(report["evidence"]),
        "night": f"set for {report['next_night'] or 'never'}, kept for later: nothing studies at night yet",
        "home": report["home"],
    }
    table(("", ""), rows.items())
    if not counts["traces"]:
        say('Nothing was asked yet. Begin with: nightschool ask "..."')


def describe_evidence(state: dict[str, Any] | None) -> str:
    if state is None:
        return "nothing collected yet (`nightschool evidence run`)"
    rows = ", ".join(f"{count} {name}" for name, count in state["datasets"].items())
    return f"{state['status']} at {state['recorded_at']}, drift {state['drift']}{f': {rows}' if rows else ''}"


def describe_server(server: dict[str, Any]) -> str:
    if not server["running"]:
        return "not running (`nightschool serve` starts it)"
    problem = f": {server['problem']}" if server.get("problem") else ""
    return f"{server.get('status', 'not answering')} at {server['url']}, process {server['pid']}{problem}"


def describe_replay(indexed: int, exemplars: int, replay: dict[str, Any] | None) -> str:
    told = f"{indexed} of {exemplars} pieces indexed"
    if replay is None:
        return told if indexed == exemplars else f"{told}; the next server brings the index up to date"
    progress = replay.get("rebuilding")
    building = f", catching up ({progress['done']} of {progress['total']})" if progress and progress["total"] else ""
    reason = f" ({replay['reason']})" if replay.get("reason") else ""
    return f"{told}, {replay['mode']} search{reason}{building}"
