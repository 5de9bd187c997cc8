"""The shipped list of well-known students: where to start, not what is true; the hub's own answer decides."""

from __future__ import annotations

import tomllib
from typing import Annotated

import msgspec
from msgspec import Meta

from core.paths import resources
from core.records import Record


class Entry(Record, frozen=True):
    """One student worth fetching. size_gib is about; parameters as people say it ("1.5 B")."""

    name: str
    repo: str
    file: str
    parameters: str
    licence: str
    size_gib: Annotated[float, Meta(gt=0)]
    purpose: str

    @property
    def reference(self) -> str:
        return f"{self.repo}:{self.file}"


class _File(Record, frozen=True):
    model: tuple[Entry, ...]


def catalogue() -> tuple[Entry, ...]:
    """As it is shipped in `resources/models.toml`, smallest first."""
    text = (resources() / "models.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).model
