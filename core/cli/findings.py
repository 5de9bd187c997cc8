"""What the checks of `doctor` say: a named state, a sentence, and what to do."""

from __future__ import annotations

from typing import Literal

import msgspec

from core.engine.memory import Fit

State = Literal["ok", "warning", "failed", "skipped"]


class Check(msgspec.Struct, frozen=True):
    """What was found, and what to do about it."""

    name: str
    state: State
    message: str
    hint: str = ""


class LlamaFindings(msgspec.Struct, frozen=True):
    """What a process that loaded llama.cpp saw. plan: where the model would lie; problem: why it cannot be loaded.

    Sizes in bytes.
    """

    version: str
    gpu_offload: bool
    threads: int
    free_ram: int
    free_gpu: int
    plan: Fit | None = None
    problem: str | None = None
    hint: str = ""
