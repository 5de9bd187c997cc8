"""Whether the corpus moved: rates of the whole of it, held against the newest earlier run that went well.

Counts of incremental runs say nothing (a night with few answers is no drift), so shares are compared: of each verdict
and source among all rows, of each quarantine reason among the rows that an export saw, of skipped rows among those
that a source gave. The same input, versions and settings with another output is a deterministic violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from core.evidence.receipts import DriftReport, Flag, FlagKind, Severity, StageReceipt
from core.evidence.stage import StageName

WHOLE_ROW = 2
"""A share that moved by less than two rows' worth is no drift: in a small corpus one row is a fifth of everything."""
ALERT_FACTOR = 2
"""What exceeds the threshold this many times is an alert."""
ERRORS = ("reason:", "skip:", "source_missing:")
"""Keys of totals that count what went wrong: a class that was never there before warns."""
RANK: dict[Severity, int] = {"ok": 0, "warn": 1, "alert": 2}


class Rate(NamedTuple):
    part: int
    base: int

    @property
    def share(self) -> float:
        return self.part / self.base if self.base else 0.0


def report(
    receipts: Sequence[StageReceipt], earlier: Mapping[StageName, StageReceipt], *, threshold: float, run_id: str
) -> DriftReport:
    """earlier: for each stage the newest receipt before this run that passed. threshold: relative, 0.2 is 20 %."""
    pairs = [(earlier[now.stage], now) for now in receipts if now.stage in earlier and now.passed]
    flags = [flag for before, now in pairs for flag in _flags(before, now, threshold)]
    return DriftReport(
        run_id=run_id,
        prior_run_ids={now.stage: before.run_id for before, now in pairs},
        severity=max((flag.severity for flag in flags), key=RANK.__getitem__, default="ok"),
        threshold=threshold,
        deterministic_violation=any(flag.kind == "deterministic_violation" for flag in flags),
        input_changed=any(before.input_hash != now.input_hash for before, now in pairs),
        output_changed=any(before.content_hash != now.content_hash for before, now in pairs),
        compared=sum(len(rates(before) | rates(now)) for before, now in pairs),
        flags=tuple(flags),
    )


def rates(receipt: StageReceipt) -> dict[str, Rate]:
    """Every share that is compared, by name."""
    totals = receipt.counts.totals
    rows = totals.get("rows", 0)
    held = sum(count for key, count in totals.items() if key.startswith("reason:"))
    found = {key: Rate(count, _base(key, totals, rows, held)) for key, count in totals.items() if ":" in key}
    return {**found, "exported": Rate(rows, rows + held)} if held else found


def _base(key: str, totals: Mapping[str, int], rows: int, held: int) -> int:
    kind, _, name = key.partition(":")
    if kind == "reason":
        return rows + held
    if kind != "skip":
        return rows
    source = name.partition(":")[0]
    skipped = sum(count for other, count in totals.items() if other.startswith("skip:") and _of(other, source))
    return totals.get(f"source:{source}", 0) + skipped


def _of(key: str, source: str) -> bool:
    return key.split(":")[1] == source


def _flags(before: StageReceipt, now: StageReceipt, threshold: float) -> Iterator[Flag]:
    same_versions = before.versions == now.versions and before.settings == now.settings
    if before.input_hash == now.input_hash and same_versions and before.content_hash != now.content_hash:
        text = "the same input, versions and settings gave another output"
        yield _flag("alert", now, "deterministic_violation", "content", None, None, text)
    earlier, later = rates(before), rates(now)
    for name in sorted(later):
        if name.startswith(ERRORS) and name not in earlier:
            rate = later[name]
            yield _flag("warn", now, "new_class", name, 0.0, rate.share, f"new: {rate.part} of {rate.base}")
    for name in sorted(earlier):
        yield from _moved(now, name, earlier[name], later.get(name, Rate(0, _rows(now))), threshold)
    yield from _shrunk(before, now, threshold)


def _rows(receipt: StageReceipt) -> int:
    return receipt.counts.totals.get("rows", 0)


def _moved(now: StageReceipt, name: str, before: Rate, after: Rate, threshold: float) -> Iterator[Flag]:
    """A share that rose or fell beyond the threshold; a base that is gone says nothing (`_shrunk` speaks then)."""
    if not before.part or not after.base:
        return
    change = round((after.share - before.share) / before.share, 9)
    if abs(after.part - before.share * after.base) >= WHOLE_ROW and (severity := _severity(change, threshold)):
        text = f"{before.part} of {before.base}, now {after.part} of {after.base}"
        yield _flag(severity, now, "rate", name, before.share, after.share, text)


def _shrunk(before: StageReceipt, now: StageReceipt, threshold: float) -> Iterator[Flag]:
    """A corpus grows; when it loses rows, something or somebody took them."""
    earlier, later = _rows(before), _rows(now)
    if earlier - later >= WHOLE_ROW and (severity := _severity((later - earlier) / earlier, threshold)):
        yield _flag(severity, now, "shrunk", "rows", float(earlier), float(later), f"{earlier} rows, now {later}")


def _severity(change: float, threshold: float) -> Severity | None:
    if abs(change) <= threshold:
        return None
    return "alert" if abs(change) > ALERT_FACTOR * threshold else "warn"


def _flag(
    severity: Severity,
    receipt: StageReceipt,
    kind: FlagKind,
    name: str,
    before: float | None,
    after: float | None,
    text: str,
) -> Flag:
    change = (after - before) / before if before and after is not None else None
    return Flag(
        severity=severity,
        stage=receipt.stage,
        kind=kind,
        name=name,
        before=_rounded(before),
        after=_rounded(after),
        change=_rounded(change),
        text=text,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
