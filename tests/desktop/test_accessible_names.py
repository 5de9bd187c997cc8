"""Every control of every window says what it is to who cannot see it, and can be reached by who has no mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCalendarWidget,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

from desktop.chat.message import MessageFrame
from desktop.context import Context
from tests.desktop.tour import lived_in, tour

CONTROLS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QProgressBar),
    *(QTabWidget, QTextEdit, MessageFrame),
)
WITH_PARTS = (QComboBox, QAbstractSpinBox, QCalendarWidget, QHeaderView)
PARTS_OF_A_TEXT = {"TextSegment", "CodeText"}
"""Of a message, or of a page that scrolls: those have the name and the place in the way of the Tab key."""
WORD = re.compile(r"[^\W\d_]{2,}|ω")


def controls(window: QWidget) -> Iterator[QWidget]:
    """Those that are ours to name: not what Qt puts into a control, a list or a title bar."""
    for widget in window.findChildren(QWidget):
        of_qt = widget.objectName().startswith("qt_") or isinstance(widget, QHeaderView | QMenu)
        if isinstance(widget, CONTROLS) and not of_qt and not is_inside(widget):
            yield widget


def is_inside(widget: QWidget) -> bool:
    """A part of a control that stands for it."""
    wholes = WITH_PARTS
    if isinstance(widget, QAbstractButton):
        wholes = (*wholes, QLineEdit, QAbstractItemView, QTabWidget)
    above = widget.parentWidget()
    while above is not None and not isinstance(above, wholes):
        above = above.parentWidget()
    return above is not None


def called(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return "" if interface is None else interface.text(QAccessible.Text.Name)


@pytest.mark.slow
async def test_every_control_of_every_window_has_a_name(context: Context) -> None:
    lived_in(context)
    seen: set[str] = set()
    nameless: dict[str, str] = {}
    unreachable: dict[str, str] = {}
    async for place, window in tour(context):
        for widget in controls(window):
            seen.add(called(widget))
            if not WORD.search(name_of(widget)) and called(widget) not in PARTS_OF_A_TEXT:
                nameless[called(widget)] = place
            can_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus or called(widget) in PARTS_OF_A_TEXT
            if not can_tab and not isinstance(widget, QProgressBar | QTabWidget):
                unreachable[called(widget)] = place
        for action in (action for menu in window.findChildren(QMenu) for action in menu.actions()):
            if not action.isSeparator() and not WORD.search(action.text()):
                nameless[action.objectName() or "action"] = place
    assert nameless == {}
    assert unreachable == {}
    assert len(seen) > 100
