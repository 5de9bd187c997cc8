"""Models of other programs, found in place; and the person's own list."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from core.engine.fetch.parts import FOLDER
from core.engine.found import SPLIT_NOTE, FoundModel, Places, find_elsewhere
from core.engine.library import Registry, find, known, resolve
from core.errors import BadRequest, ConfigError, ModelFileError, NotFound
from core.paths import Home
from tests.models import make_model


@pytest.fixture
def person(tmp_path: Path) -> Path:
    folder = tmp_path / "person"
    folder.mkdir()
    return folder


def put(path: Path, content: bytes = b"GGUF and more") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ollama(root: Path, *parts: str, content: bytes = b"GGUF", mark: str = "-") -> Path:
    digest = hashlib.sha256(content + "/".join(parts).encode()).hexdigest()
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "0" * 64},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(content)},
    ]
    put(root.joinpath("manifests", *parts), json.dumps({"schemaVersion": 2, "layers": layers}).encode())
    return put(root / "blobs" / f"sha256{mark}{digest}", content)


def by_name(models: list[FoundModel]) -> dict[str, FoundModel]:
    return {model.name: model for model in models}


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything under a folder, with size and time of change."""
    return {str(p): (p.lstat().st_size, p.lstat().st_mtime_ns) for p in sorted(folder.rglob("*"))}


def test_ollama(person: Path) -> None:
    root = person / ".ollama" / "models"
    plain = ollama(root, "registry.ollama.ai", "library", "llama3.2", "3b")
    ollama(root, "registry.ollama.ai", "somebody", "tuned", "latest")
    ollama(root, "hf.co", "owner", "repo", "Q4_K_M", mark=":")
    ollama(root, "registry.ollama.ai", "library", "not-gguf", "latest", content=b"SAFE")
    put(root / "manifests" / "registry.ollama.ai" / "library" / "broken" / "latest", b"{")
    found = by_name(find_elsewhere(Places({}, person, "none")))
    assert set(found) == {"llama3.2:3b", "somebody/tuned:latest", "hf.co/owner/repo:Q4_K_M"}
    assert found["llama3.2:3b"].path == plain
    assert (found["llama3.2:3b"].source, found["llama3.2:3b"].size) == ("ollama", 4)


def test_ollama_moved_by_its_variable(person: Path, tmp_path: Path) -> None:
    ollama(tmp_path / "disk", "registry.ollama.ai", "library", "m", "1b")
    assert by_name(find_elsewhere(Places({"OLLAMA_MODELS": str(tmp_path / "disk")}, person, "none"))).keys() == {"m:1b"}


@pytest.mark.parametrize(
    ("platform", "where", "source", "name"),
    [
        ("linux", ".lmstudio/models/owner/repo/m-Q4.gguf", "lmstudio", "owner/repo/m-Q4"),
        ("linux", ".cache/lm-studio/models/owner/repo/m.gguf", "lmstudio", "owner/repo/m"),
        ("linux", "jan/models/m/m.gguf", "jan", "m/m"),
        ("linux", ".local/share/Jan/data/models/m/m.gguf", "jan", "m/m"),
        ("linux", ".local/share/Jan/data/llamacpp/models/owner/m/model.gguf", "jan", "owner/m/model"),
        ("darwin", "Library/Application Support/Jan/data/llamacpp/models/m/model.gguf", "jan", "m/model"),
        ("win32", "AppData/Roaming/Jan/data/llamacpp/models/m/model.gguf", "jan", "m/model"),
        ("linux", ".local/share/nomic.ai/GPT4All/m.gguf", "gpt4all", "m"),
        ("darwin", "Library/Application Support/nomic.ai/GPT4All/m.gguf", "gpt4all", "m"),
        ("win32", "AppData/Local/nomic.ai/GPT4All/m.gguf", "gpt4all", "m"),
        ("linux", ".cache/llama.cpp/m.gguf", "llama.cpp", "m"),
        ("linux", ".cache/huggingface/hub/models--o--r/snapshots/abc/q/m.gguf", "huggingface", "o/r/q/m"),
    ],
)
def test_where_each_program_keeps_them(person: Path, platform: str, where: str, source: str, name: str) -> None:
    path = put(person / where)
    found = find_elsewhere(Places({}, person, platform))
    mine = [model for model in found if model.path.is_relative_to(person)]
    assert [(model.name, model.source, model.path) for model in mine] == [(name, source, path)]


def test_folders_that_settings_name(person: Path, tmp_path: Path) -> None:
    put(person / ".lmstudio" / "settings.json", json.dumps({"downloadsFolder": str(tmp_path / "lm")}).encode())
    put(person / ".config" / "nomic.ai" / "GPT4All.ini", f"[General]\nmodelPath={tmp_path / 'g4'}\n".encode())
    put(person / ".local/share/Jan/settings.json", json.dumps({"data_folder": str(tmp_path / "jan")}).encode())
    put(tmp_path / "lm" / "o" / "r" / "a.gguf")
    put(tmp_path / "g4" / "b.gguf")
    put(tmp_path / "jan" / "models" / "c" / "c.gguf")
    assert set(by_name(find_elsewhere(Places({}, person, "linux")))) >= {"o/r/a", "b", "c/c"}


def test_settings_that_are_nonsense(person: Path) -> None:
    for name in (".lmstudio/settings.json", ".config/nomic.ai/GPT4All.ini", ".local/share/Jan/settings.json"):
        put(person / name, b"\0\xff[[[" * 100)
    put(person / ".lmstudio-home-pointer", b"\0")
    assert [m for m in find_elsewhere(Places({}, person, "linux")) if m.path.is_relative_to(person)] == []


def test_the_newest_revision_of_a_hub_file(person: Path) -> None:
    hub = person / ".cache" / "huggingface" / "hub" / "models--o--r"
    blobs = [put(hub / "blobs" / name, b"GGUF" + name.encode()) for name in ("old", "new")]
    for number, blob in enumerate(blobs):
        link = hub / "snapshots" / f"rev{number}" / "m.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
        os.utime(link, (number, number), follow_symlinks=False)
    (model,) = find_elsewhere(Places({}, person, "none"))
    assert (model.name, model.path.resolve()) == ("o/r/m", blobs[1].resolve())


def test_parts_projectors_and_loops(person: Path) -> None:
    root = person / ".lmstudio" / "models" / "o" / "r"
    put(root / "big-00001-of-00002.gguf")
    put(root / "big-00002-of-00002.gguf")
    put(root / "mmproj-model-f16.gguf")
    put(root / "text.gguf", b"not a model")
    (root / "loop").symlink_to(root)
    (root / "gone.gguf").symlink_to(root / "missing")
    (model,) = find_elsewhere(Places({}, person, "none"))
    assert (model.name, model.note) == ("o/r/big-00001-of-00002", SPLIT_NOTE)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_noted(person: Path) -> None:
    path = put(person / ".lmstudio" / "models" / "o" / "r" / "m.gguf")
    path.chmod(0)
    (model,) = find_elsewhere(Places({}, person, "none"))
    assert model.note
    path.parent.chmod(0)
    assert find_elsewhere(Places({}, person, "none")) == []
    path.parent.chmod(0o700)


def test_finding_writes_nothing(person: Path) -> None:
    ollama(person / ".ollama" / "models", "registry.ollama.ai", "library", "m", "1b")
    put(person / ".lmstudio" / "models" / "o" / "r" / "m.gguf")
    before = tree(person)
    find_elsewhere(Places({}, person, "linux"))
    assert tree(person) == before


def test_a_great_many_files_end_in_time(person: Path) -> None:
    root = person / ".lmstudio" / "models"
    root.mkdir(parents=True)
    for number in range(5100):
        (root / f"{number}.txt").touch()
    put(root / "zzz.gguf")
    assert find_elsewhere(Places({}, person, "none")) == []


def test_the_same_file_is_found_once(person: Path, home: Home) -> None:
    path = put(person / ".cache" / "lm-studio" / "models" / "o" / "r" / "m.gguf")
    (person / ".lmstudio").mkdir()
    (person / ".lmstudio" / "models").symlink_to(person / ".cache" / "lm-studio" / "models")
    home.models.mkdir()
    (home.models / "mine.gguf").symlink_to(path)
    places = Places({}, person, "none")
    assert len(find_elsewhere(places)) == 1
    assert [(model.name, model.source) for model in find(home.models, places)] == [("mine", "own")]


# The registry


def test_add_use_and_forget_another_programs_model(home: Home, tmp_path: Path) -> None:
    theirs = make_model(tmp_path / "Their Model.gguf")
    entry = Registry(home).add(theirs)
    assert entry.name == "Their-Model"
    assert Registry(home).add(theirs) == entry
    assert Registry(home).get("Their-Model").path == str(theirs)
    assert resolve(home, "Their-Model").path == theirs
    removed = Registry(home).remove("Their-Model")
    assert (removed.deleted, theirs.exists()) == (False, True)
    with pytest.raises(NotFound):
        Registry(home).get("Their-Model")


def test_the_homes_own_model_is_deleted(home: Home) -> None:
    home.models.mkdir()
    for named in (True, False):
        own = make_model(home.models / "own.gguf")
        name = Registry(home).add(own, "mine").name if named else "own"
        assert [model.name for model in known(home)] == [name]
        assert Registry(home).remove(name).deleted
        assert not own.exists()
        assert known(home) == []


def test_names_are_unique(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    first, second = make_model(tmp_path / "m.gguf"), make_model(tmp_path / "a" / "m.gguf", seed=1)
    assert [Registry(home).add(path).name for path in (first, second)] == ["m", "m-2"]
    with pytest.raises(BadRequest, match="taken"):
        Registry(home).add(make_model(tmp_path / "x.gguf"), "m")
    with pytest.raises(BadRequest, match="taken"):
        Registry(home).add(make_model(tmp_path / "x.gguf"), "demo-student")


def test_what_is_no_model_is_not_added(home: Home, tmp_path: Path) -> None:
    for path in (put(tmp_path / "a.gguf", b"GGUF"), put(tmp_path / "b.txt", b"x"), tmp_path / "missing.gguf", tmp_path):
        with pytest.raises(ModelFileError):
            Registry(home).add(path)
    assert not home.models_file.exists()


def test_a_file_that_went_away_is_said(home: Home, tmp_path: Path) -> None:
    theirs = make_model(tmp_path / "m.gguf")
    Registry(home).add(theirs)
    theirs.unlink()
    assert known(home)[0].note


def test_a_damaged_list_is_told_not_overwritten(home: Home, tmp_path: Path) -> None:
    for content in (b"{", b'{"version": 1, "models": [{"name": "a"}]}', b'{"version": 1, "surprise": 1}'):
        home.models_file.write_bytes(content)
        with pytest.raises(ConfigError):
            Registry(home).entries()
        with pytest.raises(ConfigError):
            Registry(home).add(make_model(tmp_path / "m.gguf"))
        assert home.models_file.read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_the_list_is_private_and_leaves_nothing_beside(home: Home, tmp_path: Path) -> None:
    Registry(home).add(make_model(tmp_path / "m.gguf"))
    assert stat.S_IMODE(home.models_file.stat().st_mode) == 0o600
    assert [path.name for path in home.root.iterdir()] == ["models.json"]


def test_what_find_tells_can_be_used_as_it_stands(home: Home, person: Path) -> None:
    put(person / ".lmstudio" / "models" / "o" / "my repo" / "a model (Q4).gguf")
    places = Places({}, person, "none")
    (found,) = find(None, places)
    assert resolve(home, f"{found.source}/{found.name}", places).path == found.path


def test_resolve_finds_other_programs_models(home: Home, person: Path) -> None:
    blob = ollama(person / ".ollama" / "models", "registry.ollama.ai", "library", "m", "1b")
    places = Places({}, person, "none")
    for name in ("m:1b", "ollama/m:1b"):
        assert resolve(home, name, places).path == blob
    with pytest.raises(NotFound):
        resolve(home, "m:2b", places)


def test_an_unfinished_download_is_not_added_by_its_path(home: Home, tmp_path: Path) -> None:
    """Not even one whose every byte is there: it was not compared with what the hub says."""
    folder = home.models / FOLDER
    folder.mkdir(parents=True)
    part = make_model(tmp_path / "tiny.gguf").rename(folder / "tiny.gguf.part")
    link = tmp_path / "tiny.gguf"
    link.symlink_to(part)
    for path in (part, link):
        with pytest.raises(ModelFileError, match="not finished"):
            Registry(home).add(path)
    assert Registry(home).entries() == []
