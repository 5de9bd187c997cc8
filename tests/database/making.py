"""Records for tests: short to write, with times that count up."""

from __future__ import annotations

import itertools
from typing import Any

from core.records import Feedback, Message, Signals, Trace

_ticks = itertools.count()


def tick() -> str:
    """The next microsecond of a fixed day."""
    return f"2026-11-21T00:00:00.{next(_ticks):06d}Z"


def trace(trace_id: str, question: str = "Where is Zorbia?", answer: str = "North of Quuxia.", **more: Any) -> Trace:
    defaults: dict[str, Any] = {
        "created_at": tick(),
        "messages": [Message(role="user", content=question)],
        "response": answer,
        "finish_reason": "stop",
    }
    return Trace(id=trace_id, **{**defaults, **more})


def opened(trace_id: str, question: str = "Where is Zorbia?", **more: Any) -> Trace:
    return trace(trace_id, question, "", **{"finish_reason": None, **more})


def thumb(feedback_id: str, trace_id: str, value: Any, **more: Any) -> Feedback:
    return Feedback(id=feedback_id, trace_id=trace_id, created_at=tick(), value=value, **more)


def correction(feedback_id: str, trace_id: str, text: str | None) -> Feedback:
    return Feedback(id=feedback_id, trace_id=trace_id, created_at=tick(), metric="demonstration", value=text)


def signals(trace_id: str, **more: Any) -> Signals:
    return Signals(trace_id=trace_id, created_at=tick(), **more)
