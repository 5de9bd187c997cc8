"""Names and paths of models as people and clients give them: what is safe to look up, and what is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from core.errors import BadRequest

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@:/-]{0,190}")
PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@:-]*")
HINT: Final = "A model's name is letters, digits and . _ + @ : - with single slashes between its parts."


def checked_name(name: str) -> str:
    """The name itself. Raises BadRequest for one that could lead anywhere as a path: `..`, empty parts, `\\`, NUL."""
    if not NAME.fullmatch(name) or not all(PART.fullmatch(part) and ".." not in part for part in name.split("/")):
        raise BadRequest("That is not a model's name.", param="model", hint=HINT)
    return name


def checked_path(path: str | Path) -> Path:
    """An absolute local path. Raises BadRequest.

    UNC paths (`\\\\server\\share`, `//server/share`, `\\\\?\\...`) are refused on every system: on Windows, opening
    one sends the person's credentials to that server.
    """
    text = str(path)
    if not text.strip() or "\0" in text or len(text) > 4096:
        raise BadRequest("That is not a path.", param="path")
    if re.match(r"[\\/]{2}", text):
        raise BadRequest(
            "Models are loaded from local folders only.", param="path", hint="Copy the file to this machine first."
        )
    return Path(text).expanduser().absolute()


def name_from(path: Path, taken: set[str]) -> str:
    """A safe name after a file's own, unique among those taken."""
    stem = path.name.removesuffix(".gguf").removesuffix(".GGUF")
    plain = re.sub(r"[^A-Za-z0-9._+@-]+", "-", stem).replace("..", ".").strip("-.")[:120] or "model"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name
