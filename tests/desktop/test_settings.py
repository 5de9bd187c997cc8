"""The settings window: one control for each declaration, made from it; what is written through it lands in the file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from core import config as settings
from core.config import SettingInfo, describe
from desktop.context import Context
from desktop.settings.editors import Editor, editor_for
from desktop.settings.field import Field
from desktop.settings.pages import pages, parts
from desktop.settings.search import hits
from desktop.settings.window import SettingsWindow
from desktop.settings.words import Words
from tests.desktop.conftest import until
from tests.desktop.settings_ended import end


@pytest.fixture
async def window(context: Context, qtbot: QtBot) -> AsyncIterator[SettingsWindow]:
    made = SettingsWindow(context)
    made.show()
    yield made
    end(made)


def name_of(key: str) -> str:
    return "setting_" + key.replace(".", "_")


def control(window: QWidget, key: str) -> QWidget:
    (found,) = window.findChildren(QWidget, name_of(key))
    return found


def field(window: QWidget, key: str) -> Field:
    (found,) = [each for each in window.findChildren(Field) if each.info.key == key]
    return found


def another(info: SettingInfo) -> str:
    """A right value that is not the default."""
    if info.type == "bool":
        return settings.text_of(not info.default)
    if info.choices:
        return next(choice for choice in info.choices if choice != info.default)
    if info.type in ("int", "float"):
        assert info.maximum is not None and info.minimum is not None
        return settings.text_of(info.maximum if info.default != info.maximum else info.minimum)
    special = {"cron": "30 4 * * 1", "time": "21:15", "url": "https://example.org/v1", "list": "https://a.example"}
    return special.get(info.kind, "another one")


def give(control: QWidget, text: str, qtbot: QtBot) -> None:
    """As a person would."""
    if isinstance(control, QCheckBox):
        assert control.isChecked() != (text == "true")
        qtbot.keyClick(control, Qt.Key.Key_Space)
    elif isinstance(control, QComboBox):
        control.setCurrentIndex(control.findData(text))
    else:
        assert isinstance(control, QLineEdit)
        control.selectAll()
        qtbot.keyClick(control, Qt.Key.Key_Delete)
        qtbot.keyClicks(control, text)
        qtbot.keyClick(control, Qt.Key.Key_Return)


async def test_there_is_exactly_one_control_for_each_setting_and_none_beside(window: SettingsWindow) -> None:
    for page in pages():
        window.show_page(page.name)
        await asyncio.sleep(0)
    controls = list(window.findChildren(Editor))
    assert sorted(each.info.key for each in controls) == sorted(info.key for info in describe())
    for info in describe():
        found = control(window, info.key)
        assert found.accessibleName() == info.label
        assert info.description in found.accessibleDescription()
        editor = next(each for each in controls if each.info.key == info.key)
        assert editor.text() == settings.text_of(info.default), info.key


async def test_every_setting_can_be_written_through_its_control(
    window: SettingsWindow, context: Context, qtbot: QtBot
) -> None:
    for info in describe():
        wanted = another(info)
        window.show_page(info.page)
        give(control(window, info.key), wanted, qtbot)
        expected = settings.parse_text(wanted, info)
        await until(
            lambda info=info, expected=expected: settings.get_value(settings.load(context.home), info.key) == expected,
            what=f"{info.key} = {wanted}",
        )
    assert len(settings.changed_keys(settings.Config(), settings.load(context.home))) == len(describe())


async def test_what_the_file_says_is_shown(context: Context, qtbot: QtBot) -> None:
    context.home.config_file.write_text('[server]\nport = 4711\nallowed_origins = ["https://a.b", "https://c.d"]\n')
    context.config = settings.load(context.home)
    window = SettingsWindow(context)
    qtbot.addWidget(window)
    window.show_page("server")
    assert field(window, "server.port").editor.text() == "4711"
    assert field(window, "server.allowed_origins").editor.text() == "https://a.b,https://c.d"


async def test_pages_are_listed_and_an_unknown_one_leads_to_advanced(window: SettingsWindow) -> None:
    listed = window.findChild(QListWidget, "settings_pages")
    titles = [listed.item(row).text() for row in range(listed.count())]
    assert titles[:3] == ["Model", "Teacher", "Learning"] and titles[-1] == "Advanced"
    listed.setCurrentRow(titles.index("Appearance"))
    assert window.page == "appearance"
    listed.clearSelection()
    listed.item(1).setSelected(True)  # as a screen reader does, which moves no current item
    assert window.page == "teacher"
    window.show_page("no such page")
    assert window.page == "advanced"
    assert listed.currentItem().text() == "Advanced"


def test_the_window_brings_nothing_heavy_along() -> None:
    """Neither at its import nor with its pages: HTTP, the keyring and the scanners come when they are used."""
    program = (
        "import sys, desktop.settings.window, desktop.settings.teacher_page, desktop.settings.deletion,"
        " desktop.settings.egress_table, desktop.settings.export, desktop.settings.redaction,"
        " desktop.settings.advanced;"
        "print(*sorted({'httpx2', 'keyring', 'tomlkit', 'cronsim', 'detect_secrets', 'torch', 'llama_cpp', 'numpy',"
        " 'anthropic', 'openai', 'huggingface_hub'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


async def test_every_declared_page_is_shown() -> None:
    assert {info.page for info in describe()} <= {page.name for page in pages()}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("reduced motion", "desktop.reduced_motion"),
        ("server.port", "server.port"),
        ("scheduled_cron", "learning.distillation.triggers.scheduled_cron"),
        ("non-loopback bearer", "server.allow_remote"),
    ],
)
async def test_search_leads_to_the_control(window: SettingsWindow, qtbot: QtBot, typed: str, key: str) -> None:
    window.activateWindow()
    search = window.findChild(QLineEdit, "settings_search")
    qtbot.keyClicks(search, typed)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert window.page == settings.describe_one(key).page
    await until(lambda: control(window, key).hasFocus())
    assert control(window, key).visibleRegion().boundingRect().height() > 0
    assert search.text() == ""


def test_the_search_minds_no_capitals_and_puts_labels_first() -> None:
    assert hits("sha-256")[0].control == "setting_replay_embedder_sha256"
    assert hits("PORT")[0].control == "setting_server_port"
    assert hits("api key")[0].control == "teacher_key_text"


async def test_search_lists_by_keyboard_and_says_when_nothing_fits(window: SettingsWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    search, hits = window.findChild(QLineEdit, "settings_search"), window.findChild(QListWidget, "settings_hits")
    qtbot.keyClicks(search, "threshold")
    assert hits.isVisible() and hits.count() >= 2
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert hits.hasFocus()
    qtbot.keyClick(hits, Qt.Key.Key_Escape)
    assert search.text() == "" and search.hasFocus() and not hits.isVisible()
    qtbot.keyClicks(search, "xyzzy")
    assert window.findChild(QWidget, "settings_nothing").isVisible()
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert window.page == "model"


async def test_what_is_no_setting_is_found_too(window: SettingsWindow) -> None:
    for part in parts():
        window.show_page(part.page)
        assert len(window.findChildren(QWidget, part.control)) == 1, part


async def test_what_nothing_uses_yet_is_said(window: SettingsWindow) -> None:
    window.show_page("learning")
    told = window.findChild(QWidget, "later_learning")
    assert told.isVisible()
    later = field(window, "learning.distillation.autonomy_mode")
    now = field(window, "replay.enabled")
    assert later.mapTo(window, later.rect().topLeft()).y() > told.mapTo(window, told.rect().topLeft()).y()
    assert now.mapTo(window, now.rect().topLeft()).y() < told.mapTo(window, told.rect().topLeft()).y()


async def test_the_look_changes_at_once(window: SettingsWindow, context: Context, qtbot: QtBot) -> None:
    context.bridge.config_changed.connect(context.theme.follow)  # as desktop.parts does
    window.show_page("appearance")
    give(control(window, "desktop.theme"), "dark", qtbot)
    await until(lambda: context.theme.dark)
    told = [each for each in window.findChildren(Words) if each.isVisible() and each.tone == "muted"]
    assert {each.palette().windowText().color().name() for each in told} == {context.theme.colours.muted}
    give(control(window, "desktop.high_contrast"), "on", qtbot)
    await until(lambda: context.theme.high_contrast)
    assert {each.palette().windowText().color().name() for each in told} == {context.theme.colours.muted}


@pytest.mark.parametrize("width", [520, 900, 1600])
async def test_no_sentence_is_cut_and_no_room_is_wasted(window: SettingsWindow, width: int) -> None:
    window.resize(width, 700)
    for page in pages():
        window.show_page(page.name)
        await asyncio.sleep(0.05)
        area = window.findChild(QScrollArea, f"page_{page.name}")
        for told in area.findChildren(Words):
            if told.isVisible():
                assert told.height() >= told.heightForWidth(told.width()), f"{page.name}: {told.text()}"
        if page.name == "model":
            continue  # its lists have sentences of their own kind
        needed = area.widget().heightForWidth(area.widget().width())
        assert area.widget().height() <= max(needed, area.viewport().height()), page.name


async def test_the_wheel_turns_no_setting(window: SettingsWindow) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    window.show_page("appearance")
    box = control(window, "desktop.theme")
    assert isinstance(box, QComboBox)
    box.setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert box.currentData() == "system"


async def test_every_control_has_a_name_and_can_be_reached_by_keyboard(window: SettingsWindow) -> None:
    kinds = (QCheckBox, QComboBox, QLineEdit, QPushButton, QListWidget)
    for page in pages():
        window.show_page(page.name)
        await asyncio.sleep(0)
        for each in window.findChildren(QWidget):
            if not isinstance(each, kinds) or each.objectName().startswith("qt_"):
                continue
            assert each.objectName(), f"{each} on {page.name}"
            spoken = QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name)
            assert spoken.strip(), each.objectName()
            assert each.focusPolicy() & Qt.FocusPolicy.TabFocus, each.objectName()


def test_the_declaration_alone_decides_the_control(qtbot: QtBot) -> None:
    kinds = {"bool": QCheckBox, "choice": QComboBox}
    for info in describe():
        editor = editor_for(info)
        qtbot.addWidget(editor)
        expected = kinds.get(info.type) or kinds.get(info.kind) or QLineEdit
        assert isinstance(editor.control, expected), info.key
