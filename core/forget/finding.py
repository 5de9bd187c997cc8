"""From what a person names to ids: which traces, rows, streams and imports are meant, and by which texts to find it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.database import Database
from core.errors import BadRequest, NotFound
from core.evidence.canonical import canonical, combined, sig_hash
from core.evidence.records import CORRECTION, TRACES
from core.forget import made_files
from core.forget.kin import kin
from core.forget.records import Intent, Row, Target, Why
from core.paths import Home
from core.privacy.byte_forms import MAX_TEXT, Forms, fold
from core.privacy.byte_search import pieces

LEAST = 3
"""Characters of words at least; two where they are not ASCII (a Chinese name)."""
BOM = b"\xef\xbb\xbf"
LONGEST_LINE = 16 << 20
"""Bytes; a longer line is no row of a stream."""


class Found(NamedTuple):
    """texts: what it is found by, cleaned by and searched for; in memory only. found_as: for the person's eyes."""

    intent: Intent
    texts: tuple[str, ...]
    found_as: dict[str, int]
    left: dict[Why, tuple[str, ...]]

    @property
    def holds(self) -> Callable[[bytes], bool]:
        return holder(self.texts)


def holder(texts: tuple[str, ...]) -> Callable[[bytes], bool]:
    """Whether bytes hold one of the texts; never, where there is none."""
    if not texts:
        return lambda data: False
    forms = Forms(texts)
    return lambda data: next(forms.find(data), None) is not None


def find(home: Home, database: Database, target: Target, at: str) -> Found:
    """Raises NotFound for what is not there and never was, BadRequest for words that say too little."""
    if target.kind == "words":
        return _words(home, database, target.value, at)
    if target.kind == "source":
        return _source(home, database, target, at)
    chosen = (
        _trace(home, database, target.value) if target.kind == "trace" else _conversation(home, database, target.value)
    )
    return _with_kin(home, database, target, chosen, at)


def _trace(home: Home, database: Database, trace_id: str) -> list[str]:
    """One that was deleted already may still stand in what was made of it."""
    if not database.traces.is_deleted(trace_id):
        database.traces.get(trace_id)
    return [trace_id]


def _conversation(home: Home, database: Database, conversation: str) -> list[str]:
    found = [*database.conversations.trace_ids(conversation), *made_files.conversation_runs(home, conversation)]
    if not found:
        raise NotFound(f"There is no conversation {conversation}.")
    return list(dict.fromkeys(found))


def _source(home: Home, database: Database, target: Target, at: str) -> Found:
    name = target.value
    if name in {one.import_id for one in database.imports.all()}:
        found = _with_kin(home, database, target, database.imports.trace_ids(name), at)
        return found._replace(intent=msgspec.structs.replace(found.intent, imports=(name,)))
    known = {one.name: one.path for one in database.sources.all()}
    rows = {Row(run_id=run_id, sig_hash=sig) for run_id, sig in made_files.rows_of_source(home, name) if name != TRACES}
    if name not in known and not rows:
        raise NotFound(f"There is no source {name}.", hint="It is the name of a stream, or the id of an import.")
    outside = (known[name],) if name in known else ()
    intent = _intent(target, at, {}, rows, sources=(name,), outside=outside)
    return Found(intent, (), {}, {})


def _with_kin(home: Home, database: Database, target: Target, chosen: list[str], at: str) -> Found:
    deleted = [one for one in chosen if database.traces.is_deleted(one)]
    found = kin(database, chosen, made_files.records_of(home, deleted))
    others = {} if target.only else found.others
    traces: dict[Why, tuple[str, ...]] = {"chosen": tuple(chosen)} if chosen else {}
    traces |= others
    came_from = database.imports.sources_of([one for ids in traces.values() for one in ids])
    outside = tuple(sorted({one.source_file for one in came_from.values()}))
    return Found(
        _intent(target, at, traces, set(), outside=outside), found.pieces, {}, found.others if target.only else {}
    )


# ---- words ---------------------------------------------------------------------------------------------


def texts_of(words: str) -> tuple[str, ...]:
    """What words are looked for by. Raises BadRequest where they would be found everywhere."""
    flat = fold(words, ignore_case=False)
    if len(flat) < (LEAST if flat.isascii() else LEAST - 1):
        raise BadRequest("These words are too short to be told from others.", hint="Give at least three characters.")
    return (flat,) if len(flat) <= MAX_TEXT else tuple(pieces(flat, most=32, length=200))


def _words(home: Home, database: Database, words: str, at: str) -> Found:
    texts = texts_of(words)
    holds = holder(texts)
    traces: dict[str, None] = {}
    shown: Counter[str] = Counter()
    as_written = re.compile(rf"\w*{re.escape(texts[0])}\w*", re.IGNORECASE)
    for trace_id, text in database.wording.of_traces():
        if holds(text.encode("utf-8", "replace")):
            traces[trace_id] = None
            shown.update(match[0] for match in as_written.finditer(text))
    rows: set[Row] = set()
    for source, run_id, sig in made_files.rows_holding(home, holds):
        if source == TRACES:
            traces[run_id.removesuffix(CORRECTION)] = None
        else:
            rows.add(Row(run_id=run_id, sig_hash=sig))
    outside: list[str] = []
    for stream in database.sources.all():
        if hashes := _in_file(Path(stream.path), holds):
            known = {row.sig_hash for row in rows}
            rows |= {Row(run_id="", sig_hash=sig) for sig in hashes - known}
            outside.append(stream.path)
    intent = _intent(Target(kind="words", value=""), at, {"chosen": tuple(traces)} if traces else {}, rows)
    outside = [path for path in outside if not holds(path.encode("utf-8", "replace"))]
    return Found(msgspec.structs.replace(intent, outside=tuple(outside)), texts, dict(shown.most_common(20)), {})


def _in_file(path: Path, holds: Callable[[bytes], bool]) -> set[str]:
    """Rows of the person's own file: known by their hash, the next collect passes over them."""
    found: set[str] = set()
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                if holds(line) and (sig := _sig(line)) is not None:
                    found.add(sig)
    except OSError:
        return found  # not there, or not readable: then it is not collected from, either
    return found


def _sig(line: bytes) -> str | None:
    raw = line.strip().removeprefix(BOM).strip()
    try:
        row = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return sig_hash(row) if isinstance(row, dict) else None


def _intent(
    target: Target,
    at: str,
    traces: dict[Why, tuple[str, ...]],
    rows: set[Row],
    *,
    sources: tuple[str, ...] = (),
    outside: tuple[str, ...] = (),
) -> Intent:
    """Its id follows from the ids that go and the time, never from the text."""
    ordered = tuple(sorted(rows, key=lambda row: (row.run_id, row.sig_hash)))
    said = canonical([target.kind, sorted(one for ids in traces.values() for one in ids), ordered, sources, at])
    return Intent(
        id=f"forget_{combined([said.decode()])[:16]}",
        at=at,
        kind=target.kind,
        traces=traces,
        rows=ordered,
        sources=sources,
        outside=outside,
    )
