"""Hands an answer that failed its checks to the teacher, where the person set a key and asked for it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.agent.ask import Ask
from core.config import Config
from core.engine.records import Sampling
from core.errors import TeacherError
from core.records import Escalation, Message, Record, Validation
from core.teacher.client import TeacherClient
from core.teacher.wire import TeacherReply

PURPOSE = "escalation"


class Outcome(Record, frozen=True):
    """What came of asking the teacher; `reply` is None where the local answer stays."""

    escalation: Escalation
    reply: TeacherReply | None = None


def allowed(ask: Ask, config: Config, teacher: TeacherClient | None) -> bool:
    """The request's own word, else the setting; never without a teacher. Benchmarks measure the student alone.

    Answers of a given form (JSON, a grammar, the client's own tools) stay here: the teacher is not held to it.
    """
    if teacher is None or teacher.provider == "none" or ask.prompt is not None or ask.origin == "benchmark":
        return False
    if ask.grammar or ask.tools or (ask.response_format or {}).get("type", "text") != "text":
        return False
    return config.teacher.escalate if ask.allow_escalation is None else ask.allow_escalation


def due(validation: Validation) -> bool:
    """Only a failed check is a reason: an answer that could not be checked never leaves the machine."""
    return validation.status == "failed"


async def escalate(teacher: TeacherClient, messages: Sequence[Message], sampling: Sampling, local: str) -> Outcome:
    """Ask what the student was asked; a teacher that cannot be asked is an outcome, not an error."""
    try:
        reply = await teacher.ask(messages, max_tokens=sampling.max_tokens, purpose=PURPOSE)
    except TeacherError as error:
        return Outcome(
            escalation=Escalation(
                provider=teacher.provider,
                model=teacher.model,
                outcome="failed",
                error=error.message,
                local_response=local,
            )
        )
    answered = Escalation(provider=reply.provider, model=reply.model, outcome="answered", local_response=local)
    text = cut(reply.text, sampling.stop)
    return Outcome(escalation=answered, reply=msgspec.structs.replace(reply, text=text))


def cut(text: str, stop: Sequence[str]) -> str:
    """The text before the first stop string."""
    return text[: min((at for word in stop if (at := text.find(word)) >= 0), default=len(text))]
