"""The Model page: choosing, adding, removing and fetching students, as a person does it, against a real hub's shape."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMessageBox, QPushButton, QTreeWidget, QWidget

from core import config
from core.engine import library
from core.engine.fetch.parts import Part, incomplete
from core.engine.library import DEMO, Registry
from desktop.context import Context
from desktop.settings.download_process import Download, Downloads
from desktop.settings.downloads import DownloadRow
from desktop.settings.model_page import ModelPage
from tests.desktop.conftest import until
from tests.hub import HubServer, hub_server
from tests.models import make_model

REPO, FILE, NAME = "example/tiny-GGUF", "tiny-q4_0.gguf", "tiny-q4_0"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    make_model(folder / FILE)
    with hub_server(folder, REPO) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


@pytest.fixture
async def page(context: Context, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelPage]:
    monkeypatch.setenv("OLLAMA_MODELS", "")
    made = ModelPage(context)
    qtbot.addWidget(made)
    made.show()
    await until(lambda: table(made).topLevelItemCount(), what="the list was never filled")
    yield made
    Downloads.of(context).stop_all()


def child(parent: QObject, name: str, kind: type[Any] = QPushButton) -> Any:
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def table(page: ModelPage) -> QTreeWidget:
    return child(page, "students", QTreeWidget)  # type: ignore[no-any-return]


def shown(page: ModelPage) -> dict[str, str]:
    """Name → what stands in the second column, of the rows that are not filtered away."""
    items = [table(page).topLevelItem(n) for n in range(table(page).topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items if item is not None and not item.isHidden()}


def select(page: ModelPage, name: str) -> None:
    (item,) = table(page).findItems(name, Qt.MatchFlag.MatchExactly)
    table(page).setCurrentItem(item)


def said(page: ModelPage, name: str) -> str:
    return str(child(page, name, QLabel).text())


def row(page: ModelPage) -> DownloadRow:
    (found,) = [row for row in page.findChildren(DownloadRow) if row.isVisible()]
    return found


async def begin(page: ModelPage, qtbot: Any, what: str = f"{REPO}:{FILE}") -> Download:
    field = child(page, "download_reference", QLineEdit)
    field.setText(what)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    (download,) = page._downloads._downloads.rows
    return download


# Students


async def test_the_demo_student_is_marked(page: ModelPage) -> None:
    assert shown(page)[DEMO] == "chosen"
    assert not child(page, "student_choose").isEnabled()
    assert not child(page, "student_remove").isEnabled()
    await until(lambda: "parameters" in said(page, "student_fit"))


async def test_add_choose_and_forget(page: ModelPage, context: Context, tmp_path: Path, qtbot: Any) -> None:
    path = make_model(tmp_path / "mine.gguf")
    page.add_file(str(path))
    await until(lambda: "mine" in shown(page))
    assert page._list.current().name == "mine", "the new one is stood on"
    names: list[str] = []
    page.chosen.connect(names.append)
    qtbot.mouseClick(child(page, "student_choose"), Qt.MouseButton.LeftButton)
    await until(lambda: shown(page)["mine"] == "chosen")
    assert names == ["mine"]
    assert config.load(context.home).models.chosen == context.config.models.chosen == "mine"
    assert not child(page, "student_remove").isEnabled(), "the chosen one stays"
    select(page, DEMO)
    child(page, "student_choose").click()
    await until(lambda: shown(page)[DEMO] == "chosen")
    assert config.load(context.home).models.chosen == ""
    select(page, "mine")
    child(page, "student_remove").click()
    await until(lambda: "mine" not in shown(page))
    assert path.exists()


async def test_choosing_restarts_the_server(page: ModelPage, context: Context, tmp_path: Path) -> None:
    """The real one; that it is started at all is what is looked at here."""
    Registry(context.home).add(make_model(tmp_path / "mine.gguf"))
    page.refresh()
    await until(lambda: "mine" in shown(page))
    await context.server.start()
    try:
        before = context.server.pid
        await until(lambda: context.server.pid is not None)
        before = context.server.pid
        select(page, "mine")
        child(page, "student_choose").click()
        await until(lambda: "restarts" in said(page, "student_said"), 20)
        await until(lambda: context.server.pid not in (None, before), 20)
    finally:
        await context.server.stop()


async def test_selecting_alone_is_enough(page: ModelPage, context: Context, tmp_path: Path) -> None:
    """As a screen reader does it: the row with the cursor stays where it was."""
    Registry(context.home).add(make_model(tmp_path / "mine.gguf"))
    page.refresh()
    await until(lambda: "mine" in shown(page))
    (item,) = table(page).findItems("mine", Qt.MatchFlag.MatchExactly)
    table(page).clearSelection()
    item.setSelected(True)
    assert child(page, "student_choose").isEnabled()
    assert page._list.current().name == "mine"


async def test_a_file_that_is_no_model_is_neither_added_nor_chosen(
    page: ModelPage, context: Context, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + bytes(100))
    page.add_file(str(bad))
    await until(lambda: "bad.gguf" in said(page, "student_said") and "Checking" not in said(page, "student_said"))
    assert "bad" not in shown(page)
    context.home.models.mkdir(exist_ok=True)
    (context.home.models / "cut.gguf").write_bytes(make_model(tmp_path / "whole.gguf").read_bytes()[:-5000])
    page.refresh()
    await until(lambda: "cut" in shown(page))
    select(page, "cut")
    child(page, "student_choose").click()
    await until(lambda: child(page, "student_choose").isEnabled() and "Checking" not in said(page, "student_said"))
    assert config.load(context.home).models.chosen == ""
    assert shown(page)[DEMO] == "chosen"


async def test_a_file_of_ours_is_deleted_only_after_a_question(
    page: ModelPage, context: Context, tmp_path: Path
) -> None:
    context.home.models.mkdir(exist_ok=True)
    own = make_model(context.home.models / "own.gguf")
    page.refresh()
    await until(lambda: "own" in shown(page))
    for button, gone in (("Cancel", False), ("&Delete", True)):
        select(page, "own")
        child(page, "student_remove").click()
        box = [box for box in page.findChildren(QMessageBox) if box.isVisible()][-1]
        next(b for b in box.buttons() if b.text() == button).click()
        await asyncio.sleep(0.05)
        await until(lambda gone=gone: own.exists() is not gone)
    await until(lambda: "own" not in shown(page))


async def test_the_filter(page: ModelPage, context: Context, tmp_path: Path, qtbot: Any) -> None:
    Registry(context.home).add(make_model(tmp_path / "first.gguf"))
    Registry(context.home).add(make_model(tmp_path / "second.gguf", seed=1))
    page.refresh()
    await until(lambda: "second" in shown(page))
    qtbot.keyClicks(child(page, "student_search", QLineEdit), "sec")
    assert list(shown(page)) == ["second"]
    qtbot.keyClicks(child(page, "student_search", QLineEdit), "zzz")
    assert shown(page) == {}
    assert child(page, "students_none", QLabel).isVisible()


async def test_what_does_not_fit_is_told_before(
    page: ModelPage, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real header of a student whose cache alone is larger than any memory."""
    await context.set_value("engine.n_ctx", "1048576")
    wide = make_model(tmp_path / "wide.gguf", n_embd=4096, n_heads=2, n_heads_kv=2, n_layers=1, n_ff=32, n_ctx=1 << 20)
    monkeypatch.setattr("core.machine.memory.MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr("core.machine.memory.memory_space.__defaults__", (tmp_path / "meminfo", tmp_path))
    (tmp_path / "meminfo").write_text("MemTotal: 2000000 kB\nMemAvailable: 900000 kB\n")
    page.add_file(str(wide))
    await until(lambda: "wide" in shown(page))
    await until(lambda: "will not fit" in said(page, "student_fit"))
    assert child(page, "student_choose").isEnabled(), "told, not forbidden"


async def test_a_chosen_student_that_is_gone_is_told(page: ModelPage, context: Context, tmp_path: Path) -> None:
    path = make_model(tmp_path / "mine.gguf")
    Registry(context.home).add(path)
    await context.set_value("models.chosen", "mine")
    await until(lambda: shown(page).get("mine") == "chosen")
    path.unlink()
    page.refresh("mine")
    await until(lambda: "not there any more" in said(page, "student_fit"))


# Downloads


@pytest.mark.slow
async def test_fetch_pause_resume_and_choose(page: ModelPage, context: Context, hub: HubServer, qtbot: Any) -> None:
    hub.faults.bytes_per_s = 200_000
    names: list[str] = []
    page.installed.connect(names.append)
    download = await begin(page, qtbot)
    await until(lambda: download.bytes > 100_000, 30)
    child(row(page), "download_pause").setFocus()
    qtbot.keyClick(child(row(page), "download_pause"), Qt.Key.Key_Space)
    await until(lambda: download.state == "paused", 10)
    kept = Part(context.home, NAME).bytes()
    assert "Paused at" in said(row(page), "download_words")  # type: ignore[arg-type]
    assert child(row(page), "download_resume").isVisible()
    assert NAME not in shown(page)
    assert library.known(context.home) == []
    hub.requests.clear()
    hub.faults.bytes_per_s = 0
    child(row(page), "download_resume").click()
    await until(lambda: NAME in shown(page), 30)
    assert [asked.start for asked in hub.downloads()] == [kept]
    assert names == [NAME]
    assert "SHA-256" in said(row(page), "download_words")  # type: ignore[arg-type]
    child(row(page), "download_away").click()
    await until(lambda: not [row for row in page.findChildren(DownloadRow) if row.isVisible()])
    child(page, "student_choose").click()
    await until(lambda: shown(page)[NAME] == "chosen")


@pytest.mark.slow
async def test_killed_it_is_told_and_gone_on_from(
    page: ModelPage, context: Context, hub: HubServer, qtbot: Any
) -> None:
    hub.faults.bytes_per_s = 200_000
    download = await begin(page, qtbot)
    await until(lambda: download.bytes > 100_000, 30)
    assert download._process is not None
    os.kill(download._process.processId(), signal.SIGKILL)
    await until(lambda: download.state == "failed", 10)
    assert "kept" in said(row(page), "download_words")  # type: ignore[arg-type]
    assert library.known(context.home) == []
    kept = Part(context.home, NAME).bytes()
    hub.requests.clear()
    hub.faults.bytes_per_s = 0
    child(row(page), "download_retry").click()
    await until(lambda: download.state == "done", 30)
    assert [asked.start for asked in hub.downloads()] == [kept]


@pytest.mark.slow
async def test_cancelled_nothing_is_left(page: ModelPage, context: Context, hub: HubServer, qtbot: Any) -> None:
    hub.faults.bytes_per_s = 100_000
    download = await begin(page, qtbot)
    await until(lambda: download.bytes > 50_000, 30)
    child(row(page), "download_cancel").click()
    await until(lambda: page._downloads._downloads.rows == [], 10)
    assert incomplete(context.home) == []
    assert not Part(context.home, NAME).path.exists()


@pytest.mark.slow
async def test_what_an_earlier_run_left_is_shown_as_paused(context: Context, hub: HubServer, qtbot: Any) -> None:
    hub.faults.bytes_per_s = 100_000
    first = ModelPage(context)
    qtbot.addWidget(first)
    download = await begin(first, qtbot)
    await until(lambda: download.bytes > 50_000, 30)
    Downloads.of(context).stop_all()
    assert not download.going
    Downloads.of(context).setParent(None)  # as if the program had ended
    page = ModelPage(context)
    qtbot.addWidget(page)
    page.show()
    await until(lambda: page.findChildren(DownloadRow))
    (row_,) = page.findChildren(DownloadRow)
    assert "Paused at" in said(row_, "download_words")  # type: ignore[arg-type]
    hub.faults.bytes_per_s = 0
    child(row_, "download_resume").click()
    await until(lambda: NAME in shown(page), 30)


@pytest.mark.slow
async def test_damage_is_told_and_can_be_tried_again(
    page: ModelPage, context: Context, hub: HubServer, qtbot: Any
) -> None:
    hub.faults.flip_at = 1000
    download = await begin(page, qtbot)
    await until(lambda: download.state == "failed", 30)
    assert "SHA-256 differs" in said(row(page), "download_words")  # type: ignore[arg-type]
    assert NAME not in shown(page)
    assert library.known(context.home) == []
    hub.faults.flip_at = None
    child(row(page), "download_retry").click()
    await until(lambda: download.state == "done", 30)
    sha256 = hashlib.sha256((context.home.models / FILE).read_bytes()).hexdigest()
    assert sha256 == hashlib.sha256(hub.file(FILE) or b"").hexdigest()


@pytest.mark.slow
async def test_a_repository_of_several_asks_which(
    page: ModelPage, context: Context, hub: HubServer, qtbot: Any
) -> None:
    make_model(hub.folder / "tiny-q8_0.gguf", seed=1)
    download = await begin(page, qtbot, REPO)
    await until(lambda: download.state == "failed", 30)
    choices = child(row(page), "download_choices", QWidget)
    assert [choices.itemText(n) for n in range(choices.count())] == [FILE, "tiny-q8_0.gguf"]
    assert not child(row(page), "download_retry").isVisible()
    choices.setCurrentIndex(1)
    child(row(page), "download_take").click()
    await until(lambda: "tiny-q8_0" in shown(page), 30)


async def test_what_names_nothing_is_told_beside_the_field(page: ModelPage, hub: HubServer, qtbot: Any) -> None:
    field = child(page, "download_reference", QLineEdit)
    for text in ("", "nonsense", "https://example.com/a/b", "o/r:../../x"):
        field.setText(text)
        child(page, "reference_download").click()
        assert said(page, "download_said")
        assert page.findChildren(DownloadRow) == []
        assert field.text() == text, "what was typed is kept"


async def test_the_catalogue_is_there(page: ModelPage) -> None:
    catalogue = child(page, "catalogue", QWidget)
    await until(lambda: catalogue.count() >= 5)
    assert child(page, "catalogue_download").isEnabled()


async def test_everything_has_a_name_and_can_be_reached(page: ModelPage) -> None:
    for kind in (QPushButton, QLineEdit, QTreeWidget, QComboBox):
        for widget in page.findChildren(kind):
            assert widget.objectName()
            assert widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text()), widget.objectName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
