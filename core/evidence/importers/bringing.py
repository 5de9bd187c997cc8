"""Brings one file of chats in: its answers become traces, in order of time, in batches, each trace only once ever.

Ids follow from what was said, so a second import of the same file writes nothing, one that was stopped goes on where
it was, and what was deleted here stays away.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import msgspec

from core.database import Database, HomeLock, Import, Review, TraceSource
from core.errors import BadRequest
from core.evidence.canonical import sig_hash
from core.evidence.importers.files import ImportProblem, content_hash, digest
from core.evidence.importers.formats import format_named, refuse_another
from core.evidence.importers.spool import Key, Spool
from core.evidence.importers.turns import ImportedTurn, Said, Skipped
from core.evidence.stage import Progress, never, silent
from core.paths import Home
from core.records import Complexity, Feedback, Message, QueryClass, Record, Trace

BATCH = 200
"""Turns a transaction: others may write between two of them."""
EACH = 500
"""Turns between two reports of how much was read."""


class Described(Record, frozen=True):
    """What a trace says of its task."""

    query_class: QueryClass = "chat"
    complexity: Complexity = "easy"
    task_hash: str = ""


Describe = Callable[[Sequence[Message]], Described]


def undescribed(messages: Sequence[Message]) -> Described:
    """Where nobody can tell."""
    return Described()


class Wanted(Record, frozen=True):
    """What to bring in. source_file: the path as the person gave it."""

    format: str
    path: Path
    source_file: str
    recorded_at: str
    """A stamp; also the time of answers whose format has none."""
    dry_run: bool = False


class Brought(Record, frozen=True):
    """What came of it. counts: `read`, `repeated` (in the file itself), `new`, `known`, `forgotten`, `feedback`
    and `skipped:<reason>`; `unlabelled` and `undated` are of the new ones."""

    import_id: str
    counts: dict[str, int]
    review_id: str | None
    """None when nothing was written, now or earlier."""
    cancelled: bool = False


def bring_in(
    home: Home,
    database: Database,
    wanted: Wanted,
    *,
    describe: Describe = undescribed,
    progress: Progress = silent,
    cancelled: Callable[[], bool] = never,
) -> Brought:
    """Raises ImportProblem for a file that is not what it should be, and where nothing in it is an answer."""
    with _alone(home), _scratch(home) as scratch, Spool(scratch) as spool:
        refuse_another(wanted.path, wanted.format)
        one = _import(wanted)
        counts: Counter[str] = Counter()
        for number, item in enumerate(format_named(wanted.format).read(wanted.path, scratch)):
            if cancelled():
                return Brought(import_id=one.import_id, counts=dict(counts), review_id=None, cancelled=True)
            _sort_in(item, wanted, spool, counts)
            if number % EACH == 0:
                progress("reading", len(spool), 0)
        if not spool:
            raise _nothing(wanted, counts)
        whole = _write(database, one, wanted, spool, counts, describe, progress, cancelled)
        review_id = None if wanted.dry_run else _ask(database, one, counts)
        return Brought(import_id=one.import_id, counts=dict(counts), review_id=review_id, cancelled=not whole)


def _import(wanted: Wanted) -> Import:
    sha256 = content_hash(wanted.path)
    return Import(
        import_id=digest(f"{wanted.format} {sha256}"),
        format=wanted.format,
        source_file=wanted.source_file,
        sha256=sha256,
        recorded_at=wanted.recorded_at,
    )


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    lock = HomeLock(home.lock("import"))
    if not lock.acquire():
        raise BadRequest("Another import or a forgetting is at work in this home.", hint="Wait until it is done.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _scratch(home: Home) -> Iterator[Path]:
    """Empty, whatever a killed import left in it, and gone afterwards."""
    shutil.rmtree(home.importing, ignore_errors=True)
    home.importing.mkdir(mode=0o700, parents=True)
    try:
        yield home.importing
    finally:
        shutil.rmtree(home.importing, ignore_errors=True)


def _sort_in(item: ImportedTurn | Skipped, wanted: Wanted, spool: Spool, counts: Counter[str]) -> None:
    if isinstance(item, Skipped):
        counts[f"skipped:{item.reason}"] += 1
        return
    counts["read"] += 1
    key = Key(item.at or wanted.recorded_at, item.conversation or "", item.position, _signature(wanted.format, item))
    if not spool.add(key, item):
        counts["repeated"] += 1


def signatures(home: Home, path: Path, format: str) -> frozenset[str]:
    """Of all answers that stand in a file now. Raises ImportProblem, and BadRequest while something is imported."""
    with _alone(home), _scratch(home) as scratch:
        found = format_named(format).read(path, scratch)
        return frozenset(_signature(format, item) for item in found if isinstance(item, ImportedTurn))


def _signature(name: str, turn: ImportedTurn) -> str:
    """Over what was said, by whom, when and where; not over what was thought of it, which may be said later."""
    return sig_hash(
        {
            "format": name,
            "conversation": turn.conversation,
            "at": turn.at,
            "model": turn.model,
            "messages": turn.messages,
            "response": turn.response,
        }
    )


def _nothing(wanted: Wanted, counts: Counter[str]) -> ImportProblem:
    skipped = [f"{name.removeprefix('skipped:').replace('_', ' ')}: {count}" for name, count in sorted(counts.items())]
    why = f" Skipped: {', '.join(skipped)}." if skipped else ""
    return ImportProblem(
        f"No answer was found in {wanted.source_file}, read as {wanted.format}.{why}",
        hint="Check that this is the right file; docs/import.md tells where each program keeps its chats.",
    )


def _write(
    database: Database,
    one: Import,
    wanted: Wanted,
    spool: Spool,
    counts: Counter[str],
    describe: Describe,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> bool:
    """False when it was cancelled on the way: what was written stays."""
    waiting, done = spool.inorder(), 0
    while batch := list(islice(waiting, BATCH)):
        if cancelled():
            return False
        with database.transaction():
            found = _sorted(database, batch, counts)
            for key, turn, there in found if not wanted.dry_run else ():
                _keep(database, one, wanted, key, turn, there, describe, counts)
        if wanted.dry_run:
            counts["new"] += sum(not there for _, _, there in found)
            counts["feedback"] += sum(len(turn.said) for _, turn, there in found if not there)
        for _, turn, there in found:
            if not there:
                counts["unlabelled"] += not turn.said
                counts["undated"] += turn.at is None
        done += len(batch)
        progress("writing", done, len(spool))
    return True


Found = tuple[Key, ImportedTurn, bool]


def _sorted(database: Database, batch: Sequence[tuple[Key, ImportedTurn]], counts: Counter[str]) -> list[Found]:
    """Without what was forgotten; True for those that are there already."""
    forgotten = database.forgotten.of([key.sig_hash for key, _ in batch])
    known = database.imports.known([trace_id(key) for key, _ in batch])
    found = [(key, turn, trace_id(key) in known) for key, turn in batch if key.sig_hash not in forgotten]
    counts["forgotten"] += len(batch) - len(found)
    counts["known"] += sum(there for _, _, there in found)
    return found


def trace_id(key: Key) -> str:
    return f"imp_{key.sig_hash[:24]}"


def _keep(
    database: Database,
    one: Import,
    wanted: Wanted,
    key: Key,
    turn: ImportedTurn,
    there: bool,
    describe: Describe,
    counts: Counter[str],
) -> None:
    """Inside the caller's transaction."""
    if not there:
        if not counts["new"]:
            database.imports.begin(one)
        database.traces.add(_trace(key, turn, wanted, describe(turn.messages)))
        database.imports.add_source(_source(key, turn, one))
        counts["new"] += 1
    heard = {statement.id for statement in database.feedback.for_trace(trace_id(key))} if there else set[str]()
    for said in turn.said:
        statement = _feedback(key, said)
        if statement.id not in heard:
            database.feedback.add(statement)
            counts["feedback"] += 1


def _trace(key: Key, turn: ImportedTurn, wanted: Wanted, described: Described) -> Trace:
    return Trace(
        id=trace_id(key),
        created_at=key.at,
        client="import",
        conversation_id=f"{wanted.format}:{turn.conversation}" if turn.conversation else None,
        role=turn.role,
        agent="import",
        query_class=described.query_class,
        complexity=described.complexity,
        task_hash=described.task_hash,
        messages=turn.messages,
        response=turn.response,
        finish_reason=turn.finish_reason,
        model=turn.model,
        usage=turn.usage,
        duration_ms=turn.duration_ms,
        tool_calls=[_call(name) for name in turn.tools] or None,
        origin="import",
        metadata={"imported_from": wanted.format},
    )


def _call(name: str) -> dict[str, str]:
    """That it was called is kept, not with what: that may be a whole file."""
    return {"type": "function", "name": name}


def _source(key: Key, turn: ImportedTurn, one: Import) -> TraceSource:
    return TraceSource(
        trace_id=trace_id(key),
        import_id=one.import_id,
        source_file=f"{one.source_file}/{turn.member}" if turn.member else one.source_file,
        line_offset=turn.offset,
        sig_hash=key.sig_hash,
    )


def _feedback(key: Key, said: Said) -> Feedback:
    """The same statement has the same id."""
    return Feedback(
        id=f"{trace_id(key)}-{sig_hash(said)[:12]}",
        trace_id=trace_id(key),
        created_at=said.at or key.at,
        source=said.source,
        metric=said.metric,
        value=said.value,
        comment=said.comment,
        correction=said.correction,
        tags=said.tags,
    )


def _ask(database: Database, one: Import, counts: Counter[str]) -> str | None:
    """The review that decides for all of it; the same again changes nothing."""
    with database.transaction():
        there = database.imports.trace_ids(one.import_id)
        if not there:
            return None
        if counts["new"] or not database.imports.get(one.import_id).counts:
            database.imports.count(one.import_id, {**counts, "new": len(there)})
        kept = database.imports.get(one.import_id)
        database.reviews.add(
            Review(
                id=one.review_id,
                kind="import",
                title=f"{len(there)} answers from {kept.format}: {Path(kept.source_file).name}",
                body=msgspec.to_builtins(kept),
                created_at=kept.recorded_at,
            )
        )
    return one.review_id
