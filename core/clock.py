"""The only place that reads the clock or makes an id; everything else is given them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """UTC ISO-8601 with microseconds and a Z: sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id(prefix: str) -> str:
    """`prefix` + 24 random hex digits (96 bits)."""
    return f"{prefix}{os.urandom(12).hex()}"
