"""Processors: how many there are, how many this process may use, how busy they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.machine.ask import folders, number, read

CPUS = Path("/sys/devices/system/cpu")
QUOTA_V2, QUOTA_V1 = Path("/sys/fs/cgroup/cpu.max"), Path("/sys/fs/cgroup/cpu")


@dataclass(frozen=True, slots=True)
class Processor:
    logical: int
    physical: int | None
    """Cores, not hyper-threads; None when the system does not tell."""
    allowed: int
    """Logical processors that this process may run on (affinity)."""
    quota: float | None
    """Processors' worth of time that the control group grants; None without a limit."""
    load: float | None
    """Mean of running tasks over the last minute (not on Windows)."""

    @property
    def usable_cores(self) -> int:
        """Cores to plan with, at least 1: hyper-threads do not help, and a quota is not to be exceeded."""
        cores = min(self.physical or self.allowed, self.allowed)
        return max(1, min(cores, int(self.quota) if self.quota is not None else cores))

    @property
    def threads(self) -> int:
        """For llama.cpp: one core is left to everything else, for decoding collapses when all are in use."""
        return max(1, self.usable_cores - 1)


def processor() -> Processor:
    logical = os.cpu_count() or 1
    allowed = _allowed(logical)
    return Processor(logical, _physical(allowed), len(allowed), _quota(QUOTA_V2, QUOTA_V1), _load())


def _allowed(logical: int) -> frozenset[int]:
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(logical))


def _physical(allowed: frozenset[int], cpus: Path = CPUS) -> int | None:
    """Distinct sets of sibling threads among the allowed processors."""
    siblings = {read(folder / "topology" / "thread_siblings_list") for folder in _numbered(cpus, allowed)} - {None}
    if siblings:
        return len(siblings)
    try:
        import psutil
    except ImportError:
        return None
    count: int | None = psutil.cpu_count(logical=False)
    return count


def _numbered(cpus: Path, allowed: frozenset[int]) -> list[Path]:
    return [f for f in folders(cpus) if f.name[:3] == "cpu" and f.name[3:].isdigit() and int(f.name[3:]) in allowed]


def _quota(v2: Path, v1: Path) -> float | None:
    parts = (read(v2) or "").split()
    if len(parts) == 2 and parts[0].isdigit() and parts[1].isdigit() and int(parts[1]):
        return int(parts[0]) / int(parts[1])
    quota, period = number(v1 / "cpu.cfs_quota_us"), number(v1 / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 else None


def _load() -> float | None:
    averages: Callable[[], tuple[float, float, float]] | None = getattr(os, "getloadavg", None)
    try:
        return averages()[0] if averages is not None else None
    except OSError:
        return None
