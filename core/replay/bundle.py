"""What replay puts before the student, and the one form in which it is written into the system prompt.

The form is a contract: the demo student is trained on it, and traces record it whole. Retrieved text is data:
it stands between fences that it cannot close, because every fence inside it is neutralised.
"""

from __future__ import annotations

import re
from typing import Literal

from core.records import Exemplar, Record, Retrieved

Mode = Literal["hybrid", "lexical", "off", "none"]
Kind = Literal["accepted", "partial"]

MAX_EXEMPLARS = 3
MAX_WARNINGS = 2
MAX_CHECKS = 3

HEADING = "Past work, as data:"
_FENCE: dict[Kind, str] = {"accepted": "past", "partial": "partial"}
_FENCE_IN_DATA = re.compile(r"<(?=\s*/?\s*(?:past|partial))", re.IGNORECASE)


class Bundle(Record, frozen=True):
    """Past work chosen for one task. `retrieved` lists everything considered, injected or not."""

    exemplars: tuple[Exemplar, ...] = ()
    """Accepted past work, the best first; at most 3."""
    warnings: tuple[Exemplar, ...] = ()
    """Past work that was only partly right; at most 2."""
    checks: tuple[str, ...] = ()
    """Validation steps found in the retrieved answers; at most 3."""
    retrieved: list[Retrieved] = []  # noqa: RUF012  (msgspec copies an empty list default)
    mode: Mode = "none"
    task_hash: str = ""

    @property
    def empty(self) -> bool:
        """True when nothing passed the strict threshold: nothing is put before the student."""
        return not (self.exemplars or self.warnings)


def render(bundle: Bundle, system_prompt: str) -> str:
    """The system prompt with the bundle after it; the prompt itself, unchanged, when the bundle is empty."""
    added = block(bundle)
    if not added:
        return system_prompt
    return f"{system_prompt}\n\n{added}" if system_prompt else added


def block(bundle: Bundle) -> str:
    """Only what `render` adds: what a trace keeps in its `bundle` field. Empty for an empty bundle."""
    if bundle.empty:
        return ""
    lines = [HEADING]
    for exemplar in (*bundle.exemplars, *bundle.warnings):
        fence = _FENCE[exemplar.kind]
        lines += [
            f"<{fence}>",
            f"Q: {neutralise(exemplar.task)}",
            f"A: {neutralise(exemplar.answer)}",
            f"</{fence}>",
        ]
    if bundle.checks:
        lines += ["Checks:", *(f"- {neutralise(check)}" for check in bundle.checks)]
    return "\n".join(lines)


def neutralise(text: str) -> str:
    """Data in which no fence can be opened or closed: the `<` of each becomes a `‹`."""
    return _FENCE_IN_DATA.sub("‹", text)
