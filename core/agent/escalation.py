"""Hands an answer that failed its checks to the teacher, where the person set a key and asked for it."""

from __future__ import annotations

from collections.abc import Sequence

from core.agent.ask import Ask
from core.config import Config
from core.errors import TeacherError
from core.records import Escalation, Message, Validation
from core.teacher.client import TeacherClient

PURPOSE = "escalation"


def allowed(ask: Ask, config: Config, teacher: TeacherClient | None) -> bool:
    """The request's own word, else the setting; never without a teacher. Benchmarks measure the student alone."""
    if teacher is None or ask.prompt is not None or ask.origin == "benchmark":
        return False
    return config.teacher.escalate if ask.allow_escalation is None else ask.allow_escalation


def due(validation: Validation) -> bool:
    """Only a failed check is a reason: an answer that could not be checked never leaves the machine."""
    return validation.status == "failed"


async def escalate(
    teacher: TeacherClient, messages: Sequence[Message], max_tokens: int | None, local: str
) -> tuple[str, Escalation]:
    """The answer to give, and what happened: the teacher's, or `local` where the teacher could not be asked."""
    try:
        reply = await teacher.ask(messages, max_tokens=max_tokens, purpose=PURPOSE)
    except TeacherError as error:
        failed = Escalation(
            provider=teacher.provider,
            model=teacher.model,
            outcome="failed",
            error=error.message,
            local_response=local,
        )
        return local, failed
    answered = Escalation(provider=reply.provider, model=reply.model, outcome="answered", local_response=local)
    return reply.text, answered
