"""The reward: the seed's formula with the seed's weights, and a person's "no" above it under any weights."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import RewardConfig
from core.database.labels import reward
from core.evidence.records import Measured

EXAMPLE = Measured(
    compile_pass=True, lint_errors=2, type_errors=0, tests_passed=8, tests_total=10, coverage_pct=85,
    schema_errors=0, boundary_errors=0,
)  # fmt: skip
SEED = RewardConfig(seed_compatible=True)
WEIGHTS = st.builds(
    RewardConfig,
    **{name: st.floats(0, 100) for name in ("compile", "tests", "errors", "human")},
    seed_compatible=st.booleans(),
)
SHARES = st.none() | st.floats(0, 1)
COUNTS = st.none() | st.integers(0, 300)


def test_the_seeds_worked_example() -> None:
    """.25 + .25 · 8/10 + .25 · (1 − 2/100) + .25 is 0.945; the seed's page prints 0.93 beside it."""
    assert reward(EXAMPLE, human=1.0) == pytest.approx(0.945)
    assert reward(EXAMPLE, human=1.0, weights=SEED) == pytest.approx(0.945)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (RewardConfig(compile=1, tests=0, errors=0, human=0), 1.0),
        (RewardConfig(compile=0, tests=1, errors=0, human=0), 0.8),
        (RewardConfig(compile=0, tests=0, errors=1, human=0), 0.98),
        (RewardConfig(compile=0, tests=0, errors=0, human=1), 0.9),
        (RewardConfig(compile=0, tests=3, errors=0, human=1), 0.825),
        (RewardConfig(compile=2, tests=2, errors=2, human=2), 0.92),
    ],
)
def test_each_weight_counts(weights: RewardConfig, expected: float) -> None:
    assert reward(EXAMPLE, human=0.9, weights=weights) == pytest.approx(expected)


def test_only_what_is_known_counts_unless_the_seeds_way_is_asked_for() -> None:
    compiles = Measured(compile_pass=False)
    assert reward(compiles, human=None) == 0.0
    assert reward(compiles, human=None, weights=SEED) == pytest.approx((0 + 1 + 0.5) / 3)
    assert reward(None, human=0.5, weights=SEED) == pytest.approx(0.75)
    assert reward(None, human=None, weights=SEED) is None, "of what nobody measured or judged the seed knows nothing"
    assert reward(None, human=None, reported=0.6, weights=SEED) == 0.6


def test_weights_of_nothing_leave_what_was_reported() -> None:
    nothing = RewardConfig(compile=0, tests=0, errors=0, human=0)
    assert reward(EXAMPLE, human=1.0, weights=nothing) is None
    assert reward(EXAMPLE, human=0.0, reported=0.9, weights=nothing) == 0.3


def test_more_passed_than_there_are_is_all() -> None:
    assert reward(Measured(tests_passed=9, tests_total=3), human=None) == 1.0


@given(
    measured=st.none() | st.builds(
        Measured, compile_pass=st.none() | st.booleans(), tests_passed=COUNTS, tests_total=COUNTS, lint_errors=COUNTS,
        type_errors=COUNTS, schema_errors=COUNTS, boundary_errors=COUNTS,
    ),
    human=SHARES, tests=SHARES, reported=SHARES, weights=WEIGHTS,
)  # fmt: skip
def test_a_reward_is_a_share_and_a_no_caps_it(measured: Any, human: Any, weights: RewardConfig, **more: Any) -> None:
    worth = reward(measured, human=human, weights=weights, **more)
    assert worth is None or 0 <= worth <= (0.3 if human is not None and human <= 0.3 else 1)
