"""Settings of what is handed over for training, role by role (seed 002, `autoExport`)."""

from functools import partial
from typing import Annotated

from core.config.section import Section, setting

training = partial(setting, page="training")


class ExportConfig(Section, frozen=True):
    enabled: Annotated[
        bool, training("Hand over by itself", "Write examples for training as soon as there is enough work.")
    ] = True
    min_runs: Annotated[int, training("Runs needed", "Fewest scored runs before that is done.", ge=1, le=1_000_000)] = (
        100
    )
    min_reward: Annotated[
        float, training("Reward needed", "Least reward of an example.", ge=0, le=1, kind="percent")
    ] = 0.7
    max_examples: Annotated[
        int, training("Examples at once", "Most examples of a role in one go; 0: all.", ge=0, le=1_000_000)
    ] = 1000
