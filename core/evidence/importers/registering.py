"""Registers a JSONL stream of another program: its rows stay where they are, and are read there by each collect."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.database import Database, RegisteredSource, Review
from core.errors import BadRequest
from core.evidence.importers.bringing import EACH, Brought
from core.evidence.importers.files import ImportProblem, decoded, lines
from core.evidence.importers.turns import Skipped
from core.evidence.records import TRACES, Provenance
from core.evidence.sources import Refused
from core.evidence.sources.mapped import row_maker
from core.evidence.sources.mapping import shipped
from core.evidence.stage import Progress, never, silent
from core.records import Record

NAME = re.compile(r"[a-z0-9_]{1,60}")


class Registration(Record, frozen=True):
    """A stream as the person names it. mapping: the text of its TOML."""

    name: str
    path: Path
    source_file: str
    mapping: str
    recorded_at: str
    dry_run: bool = False


def register(
    database: Database,
    wanted: Registration,
    *,
    progress: Progress = silent,
    cancelled: Callable[[], bool] = never,
) -> Brought:
    """Reads it once, to tell what the mapping makes of it. Raises MappingError, ImportProblem, and BadRequest for a
    name that is taken or cannot be one, and for a file that is read already."""
    if not NAME.fullmatch(wanted.name) or wanted.name == TRACES:
        raise BadRequest(f"{wanted.name} cannot be a source's name.", param="name", hint="Use a-z, 0-9 and _.")
    _refuse_twice(database, wanted)
    counts = _counted(wanted, progress, cancelled)
    if counts is None:
        return Brought(import_id=wanted.name, counts={}, review_id=None, cancelled=True)
    if not counts["read"]:
        told = ", ".join(f"{name.removeprefix('skipped:')}: {count}" for name, count in sorted(counts.items()) if count)
        raise ImportProblem(
            f"The mapping makes nothing of {wanted.source_file} ({told or 'it is empty'}).",
            hint="Check the names of its fields against a line of the file; docs/evidence.md describes mappings.",
        )
    if wanted.dry_run:
        return Brought(import_id=wanted.name, counts=dict(counts), review_id=None)
    return _keep(database, wanted, counts)


def _refuse_twice(database: Database, wanted: Registration) -> None:
    """Another mapping reads other things in a file; the same one would count each of its rows twice."""
    for one in database.sources.all():
        if one.name != wanted.name and (one.path, one.mapping) == (str(wanted.path), wanted.mapping):
            raise BadRequest(
                f"{wanted.source_file} is registered already, as {one.name}.",
                param="name",
                hint=f"Its rows would count twice. `nightschool evidence forget source {one.name}` takes it out.",
            )


def _counted(wanted: Registration, progress: Progress, cancelled: Callable[[], bool]) -> Counter[str] | None:
    """None when it was cancelled."""
    make = row_maker(wanted.name, wanted.mapping, reviewed=False)
    counts: Counter[str] = Counter(read=0)
    for number, document in enumerate(lines(wanted.path)):
        if number % EACH == 0:
            progress("reading", number, 0)
            if cancelled():
                return None
        row = document if isinstance(document, Skipped) else decoded(document)
        if isinstance(row, Skipped):
            counts[f"skipped:{row.reason}"] += 1
            continue
        place = Provenance(
            source_file=wanted.source_file, line_offset=document.offset, sig_hash="0" * 64, recorded_at=NO_TIME
        )
        try:
            counts["read"] += len(make(row, place))
        except Refused as refused:
            counts[f"skipped:{refused.reason}"] += 1
    return counts


NO_TIME = "1970-01-01T00:00:00Z"
"""These records are counted and dropped."""


def _keep(database: Database, wanted: Registration, counts: Counter[str]) -> Brought:
    source = RegisteredSource(
        name=wanted.name,
        path=str(wanted.path),
        mapping=wanted.mapping,
        added_at=wanted.recorded_at,
        source_file=wanted.source_file,
    )
    with database.transaction():
        is_new = database.sources.add(source)
        counts["new" if is_new else "known"] = counts["read"]
        body = {
            "source": wanted.name,
            "format": "jsonl",
            "source_file": wanted.source_file,
            "recorded_at": wanted.recorded_at,
            "counts": dict(counts),
        }
        database.reviews.add(
            Review(
                id=source.review_id,
                kind="import",
                title=f"The log {wanted.name}: {wanted.path.name}",
                body=body,
                created_at=wanted.recorded_at,
            )
        )
    return Brought(import_id=wanted.name, counts=dict(counts), review_id=source.review_id)


def mapping_text(given: str) -> str:
    """Of a file, or of a mapping that comes with Nightschool. Raises BadRequest."""
    path = Path(given)
    if not path.is_file():
        found = shipped().get(given)
        if found is None:
            raise BadRequest(
                f"There is no mapping {given}.",
                param="mapping",
                hint=f"Give a TOML file, or one of: {', '.join(sorted(shipped()))}.",
            )
        path = found
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"The mapping {given} cannot be read: {error}.", param="mapping") from error


def name_of(mapping: str) -> str:
    """The name of a source whose mapping is given so: the file's, as far as it can be a name."""
    return re.sub(r"[^a-z0-9_]+", "_", Path(mapping).stem.lower()).strip("_")[:60] or "source"
