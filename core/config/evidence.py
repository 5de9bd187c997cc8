"""Settings of evidence: what makes up a reward, what counts as alike, how much is held back."""

from functools import partial
from typing import Annotated

from core.config.section import Section, setting

training = partial(setting, page="training")
weight = partial(training, ge=0, le=100)


class RewardConfig(Section, frozen=True):
    """Weights of the components; only those that are known count, and only in relation to each other (seed 002)."""

    compile: Annotated[float, weight("Weight of compiling", "What it weighs in the reward that the work compiles.")] = (
        0.25
    )
    tests: Annotated[float, weight("Weight of tests", "What the share of passed tests weighs in the reward.")] = 0.25
    errors: Annotated[
        float, weight("Weight of errors", "What few errors of linters, types, schemas and boundaries weigh.")
    ] = 0.25
    human: Annotated[float, weight("Weight of your word", "What your own rating weighs in the reward.")] = 0.25
    seed_compatible: Annotated[
        bool,
        training("Count the unknown", "Take 0.5 where you said nothing, and 1 where there are no tests."),
    ] = False


class EvidenceConfig(Section, frozen=True):
    drift_threshold: Annotated[
        float,
        training("Drift that warns", "Relative change of a count from one run to the next that warns.",
                 gt=0, le=10, kind="percent"),
    ] = 0.2  # fmt: skip
    near_duplicate: Annotated[
        float,
        training("Nearly the same", "Share of common word groups from which an example repeats an earlier one.",
                 ge=0.5, le=1, kind="percent"),
    ] = 0.9  # fmt: skip
    private_names: Annotated[
        tuple[str, ...],
        setting("Private names", "Names that no example may hold: yours, your firm's; in any case of their letters.",
                page="privacy"),
    ] = ()  # fmt: skip
    validation_share: Annotated[
        float,
        training("Held back for validation", "Share of conversations that examples are checked with, not made from.",
                 ge=0, le=0.9, kind="percent"),
    ] = 0.2  # fmt: skip
    min_duration_s: Annotated[
        float,
        training("Shortest agent task", "Work with tools that took less is no example.", unit="s", ge=0, le=86_400),
    ] = 10
    max_duration_s: Annotated[
        float,
        training("Longest agent task", "Work with tools that took more is no example.", unit="s", gt=0, le=604_800),
    ] = 600
