"""Looks at one partition: what its texts hold that nobody should see, and what tells how alike they are to others.

What was found is kept beside the partition and used again for each text that has not changed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from core.database.labels import Verdict
from core.evidence import shingles
from core.evidence.looks import ROW, TASK, Look, Screen, load, save, stacked
from core.evidence.parallel import pause_point
from core.evidence.partitions import FileFacts, HashedLines
from core.evidence.records import CORRECTION, Sighting
from core.evidence.scoring import DamagedEvidence
from core.evidence.sealing import conversation, is_sealed
from core.privacy.personal import Person
from core.records import Message, Record

EVERY = 100
CATEGORIES = ("needs_human_review", "accepted", "partially_accepted", "rejected")
CALL = frozenset({"id", "type", "index", "name", "function", "arguments"})
"""What a tool call has in OpenAI's form: of these only the arguments are anybody's words."""
PLAIN = re.compile(
    r"(?:run-|chatcmpl-|cmpl-|resp_)?[0-9a-f]{8,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]?[0-9]{1,9}|"
)
"""An id that is a number, a hash or one of ours: nobody's words. Those of other programs may hold a name or a path."""
CONTEXT_WORDS = 4
"""A follow-up of fewer words ("go on") is no task of its own: what stands before it belongs to it."""


class Job(NamedTuple):
    evidence: Path
    scored: Path
    known: Path | None
    """File with what was found before."""
    kept: Path
    """File for what is found."""
    screen: Screen


class Looked(Record, frozen=True):
    """What a worker answers: the files that it read, and how many rows of each kind."""

    evidence: FileFacts
    scored: FileFacts
    tally: dict[str, int]
    content: str
    """Hash over what was screened: neither `recorded_at` nor plain ids of runs."""


class Line(msgspec.Struct):
    """As much of a record as is looked at."""

    run_id: str
    timestamp: str
    conversation_id: str | None = None
    messages: list[Message] = []
    response: str = ""
    task_id: str = ""
    model: str = ""


class Held(msgspec.Struct):
    run_id: str
    category: Verdict


_line = msgspec.json.Decoder(Line).decode
_held = msgspec.json.Decoder(Held).decode


def texts(line: Line) -> Iterator[tuple[str, str]]:
    """(field, text) of everything that somebody said, and of the ids that go out with it."""
    yield from named(line)
    for number, message in enumerate(line.messages):
        if message.content:
            yield f"messages[{number}].content", message.content
        if message.name:
            yield f"messages[{number}].name", message.name
        for call, asked in enumerate(message.tool_calls or ()):
            yield from ((f"messages[{number}].tool_calls[{call}]{field}", text) for field, text in texts_of_call(asked))
    if line.response:
        yield "response", line.response


def named(line: Line) -> tuple[tuple[str, str], ...]:
    """(field, text) of what a row is called, where another program gave it that name."""
    found = ("run_id", line.run_id.removesuffix(CORRECTION)), ("task_id", line.task_id), ("model", line.model)
    return tuple((field, text) for field, text in found if PLAIN.fullmatch(text) is None)


def texts_of_call(asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(what follows the name of the call, text): its arguments, and whatever another program's form has besides."""
    function = asked.get("function")
    given = function if isinstance(function, dict) else asked
    arguments = given.get("arguments")
    if arguments:
        yield ".arguments", arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    rest = {name: value for one in (asked, given) for name, value in one.items() if name not in CALL}
    if given is asked and function is not None:
        rest["function"] = function
    if rest:
        yield "", msgspec.json.encode(rest).decode()


def tasks(line: Line) -> Iterator[str]:
    """What was asked, turn by turn."""
    for number, message in enumerate(line.messages):
        if message.role == "user" and (asked := message.content or "").strip():
            said = [each.content or "" for each in line.messages[:number] if each.role != "system"]
            follows = any(text.strip() for text in said) and len(asked.split()) < CONTEXT_WORDS
            yield "\n".join([*said, asked]) if follows else asked


@lru_cache(maxsize=4096)
def sightings(text: str, names: tuple[str, ...]) -> tuple[tuple[str, int, int], ...]:
    """Kind, start and end; of nobody in particular, so that every machine finds the same."""
    from core.privacy import redact

    return tuple((each.kind, each.start, each.end) for each in redact.sightings(text, Person(names=names)))


def look_at(job: Job) -> Looked:
    """Reads a partition once and keeps what there is to know of it. Raises DamagedEvidence, OSError, Cancelled."""
    looking = _Looking(job.screen, load(job.known, job.screen) if job.known else None)
    evidence, scored = HashedLines(job.evidence), HashedLines(job.scored)
    for number, (line, held) in enumerate(pairs(evidence, scored, job.evidence.name)):
        if not number % EVERY:
            pause_point()
        looking.take(line, evidence.begin, CATEGORIES.index(held.category))
    save(job.kept, job.screen, looking.look())
    tally = dict(sorted(looking.tally.items()))
    return Looked(evidence=evidence.facts(), scored=scored.facts(), tally=tally, content=looking.content.hexdigest())


def pairs(evidence: Iterable[bytes], scored: Iterable[bytes], name: str) -> Iterator[tuple[Line, Held]]:
    """Each record with its score. Raises DamagedEvidence: a record that was not looked at must not seem to be."""
    for raw, score in zip_longest(evidence, scored):
        try:
            line, held = _line(raw or b""), _held(score or b"")
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise damaged(name) from error
        if line.run_id != held.run_id:
            raise damaged(name)
        yield line, held


def damaged(name: str) -> DamagedEvidence:
    return DamagedEvidence(
        f"The records and the scores of {name} do not belong together.", hint="Run: nightschool evidence run --full"
    )


class _Looking:
    """Row by row."""

    def __init__(self, screen: Screen, old: Look | None) -> None:
        self._screen, self._old = screen, old
        self._at: dict[bytes, int] = {}
        """Where the same was said before, and looked at."""
        if old is not None:
            looked = np.flatnonzero(old.rows["looked"]).tolist()
            self._at = {old.digests[at].tobytes(): at for at in looked}
        self._rows: list[tuple[Any, ...]] = []
        self._digests = bytearray()
        self.content = hashlib.sha256()
        self._tasks: list[tuple[int, int, bool, int]] = []
        self._whole: list[shingles.Bands] = []
        self._asked: list[shingles.Bands] = []
        self._seen: dict[int, tuple[Sighting, ...]] = {}
        self.tally: Counter[str] = Counter()

    def take(self, line: Line, at: int, category: int) -> None:
        number = len(self._rows)
        raw = msgspec.msgpack.encode((line.messages, line.response, named(line)))
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        self._digests += digest
        self.content.update(b"%s %d %s" % (digest, category, line.timestamp.encode()))
        sealed = is_sealed(conversation(line.run_id, line.conversation_id))
        looked = category > 0 or self._screen.include_review
        at_before = self._at.get(digest)
        whole, band = 0, -1
        if looked:
            whole, band = self._compare(line, at_before)
            self._scan(number, line, at_before)
        if looked or sealed:
            self._ask(number, line, at_before, only_last=sealed)
        found = number in self._seen
        time = np.datetime64(line.timestamp.rstrip("Z"), "ns").astype(np.int64)
        row = (time, whole, at, category, looked, found, sealed, band)
        self._rows.append(row)
        self.tally.update(rows=1, looked=int(looked), sealed=int(looked and sealed))

    def _compare(self, line: Line, at: int | None) -> tuple[int, int]:
        if self._old is not None and at is not None:
            old = self._old.rows[at]
            return int(old["whole"]), self._column(self._whole, self._old.whole_bands, int(old["band"]))
        key, of = compared(line)
        if of is None:
            return key, -1
        self._whole.append(shingles.bands(of, self._screen.rows))
        return key, len(self._whole) - 1

    def _column(self, kept: list[shingles.Bands], old: shingles.Bands, band: int) -> int:
        if band < 0:
            return -1
        kept.append(old[:, band])
        return len(kept) - 1

    def _scan(self, number: int, line: Line, at: int | None) -> None:
        if self._old is not None and at is not None:
            found = self._old.seen.get(at, ())
        else:
            found = tuple(
                Sighting(field=field, kind=kind, start=start, end=end)
                for field, text in texts(line)
                for kind, start, end in sightings(text, self._screen.names)
            )
        if found:
            self._seen[number] = found
            self.tally.update(found=1, **{f"kind:{kind}": 1 for kind in {each.kind for each in found}})

    def _ask(self, number: int, line: Line, at: int | None, *, only_last: bool) -> None:
        if self._old is not None and at is not None and bool(self._old.rows[at]["sealed"]) == only_last:
            old = self._old.tasks
            for task in old[slice(*np.searchsorted(old["row"], (at, at + 1)))]:
                band = self._column(self._asked, self._old.task_bands, int(task["band"]))
                self._tasks.append((number, int(task["key"]), bool(task["last"]), band))
            return
        asked = list(tasks(line))
        for place, text in enumerate(asked):
            last = place == len(asked) - 1
            if last or not only_last:
                key, bands = task_mark(text)
                if bands is not None:
                    self._asked.append(bands)
                self._tasks.append((number, key, last, -1 if bands is None else len(self._asked) - 1))

    def look(self) -> Look:
        return Look(
            np.array(self._rows, ROW),
            np.array(self._tasks, TASK),
            stacked(self._whole),
            stacked(self._asked),
            np.frombuffer(bytes(self._digests), "<u8").reshape(-1, 2),
            self._seen,
        )


def compared(line: Line) -> tuple[int, shingles.Groups | None]:
    """Key and word groups of the task and its answer. None: too short, then the whole request counts, word for word."""
    text = task_and_answer(line)
    found = shingles.words(text)
    if len(found) < shingles.SHORT:
        said = [f"{each.role}: {each.content or ''}" for each in line.messages]
        return shingles.key("\n".join([*said, line.response])), None
    return shingles.key(text), shingles.groups(found)


def groups_of(line: Line) -> shingles.Groups:
    return shingles.groups(shingles.words(task_and_answer(line)))


def task_and_answer(line: Line) -> str:
    last = next((each.content or "" for each in reversed(line.messages) if each.role == "user"), "")
    return f"{last}\n{line.response}"


@lru_cache(maxsize=4096)
def task_mark(text: str) -> tuple[int, shingles.Bands | None]:
    """Key and bands of a task. None: too short, then only the same one is like it."""
    found = shingles.words(text)
    if len(found) < shingles.SHORT:
        return shingles.key(text), None
    return shingles.key(text), shingles.bands(shingles.groups(found, shingles.PAIR), shingles.rows_for(shingles.LEAK))


def task_groups(text: str) -> shingles.Groups:
    return shingles.groups(shingles.words(text), shingles.PAIR)
