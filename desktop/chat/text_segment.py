"""One run of Markdown as a document that fits its text: nothing is ever fetched, raw HTML is shown as it stands."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QToolTip, QWidget

from desktop.chat.links import may_open, open_link

FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
NARROWEST_CHARS = 8


class TextSegment(QTextBrowser):
    """As high as its text; its links open after a click."""

    refused_link = Signal(str)
    """somebody clicked a link that is never opened"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown = ""
        self._is_plain = False
        self._parsed_before: QTextDocument | None = None
        self._heights: dict[int, int] = {}
        self._fit()
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._clicked)
        # Reached by a click or by the message's own keys: Tab goes from message to message, not through each part.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def _fit(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_markdown(self, text: str) -> None:
        if text == self._markdown:
            return
        self._markdown, self._is_plain = text, False
        self._render()

    def show_plain(self, text: str) -> None:
        if text != self._markdown:
            self._markdown, self._is_plain = text, True
            self._render()

    def _render(self) -> None:
        if self._is_plain:
            self.document().setPlainText(self._markdown)
        else:
            self._take(self._parsed())
        self._heights.clear()
        self.updateGeometry()

    def _parsed(self) -> QTextDocument:
        """In a document that nobody lays out yet: laying out an image would look for its file."""
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        document.setDefaultFont(self.font())
        document.setMarkdown(self._markdown, FEATURES)
        without_images(document, self.palette())
        return document

    def _take(self, document: QTextDocument) -> None:
        before, self._parsed_before = self._parsed_before, document
        self.setDocument(document)
        if before is not None:  # the first one was Qt's own, which Qt deletes
            before.deleteLater()

    def loadResource(self, _kind: int, _name: QUrl | str) -> QByteArray:
        """Nothing is loaded: not over the network, not from a file. Empty, as for None Qt reads the file itself
        (QTextDocument::loadResource)."""
        return QByteArray()

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            document, shown = self.document(), self.viewport().width()
            document.setTextWidth(max(width, 1))
            self._heights[width] = int(document.size().height()) + 1
            if width != shown:  # layouts ask for widths that it never gets: it is painted as wide as it is
                document.setTextWidth(shown)
        return self._heights[width]

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        width = self.width()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * NARROWEST_CHARS, self.fontMetrics().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the conversation scrolls, not this part of it

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)
        if event.type() in kinds and self.__dict__.get("_markdown"):
            self._render()  # the colour of links is written into the document

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            return self._tell_target(event.pos(), event.globalPos())
        return super().event(event)

    def _tell_target(self, at: QPoint, on_screen: QPoint) -> bool:
        """Where a link leads is seen before it is clicked."""
        QToolTip.showText(on_screen, self.anchorAt(self.viewport().mapFrom(self, at)), self)
        return True

    def _clicked(self, url: QUrl) -> None:
        if may_open(url):
            open_link(url)
        else:
            self.refused_link.emit(url.toString())


def without_images(document: QTextDocument, palette: QPalette) -> None:
    """In place of each image stand its words and a link: the document has nothing that could be loaded."""
    found = [(fragment.position(), fragment.length(), fragment.charFormat()) for fragment in _images(document)]
    cursor = QTextCursor(document)
    for position, length, image in reversed(found):
        shown = image.toImageFormat()
        words = shown.stringProperty(QTextCharFormat.Property.ImageAltText) or shown.name()
        plain = QTextCharFormat()
        plain.setAnchor(True)
        plain.setAnchorHref(shown.name())
        plain.setForeground(palette.link())
        plain.setFontUnderline(True)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        told = QCoreApplication.translate("TextSegment", "[picture, not loaded: {words}]")
        cursor.insertText(told.format(words=words), plain)


def _images(document: QTextDocument) -> list[QTextFragment]:
    images = []
    block = document.begin()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            if at.fragment().charFormat().isImageFormat():
                images.append(at.fragment())
            at += 1
        block = block.next()
    return images


def copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
