"""Which model is the student: choose, add, remove, fetch; and what loading it would take, told before it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from core.errors import ConfigError, NightschoolError
from desktop.settings.downloads import DownloadsView, amount
from desktop.settings.model_list import DEMO, Student, StudentList, students
from desktop.settings.words import Words, heading

if TYPE_CHECKING:
    from core.config import Config
    from core.paths import Home
    from desktop.context import Context

CHOSEN = "models.chosen"


class ModelPage(QWidget):
    """Everything about the student but its numbers. Nothing here waits in the Qt thread."""

    chosen = Signal(str)
    """The student was switched; its name."""
    installed = Signal(str)
    """A download is whole and in its place; its name."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_page")
        self._context = context
        self._list = StudentList(context.theme)
        self._fit = Words(context.theme, name="student_fit")
        self._said = Words(context.theme, name="student_said")
        self._choose = self._button("student_choose", self.tr("&Choose"))
        self._add = self._button("student_add", self.tr("&Add file…"))
        self._remove = self._button("student_remove", self.tr("Re&move"))
        self._again = self._button("student_refresh", self.tr("Look a&gain"))
        self._again.setAccessibleDescription(self.tr("Look for students on this machine once more"))
        self._downloads = DownloadsView(context)
        self._looked_at = ""
        self._chosen_now = context.config.models.chosen
        self._build()
        self._list.selected.connect(self._selected)
        self._list.activated.connect(self._activated)
        self._choose.clicked.connect(self.choose_selected)
        self._add.clicked.connect(self._ask_for_file)
        self._remove.clicked.connect(self._ask_to_remove)
        self._again.clicked.connect(self.refresh)
        self._downloads.installed.connect(self._installed)
        context.bridge.config_changed.connect(self._config_changed)
        self._selected(None)
        self.refresh()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        for button in (self._choose, self._add, self._remove, self._again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        about = Words(
            self._context.theme,
            self.tr(
                "The student is the model that answers. Those of other programs are used where they lie; nothing is"
                " copied, and nothing of theirs is ever deleted."
            ),
        )
        caption = QLabel(self.tr("&Students on this machine:"))
        caption.setBuddy(self._list.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        above: tuple[QWidget, ...] = (heading(self.tr("Student")), about, caption, self._list)
        below: tuple[QWidget, ...] = (self._fit, self._said, heading(self.tr("Fetch a student")), self._downloads)
        for widget in above:
            layout.addWidget(widget)
        layout.addLayout(buttons)
        for widget in below:
            layout.addWidget(widget)
        layout.addStretch(1)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    # ---- the list

    def refresh(self, select: str = "") -> None:
        """Looks for students anew; `select` names the one to stand on afterwards."""
        wanted = select if isinstance(select, str) else ""
        self._context.spawn(self._refresh(wanted), parent=self, failed=self._failed)

    async def _refresh(self, select: str = "") -> None:
        found = await self._context.run(students, self._context.home)
        self._looked_at = ""
        self._list.show_students(found, select)

    def _selected(self, student: Student | None) -> None:
        usable = student is not None and student.usable
        self._choose.setEnabled(student is not None and usable and not student.chosen)
        self._remove.setEnabled(student is not None and student.removable)
        own = student is not None and student.own
        self._remove.setText(self.tr("De&lete file…") if own else self.tr("Re&move from the list"))
        if student is None or not student.usable:
            self._looked_at = ""
            self._fit.say(self._why_not(student), "warning")
        elif student.path != self._looked_at:
            self._looked_at = student.path
            self._fit.say(self.tr("Looking at {name}…").format(name=student.name), "muted")
            self._context.spawn(self._look(student), parent=self)

    def _why_not(self, student: Student | None) -> str:
        if student is None:
            return ""
        if student.size:
            return student.note
        if student.chosen:
            return self.tr("The chosen student is not there any more. Choose another.")
        return self.tr("Its file is not there any more.")

    async def _look(self, student: Student) -> None:
        """The header is read in a thread; what was left meanwhile is not told."""
        from desktop.settings.model_fit import look, words

        try:
            found = await self._context.run(look, student.path, self._context.config.engine)
        except NightschoolError as error:
            text, tone = str(error), "bad"
        else:
            text = words(found, student.chosen)
            tone = "muted" if found.fits or student.chosen else "warning"
        if self._looked_at == student.path:
            self._fit.say(text, tone)  # type: ignore[arg-type]

    # ---- choosing

    def choose_selected(self) -> None:
        student = self._list.current()
        if student is not None:
            self.choose(student)

    def _activated(self, student: Student | None) -> None:
        if student is not None and self._choose.isEnabled():
            self.choose(student)

    def choose(self, student: Student) -> None:
        """Checks its file, writes the setting, restarts the model server."""
        self._choose.setEnabled(False)
        self._said.say(self.tr("Checking {name}…").format(name=student.name), "muted")
        self._context.spawn(self._take(student), parent=self, failed=self._failed)

    async def _take(self, student: Student) -> None:
        await self._context.run(checked, student.path)
        self._chosen_now = "" if student.name == DEMO else student.name
        await self._context.set_value(CHOSEN, self._chosen_now)
        self.chosen.emit(student.name)
        await self._refresh(student.name)
        server = self._context.server
        if server.status.state == "stopped":
            self._said.say(self.tr("{name} is the student now.").format(name=student.name), "good")
            return
        try:
            await server.restart()
        except ConfigError as error:
            words = self.tr("{name} is chosen, but does not answer yet: {why}")
            self._said.say(words.format(name=student.name, why=str(error)), "warning")
        else:
            words = self.tr("{name} is the student now. The model server restarts to load it.")
            self._said.say(words.format(name=student.name), "good")

    def _config_changed(self, config: Config) -> None:
        if config.models.chosen != self._chosen_now:
            self._chosen_now = config.models.chosen
            self.refresh()

    # ---- adding and removing

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a GGUF file"))
        dialog.setObjectName("student_file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("GGUF models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.add_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_file(self, path: str) -> None:
        """Make a file known, where it lies."""
        self._said.say(self.tr("Checking {name}…").format(name=Path(path).name), "muted")
        self._context.spawn(self._add_file(path), parent=self, failed=self._failed)

    async def _add_file(self, path: str) -> None:
        name = await self._context.run(registered, self._context.home, path)
        await self._refresh(name)
        self._said.say(self.tr("{name} is in the list now. Choose it to use it.").format(name=name), "good")

    def _ask_to_remove(self) -> None:
        student = self._list.current()
        if student is None or not student.removable:
            return
        if not student.own:
            self.remove(student)
            return
        box = QMessageBox(self)
        box.setObjectName("student_delete")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Delete {name} from the disk?").format(name=student.name))
        size = amount(student.size)
        box.setInformativeText(
            self.tr("{size} are freed. To have it again, it must be fetched again.").format(size=size)
        )
        delete = box.addButton(self.tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.buttonClicked.connect(lambda button: self.remove(student) if button is delete else None)
        box.finished.connect(box.deleteLater)
        box.open()

    def remove(self, student: Student) -> None:
        """Forget it; a file of the home's own is deleted."""
        self._context.spawn(self._remove_it(student), parent=self, failed=self._failed)

    async def _remove_it(self, student: Student) -> None:
        deleted = await self._context.run(forgotten, self._context.home, student.name)
        await self._refresh()
        gone, kept = self.tr("{name} is deleted."), self.tr("{name} is out of the list; its file stays where it is.")
        self._said.say((gone if deleted else kept).format(name=student.name), "good")

    def _installed(self, name: str) -> None:
        self.refresh(name)
        self._said.say(self.tr("{name} is here. Choose it to use it.").format(name=name), "good")
        self.installed.emit(name)

    def _failed(self, error: NightschoolError) -> None:
        self._said.say(str(error), "bad")
        self._selected(self._list.current())


def checked(path: str) -> None:
    """Raises ModelFileError: a file that llama.cpp may not be shown is never chosen."""
    from core.engine import gguf_check

    gguf_check.check(path)


def registered(home: Home, path: str) -> str:
    from core.engine.library import Registry

    return Registry(home).add(path).name


def forgotten(home: Home, name: str) -> bool:
    from core.engine.library import Registry

    return Registry(home).remove(name).deleted
