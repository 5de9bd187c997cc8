"""Afterwards: a search of every byte of the home for what was forgotten, and where it stands if it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from core.database.wording import GONE
from core.forget.own_words import evenly
from core.forget.records import (
    A_ROW,
    BY_HAND,
    EVERYTHING,
    IN_GIT,
    KEPT,
    LOST,
    MODELS,
    NOT_OURS,
    READ,
    STOPPED,
    STREAM,
    TOO_SHORT,
    Standing,
)
from core.paths import Home
from core.privacy.byte_forms import Forms
from core.privacy.byte_search import INSIDE, Found, Progress, Search, search

MOST = 400
TABLE = "table "
NO_TEXT = Standing(place=EVERYTHING, how="not searched", why=TOO_SHORT)
WORDS_LOST = Standing(place=EVERYTHING, how="not searched", why=LOST)


def prove(
    home: Home, texts: tuple[str, ...], *, progress: Progress, cancelled: Callable[[], bool], kept: tuple[str, ...] = ()
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """(where it stands, what could not be looked into). kept: traces that the person chose to leave."""
    if not texts:
        return (), (NO_TEXT,)
    models = home.models
    found = search(
        home.root,
        evenly(list(texts), MOST),
        leave_out=lambda path: path == models or path == home.root / "locks",
        progress=progress,
        cancelled=cancelled,
    )
    return _standing(home, found, Forms(texts), kept), _not_searched(found, Forms(texts), models)


def _standing(home: Home, found: Search, forms: Forms, kept: tuple[str, ...]) -> tuple[Standing, ...]:
    in_rows = {one.path for one in found.found if one.how.startswith(TABLE)}
    told = {
        Standing(place=unsaid(one.path, forms), how=one.how, why=_why(home, one, kept))
        for one in found.found
        if one.path not in in_rows or one.how.startswith(TABLE)
    }
    return tuple(sorted(told, key=lambda one: (one.place, one.how, one.why)))


def _not_searched(found: Search, forms: Forms, models: Path) -> tuple[Standing, ...]:
    missed = [Standing(place=unsaid(one.path, forms), how="not searched", why=one.why) for one in found.not_searched]
    if found.cancelled:
        missed.append(Standing(place=EVERYTHING, how="not searched", why=STOPPED))
    if models.is_dir() and any(models.iterdir()):
        missed.append(Standing(place=models.name, how="not searched", why=MODELS))
    return tuple(sorted(missed, key=lambda one: (one.place, one.why)))


def unsaid(path: str, forms: Forms) -> str:
    """A path whose parts that hold the text are not told."""
    parts = [
        "/".join(GONE if forms.in_text(part) else part for part in piece.split("/")) for piece in path.split(INSIDE)
    ]
    joined = INSIDE.join(parts)
    return GONE if forms.in_text(joined) else joined


def _why(home: Home, found: Found, kept: tuple[str, ...]) -> str:
    """What a person can do about it."""
    first = PurePosixPath(found.path.split(INSIDE)[0])
    name = first.parts[0] if first.parts else ""
    if name.startswith(home.database.name):
        return _why_in_database(found, kept)
    if name in (home.config_file.name, home.models_file.name, home.agents.name, home.tools.name):
        return BY_HAND
    if kept and name in {folder.name for folder in (home.evidence, home.scored, home.datasets, home.quarantine)}:
        return KEPT
    if ".git" in first.parts or name.endswith(".git"):
        return IN_GIT
    return NOT_OURS


def _why_in_database(found: Found, kept: tuple[str, ...]) -> str:
    """Where no row holds it, it stands in pages that were let go and that a reader keeps from being written over."""
    if kept:
        return KEPT
    if found.how.startswith(f"{TABLE}sources"):
        return STREAM
    return A_ROW if found.how.startswith(TABLE) else READ
