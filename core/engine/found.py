"""Finds the GGUF files that other programs have on this machine, in place: nothing is copied, changed or deleted.

Ollama keeps manifests (JSON, one a tag) that name blobs without an extension; LM Studio, Jan, GPT4All, the hub's
cache and llama.cpp keep files as they are. Whatever cannot be read is passed over or noted, never raised.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from core.records import Record

Source = Literal["own", "registered", "ollama", "lmstudio", "jan", "gpt4all", "huggingface", "llama.cpp", "shipped"]
MAX_FILES: Final = 5000
"""Directory entries looked at in one root."""
MAX_DEPTH: Final = 8
MAX_MANIFEST: Final = 1024 * 1024
MODEL_LAYER: Final = "application/vnd.ollama.image.model"
DIGEST: Final = re.compile(r"sha256[:-]([0-9a-f]{64})")
PART: Final = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
SPLIT_NOTE: Final = "in parts: merge them with llama-gguf-split first"


class FoundModel(Record, frozen=True):
    """A GGUF file and where it was found. size in bytes; note says why it cannot be used, if it cannot."""

    name: str
    path: Path
    source: Source
    size: int
    note: str = ""


class Places:
    """Where this person's programs keep things; the environment and the system are arguments, for tests."""

    def __init__(self, env: Mapping[str, str], user_home: Path, platform: str = sys.platform) -> None:
        self.env, self.home, self.platform = env, user_home, platform

    def variable(self, name: str) -> list[Path]:
        value = self.env.get(name, "").strip()
        return [Path(value).expanduser()] if value and "\0" not in value else []

    @property
    def data(self) -> Path:
        """For per-user data: XDG, %APPDATA%, or Application Support."""
        if self.platform == "win32":
            return next(iter(self.variable("APPDATA")), self.home / "AppData" / "Roaming")
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return next(iter(self.variable("XDG_DATA_HOME")), self.home / ".local" / "share")

    @property
    def settings(self) -> Path:
        if self.platform in ("win32", "darwin"):
            return self.data
        return next(iter(self.variable("XDG_CONFIG_HOME")), self.home / ".config")

    @property
    def local(self) -> Path:
        if self.platform == "win32":
            return next(iter(self.variable("LOCALAPPDATA")), self.home / "AppData" / "Local")
        return self.data

    @property
    def cache(self) -> Path:
        return next(iter(self.variable("XDG_CACHE_HOME")), self.home / ".cache")


def find_elsewhere(places: Places | None = None) -> list[FoundModel]:
    """Models of Ollama, LM Studio, Jan, GPT4All, the hub's cache and llama.cpp; each file once, sorted by name."""
    places = places or Places(os.environ, Path.home())
    found: dict[Path, FoundModel] = {}
    for model in _all(places):
        found.setdefault(_real(model.path), model)
    return sorted(found.values(), key=lambda model: (model.source, model.name))


def _all(places: Places) -> Iterator[FoundModel]:
    for root in _ollama_roots(places):
        yield from _ollama(root)
    for source, roots in _plain_roots(places).items():
        for root in dict.fromkeys(map(_real, roots)):
            yield from files_under(root, source)
    for root in dict.fromkeys(map(_real, _hub_roots(places))):
        yield from _hub(root)


def _ollama_roots(places: Places) -> list[Path]:
    system = [Path("/usr/share/ollama/.ollama/models"), Path("/var/lib/ollama/.ollama/models")]
    snap = [Path("/var/snap/ollama/common/models")]
    own = [*places.variable("OLLAMA_MODELS"), places.home / ".ollama" / "models"]
    return own + (system + snap if places.platform == "linux" else [])


def _plain_roots(places: Places) -> dict[Source, list[Path]]:
    home = places.home
    jan = [home / "jan", places.data / "Jan" / "data", *_stated(places.data / "Jan" / "settings.json", "data_folder")]
    jan += _stated(places.settings / "Jan" / "settings.json", "data_folder")
    studio = [home / ".lmstudio", *_pointer(home / ".lmstudio-home-pointer")]
    downloads = [path for root in studio for path in _stated(root / "settings.json", "downloadsFolder")]
    return {
        "lmstudio": [*(root / "models" for root in studio), home / ".cache" / "lm-studio" / "models", *downloads],
        "jan": [root / below for root in jan for below in ("models", "llamacpp/models")],
        "gpt4all": [places.local / "nomic.ai" / "GPT4All", home / ".cache" / "gpt4all", *_gpt4all_setting(places)],
        "llama.cpp": [*places.variable("LLAMA_CACHE"), places.cache / "llama.cpp"],
    }


def _hub_roots(places: Places) -> list[Path]:
    hub = [root / "hub" for root in places.variable("HF_HOME")]
    return [*places.variable("HF_HUB_CACHE"), *hub, places.cache / "huggingface" / "hub"]


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
        return path.absolute()


def _text(path: Path) -> str | None:
    """A small file as text; None when it is not there, too large, or not to be read."""
    try:
        if path.stat().st_size > MAX_MANIFEST:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _stated(path: Path, key: str) -> list[Path]:
    """A folder that a program's settings name."""
    value = _json(path).get(key)
    return [Path(value)] if isinstance(value, str) and value and "\0" not in value else []


def _pointer(path: Path) -> list[Path]:
    value = (_text(path) or "").strip()
    return [Path(value)] if value and "\0" not in value and "\n" not in value else []


def _gpt4all_setting(places: Places) -> list[Path]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(places.settings / "nomic.ai" / "GPT4All.ini") or "")
    except configparser.Error:
        return []
    value = parser.get("General", "modelPath", fallback="").strip('" ')
    return [Path(value)] if value and "\0" not in value else []


def walk(root: Path, depth: int = MAX_DEPTH) -> Iterator[Path]:
    """Files under a root, in order. Links to folders are not followed (they may loop), links to files are given."""
    todo = [(root, depth)]
    seen = 0
    while todo:
        folder, left = todo.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except (OSError, ValueError):
            continue
        for entry in entries:
            seen += 1
            if seen > MAX_FILES:
                return
            try:
                if entry.is_dir(follow_symlinks=False):
                    if left > 0:
                        todo.append((Path(entry.path), left - 1))
                elif entry.is_file():
                    yield Path(entry.path)
            except OSError:
                continue


def files_under(root: Path, source: Source) -> Iterator[FoundModel]:
    """GGUF files by their extension; named after their place below the root."""
    for path in walk(root):
        if path.suffix.lower() == ".gguf":
            model = look_at(path, source, path.relative_to(root).with_suffix("").as_posix())
            if model is not None:
                yield model


def look_at(path: Path, source: Source, name: str) -> FoundModel | None:
    """None for what is no model of its own: an image projector, a later part, a file that does not begin with GGUF."""
    part = PART.search(path.name)
    if "mmproj" in path.name.lower() or (part and int(part[1]) > 1):
        return None
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        return FoundModel(name=name, path=path, source=source, size=0, note=error.strerror or "cannot be read")
    if start != b"GGUF":
        return None
    return FoundModel(name=name, path=path, source=source, size=size, note=SPLIT_NOTE if part else "")


def _ollama(root: Path) -> Iterator[FoundModel]:
    manifests = root / "manifests"
    for manifest in walk(manifests):
        parts = manifest.relative_to(manifests).parts
        digest = _model_digest(_json(manifest))
        if len(parts) < 3 or digest is None:
            continue
        blob = next((p for mark in "-:" if (p := root / "blobs" / f"sha256{mark}{digest}").is_file()), None)
        if blob is not None:
            model = look_at(blob, "ollama", _ollama_name(parts))
            if model is not None:
                yield model


def _model_digest(manifest: Mapping[str, Any]) -> str | None:
    """The blob with the weights; the digest must be one, since a path is made from it."""
    layers = manifest.get("layers")
    for layer in layers if isinstance(layers, list) else []:
        if isinstance(layer, dict) and layer.get("mediaType") == MODEL_LAYER:
            found = DIGEST.fullmatch(str(layer.get("digest")))
            return found[1] if found else None
    return None


def _ollama_name(parts: tuple[str, ...]) -> str:
    """As `ollama list` has it: the default registry and its library go without saying."""
    host, *space, model, tag = parts
    names = [*([] if host == "registry.ollama.ai" else [host]), *([] if space == ["library"] else space), model]
    return f"{'/'.join(names)}:{tag}"


def _hub(root: Path) -> Iterator[FoundModel]:
    """models--owner--name/snapshots/revision/file, the newest revision of each file; data sets are not walked."""
    newest: dict[str, tuple[float, Path]] = {}
    for repository in _repositories(root):
        snapshots = repository / "snapshots"
        owner_and_name = repository.name.removeprefix("models--").replace("--", "/")
        for path in walk(snapshots):
            parts = path.relative_to(snapshots).parts[1:]
            if path.suffix.lower() != ".gguf" or not parts:
                continue
            name = "/".join((owner_and_name, *parts)).removesuffix(".gguf")
            changed = _changed(path)
            if name not in newest or changed > newest[name][0]:
                newest[name] = (changed, path)
    for name, (_, path) in newest.items():
        model = look_at(path, "huggingface", name)
        if model is not None:
            yield model


def _repositories(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.name.startswith("models--"))[:MAX_FILES]
    except OSError:
        return []


def _changed(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
