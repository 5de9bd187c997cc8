"""What this machine can give now: power, idleness, processors, memory, disk, graphics.

Nothing here raises: what cannot be found out is None or "unknown", and says so. Only the standard library is needed
(psutil is used where it is installed), because `make run` asks for the build flags before anything is installed:

    python -m core.machine                  # what is here, as JSON
    python -m core.machine --build-flags    # CMAKE_ARGS for llama.cpp on stdout, a sentence on stderr
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.machine.build import BuildPlan, backends, build_flags, gpu_warning
from core.machine.graphics import Gpu, find_gpus
from core.machine.idle import idle_seconds
from core.machine.memory import DiskSpace, MemorySpace, disk_space, memory_space
from core.machine.power import Power, power
from core.machine.processor import Processor, processor

__all__ = [
    "BuildPlan",
    "DiskSpace",
    "Gpu",
    "Machine",
    "MemorySpace",
    "Power",
    "Processor",
    "backends",
    "build_flags",
    "detect",
    "find_gpus",
    "gpu_warning",
]


@dataclass(frozen=True, slots=True)
class Machine:
    """One look at the machine; all sizes in bytes, times in seconds."""

    power: Power
    idle_s: float | None
    """Since the last key or mouse movement; None where nobody can tell (no display, some Wayland desktops)."""
    processor: Processor
    memory: MemorySpace
    disk: DiskSpace
    gpus: tuple[Gpu, ...]
    backends: tuple[str, ...]
    """What the installed llama.cpp can compute on; empty when it is not installed."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def detect(folder: Path | str = ".") -> Machine:
    """Everything at once; takes well under a second, or a few where a GPU's tool is slow. `folder`: whose disk."""
    return Machine(
        power=power(),
        idle_s=idle_seconds(),
        processor=processor(),
        memory=memory_space(),
        disk=disk_space(Path(folder)),
        gpus=find_gpus(),
        backends=backends(),
    )
