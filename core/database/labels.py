"""What feedback and signals together say of one answer: pure functions, no clock, no database.

Human statements stand above tests; a person's "no" caps the reward (DESIGN §5 and law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, Protocol

import msgspec

from core.config import RewardConfig
from core.records import Feedback, Record, Signals, Unit

YES = 0.7
NO = 0.3
CAP_AFTER_NO = 0.3
ERRORS_FOR_ZERO = 100

Verdict = Literal["accepted", "partially_accepted", "rejected", "needs_human_review"]
Source = Literal["user", "test", "simulated"]


class Measures(Protocol):
    """What tools said of some work: `core.records.Signals` has it, and the evidence's own copy."""

    @property
    def compile_pass(self) -> bool | None: ...
    @property
    def tests_passed(self) -> int | None: ...
    @property
    def tests_total(self) -> int | None: ...
    @property
    def lint_errors(self) -> int | None: ...
    @property
    def type_errors(self) -> int | None: ...
    @property
    def schema_errors(self) -> int | None: ...
    @property
    def boundary_errors(self) -> int | None: ...


def people(*, simulated: bool) -> frozenset[Source]:
    """Whose word is a person's: a simulated user is one only in a home created as simulated."""
    return frozenset[Source](("user", "simulated") if simulated else ("user",))


class Label(Record, frozen=True):
    """What is held of a trace now."""

    verdict: Verdict = "needs_human_review"
    reward: Unit | None = None
    answer: str | None = None
    """What may be shown as good: the correction, else the accepted or partly accepted response; None after a no."""


class Standing(msgspec.Struct, frozen=True):
    """What one kind of speaker says after all taking back: `value` in [0, 1], and the correction that stands."""

    value: float | None = None
    correction: Feedback | None = None

    @property
    def silent(self) -> bool:
        return self.value is None and self.correction is None


def correction_text(statement: Feedback) -> str | None:
    """The better answer that this statement gives, None when it gives none."""
    if statement.correction is not None:
        return statement.correction
    if statement.metric == "demonstration" and isinstance(statement.value, str):
        return statement.value
    return None


def standing(statements: Sequence[Feedback], sources: Collection[Source]) -> Standing:
    """`statements` in the order in which they arrived: the latest wins, a value of None takes its metric back.

    A correction stands until it is itself taken back: a thumb speaks of the answer that was given, not of it.
    """
    values: dict[str, float] = {}
    correction: Feedback | None = None
    for statement in statements:
        if statement.source not in sources:
            continue
        if correction_text(statement) is not None:
            correction = statement
        elif statement.metric == "demonstration":
            correction = None
        if statement.metric in ("thumb", "score"):
            values.pop(statement.metric, None)
            if statement.value is not None:
                values[statement.metric] = float(statement.value)
    return Standing(list(values.values())[-1] if values else None, correction)


def verdict(said: Standing) -> Verdict:
    """A correction rejects the original, whatever the thumbs."""
    if said.correction is not None:
        return "rejected"
    if said.value is None:
        return "needs_human_review"
    if said.value >= YES:
        return "accepted"
    return "rejected" if said.value <= NO else "partially_accepted"


def reward(
    signals: Measures | None,
    *,
    human: float | None,
    tests: float | None = None,
    reported: float | None = None,
    weights: RewardConfig = RewardConfig(),  # noqa: B008 - frozen
) -> float | None:
    """Weighted mean of the known components, each in [0, 1]: compile, tests, 1 − min(errors/100, 1), human.

    tests: a test run's own score, used where the signals count no tests. reported: what another system worked
    out, used where nothing is known here. None when nothing is known at all. The only place where a reward is made.
    """
    parts = (*_components(signals, tests), human)
    if weights.seed_compatible and any(part is not None for part in parts):
        compiled, tested, clean, said = parts
        parts = (compiled, 1.0 if tested is None else tested, clean, 0.5 if said is None else said)
    worth = _weighted(parts, weights)
    if worth is None:
        worth = reported
    if worth is not None and human is not None and human <= NO:
        return min(worth, CAP_AFTER_NO)
    return worth


def _weighted(parts: tuple[float | None, ...], weights: RewardConfig) -> float | None:
    """A component that weighs nothing is not known."""
    top = bottom = 0.0
    each = (weights.compile, weights.tests, weights.errors, weights.human)
    for part, weight in zip(parts, each, strict=True):
        if part is not None:
            top += weight * part
            bottom += weight
    return top / bottom if bottom else None


def _components(signals: Measures | None, tests: float | None) -> tuple[float | None, float | None, float | None]:
    if signals is None:
        return (None, tests, None)
    compiled = None if signals.compile_pass is None else float(signals.compile_pass)
    if signals.tests_total and signals.tests_passed is not None:
        tests = min(signals.tests_passed / signals.tests_total, 1.0)
    counts = (signals.lint_errors, signals.type_errors, signals.schema_errors, signals.boundary_errors)
    errors = [count for count in counts if count is not None]
    clean = 1 - min(sum(errors) / ERRORS_FOR_ZERO, 1.0) if errors else None
    return (compiled, tests, clean)


def merged(rows: Sequence[Signals]) -> Signals | None:
    """The latest known value of each field; the two test counts always from the same run of the tests."""
    if not rows:
        return None
    known: dict[str, object] = {}
    for signals in rows:
        fields = msgspec.structs.asdict(signals)
        if fields["tests_total"] is not None or fields["tests_passed"] is not None:
            known.pop("tests_total", None)
            known.pop("tests_passed", None)
        known.update({name: value for name, value in fields.items() if value is not None})
    return msgspec.convert(known, Signals)
