"""What the commands tell of a trace: as JSON for scripts, as a few words for people."""

from __future__ import annotations

from typing import Any

from core.records import Trace

NO_EVIDENCE = "Not checked: no accepted past work is near this question."


def of_answer(trace: Trace) -> dict[str, Any]:
    """What `ask --json` prints."""
    return {
        "id": trace.id,
        "conversation_id": trace.conversation_id,
        "agent": trace.agent,
        "query_class": trace.query_class,
        "complexity": trace.complexity,
        "response": trace.response,
        "finish_reason": trace.finish_reason,
        "verified": trace.validation is not None and trace.validation.status == "passed",
        "validation": trace.validation,
        "retrieved": trace.retrieved,
        "retrieval_mode": trace.retrieval_mode,
        "escalation": trace.escalation,
        "model": trace.model,
        "adapter": trace.adapter,
        "variant": trace.variant,
        "usage": trace.usage,
        "cost_usd": trace.cost_usd,
        "ttft_ms": trace.ttft_ms,
        "duration_ms": trace.duration_ms,
        "error": trace.error,
    }


def of_replay(trace: Trace) -> dict[str, Any]:
    """What `replay --json` prints: the answer, and everything that it was made from."""
    return {
        **of_answer(trace),
        "task": question_of(trace),
        "task_hash": trace.task_hash,
        "bundle": trace.bundle,
        "prompt_id": trace.prompt_id,
        "origin": trace.origin,
    }


def question_of(trace: Trace) -> str:
    """The last thing that the person said."""
    return next((message.content or "" for message in reversed(trace.messages) if message.role == "user"), "")


def verdict_line(trace: Trace) -> str:
    """One sentence on how far the answer was checked."""
    if trace.escalation is not None and trace.escalation.outcome == "answered":
        return f"Answered by the teacher ({trace.escalation.model}): the student's own answer failed its checks."
    validation = trace.validation
    if validation is None or validation.status == "not_checked":
        return {
            "off": "Not checked: retrieval was switched off for this.",
            "none": "Not checked: this agent does not look at past work.",
        }.get(trace.retrieval_mode, NO_EVIDENCE)
    if validation.status == "passed":
        used = sum(1 for item in trace.retrieved if item.injected)
        return f"Checked against {used} earlier answer{'s' if used != 1 else ''}."
    return f"UNVERIFIED: {'; '.join(validation.reasons) or 'it failed its checks'}."
