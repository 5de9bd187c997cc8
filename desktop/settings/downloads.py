"""Downloads as a person sees them: the catalogue, a field for any other student, a row for each with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.engine.fetch.reference import endpoint_from_environment, hosts_of, parse
from core.errors import BadRequest
from desktop.settings.download_process import Download, Downloads
from desktop.settings.words import Tone, Words

if TYPE_CHECKING:
    from core.engine.fetch.catalogue import Entry
    from desktop.context import Context
    from desktop.theme import Theme

translate = QCoreApplication.translate
STEPS = 1000
"""Of a progress bar: its values are 32 bits wide, files are larger."""


class DownloadsView(QWidget):
    """Fetch a student: choose one of the catalogue or name another; below it how each download goes."""

    installed = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("downloads_view")
        self._context = context
        self._downloads = Downloads.of(context)
        self._rows: dict[Download, DownloadRow] = {}
        self._entries: tuple[Entry, ...] = ()
        self._catalogue = QComboBox()
        self._catalogue.setObjectName("catalogue")
        self._catalogue.setAccessibleName(self.tr("Well-known students"))
        self._catalogue.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._catalogue.setMinimumContentsLength(24)
        self._fetch = QPushButton(self.tr("&Download"))
        self._fetch.setObjectName("catalogue_download")
        self._fetch.setAccessibleName(self.tr("Download the chosen student"))
        self._other = QLineEdit()
        self._other.setObjectName("download_reference")
        self._other.setAccessibleName(self.tr("Another student: its repository and file, or its address"))
        self._other.setPlaceholderText(self.tr("OWNER/REPO:FILE, or an address on the hub"))
        self._fetch_other = QPushButton(self.tr("Do&wnload"))
        self._fetch_other.setObjectName("reference_download")
        self._fetch_other.setAccessibleName(self.tr("Download what is named in the field"))
        self._said = Words(context.theme, name="download_said")
        self._list = QVBoxLayout()
        self._build()
        self._catalogue.currentIndexChanged.connect(self._describe)
        self._fetch.clicked.connect(self._download_chosen)
        self._fetch_other.clicked.connect(self.download_named)
        self._other.returnPressed.connect(self.download_named)
        self._downloads.changed.connect(self._show_rows)
        self._downloads.installed.connect(self.installed)
        self._show_rows()
        context.spawn(self._load(), parent=self)

    def _build(self) -> None:
        about = Words(
            self._context.theme,
            self.tr(
                "Nothing is fetched until you ask. Files come from {hub}, without an account; every request stands in"
                " the egress log. A student counts as installed only when its size, its SHA-256 as the hub states it,"
                " and its format are proven."
            ).format(hub=hosts_of(endpoint_from_environment())[0]),
        )
        grid = QGridLayout()
        for line, (words, field, button) in enumerate(
            (
                (self.tr("Well-known st&udents:"), self._catalogue, self._fetch),
                (self.tr("An&other:"), self._other, self._fetch_other),
            )
        ):
            label = QLabel(words)
            label.setBuddy(field)
            button.setAutoDefault(False)
            for column, widget in enumerate((label, field, button)):
                grid.addWidget(widget, line, column)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(about)
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addLayout(self._list)

    async def _load(self) -> None:
        from core.engine.fetch.catalogue import catalogue

        self._entries = await self._context.run(catalogue)
        for entry in self._entries:
            words = self.tr("{name} · {parameters} · about {size} GiB · {licence}")
            size = QLocale().toString(entry.size_gib, "f", 1)
            self._catalogue.addItem(
                words.format(name=entry.name, parameters=entry.parameters, size=size, licence=entry.licence)
            )
        self._describe()
        await self._downloads.load()

    def _describe(self) -> None:
        entry = self._chosen()
        if entry is not None:
            purpose = translate("Catalogue", entry.purpose)
            self._say(self.tr("{repo}: {purpose}.").format(repo=entry.repo, purpose=purpose), "muted")

    def _chosen(self) -> Entry | None:
        index = self._catalogue.currentIndex()
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def _download_chosen(self) -> None:
        entry = self._chosen()
        if entry is not None:
            self._downloads.add(entry.reference, title=entry.name)

    def download_named(self) -> None:
        """What stands in the field, if it can be understood; else what would be."""
        try:
            reference = parse(self._other.text(), hosts=hosts_of(endpoint_from_environment()))
        except BadRequest as error:
            self._say(str(error), "bad")
            self._other.setFocus()
            return
        self._say("", "muted")
        revision = "" if reference.revision == "main" else reference.revision
        named = f"{reference.repo}:{reference.file}" if reference.file else reference.repo
        self._downloads.add(named, revision=revision)
        self._other.clear()

    def _say(self, text: str, tone: Tone) -> None:
        self._said.say(text, tone)

    def _show_rows(self) -> None:
        for download in list(self._rows):
            if download not in self._downloads.rows:
                self._drop(download)
        for download in self._downloads.rows:
            if download not in self._rows:
                self._rows[download] = DownloadRow(download, self._downloads, self._context.theme, self)
                self._list.addWidget(self._rows[download])

    def _drop(self, download: Download) -> None:
        row = self._rows.pop(download)
        focused = row.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        if focused:
            self._other.setFocus()


class DownloadRow(QFrame):
    """One download: how far it is, what can be done with it, and what went wrong."""

    def __init__(self, download: Download, downloads: Downloads, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("download_row")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._download, self._downloads = download, downloads
        title = Words(theme, download.title, "text", name="download_title")
        self._bar = QProgressBar()
        self._bar.setObjectName("download_progress")
        self._bar.setAccessibleName(self.tr("Progress of {name}").format(name=download.title))
        self._words = Words(theme, name="download_words")
        self._pause = self._button("download_pause", self.tr("Pause"), download.pause)
        self._resume = self._button("download_resume", self.tr("Resume"), download.start)
        self._retry = self._button("download_retry", self.tr("Retry"), download.start)
        self._cancel = self._button("download_cancel", self.tr("Cancel"), download.cancel)
        self._away = self._button("download_away", self.tr("Put away"), lambda: downloads.put_away(download))
        self._choices = QComboBox()
        self._choices.setObjectName("download_choices")
        self._choices.setAccessibleName(self.tr("File of {name}").format(name=download.title))
        self._take = self._button("download_take", self.tr("Download this"), self._settle)
        row = QHBoxLayout()
        row.addWidget(self._bar, 1)
        row.addWidget(self._choices, 1)
        for button in (self._take, self._pause, self._resume, self._retry, self._cancel, self._away):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(title)
        layout.addLayout(row)
        layout.addWidget(self._words)
        download.changed.connect(self._show)
        self._show()

    def _button(self, name: str, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{text}: {self._download.title}")
        button.clicked.connect(lambda: act())  # type: ignore[operator]
        return button

    def _settle(self) -> None:
        self._downloads.settle(self._download, self._choices.currentText())

    def _show_choices(self, asked: bool) -> None:
        if asked and not self._choices.count():
            self._choices.addItems(list(self._download.choices))
        self._choices.setVisible(asked)
        self._bar.setVisible(not asked)

    def _show(self) -> None:
        state, size = self._download.state, self._download.size
        if size or state not in ("running", "pausing"):
            self._bar.setRange(0, STEPS)
            self._bar.setValue(round(STEPS * self._download.bytes / size) if size else 0)
        else:
            self._bar.setRange(0, 0)
        asked = state == "failed" and bool(self._download.choices)
        self._show_choices(asked)
        buttons = {
            self._take: asked,
            self._pause: state == "running",
            self._resume: state == "paused",
            self._retry: state == "failed" and not asked,
            self._cancel: state in ("running", "pausing", "paused", "failed"),
            self._away: state == "done",
        }
        focused = next((button for button in buttons if button.hasFocus()), None)
        for button, shown in buttons.items():
            button.setVisible(shown)
        if focused is not None and not buttons[focused]:
            next((button for button, shown in buttons.items() if shown), focused).setFocus()
        words, tone = told(self._download)
        if (words, tone) != (self._words.text(), self._words.tone):
            self._words.say(words, tone)


def told(download: Download) -> tuple[str, Tone]:
    """How a download stands, in words, and their tone."""
    so_far = words_of_size(download.bytes, download.size)
    if download.state == "failed" and download.choices:
        return translate("Downloads", "The repository holds several students. Which one?"), "text"
    if download.state == "failed" and download.error is not None:
        return f"{download.error['message']} {download.error['hint']}".strip(), "bad"
    if download.state == "paused":
        return translate("Downloads", "Paused at {so_far}.").format(so_far=so_far), "muted"
    if download.state == "pausing":
        return translate("Downloads", "Pausing…"), "muted"
    if download.state == "cancelling":
        return translate("Downloads", "Cancelling…"), "muted"
    if download.state == "done":
        return told_done(download)
    if download.stage == "waiting":
        return download.note, "warning"
    if download.stage == "checking":
        return translate("Downloads", "Proving that it is whole: {so_far}").format(so_far=so_far), "muted"
    if download.stage != "downloading" or not download.size:
        return translate("Downloads", "Asking the hub…"), "muted"
    if not download.rate or download.eta_s is None:
        return so_far, "muted"
    words = translate("Downloads", "{so_far}, {rate} a second, {left} left")
    return words.format(so_far=so_far, rate=amount(download.rate), left=duration(download.eta_s)), "muted"


def told_done(download: Download) -> tuple[str, Tone]:
    if download.verified:
        return translate("Downloads", "Installed as {name}: whole, by the hub's SHA-256.").format(
            name=download.name
        ), "good"
    words = translate(
        "Downloads", "Installed as {name}. The hub states no SHA-256 for it: only its size and format were checked."
    )
    return words.format(name=download.name), "warning"


def words_of_size(done: float, size: float) -> str:
    return (
        translate("Downloads", "{done} of {size}").format(done=amount(done), size=amount(size))
        if size
        else amount(done)
    )


def amount(n_bytes: float) -> str:
    """As the person's language writes it: 1.50 GiB."""
    return QLocale().formattedDataSize(int(n_bytes), 2 if n_bytes >= 1 << 30 else 1)


def duration(seconds: float) -> str:
    """42 s, 3 min, 2 h 5 min."""
    whole = max(round(seconds), 1)
    if whole < 90:
        return translate("Downloads", "{n} s").format(n=whole)
    minutes = round(whole / 60)
    if minutes < 90:
        return translate("Downloads", "{n} min").format(n=minutes)
    return translate("Downloads", "{h} h {m} min").format(h=minutes // 60, m=minutes % 60)
