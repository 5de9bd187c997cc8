"""How a student sees past work: the system message that replay renders, and plain facts in a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.records import Exemplar
from core.replay import bundle

DEFAULT_AGENT = "You answer questions."
_KINDS: tuple[Literal["accepted", "partial"], ...] = ("accepted", "partial")


@dataclass(frozen=True, slots=True)
class Past:
    """One past question and its answer; `partial` where it was only partly right."""

    question: str
    answer: str
    partial: bool = False


def render(agent: str, past: Sequence[Past], checks: Sequence[str] = ()) -> str:
    """The system message exactly as replay writes it: the agent's own prompt, then past work as data."""
    exemplars, warnings = (
        tuple(
            Exemplar(row=row, trace_id=str(row), kind=kind, task=block.question, answer=block.answer)
            for row, block in enumerate(past)
            if block.partial == (kind == "partial")
        )
        for kind in _KINDS
    )
    return bundle.render(bundle.Bundle(exemplars=exemplars, warnings=warnings, checks=tuple(checks)), agent)


def plain(statements: Sequence[str], question: str) -> str:
    """A user message that brings its own facts."""
    return "Context:\n" + "\n".join(f"- {statement}" for statement in statements) + f"\n\n{question}"
