"""The person's models: those registered by name, those in the home's own folder, and those other programs have.

A model of another program is used where it lies. Removing it here forgets it; only files in `home/models` are deleted.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from core.engine import gguf_check
from core.engine.fetch.parts import FOLDER
from core.engine.found import FoundModel, Places, files_under, find_elsewhere, look_at
from core.engine.model_names import checked_name, checked_path, name_from
from core.errors import BadRequest, ConfigError, ModelFileError, NotFound
from core.paths import Home
from core.records import Record

__all__ = ["DEMO", "FoundModel", "Registry", "find", "known", "resolve"]

DEMO: Final = "demo-student"
VERSION: Final = 1
NO_GGUF: Final = "no GGUF file stands there now"


class Entry(Record, frozen=True):
    """One registered model."""

    name: str
    path: str


class Removed(Record, frozen=True):
    """What `remove` did. deleted: the file is gone too, because it was the home's own."""

    name: str
    path: str
    deleted: bool


class _File(Record, frozen=True):
    version: int = VERSION
    models: tuple[Entry, ...] = ()


def find(models: Path | None = None, places: Places | None = None) -> list[FoundModel]:
    """Every GGUF that other programs have on this machine, and those in the folder `models`."""
    own = [] if models is None else list(files_under(models, "own"))
    theirs = find_elsewhere(places)
    paths = {model.path.resolve() for model in own}
    return own + [model for model in theirs if model.path.resolve() not in paths]


def known(home: Home) -> list[FoundModel]:
    """What can be chosen by name at once: the registered models, then the home's own files."""
    registered = [_seen(entry) for entry in Registry(home).entries()]
    paths = {model.path for model in registered}
    return registered + [model for model in files_under(home.models, "own") if model.path not in paths]


def _seen(entry: Entry) -> FoundModel:
    path = Path(entry.path)
    gone = FoundModel(
        name=entry.name, path=path, source="registered", size=0, note="the file is no longer a GGUF there"
    )
    return look_at(path, "registered", entry.name) or gone


def resolve(home: Home, name: str, places: Places | None = None) -> FoundModel:
    """The model of this name: registered, the home's own, or another program's. Raises NotFound, BadRequest.

    Other programs' names are told as they are (LM Studio's may hold spaces), so they are taken so, too: a name is only
    compared with those that were found, and never becomes part of a path.
    """
    for model in known(home):
        if name in (model.name, f"{model.name}.gguf"):
            return model
    for model in find_elsewhere(places):
        if name in (model.name, f"{model.source}/{model.name}"):
            return model
    checked_name(name)
    raise NotFound(f"There is no model named {name}.", hint="`nightschool models list` and `models find` show what is.")


class Registry:
    """`models.json` in the home: names for paths. Read anew at each call, written whole or not at all."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def entries(self) -> list[Entry]:
        """Raises ConfigError when the file is not what it should be."""
        try:
            return list(msgspec.json.decode(self.home.models_file.read_bytes(), type=_File).models)
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The list of models {self.home.models_file} cannot be read.",
                hint="Delete it and add your models again.",
            ) from error

    def get(self, name: str) -> Entry:
        """Raises NotFound."""
        for entry in self.entries():
            if entry.name == checked_name(name):
                return entry
        raise NotFound(f"There is no model named {name}.", hint="`nightschool models list` shows what is.")

    def add(self, path: Path | str, name: str | None = None) -> Entry:
        """Register a GGUF where it lies. Raises ModelFileError when it is none, BadRequest for a bad or taken name."""
        place = checked_path(path)
        really = Path(os.path.realpath(place))  # resolve() raises where a link leads to itself; the check tells that
        if really.is_relative_to((self.home.models / FOLDER).resolve()):
            raise ModelFileError(f"{place.name} is a download that is not finished.", hint="Go on with the download.")
        entries = self.entries()
        taken = {entry.name for entry in entries}
        gguf_check.check(place)
        same = next((entry for entry in entries if entry.path == str(place) and name in (None, entry.name)), None)
        if same is not None:
            return same
        chosen = checked_name(name) if name else name_from(place, taken | {DEMO})
        if chosen in taken or chosen == DEMO:
            raise BadRequest(f"The name {chosen} is taken.", param="name", hint="Choose another with --name.")
        entry = Entry(name=chosen, path=str(place))
        self._write([*entries, entry])
        return entry

    def remove(self, name: str) -> Removed:
        """Forget a model; delete its file only if it lies in the home's own folder. Raises NotFound."""
        entries = self.entries()
        entry = next((entry for entry in entries if entry.name == checked_name(name)), None)
        path = Path(entry.path) if entry is not None else self._own_file(name)
        if path is None:
            raise NotFound(f"There is no model named {name}.", hint="`nightschool models list` shows what is.")
        if entry is not None:
            self._write([other for other in entries if other is not entry])
        return Removed(name=name, path=str(path), deleted=self._delete_own(path))

    def _own_file(self, name: str) -> Path | None:
        matches = (model.path for model in files_under(self.home.models, "own") if model.name == name)
        return next(matches, None)

    def _delete_own(self, path: Path) -> bool:
        """By the folder that really holds the name: a link in our folder goes, what it points to stays."""
        try:
            inside = path.parent.resolve().is_relative_to(self.home.models.resolve())
            if inside:
                path.unlink()
        except OSError as error:
            raise ConfigError(f"{path.name} cannot be deleted: {error.strerror}.") from error
        return inside

    def _write(self, entries: list[Entry]) -> None:
        target = self.home.models_file
        data = msgspec.json.format(msgspec.json.encode(_File(models=tuple(entries))), indent=2)
        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".models-")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except OSError as error:
            if temporary:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
            raise ConfigError(f"The list of models cannot be written: {error.strerror}.") from error
