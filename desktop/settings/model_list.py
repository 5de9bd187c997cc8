"""The students there are, as a table: the demo student, those registered, the home's own, those of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.records import Record
from desktop.settings.downloads import amount
from desktop.settings.words import Words

if TYPE_CHECKING:
    from core.engine.found import FoundModel
    from core.paths import Home
    from desktop.theme import Theme

translate = QCoreApplication.translate
DEMO = "demo-student"
ROWS = 7


class Student(Record, frozen=True):
    """One student that can be chosen by `name`. own: its file lies in the home, and removing it deletes the file."""

    name: str
    path: str
    source: str
    size: int
    note: str = ""
    own: bool = False
    chosen: bool = False

    @property
    def usable(self) -> bool:
        """Its file is there, and nothing is known against it."""
        return self.size > 0 and not self.note

    @property
    def removable(self) -> bool:
        return (self.own or self.source == "registered") and not self.chosen


def students(home: Home) -> list[Student]:
    """Everything that can be chosen, each file once; the chosen one also where its file is gone. Blocks."""
    from core.config import load
    from core.engine.library import find, known
    from core.errors import NightschoolError
    from core.server.student import chosen_model, demo_student

    config = load(home)
    try:
        chosen = str(chosen_model(home, config, None))
    except NightschoolError:
        chosen = ""
    try:
        demo = demo_student()
        rows = [Student(name=DEMO, path=str(demo), source="shipped", size=demo.stat().st_size)]
    except NightschoolError:
        rows = []
    folder = home.models.resolve()
    rows += [_row(model, model.name, folder) for model in known(home)]
    here = {row.path for row in rows}
    rows += [_row(model, f"{model.source}/{model.name}", folder) for model in find() if str(model.path) not in here]
    if not chosen:
        rows.append(Student(name=config.models.chosen or DEMO, path="", source="missing", size=0, chosen=True))
    return [row if row.path != chosen else _chosen(row) for row in rows]


def _row(model: FoundModel, name: str, folder: Path) -> Student:
    own = model.path.parent.resolve().is_relative_to(folder)
    source = "own" if own else model.source
    return Student(name=name, path=str(model.path), source=source, size=model.size, note=model.note, own=own)


def _chosen(row: Student) -> Student:
    import msgspec

    return msgspec.structs.replace(row, chosen=True)


def source_words(source: str) -> str:
    return {
        "shipped": translate("Students", "came with Nightschool"),
        "own": translate("Students", "downloaded"),
        "registered": translate("Students", "added by you"),
        "missing": translate("Students", "not there any more"),
        "ollama": "Ollama",
        "lmstudio": "LM Studio",
        "jan": "Jan",
        "gpt4all": "GPT4All",
        "huggingface": translate("Students", "the hub's cache"),
    }.get(source, source)


class StudentList(QWidget):
    """The table, a field that filters it, and what is said where nothing is found."""

    selected = Signal(object)
    """Student or None"""
    activated = Signal(object)
    """Enter or a double click on one"""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._students: list[Student] = []
        self._search = QLineEdit()
        self._search.setObjectName("student_search")
        self._search.setPlaceholderText(self.tr("Filter by name or program"))
        self._search.setAccessibleName(self.tr("Filter the students"))
        self._search.setClearButtonEnabled(True)
        self.table = QTreeWidget()
        self.table.setObjectName("students")
        self.table.setAccessibleName(self.tr("Students"))
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setHeaderLabels(
            [self.tr("Name"), self.tr("State"), self.tr("Size"), self.tr("From"), self.tr("Note")]
        )
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setMinimumHeight(self.table.fontMetrics().height() * 2 * ROWS)
        nothing = self.tr("No student has a name like this. Clear the field to see all.")
        self._none = Words(theme, nothing, name="students_none")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._search, self.table, self._none):
            layout.addWidget(widget)
        self._search.textChanged.connect(self._filter)
        self.table.itemSelectionChanged.connect(lambda: self.selected.emit(self.current()))
        self.table.itemActivated.connect(lambda *_: self.activated.emit(self.current()))
        self._filter()

    def current(self) -> Student | None:
        """By the selection, not by the row with the cursor: a screen reader changes only the former."""
        item = next(iter(self.table.selectedItems()), None)
        return None if item is None or item.isHidden() else item.data(0, Qt.ItemDataRole.UserRole)

    def names(self) -> list[str]:
        """Those that are shown now."""
        return [item.text(0) for item in self._items() if not item.isHidden()]

    def show_students(self, found: list[Student], select: str = "") -> None:
        """Anew, with the same one selected as before (or `select`, or the chosen one)."""
        before = self.current()
        wanted = select or (before.name if before is not None else "")
        wanted = wanted if any(row.name == wanted for row in found) else ""
        self._students = found
        blocked = self.table.blockSignals(True)
        self.table.clear()
        for row in found:
            item = self._item(row)
            self.table.addTopLevelItem(item)
            if row.name == wanted or (not wanted and row.chosen):
                self.table.setCurrentItem(item)
        self.table.blockSignals(blocked)
        self._filter()

    def _item(self, row: Student) -> QTreeWidgetItem:
        mark = self.tr("chosen") if row.chosen else ""
        size = amount(row.size) if row.size else ""
        note = self.tr("shows how everything works; choose a real one for real work") if row.name == DEMO else row.note
        item = QTreeWidgetItem([row.name, mark, size, source_words(row.source), note])
        item.setData(0, Qt.ItemDataRole.UserRole, row)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {mark}" if mark else row.name)
        item.setToolTip(0, row.path)
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if row.chosen:
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
            item.setFont(1, font)
        return item

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for n in range(self.table.topLevelItemCount()) if (item := self.table.topLevelItem(n)) is not None]

    def _filter(self) -> None:
        words = self._search.text().lower().split()
        for item in self._items():
            text = " ".join(item.text(column).lower() for column in (0, 3, 4))
            item.setHidden(not all(word in text for word in words))
        self._none.setVisible(bool(self._students) and not self.names())
        self.selected.emit(self.current())
