"""Which language the windows speak: ours and Qt's own words, from compiled Qt Linguist files, and dates and numbers.

Set before the first window is built; another choice is taken up at the next start. What the core says of a single
event (why something failed) is in English in every language.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core.paths import resources

SPOKEN = ("en", "de")
"""English is in the code; its file holds the forms for one of a thing."""
_speaking: list[QTranslator] = []
HOME_OF_ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)


def speak(application: QApplication, chosen: str) -> str:
    """chosen: `system`, or one of SPOKEN. Returns the language that is spoken then; what was spoken before goes."""
    system = QLocale.system()
    language = chosen if chosen in SPOKEN else first_spoken(system.uiLanguages())
    QLocale.setDefault(manner(language, system))
    fall_silent(application)
    qts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", qts), ("nightschool", str(resources() / "languages"))):
        translator = QTranslator()
        if translator.load(f"{name}_{language}.qm", folder):
            application.installTranslator(translator)
            _speaking.append(translator)
    return language


def fall_silent(application: QApplication) -> None:
    """Back to what stands in the code."""
    while _speaking:
        application.removeTranslator(_speaking.pop())


def first_spoken(wanted: Iterable[str]) -> str:
    """Of the languages that a person wants, best first (`de-Latn-AT`), the first that the app speaks."""
    for tag in wanted:
        if (language := tag.partition("-")[0]) in SPOKEN:
            return language
    return "en"


def manner(language: str, system: QLocale) -> QLocale:
    """How dates and numbers are written: the computer's own way where it is of that language, else that of the
    language, with the customs of the country where there are any."""
    if QLocale.languageToCode(system.language()) == language:
        return system
    if system.territory() == QLocale.Country.AnyTerritory:
        return HOME_OF_ENGLISH if language == "en" else QLocale(language)
    return QLocale(QLocale(language).language(), system.territory())


def error_title(title: str) -> str:
    """The title of an error of the core; scripts/translations.py knows them all."""
    return QCoreApplication.translate("Errors", title)
