"""What each kind of source says of its own rows: seed 003's verdict rules, pure functions of a record's markers.

A rule knows nothing of reviews, rewards or other rows; `core.evidence.scoring` puts law 2 above all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from core.database.labels import NO, YES, Verdict
from core.evidence.records import Measured, Scalar, SourceClass
from core.records import Origin

SLOW_S = 120
"""An experiment that took longer is accepted in part only."""
CHEAP_ATTEMPTS = 3


class Ruling(NamedTuple):
    category: Verdict
    reasons: tuple[str, ...]


class Origins(msgspec.Struct, gc=False):
    """So much of a provenance."""

    sig_hash: str


class Seen(msgspec.Struct, gc=False):
    """So much of an evidence record as scoring looks at; read from the same line, the rest is skipped."""

    run_id: str
    task_id: str
    source_class: SourceClass
    rule: str
    provenance: Origins
    origin: Origin = "import"
    reviewed: bool = False
    model: str = ""
    response: str = ""
    human: float | None = None
    tests: float | None = None
    reported: float | None = None
    measured: Measured | None = None
    duration_ms: float | None = None
    markers: dict[str, Scalar] = msgspec.field(default_factory=dict)


Rule = Callable[[Seen], Ruling]


def by_value(value: float, who: str) -> Ruling:
    """A rating in [0, 1]: from 0.7 it is a yes, up to 0.3 a no."""
    if value >= YES:
        return Ruling("accepted", (f"{who} said yes",))
    if value <= NO:
        return Ruling("rejected", (f"{who} said no",))
    return Ruling("partially_accepted", (f"{who} said partly",))


def unsure(reason: str) -> Ruling:
    return Ruling("needs_human_review", (reason,))


NOBODY = unsure("nobody judged it")
YES_OF_PERSON, PARTLY_OF_PERSON, NO_OF_PERSON = (by_value(value, "a person") for value in (1.0, 0.5, 0.0))


def person(seen: Seen) -> Ruling:
    """Our own traces: the person's word, else the tests'."""
    if seen.human is not None:
        return YES_OF_PERSON if seen.human >= YES else NO_OF_PERSON if seen.human <= NO else PARTLY_OF_PERSON
    return NOBODY if seen.tests is None else by_value(seen.tests, "the tests")


def attempts(seen: Seen) -> Ruling:
    """`attempts`: on which attempt it was accepted, or the seed's word `accepted_on_attempt_2` (scrum_reviews)."""
    told = seen.markers.get("attempts")
    word = ATTEMPT.fullmatch(told) if isinstance(told, str) else None
    count = float(word[1]) if word else number(told)
    if count is None or count < 1:
        return unsure("no attempt was accepted")
    reason = f"accepted on attempt {count:g}"
    if count == 1:
        return Ruling("accepted", (reason,))
    return Ruling("partially_accepted", (reason,) if count <= CHEAP_ATTEMPTS else (reason, "high cost"))


ATTEMPT = re.compile(r"accepted_on_attempt_(\d{1,6})")
OBSERVED: Mapping[str, Verdict] = {"accept": "accepted", "reject": "rejected", "cycle": "partially_accepted"}


def observer(seen: Seen) -> Ruling:
    """`observer_verdict`: accept, reject or cycle (observer_reviews)."""
    return worded(seen.markers.get("observer_verdict"), OBSERVED, "observer", "the observer said nothing that counts")


SEVERITIES: Mapping[str, Verdict] = {
    "info": "accepted", "low": "accepted", "medium": "partially_accepted", "high": "rejected", "critical": "rejected",
    # Older audits: the verdict on a whole change, and findings that warn or block.
    "approve": "accepted", "approved": "accepted", "pass": "accepted", "warn": "partially_accepted",
    "warning": "partially_accepted", "request_changes": "partially_accepted", "block": "rejected",
    "blocked": "rejected", "fail": "rejected", "failed": "rejected",
}  # fmt: skip


def severity(seen: Seen) -> Ruling:
    """`severity` of a finding, else the older `verdict` (audits)."""
    found = seen.markers.get("severity")
    word = seen.markers.get("verdict") if found is None else found
    return worded(word, SEVERITIES, "severity", "no severity that is known")


def contract(seen: Seen) -> Ruling:
    """`failure_markers`: how many, or their text; then `observer_verdict` (contract_analyses)."""
    failed = seen.markers.get("failure_markers")
    if failed:
        return Ruling("rejected", ("failure markers",))
    return observer(seen)


def commit(seen: Seen) -> Ruling:
    """`action`: `committed`, or `…_reverted` (auto_apply)."""
    action = seen.markers.get("action")
    if action == "committed":
        return Ruling("accepted", ("committed",))
    if isinstance(action, str) and (action == "reverted" or action.endswith("_reverted")):
        return Ruling("rejected", (action[:80],))
    return unsure("neither committed nor reverted")


def events(seen: Seen) -> Ruling:
    """`gap_signals`: how many; `all_events_ok` (outcomes). Gaps keep a run from being accepted whole."""
    gaps = number(seen.markers.get("gap_signals"))
    if gaps is not None and gaps > 0:
        return Ruling("partially_accepted", (f"{gaps:g} gap signals",))
    if seen.markers.get("all_events_ok") is True:
        return Ruling("accepted", ("all events ok",))
    return unsure("events without a verdict")


def experiment(seen: Seen) -> Ruling:
    """The text itself, how long it took, and `grounded`: the share of it that was found to be so (mode_experiments).

    Groundedness never accepts by itself: it says that the text invents nothing, not that it answers.
    """
    if not seen.response.strip():
        return Ruling("rejected", ("empty text",))
    if seen.duration_ms is not None and seen.duration_ms > SLOW_S * 1000:
        return Ruling("partially_accepted", (f"took more than {SLOW_S} s",))
    grounded = number(seen.markers.get("grounded"))
    if grounded is None:
        return unsure("telemetry without a verdict")
    if grounded <= NO:
        return Ruling("rejected", ("not grounded",))
    return Ruling("partially_accepted", ("grounded",)) if grounded >= YES else unsure("grounded in part")


def extraction(seen: Seen) -> Ruling:
    """Carries no verdict: `core.evidence.joining` looks for a parent's."""
    return PARENTLESS


PARENTLESS = unsure("no verdict for its task")
RULES: Mapping[str, Rule] = {
    "person": person,
    "attempts": attempts,
    "observer": observer,
    "severity": severity,
    "contract": contract,
    "commit": commit,
    "events": events,
    "experiment": experiment,
    "extraction": extraction,
}


def rule(seen: Seen) -> Ruling:
    """What is held of a row by its own rule. A person's word, where there is one, stands above the rule."""
    if seen.human is not None:
        return person(seen)
    found = RULES.get(seen.rule)
    return found(seen) if found is not None else unsure("no rule reads this source")


def worded(word: Scalar, words: Mapping[str, Verdict], about: str, otherwise: str) -> Ruling:
    """A verdict by a word, in whatever letters."""
    known = word.strip().lower() if isinstance(word, str) else ""
    category = words.get(known)
    return Ruling(category, (f"{about}: {known}",)) if category is not None else unsure(otherwise)


def number(value: Scalar) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
