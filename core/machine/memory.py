"""Memory and disk: how much there is and how much is free, in bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.machine.ask import number, read

MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class MemorySpace:
    """Free counts what the system can give back (caches); a container's limit counts as the machine's end."""

    total: int | None
    free: int | None


@dataclass(frozen=True, slots=True)
class DiskSpace:
    folder: str
    total: int | None
    free: int | None


def memory_space(meminfo: Path = MEMINFO, group: Path = GROUP) -> MemorySpace:
    found = _from_proc(meminfo) or _from_psutil() or _from_sysconf()
    return _within_group(found, group)


def _from_proc(meminfo: Path) -> MemorySpace | None:
    values: dict[str, int] = {}
    for line in (read(meminfo) or "").splitlines():
        name, _, rest = line.partition(":")
        size = rest.split()[:1]
        if size and size[0].isdigit():
            values[name] = int(size[0]) * 1024
    if "MemTotal" not in values:
        return None
    return MemorySpace(values["MemTotal"], values.get("MemAvailable", values.get("MemFree")))


def _from_psutil() -> MemorySpace | None:
    try:
        import psutil
    except ImportError:
        return None
    memory = psutil.virtual_memory()
    return MemorySpace(int(memory.total), int(memory.available))


def _from_sysconf() -> MemorySpace:
    sysconf: Callable[[str], int] | None = getattr(os, "sysconf", None)
    try:
        total = sysconf("SC_PAGE_SIZE") * sysconf("SC_PHYS_PAGES") if sysconf is not None else None
    except (OSError, ValueError):
        total = None
    return MemorySpace(total, None)


def _within_group(found: MemorySpace, group: Path) -> MemorySpace:
    """The control group's limit (v2, else v1), less what it uses already."""
    limit = number(group / "memory.max") or number(group / "memory" / "memory.limit_in_bytes")
    if limit is None or (found.total is not None and limit >= found.total):
        return found
    used = number(group / "memory.current") or number(group / "memory" / "memory.usage_in_bytes") or 0
    room = max(limit - used, 0)
    return MemorySpace(limit, room if found.free is None else min(found.free, room))


def disk_space(folder: Path) -> DiskSpace:
    """Of the disk that holds this folder, or what of its parents exists."""
    for place in (folder.absolute(), *folder.absolute().parents):
        try:
            usage = shutil.disk_usage(place)
        except OSError:
            continue
        return DiskSpace(str(folder), usage.total, usage.free)
    return DiskSpace(str(folder), None, None)
