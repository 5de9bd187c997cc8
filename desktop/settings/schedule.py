"""A cron line, a share and a time of day as a person reads them, told under the field as it is typed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from core.config import SettingInfo


def reading(info: SettingInfo, text: str, now: datetime | None = None) -> str:
    """What a value that is right means; nothing where the value speaks for itself."""
    if info.kind == "cron" and text.strip():
        return cron_in_words(text.strip(), now or datetime.now())
    if info.kind == "percent":
        return share_in_words(text)
    return ""


def cron_in_words(line: str, now: datetime) -> str:
    """`every day at 03:00; next: Sunday 22 November 03:00`, in local wall-clock time."""
    from cronsim import CronSim, CronSimError  # its regular expressions are not needed at the start

    try:
        following = CronSim(line, now)
        said, coming = when(line) or following.explain(), next(following, None)
    except (CronSimError, ValueError):
        return ""
    if coming is None:
        return QCoreApplication.translate("Settings", "{said}; this day never comes").format(said=said)
    form = QCoreApplication.translate("Settings", "dddd d MMMM")
    day = QLocale().toString(QDate(coming.year, coming.month, coming.day), form)
    told = QCoreApplication.translate("Settings", "{said}; next: {day} at {time}")
    return told.format(said=said, day=day, time=f"{coming:%H:%M}")


def when(line: str) -> str:
    """The usual schedules in the person's language; empty for any other."""
    parts = line.split()
    if len(parts) != 5 or not (parts[0].isdigit() and parts[1].isdigit()) or parts[2:4] != ["*", "*"]:
        return ""
    time = f"{int(parts[1]):02d}:{int(parts[0]):02d}"
    if parts[4] == "*":
        return QCoreApplication.translate("Settings", "every day at {time}").format(time=time)
    if parts[4] == "1-5":
        return QCoreApplication.translate("Settings", "Monday to Friday at {time}").format(time=time)
    if parts[4].isdigit() and int(parts[4]) <= 7:
        day = QLocale().dayName(int(parts[4]) or 7)
        return QCoreApplication.translate("Settings", "every {day} at {time}").format(day=day, time=time)
    return ""


def share_in_words(text: str) -> str:
    try:
        return QCoreApplication.translate("Settings", "That is {percent} %.").format(percent=f"{float(text) * 100:g}")
    except ValueError:
        return ""
