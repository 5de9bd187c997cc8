"""Text as people and scripts give it: arguments, `-` for stdin; whatever its bytes, it comes out as sound Unicode."""

from __future__ import annotations

import sys


def sound(text: str) -> str:
    """Bytes that were no UTF-8 arrive in arguments as lone surrogates, which nothing further on can encode."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def text_or_stdin(text: str) -> str:
    """The text itself, or all of stdin for `-`."""
    return stdin_text() if text == "-" else sound(text)


def stdin_text() -> str:
    return sound(sys.stdin.read()) if sys.stdin is not None else ""


def stdin_is_piped() -> bool:
    """False at a terminal, where waiting for input would look like hanging, and where there is no stdin at all."""
    return sys.stdin is not None and not sys.stdin.isatty()
