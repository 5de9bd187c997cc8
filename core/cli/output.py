"""What the commands print: one JSON document, plain tables, and model text that cannot steer the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

# C0 but tab and newline, DEL, C1, and the marks that reorder what is read (CVE-2021-42574).
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
WIDTH_WHEN_PIPED = 200

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def emit_json(value: Any) -> None:
    """One document, one line, on stdout."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line for the reader, on stdout."""
    click.echo(clean(text))


def complain(text: str) -> None:
    """A line on stderr."""
    click.echo(text, err=True)


def note(text: str) -> None:
    """A line about the answer, dimmed, on stderr so that stdout holds the answer alone."""
    click.secho(clean(text), err=True, dim=True)


def clean(text: str) -> str:
    """Text of a model or a client without what would move the cursor, colour, or reorder a terminal's line."""
    return UNSAFE.sub("", text)


def for_stdout(text: str) -> str:
    """Cleaned for a terminal; byte for byte where stdout is a file or a pipe."""
    return clean(text) if sys.stdout.isatty() else text


def one_line(text: str, width: int = 60) -> str:
    """The beginning of a text, on one line."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns under headings; nothing in a cell is read as markup, and the first column is never shortened."""
    grid = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for number, column in enumerate(columns):
        grid.add_column(column, no_wrap=number == 0)
    for row in rows:
        grid.add_row(*(Text(clean(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDTH_WHEN_PIPED).print(grid)


def size(n_bytes: float) -> str:
    """1536 → `1.5 KiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(n_bytes) < 1024:
            return f"{n_bytes:.0f} {unit}" if unit == "B" else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1024
    return f"{n_bytes:.1f} TiB"
