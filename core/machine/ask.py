"""Asking the system: read a small file or run a short command; None when it has no answer."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

TIMEOUT_S: Final = 5.0


def read(path: Path | str) -> str | None:
    """A file under /proc or /sys, stripped."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def number(path: Path | str) -> int | None:
    text = read(path)
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None


def folders(path: Path | str) -> list[Path]:
    """What stands in a folder, sorted; empty when it cannot be read."""
    try:
        return sorted(Path(path).iterdir())
    except OSError:
        return []


def run(command: Sequence[str], timeout_s: float = TIMEOUT_S) -> str | None:
    """Standard output of a command that ended well in time."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=timeout_s, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
