"""Reads a finished file of a dataset as a stranger would, and says what must not be in it.

It shares nothing with the firewall but the records: types decide (category, human no, pair identity, lineage), and who
was forgotten, sealed, leaked or carries a secret is asked anew. A file that does not pass never gets its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from core.evidence.records import Dataset, KtoRow, Lineage, PreferenceRow, RagRow, Screened, SftRow
from core.records import Message, Record

ROWS: dict[Dataset, type[RagRow] | type[SftRow] | type[PreferenceRow] | type[KtoRow]] = {
    "rag": RagRow, "sft": SftRow, "preference": PreferenceRow, "kto": KtoRow,
}  # fmt: skip
_DECODERS = {name: msgspec.json.Decoder(row).decode for name, row in ROWS.items()}
_screened = msgspec.json.Decoder(Screened).decode
Row = RagRow | SftRow | PreferenceRow | KtoRow


class Expected(Record, frozen=True):
    """What a file may hold, and whom not."""

    categories: frozenset[str]
    barred: frozenset[tuple[str, str]] = frozenset()
    """(run id, source hash) of who was forgotten, is sealed, leaks the benchmark or carries a secret."""


def barred_by_screen(path: Path) -> Iterator[tuple[str, str]]:
    """(run id, source hash) of what is sealed, leaks the benchmark or carries a secret."""
    with path.open("rb") as file:
        next(file)
        for line in file:
            one = _screened(line)
            if one.sightings or one.sealed or one.leak_of is not None:
                yield one.run_id, one.sig_hash


def problems(path: Path, dataset: Dataset, expected: Expected) -> list[str]:
    """What is wrong with a file, [] when nothing is."""
    found: list[str] = []
    decode, look = _DECODERS[dataset], LOOKS[dataset]
    last = ""
    with path.open("rb", buffering=1 << 20) as file:
        for number, line in enumerate(file, start=1):
            try:
                row = decode(line)
            except (msgspec.MsgspecError, ValueError) as error:
                found.append(f"line {number}: {_plainly(error)}")
                continue
            told = [] if row.id > last else ["its id is there twice, or out of order"]
            last = row.id
            found += [f"line {number}: {one}" for one in (*told, *wrong(look(row), expected))]
    return found


class Look(NamedTuple):
    """What of a row no type can judge."""

    lineages: tuple[Lineage, ...]
    category: str
    answers: tuple[str, ...]


def wrong(row: Look, expected: Expected) -> list[str]:
    told = []
    for one in row.lineages:
        if (one.run_id, one.sig_hash) in expected.barred:
            told.append("it is forgotten, sealed, leaked or with a secret")
    if row.category not in expected.categories:
        told.append("a category that nobody asked for")
    for text in row.answers:
        if not text or text.isspace():
            told.append("no answer")
    return told


def _said(messages: list[Message]) -> str:
    last = messages[-1]
    return (last.content or "") if last.role == "assistant" else ""


LOOKS: dict[Dataset, Callable[[Any], Look]] = {
    "rag": lambda row: Look((row.lineage,), row.source_category, (row.content,)),
    "sft": lambda row: Look((row.lineage,), row.quality_score, (_said(row.completion),)),
    "preference": lambda row: Look(row.lineage, row.chosen_category, (_said(row.chosen), _said(row.rejected))),
    "kto": lambda row: Look((row.lineage,), "thumb", (_said(row.completion),)),
}


def lineages(dataset: Dataset, row: Row) -> tuple[Lineage, ...]:
    return LOOKS[dataset](row).lineages


def _plainly(error: Exception) -> str:
    """Where it is wrong; the message itself may quote the text."""
    return str(error).partition(" - at ")[2] or type(error).__name__
