"""What this is, which version, and where its data lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtWidgets import QMessageBox, QWidget

from core import __version__
from desktop.icons import app_icon

if TYPE_CHECKING:
    from desktop.context import Context


def about(context: Context, parent: QWidget | None) -> QMessageBox:
    """Shown without waiting for it."""
    box = QMessageBox(parent)
    box.setObjectName("about")
    box.setWindowTitle(QCoreApplication.translate("About", "About Nightschool"))
    box.setIconPixmap(app_icon().pixmap(64, 64))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(QCoreApplication.translate("About", "Nightschool {}").format(__version__))
    box.setInformativeText(
        QCoreApplication.translate(
            "About",
            "A local model that goes to night school: it learns from the answers you rated, and proves it.\n\n"
            "Your data: {}\nLicence: Apache 2.0. Uses Qt {} (LGPL 3).",
        ).format(context.home.root, qVersion())
    )
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
