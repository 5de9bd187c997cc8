"""Which other traces hold what a trace said: those that go on from it, that were shown it, or that repeat it.

A follow-up resends the conversation; an answer may be made from past work that retrieval put before the student, and
then holds it in its bundle. Both go on: what came of such an answer may hold it as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec

from core.database import Database
from core.database.states import TraceState
from core.evidence.records import CORRECTION, EvidenceRecord
from core.forget.own_words import Telling, own_words, telling, words_in_evidence
from core.forget.records import Why
from core.privacy.byte_forms import Forms, fold
from core.records import Message, Trace

PAGE = 500
GOES_ON: Why = "goes on from it"
SHOWN: Why = "was shown it"
SAME: Why = "holds the same words"


class Kin(NamedTuple):
    """others: why → ids, without the chosen, each under the first reason found. pieces: by which the words are known
    again; none that somebody else was told as well."""

    others: dict[Why, tuple[str, ...]]
    pieces: tuple[str, ...]


def kin(database: Database, chosen: Iterable[str], deleted: Iterable[EvidenceRecord] = ()) -> Kin:
    """deleted: records of those that the database holds no more."""
    known = {state.trace.id: own_words(state) for state in states(database, list(chosen))}
    before: dict[str, list[EvidenceRecord]] = {}
    for record in deleted:
        before.setdefault(record.run_id.removesuffix(CORRECTION), []).append(record)
    known |= {trace_id: words_in_evidence(records) for trace_id, records in before.items()}
    gone = [_as_trace(record) for records in before.values() for record in records]
    found: dict[str, Why] = {}
    _grow(database, known.keys(), gone, found)
    wanted = telling(known.values())
    repeating, common = _repeating(database, wanted, known.keys() | found.keys())
    found |= dict.fromkeys(repeating, SAME)
    _grow(database, known.keys(), gone, found)
    whys: tuple[Why, ...] = (GOES_ON, SHOWN, SAME)
    others = {why: ids for why in whys if (ids := tuple(one for one, its in found.items() if its == why))}
    return Kin(others, tuple(piece for piece in (*wanted.said, *wanted.answered) if piece not in common))


def states(database: Database, trace_ids: list[str]) -> Iterator[TraceState]:
    """Those that are finished, in order of the ids' pages."""
    for start in range(0, len(trace_ids), PAGE):
        yield from database.states.of(trace_ids[start : start + PAGE])


def _as_trace(record: EvidenceRecord) -> Trace:
    return Trace(
        id=record.run_id.removesuffix(CORRECTION),
        created_at=record.timestamp,
        conversation_id=record.conversation_id,
        messages=record.messages,
        response=record.response,
    )


def _grow(database: Database, known: Collection[str], gone: list[Trace], found: dict[str, Why]) -> None:
    """Adds what comes after these, and what comes after that."""
    before = -1
    while len(found) > before:
        before = len(found)
        family = _Family([*gone, *(state.trace for state in states(database, [*known, *found]))])
        for state in _all(database):
            if state.trace.id not in known and state.trace.id not in found and (why := family.why(state.trace)):
                found[state.trace.id] = why


def _repeating(database: Database, wanted: Telling, family: Collection[str]) -> tuple[list[str], set[str]]:
    """(traces that repeat the words, pieces that do not count: an answer that others were given as well)."""
    pieces = [*wanted.said, *wanted.answered]
    if not pieces:
        return [], set()
    forms, said = Forms(pieces), frozenset(range(len(wanted.said)))
    hits: dict[str, frozenset[int]] = {}
    common: set[int] = set()
    for state in _all(database):
        if state.trace.id in family:
            continue
        heard = _in(forms, _heard(state))
        answered = _in(forms, state.trace.response.encode("utf-8", "replace"))
        if not (heard | answered) & said:
            common |= answered - said
        if heard or answered & said:
            hits[state.trace.id] = heard | answered & said
    return [one for one, its in hits.items() if its - common], {pieces[number] for number in common}


def _in(forms: Forms, text: bytes) -> frozenset[int]:
    return frozenset(hit.text for hit in forms.find(text))


def _all(database: Database) -> Iterator[TraceState]:
    last = database.states.last_row()
    for after in range(0, last, PAGE):
        yield from database.states.between(after, min(after + PAGE, last))


def _heard(state: TraceState) -> bytes:
    """Where words of others may stand: all but the answer."""
    return msgspec.json.encode({**state.text, "trace": {**state.text["trace"], "response": ""}})


class _Family:
    """Traces, and how to tell those that come after them."""

    def __init__(self, members: Iterable[Trace]) -> None:
        self._ids: set[str] = set()
        self._answers: dict[str, list[Trace]] = {}
        for trace in members:
            self._ids.add(trace.id)
            if fold(trace.response):
                self._answers.setdefault(fold(trace.response), []).append(trace)

    def why(self, trace: Trace) -> Why | None:
        if any(piece.injected and piece.trace_id in self._ids for piece in trace.retrieved):
            return SHOWN
        answers = (message.content or "" for message in trace.messages if message.role == "assistant")
        if any(self._goes_on(trace, earlier) for text in answers for earlier in self._answers.get(fold(text), ())):
            return GOES_ON
        return None

    def _goes_on(self, trace: Trace, earlier: Trace) -> bool:
        """In one conversation: it resends the answer. Without one: it begins with all that was said up to it."""
        if trace.conversation_id is not None or earlier.conversation_id is not None:
            return trace.conversation_id == earlier.conversation_id
        asked = _texts(earlier.messages)
        return _texts(trace.messages)[: len(asked)] == asked


def _texts(messages: Iterable[Message]) -> list[tuple[str, str]]:
    return [(message.role, fold(message.content or "")) for message in messages if message.role != "system"]
