"""Validation steps: lines of retrieved answers that begin verify, check, assert, ensure or confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable

STEP = re.compile(
    r"^\s*(?:(?:[-*•+]|\d{1,2}[.)]|\[[ xX]?\])\s*)*"  # list markers
    r"[*_]{0,2}((?:verify|check|assert|ensure|confirm)\b[*_]{0,2}\s+\S.*)$",
    re.IGNORECASE,
)
LONGEST = 200


def steps(texts: Iterable[str], limit: int) -> tuple[str, ...]:
    """The first `limit` different steps, without their list markers. Fenced code holds statements, not steps."""
    found: dict[str, str] = {}
    for text in texts:
        fenced = False
        for line in text.splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif not fenced and (match := STEP.match(line)) is not None:
                step = match.group(1).replace("**", "").strip()[:LONGEST]
                found.setdefault(step.casefold(), step)
    return tuple(found.values())[:limit]
