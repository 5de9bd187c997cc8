"""What the records say in codes, in words that a person reads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from core.records import Validation
from desktop import moments

translate = QCoreApplication.translate
OWN = "desktop"
"""The client name under which this app asks."""


def reasons(validation: Validation) -> str:
    """Why an answer is marked as not verified, one line for each reason."""
    return "\n".join(f"• {_reason(reason)}" for reason in validation.reasons) or translate(
        "ChatWords", "No reason was given."
    )


def _reason(reason: str) -> str:
    kind, _, rest = reason.partition(":")
    rest = rest.strip()
    match kind.strip():
        case "ungrounded":
            return translate("ChatWords", "Stands neither in your question nor in the past work: {what}").format(
                what=rest
            )
        case "hedging":
            return translate("ChatWords", "The student hedges where the past work does not: “{what}”").format(what=rest)
        case "asserts without evidence":
            return translate("ChatWords", "It asserts something, but cites nothing that would prove it")
        case "ignores the validation steps":
            return translate("ChatWords", "It says nothing of the steps that were to be checked")
        case "empty":
            return translate("ChatWords", "The answer is empty")
        case "too long":
            return translate("ChatWords", "The answer is longer than can be checked")
    return reason


def verdict(name: str) -> str:
    match name:
        case "accepted":
            return translate("ChatWords", "Accepted: it is shown to the student where it fits")
        case "partially_accepted":
            return translate("ChatWords", "Partly accepted: it is shown to the student as a warning")
        case "rejected":
            return translate("ChatWords", "Rejected: it is never shown to the student again")
    return translate("ChatWords", "Open: nothing that counts was said of it")


def when(stamp: str) -> str:
    """A time of the records (UTC) as the person's clock and language show it; of today only the time of day."""
    try:
        local = moments.here(stamp)
    except ValueError:
        return ""
    if local.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)
    return moments.when(stamp)


def asked_by(client: str) -> str:
    """Where a conversation came from, empty for this app's own."""
    return "" if client == OWN else translate("ChatWords", "from {client}").format(client=client)
