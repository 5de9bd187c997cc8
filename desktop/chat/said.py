"""One message as the chat shows it, and what the student is sent of the messages before; no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.records import Message, Trace, Validation

if TYPE_CHECKING:
    from core.database.turns import Turn

Status = Literal["done", "waiting", "streaming", "stopped", "broken", "unsent"]
ENDINGS: dict[str, Status] = {"cancelled": "stopped", "interrupted": "broken", "error": "broken"}


@dataclass(slots=True)
class Said:
    """`text` is what was said; `spoken` what counts: the person's correction where there is one."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    trace_id: str | None = None
    trace: Trace | None = None
    status: Status = "done"
    problem: str = ""
    """What went wrong, for the person to read."""
    thumb: bool | None = None
    correction: str | None = None
    alternatives: int = 0
    """How many other answers the same question has."""
    answers: tuple[str, ...] = ()
    """Trace ids of all answers to the same question, oldest first, once they are known."""
    recorded: str | None = None
    """What the database holds of the answer, where that is not what was shown (a server that was killed)."""
    model: str = ""
    variant: str = ""
    agent: str = ""
    grounded_in: tuple[str, ...] = ()
    validation: Validation | None = None
    escalated: bool = False
    not_stored: str = ""
    """Why it is not in the database; empty while it is."""
    local: bool = field(default=False)
    """True: only this window knows of it."""

    @property
    def spoken(self) -> str:
        return self.text if self.correction is None else self.correction

    @property
    def told_student(self) -> str:
        """What the student is sent of it: as recorded, so that the answer is known again."""
        return self.correction or self.recorded or self.text

    @property
    def is_running(self) -> bool:
        return self.status in ("waiting", "streaming")

    @property
    def is_live(self) -> bool:
        """True while this window itself takes its text as it comes."""
        return self.is_running and self.local

    @property
    def may_be_rated(self) -> bool:
        return self.role == "assistant" and self.trace_id is not None and not self.is_running and not self.not_stored


def of_turn(turn: Turn) -> Said:
    """A turn of the database as a message."""
    said = Said(role=turn.role, text=turn.text, trace_id=turn.trace_id)
    if turn.trace is None:
        return said
    said.thumb, said.correction, said.alternatives = turn.thumb, turn.correction, turn.alternatives
    if turn.correction is not None and turn.text == turn.correction:
        said.text = turn.trace.response
    take_trace(said, turn.trace)
    return said


def take_trace(said: Said, trace: Trace) -> None:
    """What a recorded trace tells of its answer."""
    said.trace, said.trace_id = trace, trace.id
    said.model, said.variant, said.agent = trace.model, trace.variant, trace.agent
    said.grounded_in = tuple(piece.trace_id for piece in trace.retrieved if piece.injected)
    said.validation = trace.validation
    said.escalated = trace.escalation is not None and trace.escalation.outcome == "answered"
    if trace.finish_reason is None:
        said.status = "streaming"
    else:
        said.status = ENDINGS.get(trace.finish_reason, "done")
        said.problem = said.problem or trace.error or ""


def history(said: Iterable[Said]) -> list[Message]:
    """What the student is sent: corrections in place of what they correct, unanswered questions with the next one.

    Chat templates want the speakers to take turns, so two questions in a row become one message.
    """
    messages: list[Message] = []
    for one in said:
        text = one.told_student
        if one.role == "tool" or not text.strip():
            continue
        if messages and one.role == "user" and messages[-1].role == "user":
            before = messages.pop().content
            messages.append(Message(role="user", content=f"{before}\n\n{text}"))
        else:
            messages.append(Message(role=one.role, content=text))
    return messages


def last_question(said: Sequence[Said]) -> int | None:
    """Index of the person's last message."""
    return next((at for at in range(len(said) - 1, -1, -1) if said[at].role == "user"), None)


def same(ours: Said, theirs: Said) -> bool:
    """Whether both are the same message, perhaps at another time of its life."""
    if ours.role != theirs.role:
        return False
    if ours.trace_id or theirs.trace_id:
        return ours.trace_id == theirs.trace_id
    return ours.text == theirs.text
