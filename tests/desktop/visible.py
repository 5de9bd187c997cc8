"""Every text that a window holds for a person to read or hear, wherever a widget keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QWidget,
)

ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def texts(window: QWidget) -> set[tuple[str, str]]:
    """(object name or type, text). What was typed into a field is no text of the window."""
    found = {(widget.objectName() or type(widget).__name__, text) for widget in all_of(window) for text in said(widget)}
    for action in {action for widget in all_of(window) for action in widget.actions()}:
        found.add((action.objectName() or "action", action.text()))
    return {(name, text) for name, text in found if text.strip()}


def all_of(window: QWidget) -> list[QWidget]:
    return [window, *window.findChildren(QWidget)]


def said(widget: QWidget) -> Iterator[str]:
    yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    match widget:
        case QMessageBox():
            yield from (widget.text(), widget.informativeText())
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit() | QTextEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
        case QTabWidget():
            yield from (widget.tabText(index) for index in range(widget.count()))
        case QGroupBox() | QMenu():
            yield widget.title()
        case QAbstractItemView() if (model := widget.model()) is not None:
            yield from cells(model)


def cells(model: QAbstractItemModel) -> Iterator[str]:
    root = QModelIndex()
    for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(root)):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(root), 50)):
            yield from (str(model.index(row, column, root).data(role) or "") for role in ROLES)
