"""What is handed over for training, role by role: the best new examples, anonymised, and none of them twice.

`database.pairs` is the ledger: a run goes out once for a role, ever. A role's file shows what of it may still be
learned from: an example whose trace is deleted goes from both, one that was refused since, or whose correction is
another one now, goes from the file.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import msgspec
import numpy as np

from core.config import ExportConfig
from core.database import Database, Pair
from core.evidence.export.corpus import open_corpus, place_for_indexes
from core.evidence.export.index import CATEGORIES
from core.evidence.export.rows import Turn, answer
from core.evidence.export.said_since import Earlier, refused_now
from core.evidence.partitions import write_lines
from core.evidence.records import CORRECTION, TRACES, Lineage, SftRow
from core.evidence.stage import Work
from core.privacy.redact import redact
from core.records import Message, Record, Role, Unit

ROLES: tuple[Role, ...] = get_args(Role)
NOT_SCORED = (CATEGORIES.index("unreadable"), CATEGORIES.index("needs_human_review"))
_row = msgspec.json.Decoder(SftRow).decode
_messages = msgspec.json.Decoder(list[Turn]).decode


class RoleFile(Record, frozen=True):
    """What came of one role. path: under the home; the file is there when `rows` is not 0."""

    role: Role
    path: str
    new: int
    """Handed over now."""
    rows: int
    """In the file now."""


class RoleExport(Record, frozen=True):
    """What came of an export of roles, or why there was none."""

    status: Literal["done", "skipped"]
    reason: str = ""
    roles: tuple[RoleFile, ...] = ()


class _Line(msgspec.Struct, frozen=True):
    """As much of an example as a choice among them needs."""

    id: str
    role: Role
    lineage: Lineage
    reward: float | None = None


_line = msgspec.json.Decoder(_Line).decode


class _Found(NamedTuple):
    """An example and where it stands. Sorted: the best, then the oldest."""

    cost: float
    """Minus its reward."""
    shard: str
    """Its day and source."""
    run_id: str
    offset: int
    lineage: Lineage


def export_when_due(work: Work) -> RoleExport:
    """What is done without being asked, by the settings of `[export]`; else why it is not done (yet)."""
    chosen: ExportConfig = work.config.export
    if not chosen.enabled:
        return RoleExport(status="skipped", reason="export.enabled is false")
    runs = scored_runs(work)
    if runs < chosen.min_runs:
        return RoleExport(status="skipped", reason=f"{runs} of {chosen.min_runs} scored runs (export.min_runs)")
    return _export(work, ROLES, chosen.min_reward, chosen.max_examples)


def export_roles(work: Work, roles: Sequence[Role] = ROLES) -> RoleExport:
    """Hands over at most `options.limit` new examples a role (0: all), of a reward of `options.min_reward` or more.

    Examples are those that stand in the training split of `sft`: make that first. Raises OSError, DatabaseError.
    """
    return _export(work, roles, work.options.min_reward, work.options.limit)


def scored_runs(work: Work) -> int:
    """Records that somebody or something judged."""
    with place_for_indexes(work) as folder:
        categories = open_corpus(work, folder).column("category")
    return int(np.count_nonzero(~np.isin(categories, NOT_SCORED)))


def refresh(work: Work) -> None:
    """Takes from the files what may not be learned from any more. `export-sft` does this whenever it changed."""
    for role in ROLES:
        if work.database.pairs.count(role) or (work.home.root / role_path(role)).exists():
            _file(work, role, ())


def role_path(role: Role) -> str:
    """Under the home."""
    return f"datasets/roles/{role}_sft.jsonl"


def _export(work: Work, roles: Sequence[Role], min_reward: Unit, limit: int, *, hand_over: bool = True) -> RoleExport:
    files = []
    for role in roles:
        work.pause_point()
        new = list(_new_pairs(work, role, min_reward, limit))
        if not work.options.dry_run:
            work.database.pairs.add(new)
        files.append(_file(work, role, new))
    return RoleExport(status="done", roles=tuple(files))


def _new_pairs(work: Work, role: Role, min_reward: Unit, limit: int) -> Iterator[Pair]:
    found = _of_role(work, role, min_reward)
    new = _not_handed_over(work.database, role, found)
    earlier = Earlier(work.database)
    for one in heapq.nsmallest(limit, new) if limit else sorted(new):
        work.pause_point()
        row = _read(_train(work) / one.shard, one.offset)
        if not earlier.was_refused(row):
            yield _pair(row, role, work.options.recorded_at)


def _train(work: Work) -> Path:
    return work.home.datasets / "sft" / "train"


def _of_role(work: Work, role: Role, min_reward: Unit) -> Iterator[_Found]:
    for path in sorted(_train(work).glob("*.jsonl")):
        offset = 0
        with path.open("rb", buffering=1 << 20) as file:
            for line in file:
                seen = _line(line)
                if seen.role == role and seen.reward is not None and seen.reward >= min_reward:
                    yield _Found(-seen.reward, path.name, seen.id, offset, seen.lineage)
                offset += len(line)


def _not_handed_over(database: Database, role: Role, found: Iterator[_Found]) -> Iterator[_Found]:
    while some := [one for _, one in zip(range(10_000), found, strict=False)]:
        known = database.pairs.exported(role, [one.run_id for one in some])
        yield from (one for one in some if one.run_id not in known and not refused_now(database, one.lineage))


def _read(path: Path, offset: int) -> SftRow:
    with path.open("rb") as file:
        file.seek(offset)
        return _row(file.readline())


def _pair(row: SftRow, role: Role, exported_at: str) -> Pair:
    (answered,) = row.completion
    assert row.reward is not None
    return Pair(
        task_slug=row.id.removesuffix(CORRECTION),
        role=role,
        prompt_json=msgspec.json.encode([anonymous(message) for message in row.prompt]).decode(),
        output_json=msgspec.json.encode(redact(answered.content or "").text).decode(),
        label=row.reward,
        run_id=row.id,
        exported_at=exported_at,
        trace_id=row.id.removesuffix(CORRECTION) if row.lineage.source == TRACES else None,
    )


def anonymous(message: Message) -> Message:
    """The message without secrets and personal data, in whatever it holds."""
    return msgspec.structs.replace(
        message,
        content=_anonymous(message.content),
        name=_anonymous(message.name),
        tool_calls=_anonymous(message.tool_calls),
    )


def _anonymous(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value).text
    if isinstance(value, dict):
        return {name: _anonymous(one) for name, one in value.items()}
    return [_anonymous(one) for one in value] if isinstance(value, list) else value


class Example(Record, frozen=True):
    """One line of a role's file. Only `completion`, one answer, is to be learned."""

    run_id: str
    task_slug: str
    prompt: list[Turn]
    completion: list[Turn]
    reward: Unit


def _file(work: Work, role: Role, new: Sequence[Pair]) -> RoleFile:
    """Writes what of the ledger may be learned from now, in order of run id; nothing where that stands already."""
    dry = work.options.dry_run
    more = new if dry else ()
    went_out = {pair.run_id for pair in chain(more, _handed_over(work.database, role))}
    standing = {one.run_id: one for one in _of_role(work, role, 0.0) if one.run_id in went_out}
    kept = sorted(_standing(work, role, standing, more))
    path = work.home.root / role_path(role)
    lines = [line for _, line in kept]
    if not dry and not _says(path, lines):
        write_lines(path, lines)
    return RoleFile(role=role, path=role_path(role), new=len(new), rows=len(lines))


def _standing(
    work: Work, role: Role, standing: Mapping[str, _Found], more: Sequence[Pair]
) -> Iterator[tuple[str, bytes]]:
    earlier = Earlier(work.database)
    for pair in chain(more, _handed_over(work.database, role)):
        found = standing.get(pair.run_id)
        if found is not None and _holds(work, found, pair, earlier):
            yield pair.run_id, msgspec.json.encode(_example(pair))


def _handed_over(database: Database, role: Role) -> Iterator[Pair]:
    after = 0
    while page := database.pairs.page(role, after_id=after):
        after = page[-1][0]
        yield from (pair for _, pair in page)


def _holds(work: Work, found: _Found, pair: Pair, earlier: Earlier) -> bool:
    """Whether what went out is what may be learned from today: a correction can be given anew, under the same id."""
    row = _read(_train(work) / found.shard, found.offset)
    if found.run_id.endswith(CORRECTION):
        text = row.completion[0].content or ""
        if msgspec.json.decode(pair.output_json, type=str) not in (text, redact(text).text):
            return False
    return not (refused_now(work.database, found.lineage) or earlier.was_refused(row))


def _example(pair: Pair) -> Example:
    answered = answer(msgspec.json.decode(pair.output_json, type=str))
    return Example(
        run_id=pair.run_id,
        task_slug=pair.task_slug,
        prompt=_messages(pair.prompt_json),
        completion=[answered],
        reward=pair.label,
    )


def _says(path: Path, lines: Sequence[bytes]) -> bool:
    """Whether the file says just that already; one that is not there says nothing."""
    return (path.read_bytes() if path.is_file() else b"") == b"".join(line + b"\n" for line in lines)
