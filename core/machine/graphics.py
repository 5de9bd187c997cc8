"""Which graphics processors are here, and how much memory they have."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.machine.ask import folders, number, read, run

Vendor = Literal["nvidia", "amd", "intel", "apple"]
VENDORS: dict[str, Vendor] = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
"""PCI vendor numbers; virtual cards of hypervisors have others and compute nothing."""
NAMES: dict[str, Vendor] = {
    "nvidia": "nvidia",
    "geforce": "nvidia",
    "amd": "amd",
    "radeon": "amd",
    "intel": "intel",
}
DRM, NVIDIA_PROC = Path("/sys/class/drm"), Path("/proc/driver/nvidia/gpus")
MIB = 1024 * 1024
WINDOWS_CARDS = "Get-CimInstance Win32_VideoController | Select-Object Name,AdapterRAM | ConvertTo-Json -Compress"


@dataclass(frozen=True, slots=True)
class Gpu:
    """memory in bytes; None where the system does not tell (shared memory, mostly)."""

    vendor: Vendor
    name: str
    memory_total: int | None = None
    memory_free: int | None = None


def find_gpus() -> tuple[Gpu, ...]:
    """All that could compute, NVIDIA's first."""
    if sys.platform == "darwin":
        return _mac()
    found = _nvidia_smi() or _nvidia_proc(NVIDIA_PROC)
    others = _windows() if sys.platform == "win32" else _drm(DRM)
    return (*found, *(gpu for gpu in others if gpu.vendor != "nvidia" or not found))


def _mac() -> tuple[Gpu, ...]:
    """Metal computes on Apple's own chips, in the machine's memory; on Intel Macs it is not worth its faults."""
    return (Gpu("apple", platform.processor() or "Apple GPU"),) if platform.machine() == "arm64" else ()


def _nvidia_smi() -> tuple[Gpu, ...]:
    tool = shutil.which("nvidia-smi") or "/usr/lib/wsl/lib/nvidia-smi"
    text = run([tool, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"], 10.0)
    found = []
    for line in (text or "").splitlines():
        name, *sizes = (part.strip() for part in line.split(","))
        total, free = ((int(size) * MIB if size.isdigit() else None) for size in (*sizes, "", "")[:2])
        found.append(Gpu("nvidia", name, total, free))
    return tuple(found)


def _nvidia_proc(proc: Path) -> tuple[Gpu, ...]:
    """The driver is there but its tool is not (some containers)."""
    names = []
    for folder in folders(proc):
        text = read(folder / "information") or ""
        models = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("Model:")]
        names.append(models[0] if models else "NVIDIA GPU")
    return tuple(Gpu("nvidia", name) for name in names)


def _drm(drm: Path) -> tuple[Gpu, ...]:
    found = []
    for card in folders(drm):
        device = card / "device"
        vendor = VENDORS.get(read(device / "vendor") or "")
        if vendor is None or card.name[:4] != "card" or not card.name[4:].isdigit():
            continue
        total, used = number(device / "mem_info_vram_total"), number(device / "mem_info_vram_used")
        free = total - used if total is not None and used is not None else None
        name = read(device / "product_name") or f"{vendor.upper()} {read(device / 'device') or 'graphics'}"
        found.append(Gpu(vendor, name, total, free))
    return tuple(found)


def _windows() -> tuple[Gpu, ...]:
    text = run(["powershell", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_CARDS], 20.0)
    try:
        cards: Any = json.loads(text or "[]")
    except ValueError:
        return ()
    found = []
    for card in cards if isinstance(cards, list) else [cards]:
        name = str(card.get("Name", ""))
        vendor = next((vendor for mark, vendor in NAMES.items() if mark in name.lower()), None)
        if vendor is not None:
            found.append(Gpu(vendor, name))  # AdapterRAM is 32 bits wide and wrong from 4 GiB on
    return tuple(found)
