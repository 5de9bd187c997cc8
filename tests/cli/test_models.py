"""`nightschool models`: theirs are used where they lie, never copied, never deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import config
from core.engine.library import DEMO
from core.paths import Home
from core.server.student import chosen_model, demo_student
from tests.cli.command import Nightschool
from tests.hub import HubServer, hub_server
from tests.models import make_model


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "Tiny Model.gguf"
    path.parent.mkdir()
    make_model(path)
    return path


def names(rows: list[dict[str, object]]) -> list[object]:
    return [row["name"] for row in rows]


def test_the_demo_student_is_chosen_at_first(nightschool: Nightschool) -> None:
    rows = nightschool.json("models", "list")
    assert [row["name"] for row in rows if row["chosen"]] == [DEMO]
    assert "add a real model for real work" in nightschool("models", "list").stdout


def test_add_use_and_forget(nightschool: Nightschool, gguf: Path, home: Home) -> None:
    added = nightschool.json("models", "add", str(gguf), "--name", "tiny")
    assert added["path"] == str(gguf)
    assert nightschool.json("models", "use", "tiny")["architecture"] == "llama"
    assert [row["name"] for row in nightschool.json("models", "list") if row["chosen"]] == ["tiny"]
    assert chosen_model(home, config.load(home), None) == gguf, "what the next server loads"
    assert nightschool.json("status")["model"] == gguf.stem

    refused = nightschool("models", "remove", "tiny")
    assert refused.status == 1
    assert DEMO in refused.stderr, "the way out is told"
    nightschool.json("models", "use", DEMO)
    assert nightschool.json("models", "remove", "tiny")["deleted"] is False
    assert gguf.exists()
    assert "tiny" not in names(nightschool.json("models", "list"))
    assert nightschool("models", "remove", "tiny").status == 1


def test_only_a_file_of_the_home_itself_is_deleted(nightschool: Nightschool, home: Home) -> None:
    home.models.mkdir()
    own = home.models / "own.gguf"
    make_model(own)
    assert "own" in names(nightschool.json("models", "list"))
    assert nightschool.json("models", "remove", "own")["deleted"] is True
    assert not own.exists()


def test_a_model_of_ollama_is_found_and_used_in_place(
    nightschool: Nightschool, gguf: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "ollama"
    data = gguf.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    blob = store / "blobs" / f"sha256-{digest}"
    manifest = store / "manifests" / "registry.ollama.ai" / "library" / "tiny" / "latest"
    for path in (blob, manifest):
        path.parent.mkdir(parents=True)
    blob.write_bytes(data)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(data)}
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": [layer]}))
    monkeypatch.setenv("OLLAMA_MODELS", str(store))
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*")}

    found = [row for row in nightschool.json("models", "find") if row["source"] == "ollama"]
    assert [row["path"] for row in found] == [str(blob)]
    nightschool.json("models", "use", str(found[0]["name"]))
    assert chosen_model(home, config.load(home), None) == blob
    assert nightschool("models", "remove", str(found[0]["name"])).status == 1
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*")} == before


@pytest.mark.parametrize("name", ["nothing", "../../etc/passwd", "//server/share", "a\x00b"])
def test_what_is_not_there_is_refused(nightschool: Nightschool, home: Home, name: str) -> None:
    assert nightschool("models", "use", name).status == 1
    assert nightschool("models", "remove", name).status == 1
    assert config.load(home).models.chosen == ""


def test_a_file_that_is_no_model_is_refused(nightschool: Nightschool, tmp_path: Path, gguf: Path) -> None:
    (tmp_path / "text.gguf").write_text("not a model")
    (tmp_path / "cut.gguf").write_bytes(gguf.read_bytes()[:-1000])
    for path in ("text.gguf", "cut.gguf", "missing.gguf"):
        outcome = nightschool("models", "add", str(tmp_path / path), "--json")
        assert (outcome.status, outcome.stdout) == (1, ""), path


def test_a_chosen_model_that_is_gone_is_told_not_hidden(nightschool: Nightschool, gguf: Path) -> None:
    nightschool.json("models", "add", str(gguf), "--name", "tiny")
    nightschool.json("models", "use", "tiny")
    gguf.unlink()
    assert nightschool("models", "list").status == 0
    assert nightschool("status").status == 0
    report = json.loads(nightschool("doctor", "--quick", "--json").stdout)
    checks = {check["name"]: check["state"] for check in report["checks"]}
    assert checks["model"] == "failed"


def test_the_demo_student_stays(nightschool: Nightschool) -> None:
    assert nightschool("models", "remove", DEMO).status == 1
    assert demo_student().is_file()


def test_using_a_file_says_how_to_make_it_known(nightschool: Nightschool, tmp_path: Path) -> None:
    make_model(tmp_path / "m.gguf")
    outcome = nightschool("models", "use", str(tmp_path / "m.gguf"))
    assert (outcome.status, outcome.stdout) == (1, "")
    assert f"models add {tmp_path / 'm.gguf'}" in outcome.stderr


# Downloads

REPO, FILE = "example/tiny-GGUF", "tiny-q4_0.gguf"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    make_model(folder / FILE)
    make_model(folder / "tiny-q8_0.gguf", seed=1)
    (folder / "README.md").write_text("# tiny")
    with hub_server(folder, REPO) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


def test_fetch_and_use(nightschool: Nightschool, hub: HubServer, home: Home) -> None:
    assert [row["path"] for row in nightschool.json("models", "files", REPO)] == [FILE, "tiny-q8_0.gguf"]
    assert "q8_0" in nightschool("models", "download", REPO).stderr, "the choice is told"
    outcome = nightschool("models", "download", f"{REPO}:Q4_0", "--reserve-mib", "0")
    assert outcome.status == 0, outcome.stderr
    assert "SHA-256 as the hub says" in outcome.stdout
    assert nightschool.json("models", "use", "tiny-q4_0")["architecture"] == "llama"
    assert chosen_model(home, config.load(home), None) == home.models / FILE
    assert nightschool("models", "download", hub.address("tiny-q8_0.gguf"), "--name", "eight").status == 0
    assert "eight" in names(nightschool.json("models", "list"))
    assert nightschool.json("models", "downloads") == []


def test_unfinished_downloads_are_listed_and_thrown_away(nightschool: Nightschool, hub: HubServer, home: Home) -> None:
    hub.faults.stall_at = 100_000
    command = ("models", "download", f"{REPO}:{FILE}", "--stall-timeout", "0.3", "--tries", "0", "--reserve-mib", "0")
    outcome = nightschool(*command)
    assert (outcome.status, outcome.stdout) == (1, "")
    assert "kept" in outcome.stderr
    (left,) = nightschool.json("models", "downloads")
    assert (left["name"], left["bytes"], left["active"]) == ("tiny-q4_0", 100_000, False)
    assert "paused" in nightschool("models", "downloads").stdout
    assert names(nightschool.json("models", "list")) == [DEMO]
    assert nightschool("models", "use", "tiny-q4_0").status == 1
    assert nightschool("models", "discard", "tiny-q4_0").status == 0
    assert "No download" in nightschool("models", "downloads").stdout
    assert nightschool("models", "discard", "tiny-q4_0").status == 1


def test_a_part_cannot_be_made_known_by_its_path(nightschool: Nightschool, hub: HubServer, home: Home) -> None:
    hub.faults.stall_at = 100_000
    nightschool("models", "download", f"{REPO}:{FILE}", "--stall-timeout", "0.3", "--tries", "0", "--reserve-mib", "0")
    part = home.models / ".incomplete" / f"{FILE}.part"
    assert part.stat().st_size == 100_000
    part.write_bytes((hub.folder / FILE).read_bytes())
    assert "not finished" in nightschool("models", "add", str(part)).stderr, "whole or not: it was not proven yet"


def test_the_catalogue(nightschool: Nightschool) -> None:
    entries = nightschool.json("models", "catalogue")
    assert {"repo", "file", "licence", "purpose", "size_gib", "parameters"} <= set(entries[0])
    assert entries[0]["name"] in nightschool("models", "catalogue").stdout
