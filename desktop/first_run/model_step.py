"""The student: the demo student, a model that is on this machine already, a file, or a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QLocale, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from core.first_run import ModelChoice, ModelOption, demo_option
from desktop.first_run.step import StepPage

if TYPE_CHECKING:
    from core.first_run import FirstRun
    from desktop.context import Context

OPTION = Qt.ItemDataRole.UserRole


class ModelStep(StepPage):
    """The demo student stands there at once; what else is found comes when the search has ended."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title.setText(self.tr("Who is the student?"))
        self._first_run: FirstRun | None = None
        self._files: list[ModelOption] = []
        self.say(
            self.tr(
                "The demo student is very small: it knows an invented world and shows how everything works. For real"
                " questions choose a model of your own; it can be changed at any time."
            )
        )
        self.list = QListWidget()
        self.list.setObjectName("first_run_models")
        self.list.setWordWrap(True)
        label = QLabel(self.tr("&Models"))
        label.setBuddy(self.list)
        self.box.addWidget(label)
        self.box.addWidget(self.list, stretch=1)
        self.progress = self.say("", "muted", "first_run_search")
        self.box.addLayout(self._buttons())
        self.downloads: QWidget | None = None
        self.list.itemSelectionChanged.connect(lambda: self.changed.emit())
        self.list.itemActivated.connect(lambda: self.entered.emit())

    @property
    def ready(self) -> bool:
        return self._current() is not None

    def first_control(self) -> QWidget:
        return self.list

    async def fill(self, first_run: FirstRun) -> None:
        chosen = self.context.config.models.chosen
        if self.list.count() == 0:
            self._show([await self.context.run(demo_option, not chosen)])

    async def look(self, first_run: FirstRun) -> None:
        self._first_run = first_run
        self.progress.say(self.tr("Looking for models on this computer…"))
        try:
            options = await self.context.run(first_run.model_options)
        except Exception:  # not when cancelled: the window is gone then
            self.progress.say("")
            raise
        self._show(options)
        found = sum(option.kind == "found" for option in options)
        self.progress.say(
            self.tr("Found on this computer: {}.").format(QLocale().toString(found))
            if found
            else self.tr("No other model was found on this computer. You can add a file, or download one.")
        )

    async def choice(self) -> ModelChoice:
        option = self._current()
        assert option is not None
        if option.kind == "demo":
            return ModelChoice(kind="demo")
        if option in self._files:
            return ModelChoice(kind="file", name=option.path)
        return ModelChoice(kind="found", name=option.name)

    def add_file(self, path: str) -> None:
        """A row for it, and the mark on that row; it is checked when one goes on."""
        name = path.replace("\\", "/").rpartition("/")[2]
        option = ModelOption(kind="found", name=name, source=self.tr("your file"), path=path, size=0, chosen=False)
        self._files = [option, *(file for file in self._files if file.path != path)]
        self._show([known for known in self._options() if known.path != path or known.kind == "demo"], option)

    def _show(self, options: list[ModelOption], mark: ModelOption | None = None) -> None:
        """Keeps the mark where it was, else puts it on what is chosen in the settings."""
        wanted = mark or self._current()
        paths = {option.path for option in options}
        rows = [*options, *(file for file in self._files if file.path not in paths)]
        self._files = [file for file in self._files if file.path not in paths]
        self.list.clear()
        for option in rows:
            self.list.addItem(self._entry(option))
        usable = [number for number, option in enumerate(rows) if not option.note]
        marked = [number for number in usable if wanted is not None and rows[number].path == wanted.path]
        chosen = [number for number in usable if rows[number].chosen]
        self.list.setCurrentRow(next(iter([*marked, *chosen, *usable]), -1))

    def _entry(self, option: ModelOption) -> QListWidgetItem:
        name = self.tr("The demo student") if option.kind == "demo" else option.name
        about = [option.source] if option.kind == "found" else [self.tr("came with Nightschool")]
        if option.size:
            about.append(QLocale().formattedDataSize(option.size))
        if option.note:
            about.append(self.tr("cannot be used: {}").format(option.note))
        entry = QListWidgetItem(f"{name}\n{', '.join(about)}")
        entry.setData(OPTION, option)
        entry.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {', '.join(about)}")
        entry.setToolTip(option.path)
        if option.note:
            entry.setFlags(Qt.ItemFlag.NoItemFlags)
        return entry

    def _options(self) -> list[ModelOption]:
        return [self.list.item(row).data(OPTION) for row in range(self.list.count())]

    def _current(self) -> ModelOption | None:
        entry = next(iter(self.list.selectedItems()), None)  # assistive programs select without making it current
        found: ModelOption | None = None if entry is None else entry.data(OPTION)
        return None if found is None or found.note else found

    def _buttons(self) -> QHBoxLayout:
        self.add = QPushButton(self.tr("&Add file…"))
        self.add.setObjectName("first_run_add_file")
        self.add.clicked.connect(self._ask_for_file)
        self.download = QPushButton(self.tr("&Download…"))
        self.download.setObjectName("first_run_download")
        self.download.clicked.connect(self._open_downloads)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.download)
        row.addStretch()
        return row

    def _ask_for_file(self) -> None:
        kinds = self.tr("Models (*.gguf);;All files (*)")
        dialog = QFileDialog(self, self.tr("Add a model file"), QDir.homePath(), kinds)
        dialog.setObjectName("first_run_file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.add_file)
        dialog.open()

    def _open_downloads(self) -> None:
        """A download goes on beside the other steps; once it is whole it stands in the list."""
        from desktop.settings.downloads import DownloadsView

        if self.downloads is None:
            self.downloads = DownloadsView(self.context)
            self.downloads.installed.connect(lambda name: self._installed(name))
            self.box.addWidget(self.downloads, stretch=2)
        self.downloads.show()
        if (first := self.downloads.findChild(QComboBox)) is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.download.setEnabled(False)

    def _installed(self, name: str) -> None:
        if self._first_run is not None:
            self.context.spawn(self._look_again(name), parent=self)

    async def _look_again(self, name: str) -> None:
        assert self._first_run is not None
        await self.look(self._first_run)
        for row, option in enumerate(self._options()):
            if option.name == name and not option.note:
                self.list.setCurrentRow(row)
