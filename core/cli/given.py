"""Text as people and scripts give it: arguments, `-` for stdin; whatever its bytes, it comes out as sound Unicode."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


def sound(text: str) -> str:
    """Bytes that were no UTF-8 arrive in arguments as lone surrogates, which nothing further on can encode."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def arguments(argv: Sequence[str]) -> list[str]:
    """A command's arguments as sound text; only what names a file that is there keeps its bytes."""
    return [argument if names_file(argument) else sound(argument) for argument in argv]


def names_file(argument: str) -> bool:
    try:
        return Path(argument).exists()
    except (OSError, ValueError):  # a text too long for a name, or with a NUL
        return False


class Number(click.FloatRange):
    """A number in a range; NaN, which compares with nothing, is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def text_or_stdin(text: str) -> str:
    """The text itself, or all of stdin for `-`."""
    return stdin_text() if text == "-" else sound(text)


def stdin_text() -> str:
    return sound(sys.stdin.read()) if sys.stdin is not None else ""


def stdin_is_piped() -> bool:
    """False at a terminal, where waiting for input would look like hanging, and where there is no stdin at all."""
    return sys.stdin is not None and not sys.stdin.isatty()
