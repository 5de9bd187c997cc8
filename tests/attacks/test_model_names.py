"""Model names and paths from people and clients: none leads out of where it may look."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from core.engine.found import Places
from core.engine.library import Registry, find, known, resolve
from core.engine.model_names import checked_name, checked_path, name_from
from core.errors import BadRequest, ModelFileError, NightschoolError, NotFound
from core.paths import Home
from tests.models import make_model

NAMES = [
    "../../etc/passwd",
    "..",
    ".",
    "a/../../b",
    "a/..",
    "/etc/passwd",
    "~/secrets",
    "a//b",
    "a/",
    "a\0b",
    "a\0.gguf",
    "\\\\server\\share\\m.gguf",
    "//server/share/m.gguf",
    "\\\\?\\C:\\m.gguf",
    "\\\\.\\pipe\\x",
    "C:\\models\\m.gguf",
    "..\\..\\secret",
    "a\nb",
    "a b",
    "",
    " ",
    "-rf",
    ".hidden",
    "a/.hidden",
    "a..b/c",
    "${HOME}",
    "$(id)",
    "m;rm",
    "é",
    "％2e％2e",
    "%2e%2e/x",
    "a" * 300,
]


@pytest.fixture
def nowhere(tmp_path: Path) -> Places:
    (tmp_path / "person").mkdir()
    return Places({}, tmp_path / "person", "none")


@pytest.mark.parametrize("name", NAMES)
def test_path_traversal_in_a_name(home: Home, nowhere: Places, name: str) -> None:
    outside = home.root.parent / "secret.gguf"
    make_model(outside)
    with pytest.raises(BadRequest):
        checked_name(name)
    with pytest.raises(BadRequest):
        resolve(home, name, nowhere)
    for use in (Registry(home).get, Registry(home).remove):
        with pytest.raises(NightschoolError):
            use(name)
    with pytest.raises(NightschoolError):
        Registry(home).add(outside, name or " ")
    assert outside.exists()
    assert Registry(home).entries() == []


@pytest.mark.parametrize(
    "path",
    [
        "\\\\server\\share\\m.gguf",
        "//server/share/m.gguf",
        "\\\\?\\UNC\\server\\m",
        "/\\server/x",
        "a\0b",
        "",
        "x" * 5000,
    ],
)
def test_unc_and_nul_paths(home: Home, path: str) -> None:
    with pytest.raises(BadRequest):
        checked_path(path)
    with pytest.raises(BadRequest):
        Registry(home).add(path)


def test_ordinary_names_are_names() -> None:
    for name in ("demo-student", "llama3.2:3b", "Qwen/Qwen2.5-0.5B-Instruct-GGUF/q4_k_m", "a", "model_1.2+x@v3"):
        assert checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["..gguf", "-rf.gguf", "a b\n.gguf", "日本.gguf", "....gguf", "x" * 250 + ".gguf", ".gguf"]
)
def test_a_name_made_from_any_file_is_safe(name: str) -> None:
    made = name_from(Path("/models") / name, {"model"})
    assert checked_name(made) == made
    assert made != "model"


def test_a_link_in_our_folder_is_removed_not_followed(home: Home, tmp_path: Path) -> None:
    theirs = make_model(tmp_path / "theirs.gguf")
    home.models.mkdir()
    (home.models / "linked.gguf").symlink_to(theirs)
    assert [model.name for model in known(home)] == ["linked"]
    removed = Registry(home).remove("linked")
    assert removed.deleted
    assert not (home.models / "linked.gguf").is_symlink()
    assert theirs.exists()


def test_a_linked_folder_is_not_ours_to_delete_from(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    theirs = make_model(folder / "theirs.gguf")
    home.models.mkdir()
    (home.models / "folder").symlink_to(folder)
    entry = Registry(home).add(home.models / "folder" / "theirs.gguf")
    assert not Registry(home).remove(entry.name).deleted
    assert theirs.exists()


def test_links_to_what_is_no_model(home: Home, tmp_path: Path) -> None:
    home.models.mkdir()
    (home.models / "passwd.gguf").symlink_to("/etc/passwd")
    (home.models / "gone.gguf").symlink_to(tmp_path / "missing")
    (home.models / "round.gguf").symlink_to(home.models / "round.gguf")
    (home.models / "loop").symlink_to(home.models)
    os.mkfifo(home.models / "pipe.gguf")
    assert known(home) == []
    for name in ("passwd", "gone", "round", "pipe"):
        with pytest.raises((NotFound, ModelFileError)):
            Registry(home).add(home.models / f"{name}.gguf")
        with pytest.raises(NotFound):
            Registry(home).get(name)


def test_a_manifest_cannot_name_a_path(tmp_path: Path) -> None:
    """Ollama's manifests are JSON that somebody else wrote."""
    root = tmp_path / "person" / ".ollama" / "models"
    secret = make_model(tmp_path / "secret.gguf")
    for index, digest in enumerate(
        (
            f"sha256:../../../../{secret.name}",
            "sha256-/../" + "a" * 64,
            str(secret),
            "sha256:" + "g" * 64,
            None,
            5,
            ["x"],
        )
    ):
        manifest = root / "manifests" / "registry.ollama.ai" / "library" / f"m{index}" / "latest"
        manifest.parent.mkdir(parents=True)
        layer = {"mediaType": "application/vnd.ollama.image.model", "digest": digest}
        manifest.write_text(json.dumps({"layers": [layer]}))
    deep = root / "manifests" / "registry.ollama.ai" / "library" / "deep" / "latest"
    deep.parent.mkdir()
    deep.write_text("[" * 100_000)
    assert find(None, Places({}, tmp_path / "person", "none")) == []
