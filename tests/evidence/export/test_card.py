"""The card names the content: `datasets` keeps what it loaded, and has to see that the files are others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from core.database import Database
from core.evidence.export.card import write_card_of
from core.paths import Home
from tests.evidence.export.making import put, row
from tests.evidence.export.test_making import everything, lot


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    import datasets

    datasets.disable_progress_bars()
    return lambda folder: datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what is foreign may warn
def test_what_went_is_not_loaded_from_a_cache(home: Home, database: Database, library: Any) -> None:
    put(home, lot())
    everything(home, database)
    before = library(home.datasets / "rag")["train"]["id"]
    for tree in (home.evidence, home.scored, home.screened):
        shutil.rmtree(tree / "2026")
    put(home, [row(1)])
    everything(home, database)
    assert library(home.datasets / "rag")["train"]["id"][:] == ["t1"] != before[:]


def test_a_card_changes_with_its_files_and_only_then(home: Home, database: Database) -> None:
    put(home, lot())
    everything(home, database)
    cards = {path: path.read_bytes() for path in home.datasets.glob("*/README.md")}
    everything(home, database)
    assert cards == {path: path.read_bytes() for path in home.datasets.glob("*/README.md")}
    put(home, [row(1)])
    everything(home, database)
    assert (home.datasets / "rag" / "README.md").read_bytes() != cards[home.datasets / "rag" / "README.md"]


def test_a_card_of_files_that_were_read(tmp_path: Path) -> None:
    rows, card = tmp_path / "data" / "rag-train.jsonl", tmp_path / "README.md"
    rows.parent.mkdir()
    told = []
    for text in ("a\n", "b\n", "a\n"):
        rows.write_text(text)
        write_card_of(card, "Nightschool", {"rag": {"train": "data/rag-train.jsonl"}})
        told.append(card.read_text())
    assert told[0] == told[2] != told[1]
