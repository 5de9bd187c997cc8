"""What a trace says itself, apart from what it repeats of others: the last thing asked, the answer, the feedback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.database.states import TraceState
from core.evidence.records import CORRECTION, EvidenceRecord
from core.privacy.byte_forms import fold
from core.privacy.byte_search import pieces
from core.records import Message, Trace

SAID_LEAST = 16
"""Characters from which something that a person said is told from what others say."""
ANSWERED_LEAST = 40
"""Likewise of an answer: models say the same short things to everybody."""
PIECES, LENGTH = 4, 64
MOST = 400
"""Pieces that are looked for at once."""


class OwnWords(NamedTuple):
    """said: by the person, with corrections and comments; answered: by the student and by the teacher."""

    said: tuple[str, ...]
    answered: tuple[str, ...]


class Telling(NamedTuple):
    """Pieces of what was said, and of what was answered."""

    said: list[str]
    answered: list[str]


def last_turn(messages: Iterable[Message]) -> list[Message]:
    """What came after the last answer: the rest was said before, in traces of its own."""
    turn: list[Message] = []
    for message in messages:
        turn = [] if message.role == "assistant" else [*turn, message]
    return [message for message in turn if message.role != "system"]


def own_words(state: TraceState) -> OwnWords:
    trace = state.trace
    said = [message.content or "" for message in last_turn(trace.messages)]
    for one in state.feedback:
        said += [one.comment or "", one.correction or "", one.value if isinstance(one.value, str) else ""]
    return OwnWords(_some(said), _some(_answers(trace)))


def words_in_evidence(records: Iterable[EvidenceRecord]) -> OwnWords:
    """Of a trace that the database holds no more: what its records say of it."""
    said, answered = list[str](), list[str]()
    for record in records:
        said += [message.content or "" for message in last_turn(record.messages)]
        (said if record.run_id.endswith(CORRECTION) else answered).append(record.response)
    return OwnWords(_some(said), _some(answered))


def _answers(trace: Trace) -> Iterator[str]:
    yield trace.response
    if trace.escalation is not None:
        yield trace.escalation.local_response or ""


def _some(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


def telling(words: Iterable[OwnWords]) -> Telling:
    """Pieces by which these words are known again elsewhere; what is too short to be told from others' is left out."""
    said: dict[str, None] = {}
    answered: dict[str, None] = {}
    for own in words:
        for texts, least, found in ((own.said, SAID_LEAST, said), (own.answered, ANSWERED_LEAST, answered)):
            for text in texts:
                if len(fold(text)) >= least:
                    found |= dict.fromkeys(piece for piece in pieces(text, PIECES, LENGTH) if len(piece) >= SAID_LEAST)
    only_answered = [piece for piece in answered if piece not in said]
    return Telling(evenly(list(said), MOST // 2), evenly(only_answered, MOST // 2))


def evenly(texts: list[str], most: int) -> list[str]:
    """At most so many of them, from the first to the last."""
    if len(texts) <= most:
        return texts
    return [texts[number * (len(texts) - 1) // (most - 1)] for number in range(most)]
