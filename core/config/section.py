"""How one setting is declared: its sentence, its label, its range, and where and how a form shows it."""

from typing import Any, Literal

import msgspec
from msgspec import Meta

Page = Literal["model", "server", "teacher", "learning", "training", "privacy", "appearance", "notifications"]
Kind = Literal[
    "text", "choice", "switch", "number", "list", "cron", "time", "path", "folder", "url", "money", "percent"
]
"""How a form shows a setting; `cron`, `time` and `url` are checked beyond their type."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of one TOML table."""


class Hints(msgspec.Struct, frozen=True):
    """What msgspec's Meta has no place for."""

    label: str
    page: Page
    kind: Kind | None
    unit: str
    restart: bool
    later: bool


def setting(
    label: str,
    description: str,
    *,
    page: Page,
    kind: Kind | None = None,
    unit: str = "",
    restart: bool = False,
    later: bool = False,
    **range_: Any,
) -> Meta:
    """Metadata of one setting. range_: `ge`, `gt`, `le`, `lt` as in msgspec.

    restart: a running server takes it up at its next start. later: kept for a stage that is not built yet.
    """
    hints = Hints(label=label, page=page, kind=kind, unit=unit, restart=restart, later=later)
    return Meta(description=description, extra={"hints": hints}, **range_)
