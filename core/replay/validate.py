"""Validation of an answer by code, never by a model: length, hedging, checklist, grounding.

The first three are the gate of the lakehouse seed, which fabricated answers passed; grounding is what they fail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.records import Validation
from core.replay.bundle import Bundle
from core.replay.claims import Claim, claims
from core.replay.grounding import Sources
from core.replay.terms import terms

LONGEST = 40_000
MAX_CLAIMS = 2000
"""Claims that are held against the sources: bounds the time that a hostile answer takes."""
CHECKLIST_FROM = 120
"""Characters from which an answer is long enough to speak of the validation steps."""
MAX_NAMED = 20
"""Ungrounded claims that are listed."""

HEDGES = (
    "i am not sure", "i'm not sure", "i am unsure", "i'm unsure", "i am not certain", "i'm not certain",
    "i do not know", "i don't know", "i have no information", "i don't have information",
    "i do not have information", "i don't have access", "i do not have access", "i cannot determine",
    "i can't determine", "i cannot verify", "i can't verify", "cannot be determined", "it is unclear",
    "it's unclear", "hard to say", "i would guess", "i guess", "i assume", "i believe", "i think",
    "as an ai", "as a language model", "i cannot answer", "i can't answer", "i am unable to",
    "i'm unable to", "without more context", "without more information", "it might be that",
)  # fmt: skip


EVIDENCE = frozenset(("number", "date", "time", "path", "address", "identifier", "code", "quotation"))
"""Kinds of claim that can prove something; a name alone does not."""
_ASKS_PROOF = re.compile(
    r"^\W*(?:(?:please|can|could|would|you|now|also|re)\W+){0,3}"
    r"(?:verify|audit|check|confirm|validate|review|inspect|prove)\b",
    re.IGNORECASE,
)


def validate(question: str, answer: str, bundle: Bundle, extra_sources: Sequence[str] = ()) -> Validation:
    """Hold an answer against the question and what was retrieved for it. `not_checked` without past work.

    extra_sources: further text that the answer may rest on, such as the results of its tool calls, or the earlier
    turns of the conversation.
    """
    if bundle.empty:
        return Validation(status="not_checked")
    shown = (*bundle.exemplars, *bundle.warnings)
    found = [*(text for piece in shown for text in (piece.task, piece.answer)), *extra_sources]
    made, sources = claims(answer[:LONGEST])[:MAX_CLAIMS], Sources([question, *found])
    judged = [(claim, sources.hold(claim)) for claim in made]
    held = [claim for claim, stands in judged if stands]
    ungrounded = list(dict.fromkeys(claim.text for claim, stands in judged if not stands))
    reasons = [*_form(answer), *_hedging(answer, [question, *found]), *_checklist(answer, bundle)]
    if ungrounded:
        reasons.append("ungrounded: " + ", ".join(ungrounded[:MAX_NAMED]))
    elif _ASKS_PROOF.match(question) and not _proves(question, held, found):
        reasons.append("asserts without evidence")
    return Validation(
        status="failed" if reasons else "passed",
        reasons=tuple(reasons),
        grounded=len(held) / len(made) if made else 1.0,
        ungrounded=tuple(ungrounded[:MAX_NAMED]),
    )


def _proves(question: str, held: Sequence[Claim], found: Sequence[str]) -> bool:
    """Whether an audit cites something that it was not told; true also where there is nothing to cite."""
    asked = Sources([question])
    if any(claim.kind in EVIDENCE and not asked.hold(claim) for claim in held):
        return True
    return not any(claim.kind in EVIDENCE and not asked.hold(claim) for text in found for claim in claims(text))


def _form(answer: str) -> list[str]:
    if not re.search(r"\w", answer):
        return ["empty"]
    return ["too long"] if len(answer) > LONGEST else []


def _hedging(answer: str, sources: Sequence[str]) -> list[str]:
    """Hedges that the past work does not itself contain."""
    said, known = _spoken(answer), " ".join(map(_spoken, sources))
    found = [hedge for hedge in HEDGES if f" {hedge} " in said and f" {hedge} " not in known]
    return [f"hedging: {found[0]}"] if found else []


def _spoken(text: str) -> str:
    words = re.findall(r"[\w']+", text.casefold().replace("’", "'"))
    return f" {' '.join(words)} "


def _checklist(answer: str, bundle: Bundle) -> list[str]:
    """A long answer that shares no word with any validation step has ignored them."""
    if not bundle.checks or len(answer) < CHECKLIST_FROM:
        return []
    wanted = frozenset[str]().union(*(terms(check).content for check in bundle.checks))
    return [] if not wanted or wanted & terms(answer).content else ["ignores the validation steps"]
