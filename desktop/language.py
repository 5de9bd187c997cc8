"""Which language the windows speak: ours and Qt's own words, from compiled Qt Linguist files.

Set before the first window is built; another choice is taken up at the next start.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core.paths import resources

SPOKEN = ("en", "de")
"""English is in the code."""


def speak(application: QApplication, chosen: str) -> str:
    """chosen: `system`, or one of SPOKEN. Returns the language that is spoken then."""
    locale = QLocale.system() if chosen == "system" else QLocale(chosen)
    language = QLocale.languageToCode(locale.language())
    if language not in SPOKEN:
        return "en"
    if chosen != "system":
        QLocale.setDefault(locale)  # numbers and dates as in that language
    ours = str(resources() / "languages")
    qts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", qts), ("nightschool", ours)):
        translator = QTranslator(application)
        if translator.load(f"{name}_{language}", folder):
            application.installTranslator(translator)
    return language
