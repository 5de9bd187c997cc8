"""Moments as a person reads them: a date in their own form, or how long ago."""

from __future__ import annotations

from datetime import UTC, date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

MINUTE, HOUR, DAY = 60, 3600, 86_400


def moment(at: str) -> datetime:
    """A stored stamp (UTC ISO-8601 with a Z) as a moment; one without a zone counts as UTC."""
    found = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def here(at: str) -> QDateTime:
    """A stored stamp on this machine's clock. Raises ValueError for what is no stamp."""
    return QDateTime.fromSecsSinceEpoch(int(moment(at).timestamp()))


def when(at: str) -> str:
    """Date and time of day here, in the form of the person's language."""
    return QLocale().toString(here(at), QLocale.FormatType.ShortFormat)


def day_name(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)


def age(at: str, now: datetime) -> str:
    """How long ago, in the largest unit that fits; a moment ahead of this clock is `just now`."""
    seconds = int((now - moment(at)).total_seconds())
    translate = QCoreApplication.translate
    if seconds < MINUTE:
        return translate("Moments", "just now")
    if seconds < HOUR:
        return counted(seconds // MINUTE, translate("Moments", "1 minute ago"), translate("Moments", "{} minutes ago"))
    if seconds < DAY:
        return counted(seconds // HOUR, translate("Moments", "1 hour ago"), translate("Moments", "{} hours ago"))
    return counted(seconds // DAY, translate("Moments", "1 day ago"), translate("Moments", "{} days ago"))


def counted(number: int, one: str, many: str) -> str:
    """`one` as it stands for 1, else `many` with the number in it."""
    return one if number == 1 else many.format(QLocale().toString(number))
