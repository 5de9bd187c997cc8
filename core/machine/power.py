"""On mains or on battery."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.machine.ask import folders, number, read

SUPPLIES = Path("/sys/class/power_supply")


@dataclass(frozen=True, slots=True)
class Power:
    source: Literal["mains", "battery", "unknown"]
    percent: float | None = None
    """Charge of the battery, 0 to 100; None without one."""


def power(supplies: Path = SUPPLIES) -> Power:
    """A machine without a battery is on mains; one that does not tell of its supplies is unknown."""
    return _from_sys(supplies) if sys.platform == "linux" else _from_psutil()


def _from_sys(supplies: Path) -> Power:
    found = folders(supplies)
    # A wireless mouse has a battery too; its scope is Device.
    batteries = [s for s in found if read(s / "type") == "Battery" and read(s / "scope") != "Device"]
    mains = [number(s / "online") for s in found if read(s / "type") in ("Mains", "USB")]
    charge = next((number(battery / "capacity") for battery in batteries), None)
    percent = float(charge) if charge is not None else None
    if not batteries:
        return Power("mains") if supplies.is_dir() else Power("unknown")
    discharging = any(read(battery / "status") == "Discharging" for battery in batteries)
    if discharging and 1 not in mains:
        return Power("battery", percent)
    return Power("mains", percent)


def _from_psutil() -> Power:
    try:
        import psutil
    except ImportError:
        return Power("unknown")
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if battery is None:
        return Power("mains")
    if battery.power_plugged is None:
        return Power("unknown", float(battery.percent))
    return Power("mains" if battery.power_plugged else "battery", float(battery.percent))
