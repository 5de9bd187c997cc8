"""`nightschool evidence receipts`: what each run read and wrote, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from core.cli.evidence_words import headline, tell_drift, tell_report, tell_stages
from core.cli.local import home
from core.cli.output import as_json, emit_json, note, say, table
from core.errors import NotFound
from core.evidence.receipts import Receipts, StageReceipt
from core.evidence.stage import STAGES

SHOWN = 12
"""Digits of a hash that are enough to tell two apart."""


@click.group()
def receipts() -> None:
    """What each run read and wrote, and how two runs differ."""


@receipts.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Every run, the oldest first."""
    known = Receipts(home().receipts)
    if as_json:
        emit_json({"runs": known.runs, "damaged": known.damaged})
        return
    if not known.runs and not known.damaged:
        say("Nothing was run yet. `nightschool evidence run` makes evidence and datasets.")
        return
    columns = ("run", "id", "recorded at", "came of it", "drift", "stages")
    rows = ((r.number, r.run_id, r.recorded_at, r.status, r.drift, len(r.stages)) for r in known.runs)
    table(columns, rows)
    for name, problem in known.damaged.items():
        note(f"{name} cannot be read: {problem}")


@receipts.command()
@click.argument("run", default="latest")
@click.option("--stage", type=click.Choice(STAGES), help="The whole receipt of one stage.")
@as_json
def show(run: str, stage: Any, as_json: bool) -> None:
    """One run: by its id, the beginning of it, its number, or `latest`."""
    known = Receipts(home().receipts)
    summary = known.named(run)
    if stage is not None:
        show_stage(known.stage(summary.run_id, stage), as_json)
        return
    stages, drift = known.stages(summary), known.drift(summary.run_id)
    if as_json:
        emit_json({"summary": summary, "stages": stages, "drift": drift})
        return
    say(f"{headline(summary)}, recorded at {summary.recorded_at}")
    tell_stages(stages)
    tell_report(stages)
    tell_drift(drift)


def show_stage(receipt: StageReceipt, as_json: bool) -> None:
    if as_json:
        emit_json(receipt)
        return
    tell_stages([receipt])
    for name, values in (("totals", receipt.counts.totals), ("versions", receipt.versions), ("set", receipt.settings)):
        if values:
            say(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    for name, files in (("read", receipt.inputs), ("wrote", receipt.outputs)):
        table((name, "rows", "SHA-256"), ((file.path, file.rows, file.sha256) for file in files))


@receipts.command()
@click.argument("before")
@click.argument("after", default="latest")
@as_json
def diff(before: str, after: str, as_json: bool) -> None:
    """What two runs have differently: stage by stage, counts, settings, versions, files."""
    known = Receipts(home().receipts)
    pair = known.named(before), known.named(after)
    earlier, later = ({receipt.stage: receipt for receipt in known.stages(run)} for run in pair)
    shared = [stage for stage in STAGES if stage in earlier and stage in later]
    if not shared:
        raise NotFound("These two runs have no stage in common.", hint="`nightschool evidence receipts list`")
    found = {stage: list(differences(earlier[stage], later[stage])) for stage in shared}
    if as_json:
        rows = {s: [{"what": w, "before": b, "after": a} for w, b, a in found[s]] for s in shared}
        emit_json({"before": pair[0].run_id, "after": pair[1].run_id, "stages": rows})
    elif not any(found.values()):
        say("They do not differ.")
    else:
        table(
            ("stage", "what", "before", "after"), ((s, w, shown(b), shown(a)) for s in shared for w, b, a in found[s])
        )


def shown(value: Any) -> str:
    return "" if value is None else str(value)


def differences(before: StageReceipt, after: StageReceipt) -> Iterator[tuple[str, Any, Any]]:
    """What, before, after."""
    for name in ("status", "reason"):
        yield from changed(name, getattr(before, name), getattr(after, name))
    for name in ("input_hash", "content_hash"):
        yield from changed(name, getattr(before, name)[:SHOWN], getattr(after, name)[:SHOWN])
    tables = (
        ("", before.counts.totals, after.counts.totals, 0),
        ("setting ", before.settings, after.settings, None),
        ("version ", before.versions, after.versions, None),
    )
    for kind, earlier, later, absent in tables:
        for key in sorted({*earlier, *later}):
            yield from changed(f"{kind}{key}", earlier.get(key, absent), later.get(key, absent))
    for kind, old, new in (("read ", before.inputs, after.inputs), ("file ", before.outputs, after.outputs)):
        known, now = ({file.path: file.sha256[:SHOWN] for file in files} for files in (old, new))
        for path in sorted({*known, *now}):
            yield from changed(f"{kind}{path}", known.get(path), now.get(path))


def changed(what: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if before != after:
        yield what, before, after
